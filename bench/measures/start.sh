# From starting the program to the first answer of a Function: what a person waits for. Not pinned: starting may use all
# cores, as it will on that person's machine. Asked every millisecond.

start_peers=(wrangler)

measure_start() {
  local round name
  local -A out=()
  pin=()
  stage function
  for ((round = 1; round <= repeats; round++)); do
    for name in dev serve wrangler; do
      [ -z "${out[$name]-}" ] || continue
      case $name in
        dev) launch_quire "$name" function dev ;;
        serve) launch_quire "$name" function serve --workers 1 ;;
        wrangler) launch_wrangler "$name" function ;;
      esac
      if [ $? -eq 0 ] && await "$name" /api/path '{"path":"/api/path"}' 60; then
        sample "start-$name" "$(milliseconds "$launched" "$arrived")"
      else
        out[$name]=1
        unset "samples[start-$name]"
      fi
      stop "$name"
    done
  done
  row "start, quire dev" ms low start-dev wrangler start-wrangler "value<=100"
  row "start, quire serve" ms low start-serve wrangler start-wrangler "value<=100"
}
