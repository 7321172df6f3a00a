# An asynchronous middleware around a small Function, the most ordinary request there is: what one core answers.

function_peers=(wrk wrangler workerd deno)

measure_function() {
  local path=/api/path name answering=()
  pin=("${on_server_core[@]}")
  stage function
  launch_quire function-quire function serve --workers 1
  launch_workerd function-workerd function
  launch_wrangler function-wrangler function
  launch_deno function-deno
  for name in function-quire function-workerd function-wrangler function-deno; do
    [ -n "${server_pid[$name]-}" ] || continue
    if await "$name" "$path" '{"path":"/api/path"}' 60; then
      answering+=("$name")
    else
      stop "$name"
    fi
  done
  [ -n "${missing[wrk]-}" ] || load_in_turns load "$path" "${answering[@]}"
  row "function + middleware" req/s high load-function-quire workerd load-function-workerd "value>=60000" "ratio>=10"
  row "function + middleware" req/s high load-function-quire wrangler load-function-wrangler
  row "function + middleware" req/s high load-function-quire deno load-function-deno
}

launch_deno() {
  [ -z "${missing[deno]-}" ] && free_port || return
  launch_shown "$1" "$bench/peers" "${pin[@]}" "$deno" run --allow-net=127.0.0.1 --no-config deno-function.js "$port"
}
