# What one worker holds in memory: after its first answer, and after a load. RSS counts all of its pages; PSS counts those
# it shares with other processes (the engine's library, for one) by its share of them.

memory_peers=(wrk workerd)

measure_memory() {
  local path=/api/path name kind when
  pin=("${on_server_core[@]}")
  stage function
  launch_quire quire function serve --workers 1
  launch_workerd workerd function
  for name in quire workerd; do
    [ -z "${server_pid[$name]-}" ] || await "$name" "$path" '{"path":"/api/path"}' || stop "$name"
  done
  show "grep VmRSS /proc/WORKER/status; grep ^Pss: /proc/WORKER/smaps_rollup"
  pause 2
  for name in quire workerd; do
    take_memory idle "$name"
  done
  if [ -z "${missing[wrk]-}" ]; then
    for name in quire workerd; do
      [ -n "${server_pid[$name]-}" ] || continue
      show_load "$name" "$path"
      load "$name" "$path" "$seconds" >/dev/null || stop "$name"
    done
    pause 2
    for name in quire workerd; do
      take_memory loaded "$name"
    done
  fi
  row "memory, idle" MB low idle-rss-quire workerd idle-rss-workerd "value<=60"
  row "memory, idle (PSS)" MB low idle-pss-quire workerd idle-pss-workerd
  row "memory, after load" MB low loaded-rss-quire workerd loaded-rss-workerd "value<=60"
  row "memory, after load (PSS)" MB low loaded-pss-quire workerd loaded-pss-workerd
}

# take_memory WHEN SERVER: samples WHEN-rss-SERVER and WHEN-pss-SERVER. quire's worker is the child of the process that
# was started; workerd has one process.
take_memory() {
  local pid=${server_pid[$2]-}
  [ -n "$pid" ] || return
  if [ "$2" = quire ]; then
    local workers
    workers=($(children "$pid"))
    if [ ${#workers[@]} -ne 1 ]; then
      echo "bench: quire serve --workers 1 has ${#workers[@]} workers" >&2
      return 1
    fi
    pid=${workers[0]}
  fi
  sample "$1-rss-$2" "$(awk '/^VmRSS:/ { print $2 / 1024 }' "/proc/$pid/status")"
  sample "$1-pss-$2" "$(awk '/^Pss:/ { print $2 / 1024 }' "/proc/$pid/smaps_rollup")"
}
