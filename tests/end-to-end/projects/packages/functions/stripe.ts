import Stripe from "stripe";

/** The client against a service of this same project, and the check of a webhook's signature. */
export const onRequest: PagesFunction = async ({ request }) => {
  const { hostname, port, protocol } = new URL(request.url);
  const client = new Stripe("sk_test_1", { host: hostname, port, protocol: protocol.slice(0, -1) as "http", maxNetworkRetries: 0, httpClient: Stripe.createFetchHttpClient((input: RequestInfo, init?: RequestInit) => fetch(String(input).replace("/v1/", "/fake/v1/"), init)) });
  const created = await client.customers.create({ email: "ada@example.com", metadata: { plan: "pro" } });
  const all = [];
  for await (const customer of client.customers.list({ limit: 2 })) all.push(customer.id);
  const declined = await client.charges.create({ amount: 100, currency: "eur" }).catch((error) => [error.type, error.code, error.statusCode, error.requestId]);
  const payload = JSON.stringify({ id: "evt_1", object: "event", type: "customer.created" });
  const provider = Stripe.createSubtleCryptoProvider();
  const signature = await client.webhooks.generateTestHeaderStringAsync({ payload, secret: "whsec_1", cryptoProvider: provider });
  const event = await client.webhooks.constructEventAsync(payload, signature, "whsec_1", undefined, provider);
  const forged = await client.webhooks.constructEventAsync(`${payload} `, signature, "whsec_1", undefined, provider).catch((error) => error.type);
  return Response.json({ created: [created.id, created.email, created.metadata.plan], all, declined, event: event.type, forged });
};
