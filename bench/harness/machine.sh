# What the figures were taken on and with.

declare -A machine=()
machine_keys=()

fact() {
  [ -n "$2" ] || return 0
  machine_keys+=("$1")
  machine[$1]=$2
}

describe_machine() {
  fact date "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  fact processor "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)"
  fact cores "$(nproc)"
  fact memory "$(awk '/^MemTotal/ { printf "%.1f GB", $2 / 1048576 }' /proc/meminfo)"
  fact system "$(uname -srm)$(. /etc/os-release 2>/dev/null && echo ", $PRETTY_NAME")"
  fact load "$(cut -d ' ' -f 1-3 /proc/loadavg) before the run"
  fact quire "$("$quire" --version 2>/dev/null | head -n 1), $built_from"
  fact wrk "$([ -n "${missing[wrk]-}" ] && echo "${missing[wrk]}" || "${wrk[@]}" -v 2>&1 | sed -n 's/^wrk \([^ ]*\).*/\1/p')"
  fact curl "$(curl --version | head -n 1 | cut -d ' ' -f 1-2)"
  peer_fact wrangler "${wrangler[@]}" --version
  peer_fact workerd "$workerd" --version
  peer_fact deno "$deno" --version
  peer_fact nginx "$nginx" -v
  [ -z "${wrangler[*]}" ] || fact node "$("$node" --version)"
  local key
  for key in "${machine_keys[@]}"; do
    printf '%-10s %s\n' "$key" "${machine[$key]}"
  done
  if awk -v cores="$(nproc)" '{ exit !($1 > cores / 4) }' /proc/loadavg; then
    echo "bench: this machine is busy with something else; the figures will be off" >&2
  fi
}

# peer_fact PEER COMMAND...: which version, for the peers this run needs.
peer_fact() {
  local peer=$1
  shift
  if [ -n "${missing[$peer]-}" ]; then
    fact "$peer" "not installed: ${missing[$peer]}"
  elif [ -n "${1-}" ]; then
    fact "$peer" "$(timeout 30 "$@" 2>&1 | grep -m 1 '[0-9]')"
  fi
}

commit() {
  local revision
  revision=$(git -C "$repository" rev-parse --short=12 HEAD 2>/dev/null) || revision=unknown
  echo "commit $revision$([ -z "$(git -C "$repository" status --porcelain 2>/dev/null)" ] || echo " with changes")"
}
