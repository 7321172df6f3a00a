# From writing a Function's file to its new answer, in the development servers. Not pinned, as for `start`; asked every
# millisecond, so that the old code is in use meanwhile.

save_peers=(wrangler)

measure_save() {
  local path=/api/path round name text written
  local -A out=()
  pin=()
  # Each its own, so that one does not hear the other's saves.
  for name in quire wrangler; do
    stage function "save-$name"
  done
  launch_quire quire save-quire dev
  launch_wrangler wrangler save-wrangler
  for name in quire wrangler; do
    [ -n "${server_pid[$name]-}" ] && await "$name" "$path" '{"path":"/api/path"}' 60 || out[$name]=1
  done
  show "echo '$(saved_function N)' > functions/api/path.js"
  for ((round = 1; round <= repeats; round++)); do
    for name in quire wrangler; do
      [ -z "${out[$name]-}" ] || continue
      # The last change has settled.
      pause 0.5
      text="saved-$round."
      written=${EPOCHREALTIME/./}
      saved_function "$text" >"$work/save-$name/functions/api/path.js"
      if await "$name" "$path" "$text" 20; then
        sample "save-$name" "$(milliseconds "$written" "$arrived")"
      else
        out[$name]=1
        unset "samples[save-$name]"
      fi
    done
  done
  row "save to live, quire dev" ms low save-quire wrangler save-wrangler "value<=100"
}

saved_function() { echo "export const onRequest = () => new Response(\"$1\");"; }
