import mailChannels from "@cloudflare/pages-plugin-mailchannels";

// The service that sends mail: it gives back what it was given.
let last;
const outside = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  if (new URL(request.url).hostname !== "api.mailchannels.net") return outside(input, init);
  last = await request.json();
  return new Response(null, { status: 202 });
};

export const onRequest = mailChannels({
  personalizations: [{ to: [{ name: "Support", email: "support@example.com" }] }],
  from: ({ formData }) => ({ name: formData.get("name"), email: "no-reply@example.com" }),
  respondWith: () => Response.json({ from: last.from, subject: last.subject, kinds: last.content.map(({ type }) => type) }),
});
