# Starting and stopping what is measured. Every server leads a process group of its own, and only those are ended.

declare -A server_pid=() server_port=()

# With two cores, the server has the first and the client the second. Otherwise the system decides.
if [ "$(nproc)" -ge 2 ] && command -v taskset >/dev/null; then
  readonly on_server_core=(taskset -c 0) on_client_core=(taskset -c 1)
else
  readonly on_server_core=() on_client_core=()
fi

# free_port: sets port to one that nobody listens on; below those that the system hands out to clients.
free_port() {
  local attempt
  for attempt in {1..100}; do
    port=$((20000 + RANDOM % 12000))
    { : <>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return 0
  done
  return 1
}

# launch NAME FOLDER COMMAND...: starts COMMAND, which will listen on $port. Sets launched to the time (in microseconds,
# as everywhere).
launch() {
  local name=$1 folder=$2
  shift 2
  # Before the fork: what it takes counts as starting.
  launched=${EPOCHREALTIME/./}
  (cd "$folder" && exec setsid "$@" </dev/null >"$work/$name.log" 2>&1 {lock}>&- {never}>&-) &
  server_pid[$name]=$!
  server_port[$name]=$port
}

# stop NAME...
stop() {
  local name pid
  for name in "$@"; do
    pid=${server_pid[$name]-}
    [ -n "$pid" ] || continue
    unset "server_pid[$name]"
    kill -TERM "$pid" 2>/dev/null
    local attempt
    for attempt in {1..150}; do
      is_running "$pid" || break
      pause 0.02
    done
    # What it left behind, or itself.
    kill -KILL -- "-$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  return 0
}

stop_all() { stop "${!server_pid[@]}"; }

# Whether the process exists and is not just waiting to be collected.
is_running() {
  local line
  { read -r line <"/proc/$1/stat"; } 2>/dev/null && [[ ${line##*) } != Z* ]]
}

# children PID: prints the processes it started.
children() {
  local file line rest
  for file in /proc/[0-9]*/stat; do
    { read -r line <"$file"; } 2>/dev/null || continue
    rest=(${line##*) })
    [ "${rest[1]}" != "$1" ] || echo "${line%% *}"
  done
}

# await NAME PATH [TEXT [SECONDS]]: until the server answers with 200 (and TEXT). Sets arrived to the time.
await() {
  local name=$1 path=$2 text=${3-} seconds=${4:-30}
  local deadline=$((${EPOCHREALTIME/./} + seconds * 1000000))
  until answers "${server_port[$name]}" "$path" "$text"; do
    if ! is_running "${server_pid[$name]}" || [ "${EPOCHREALTIME/./}" -gt "$deadline" ]; then
      echo "bench: $name did not answer $path; the end of $work/$name.log:" >&2
      tail -n 15 "$work/$name.log" >&2
      return 1
    fi
    pause 0.001
  done
  arrived=${EPOCHREALTIME/./}
}

# milliseconds FROM TO: prints what lies between two times.
milliseconds() { printf '%d.%03d\n' $((($2 - $1) / 1000)) $((($2 - $1) % 1000)); }

# answers PORT PATH [TEXT]: asks once. Within this shell, for starting curl takes as long as what is measured.
answers() {
  local connection version status rest body=""
  { exec {connection}<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&"$connection" 2>/dev/null
  read -r -t 5 version status rest <&"$connection" 2>/dev/null
  if [ "$status" = 200 ] && [ -n "${3-}" ]; then
    IFS= read -r -d '' -t 5 body <&"$connection" 2>/dev/null
  fi
  exec {connection}<&-
  [ "$status" = 200 ] && [[ -z ${3-} || $body == *"$3"* ]]
}

# pause SECONDS, without starting a process.
pause() { read -r -t "$1" -u "$never" || true; }

# show COMMAND...: prints it, once for every measure, so that it can be repeated by hand.
declare -A shown=()
show() {
  local line=${*//"$cache/"/'$cache/'}
  # Ports differ from start to start.
  local key=${line//[0-9][0-9][0-9][0-9][0-9]/N}
  [ -z "${shown[$key]-}" ] || return 0
  shown[$key]=1
  echo "  \$ $line"
}
