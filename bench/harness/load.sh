# Asking many times over, on so many connections at once; a measure may have its own number.
connections=32

# load NAME PATH SECONDS: prints requests per second. Fails if anything but successful answers came back.
load() {
  local url=http://127.0.0.1:${server_port[$1]}$2 output
  output=$(timeout $(($3 + 20)) "${on_client_core[@]}" "${wrk[@]}" -t1 "-c$connections" -d"$3s" "$url" 2>&1)
  if grep -Eq 'Non-2xx|Socket errors' <<<"$output" || ! grep -q '^Requests/sec' <<<"$output"; then
    echo "bench: $1 under load:" >&2
    grep -E 'Non-2xx|Socket errors|^Requests/sec|unable|error' <<<"$output" >&2
    return 1
  fi
  awk '/^Requests\/sec/ { print $2 }' <<<"$output"
}

show_load() {
  show "${on_client_core[@]}" "${wrk[@]}" -t1 "-c$connections" "-d${seconds}s" "http://127.0.0.1:${server_port[$1]}$2"
}

# load_in_turns PREFIX PATH NAME...: warms every server up, then asks them by turns, $rounds times. Samples PREFIX-NAME.
# A server that fails is out.
load_in_turns() {
  local prefix=$1 path=$2 name round figure
  shift 2
  local -A out=()
  for name in "$@"; do
    show_load "$name" "$path"
    load "$name" "$path" "$warmup" >/dev/null || out[$name]=1
  done
  for ((round = 1; round <= rounds; round++)); do
    for name in "$@"; do
      [ -z "${out[$name]-}" ] || continue
      if figure=$(load "$name" "$path" "$seconds"); then
        sample "$prefix-$name" "$figure"
      else
        out[$name]=1
        unset "samples[$prefix-$name]"
      fi
    done
  done
}
