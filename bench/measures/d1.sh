# A row of 1,000 by its key, in a Function: what one core answers.

d1_peers=(wrk wrangler)

measure_d1() {
  local answering
  start_both d1 /fill filled /get thing
  [ -n "${missing[wrk]-}" ] || load_in_turns load /get "${answering[@]}"
  row "d1 point query" req/s high load-d1-quire wrangler load-d1-wrangler "value>=20000"
}
