# Increments of a counter that is kept in a Durable Object's storage, by a Function: one object, and 1,000 of them, on two workers. quire
# answers when the increment would survive a power cut.

objects_peers=(wrk)

measure_objects() {
  local name=objects-quire answering=()
  pin=()
  stage objects
  launch_quire "$name" objects serve --workers 2
  if [ -n "${server_pid[$name]-}" ]; then
    if await "$name" /one counted 60 && await "$name" /many counted 60; then
      answering+=("$name")
    else
      stop "$name"
    fi
  fi
  if [ -z "${missing[wrk]-}" ]; then
    load_in_turns load-one /one "${answering[@]}"
    load_in_turns load-many /many "${answering[@]}"
  fi
  row "increments, 1 object" req/s high "load-one-$name" - - "value>=10000"
  row "increments, 1,000 objects" req/s high "load-many-$name" - - "value>=15000"
}
