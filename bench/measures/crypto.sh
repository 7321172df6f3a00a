# Encrypting and digesting 10 MB in a Function.

crypto_peers=(workerd)

measure_crypto() {
  local operation peer round milliseconds expected end
  pin=("${on_server_core[@]}")
  stage crypto
  launch_quire quire crypto serve --workers 1
  launch_workerd workerd crypto
  for peer in quire workerd; do
    [ -z "${server_pid[$peer]-}" ] || await "$peer" /ready ready || stop "$peer"
  done
  for operation in aes-gcm sha-256; do
    local -A out=()
    expected=
    for peer in quire workerd; do
      # Once before it counts, to see that all compute the same.
      if [ -z "${server_pid[$peer]-}" ] || ! crypto_answer "$peer" "$operation" >/dev/null; then
        out[$peer]=1
      elif [ -n "$expected" ] && [ "$(<"$work/answer")" != "$expected" ]; then
        echo "bench: $peer has another result of $operation" >&2
        out[$peer]=1
      else
        expected=$(<"$work/answer")
        for ((end = SECONDS + warmup; SECONDS < end; )); do
          crypto_answer "$peer" "$operation" >/dev/null || break
        done
        show "${on_client_core[@]}" "$(crypto_line "$peer" "$operation")"
      fi
    done
    for ((round = 1; round <= repeats; round++)); do
      for peer in quire workerd; do
        [ -z "${out[$peer]-}" ] || continue
        if milliseconds=$(crypto_answer "$peer" "$operation"); then
          sample "$operation-$peer" "$milliseconds"
        else
          out[$peer]=1
          unset "samples[$operation-$peer]"
        fi
      done
    done
  done
  row "AES-GCM, 10 MB" ms low aes-gcm-quire workerd aes-gcm-workerd "ratio>=1"
  row "SHA-256, 10 MB" ms low sha-256-quire workerd sha-256-workerd "ratio>=1"
}

# crypto_answer SERVER OPERATION: prints the milliseconds of one of the ten operations that the answer took.
crypto_answer() {
  local answer
  answer=$(eval "${on_client_core[*]} $(crypto_line "$@")") || return
  awk '$1 != 200 { exit 1 } { print $2 * 100 }' <<<"$answer"
}

crypto_line() {
  echo "curl -sS --max-time 60 -o $work/answer -w '%{http_code} %{time_total}\n' http://127.0.0.1:${server_port[$1]}/$2"
}
