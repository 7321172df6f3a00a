# An object of 64 KB read, and one stored, each by a Function: what one core answers. quire answers a `put` when it would survive a power
# cut; wrangler has no such promise.

r2_peers=(wrk wrangler)

measure_r2() {
  local answering
  start_both r2 /fill filled /get "the object" /put stored
  if [ -z "${missing[wrk]-}" ]; then
    load_in_turns load-get /get "${answering[@]}"
    load_in_turns load-put /put "${answering[@]}"
  fi
  row "r2 get 64 KB" req/s high load-get-r2-quire wrangler load-get-r2-wrangler
  row "r2 put 64 KB, durable" req/s high load-put-r2-quire wrangler load-put-r2-wrangler
}
