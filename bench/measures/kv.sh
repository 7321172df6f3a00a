# A small value read, and one of 1 KB stored, each by a Function: what one core answers. quire answers a `put` when it would
# survive a power cut; wrangler has no such promise.

kv_peers=(wrk wrangler)

measure_kv() {
  local answering
  start_both kv /fill filled /get "the answer" /put stored
  if [ -z "${missing[wrk]-}" ]; then
    load_in_turns load-get /get "${answering[@]}"
    load_in_turns load-put /put "${answering[@]}"
  fi
  row "kv get" req/s high load-get-kv-quire wrangler load-get-kv-wrangler "value>=40000" "ratio>=80"
  row "kv put 1 KB, durable" req/s high load-put-kv-quire wrangler load-put-kv-wrangler "value>=5000"
}
