# A row of 1,000 by its key, in a Function: what one core answers.

d1_peers=(wrk wrangler)

measure_d1() {
  local name answering=()
  pin=("${on_server_core[@]}")
  stage d1
  launch_quire d1-quire d1 serve --workers 1
  launch_wrangler d1-wrangler d1
  for name in d1-quire d1-wrangler; do
    [ -n "${server_pid[$name]-}" ] || continue
    if await "$name" /fill filled 60 && await "$name" /get thing 60; then
      answering+=("$name")
    else
      stop "$name"
    fi
  done
  [ -n "${missing[wrk]-}" ] || load_in_turns load /get "${answering[@]}"
  row "d1 point query" req/s high load-d1-quire wrangler load-d1-wrangler "value>=20000"
}
