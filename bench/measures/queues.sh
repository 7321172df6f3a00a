# A message of 256 bytes sent to a queue by a Function: what one core answers. quire answers a `send` when the message would survive a power
# cut; wrangler keeps messages in memory, and drops them where nobody reads.

queues_peers=(wrk wrangler)

measure_queues() {
  local answering
  start_both queues /send sent
  [ -n "${missing[wrk]-}" ] || load_in_turns load /send "${answering[@]}"
  row "queue send, durable" req/s high load-queues-quire wrangler load-queues-wrangler
}
