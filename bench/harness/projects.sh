# The projects of bench/projects, and how each program is started on one of them.
#
# launch_PROGRAM NAME PROJECT starts it on a free port, known as NAME from then on, on the cores that pin names. PROJECT
# is one that was staged. A program that is missing has been reported already: launching it just fails.

pin=()

# The same for all.
readonly compatibility_date=2026-06-01

# stage PROJECT [COPY]: copies it to $work, where it may be written to.
stage() {
  local copy=$work/${2:-$1}
  [ -d "$copy" ] || cp -r "$bench/projects/$1" "$copy"
}

# install_packages PROJECT: what the staged project imports from npm, as its lock file has it.
install_packages() {
  [ ! -d "$work/$1/node_modules" ] || return 0
  local why="needs npm and Node.js"
  if ! install_node || ! (cd "$work/$1" && PATH=${node%/*}:$PATH timeout 300 "${npm[@]}" ci --ignore-scripts --no-audit \
    --no-fund --loglevel=error >&2); then
    echo "bench: cannot bring the packages of $1: $why" >&2
    return 1
  fi
}

# launch_quire NAME PROJECT COMMAND OPTION...
launch_quire() {
  local name=$1 project=$2 command=$3
  shift 3
  free_port || return
  launch_shown "$name" "$work/$project" "${pin[@]}" "$quire" "$command" dist --ip 127.0.0.1 --port "$port" \
    --compatibility-date "$compatibility_date" --log-level error "$@"
}

launch_wrangler() {
  [ -z "${missing[wrangler]-}" ] && free_port || return
  local inspector=$port
  free_port || return
  launch_shown "$1" "$work/$2" "${pin[@]}" "${wrangler[@]}" pages dev dist --ip 127.0.0.1 --port "$port" \
    --inspector-port "$inspector" --compatibility-date "$compatibility_date" --log-level error
}

# workerd by itself, on what wrangler compiles the project's Functions to.
launch_workerd() {
  [ -z "${missing[workerd]-}" ] || return
  local folder=$work/workerd-$2
  if [ ! -f "$folder/worker.js" ]; then
    local build=("${wrangler[@]}" pages functions build --outdir "$folder"
      --compatibility-date "$compatibility_date")
    show "cd $work/$2 && NODE_ENV=production" "${build[@]}" "&& mv $folder/index.js $folder/worker.js"
    if ! (cd "$work/$2" && NODE_ENV=production timeout 60 "${build[@]}" </dev/null >"$work/build-$2.log" 2>&1); then
      echo "bench: \`wrangler pages functions build\` failed; the end of $work/build-$2.log:" >&2
      tail -n 15 "$work/build-$2.log" >&2
      return 1
    fi
    mv "$folder/index.js" "$folder/worker.js" || return
  fi
  free_port || return
  fill "$bench/peers/workerd.capnp.in" "PORT=$port" "DATE=$compatibility_date" >"$folder/$1.capnp"
  launch_shown "$1" "$folder" "${pin[@]}" "$workerd" serve "$1.capnp"
}

# start_both PROJECT [PATH TEXT]...: quire, as one worker, and wrangler on the server's core, as PROJECT-quire and PROJECT-wrangler.
# Sets answering to those that answer each PATH with TEXT.
start_both() {
  local project=$1 name
  shift
  answering=()
  pin=("${on_server_core[@]}")
  stage "$project"
  launch_quire "$project-quire" "$project" serve --workers 1
  launch_wrangler "$project-wrangler" "$project"
  for name in "$project-quire" "$project-wrangler"; do
    [ -n "${server_pid[$name]-}" ] || continue
    if await_all "$name" "$@"; then
      answering+=("$name")
    else
      stop "$name"
    fi
  done
}

# await_all NAME [PATH TEXT]...
await_all() {
  local name=$1
  shift
  while [ $# -gt 0 ]; do
    await "$name" "$1" "$2" 60 || return
    shift 2
  done
}

# fill FILE NAME=VALUE...: prints it with every @NAME@ replaced.
fill() {
  local text pair
  text=$(<"$1")
  for pair in "${@:2}"; do
    text=${text//"@${pair%%=*}@"/"${pair#*=}"}
  done
  printf '%s\n' "$text"
}

launch_shown() {
  show "cd $2 &&" "${@:3}"
  launch "$@"
}
