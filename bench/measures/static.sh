# Static files, without compression on either side: one of 13 KB (the size of an ordinary style sheet), the same beside many
# rules of `_redirects` and `_headers`, one of 100 MB, and how long the small one takes while a Function burns the processor.

static_peers=(wrk nginx)

measure_static() {
  local path=/style.css name answering=()
  pin=("${on_server_core[@]}")
  stage files
  # 192 lines of 69 bytes.
  awk 'BEGIN { for (i = 0; i < 192; i++) printf ".rule-%03d { margin: 0 auto; padding: 1px; color: rgb(%03d, 0, 0) }   \n", i, i }' \
    >"$work/files/dist/style.css"
  head -c $((100 * 1024 * 1024)) /dev/urandom >"$work/files/dist/video.mp4"
  stage_rules
  launch_quire static-quire files serve --workers 1
  launch_quire static-quire-rules rules serve --workers 1
  launch_nginx static-nginx
  for name in static-quire static-nginx static-quire-rules; do
    [ -n "${server_pid[$name]-}" ] || continue
    if await "$name" "$path" .rule-191; then
      answering+=("$name")
    else
      stop "$name"
    fi
  done
  [ -n "${missing[wrk]-}" ] || load_in_turns load "$path" "${answering[@]}"
  row "static file, 13 KB" req/s high load-static-quire nginx load-static-nginx "ratio>=1"
  row "static file, 13 KB, beside 2,100 rules" req/s high load-static-quire-rules "without rules" load-static-quire "ratio>=0.9"
  large_file
  stop static-quire static-quire-rules static-nginx
  beside_burning
}

# The same files with 2,000 redirects and 100 header rules, of which one is for the file that is asked for.
stage_rules() {
  stage files rules
  cp "$work/files/dist/style.css" "$work/rules/dist/"
  awk 'BEGIN {
    for (i = 0; i < 1900; i++) printf "/old/page-%d /new/page-%d 301\n", i, i
    for (i = 0; i < 100; i++) printf "/blog-%d/:year/* /archive/:year/:splat 302\n", i }' >"$work/rules/dist/_redirects"
  awk 'BEGIN {
    for (i = 0; i < 99; i++) printf "/section-%d/:page/*\n  X-Section: :page\n", i
    print "/style.css\n  X-Style: yes" }' >"$work/rules/dist/_headers"
}

launch_nginx() {
  [ -z "${missing[nginx]-}" ] && free_port || return
  # Started as root, its worker would run as somebody who may not look into this folder.
  local user=""
  [ "$(id -u)" != 0 ] || user="user root;"
  fill "$bench/peers/nginx.conf.in" "DIR=$work" "PORT=$port" "ROOT=$work/files/dist" "USER=$user" >"$work/nginx.conf"
  launch_shown "$1" "$work" "${pin[@]}" "$nginx" -c "$work/nginx.conf" -e "$work/nginx-error.log"
}

large_file() {
  local name round speed
  for name in static-quire static-nginx; do
    [ -n "${server_pid[$name]-}" ] || continue
    # That it comes whole is seen once, before it counts.
    if curl -sS --max-time 60 "http://127.0.0.1:${server_port[$name]}/video.mp4" | cmp - "$work/files/dist/video.mp4" >&2; then
      show "${on_client_core[@]}" "$(large_line "$name")"
    else
      echo "bench: $name does not send the large file" >&2
      stop "$name"
    fi
  done
  for ((round = 1; round <= repeats; round++)); do
    for name in static-quire static-nginx; do
      [ -n "${server_pid[$name]-}" ] || continue
      speed=$(eval "${on_client_core[*]} $(large_line "$name")") && sample "large-$name" "$(awk '{ print $1 / 1e6 }' <<<"$speed")"
    done
  done
  row "static file, 100 MB" MB/s high large-static-quire nginx large-static-nginx "ratio>=1"
}

large_line() {
  echo "curl -sS --max-time 60 -w '%{speed_download}\n' -o /dev/null http://127.0.0.1:${server_port[$1]}/video.mp4"
}

# Two workers on all cores, one client that burns and one that asks for the file.
beside_burning() {
  local path=/style.css burning round output
  pin=()
  stage burning
  cp "$work/files/dist/style.css" "$work/burning/dist/"
  launch_quire burning burning serve --workers 2
  await burning /burn || return
  [ -n "${missing[wrk]-}" ] || for ((round = 1; round <= rounds; round++)); do
    "${wrk[@]}" -t1 -c1 "-d$((seconds + 2))s" "http://127.0.0.1:${server_port[burning]}/burn" >/dev/null 2>&1 &
    burning=$!
    pause 1
    show "${wrk[@]}" -t1 -c16 "-d${seconds}s" --latency "http://127.0.0.1:${server_port[burning]}$path"
    output=$(timeout $((seconds + 20)) "${wrk[@]}" -t1 -c16 "-d${seconds}s" --latency "http://127.0.0.1:${server_port[burning]}$path" 2>&1)
    wait "$burning"
    # As wrk writes it: 812.00us, 4.20ms, 1.02s.
    sample burning-p99 "$(awk '$1 == "99%" {
      value = $2 + 0; print $2 ~ /us$/ ? value / 1000 : $2 ~ /ms$/ ? value : value * 1000 }' <<<"$output")"
  done
  row "static file, 13 KB, p99 beside a burning Function" ms low burning-p99 - "" "value<=5"
}
