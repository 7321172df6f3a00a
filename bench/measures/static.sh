# A static file of 13 KB, the size of an ordinary style sheet, without compression on either side.

static_peers=(wrk nginx)

measure_static() {
  local path=/style.css name answering=()
  pin=("${on_server_core[@]}")
  stage files
  # 192 lines of 69 bytes.
  awk 'BEGIN { for (i = 0; i < 192; i++) printf ".rule-%03d { margin: 0 auto; padding: 1px; color: rgb(%03d, 0, 0) }   \n", i, i }' \
    >"$work/files/dist/style.css"
  launch_quire static-quire files serve --workers 1
  launch_nginx static-nginx
  for name in static-quire static-nginx; do
    [ -n "${server_pid[$name]-}" ] || continue
    if await "$name" "$path" .rule-191; then
      answering+=("$name")
    else
      stop "$name"
    fi
  done
  [ -n "${missing[wrk]-}" ] || load_in_turns load "$path" "${answering[@]}"
  row "static file, 13 KB" req/s high load-static-quire nginx load-static-nginx
}

launch_nginx() {
  [ -z "${missing[nginx]-}" ] && free_port || return
  # Started as root, its worker would run as somebody who may not look into this folder.
  local user=""
  [ "$(id -u)" != 0 ] || user="user root;"
  fill "$bench/peers/nginx.conf.in" "DIR=$work" "PORT=$port" "ROOT=$work/files/dist" "USER=$user" >"$work/nginx.conf"
  launch_shown "$1" "$work" "${pin[@]}" "$nginx" -c "$work/nginx.conf" -e "$work/nginx-error.log"
}
