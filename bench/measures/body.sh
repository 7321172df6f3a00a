# A large body through a Function and back: streamed as it comes, and collected in between.

body_peers=(workerd)

measure_body() {
  local way peer round milliseconds
  pin=("${on_server_core[@]}")
  stage echo
  head -c $((64 * 1024 * 1024)) /dev/urandom >"$work/body"
  launch_quire quire echo serve --workers 1
  launch_workerd workerd echo
  for peer in quire workerd; do
    [ -z "${server_pid[$peer]-}" ] || await "$peer" /ready ready || stop "$peer"
  done
  for way in stream buffer; do
    local -A out=()
    for peer in quire workerd; do
      # That the body comes back unharmed is seen once, before it counts.
      if [ -z "${server_pid[$peer]-}" ]; then
        out[$peer]=1
      elif ! echo_body "$peer" "$way" "$work/echoed" >/dev/null || ! cmp "$work/body" "$work/echoed" >&2; then
        echo "bench: $peer does not echo the body ($way)" >&2
        out[$peer]=1
      else
        show "${on_client_core[@]}" "$(curl_line "$peer" "$way" /dev/null)"
      fi
      rm -f "$work/echoed"
    done
    for ((round = 1; round <= repeats; round++)); do
      for peer in quire workerd; do
        [ -z "${out[$peer]-}" ] || continue
        if milliseconds=$(echo_body "$peer" "$way" /dev/null); then
          sample "$way-$peer" "$milliseconds"
        else
          out[$peer]=1
          unset "samples[$way-$peer]"
        fi
      done
    done
  done
  row "64 MB body, streamed" ms low stream-quire workerd stream-workerd "ratio>=1"
  row "64 MB body, arrayBuffer()" ms low buffer-quire workerd buffer-workerd
}

# echo_body SERVER WAY FILE: sends the body, writes the answer to FILE, prints the milliseconds from connecting to the
# last byte.
echo_body() {
  local answer
  answer=$(eval "${on_client_core[*]} $(curl_line "$@")") || return
  awk -v size="$(stat -c %s "$work/body")" '$1 != 200 || $2 != size { exit 1 } { print $3 * 1000 }' <<<"$answer"
}

# curl has read the body before it starts its clock. Without the empty "Expect:" it would wait for a "100 Continue".
curl_line() {
  echo "curl -sS --max-time 60 -H Expect: --data-binary @$work/body -o $3" \
    "-w '%{http_code} %{size_download} %{time_total}\n' http://127.0.0.1:${server_port[$1]}/$2"
}
