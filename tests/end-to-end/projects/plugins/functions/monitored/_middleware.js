import honeycomb from "@cloudflare/pages-plugin-honeycomb";
import sentry from "@cloudflare/pages-plugin-sentry";

// The services that collect what happens: what they are sent can be asked for.
export const sent = [];
const outside = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const { hostname, pathname } = new URL(request.url);
  if (!/sentry|honeycomb/.test(hostname)) return outside(input, init);
  const text = await request.text();
  sent.push({ service: hostname, pathname, text });
  return new Response("{}");
};

export const onRequest = [
  (context) => sentry({ dsn: "https://public@sentry.example/7", environment: "tests" })(context),
  (context) => honeycomb({ apiKey: "key", dataset: "requests" })(context),
];
