// Keeps the processor busy for some milliseconds.
export function onRequest() {
  const text = new TextEncoder().encode("burn");
  let sum = 0;
  for (let round = 0; round < 5_000_000; round++) sum = (sum * 31 + text[round & 3]) | 0;
  return new Response(String(sum));
}
