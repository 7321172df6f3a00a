# A page that React renders as a stream: a table of 200 rows. What one core answers.

ssr_peers=(wrk workerd)

measure_ssr() {
  local name answering=()
  pin=("${on_server_core[@]}")
  stage ssr
  install_packages ssr || return
  launch_quire ssr-quire ssr serve --workers 1
  launch_workerd ssr-workerd ssr
  for name in ssr-quire ssr-workerd; do
    [ -n "${server_pid[$name]-}" ] || continue
    if await "$name" /table "Row 199" 60; then
      answering+=("$name")
    else
      stop "$name"
    fi
  done
  [ -n "${missing[wrk]-}" ] || load_in_turns ssr /table "${answering[@]}"
  row "React, a table of 200 rows" req/s high ssr-ssr-quire workerd ssr-ssr-workerd "ratio>=1"
}
