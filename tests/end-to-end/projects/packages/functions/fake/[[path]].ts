// Answers as the services do whose clients the other Functions use.

const events = (...data: unknown[]) => new Response(
  new ReadableStream({
    async start(controller) {
      for (const one of [...data.map((value) => JSON.stringify(value)), "[DONE]"]) {
        controller.enqueue(new TextEncoder().encode(`data: ${one}\n\n`));
        await scheduler.wait(2);
      }
      controller.close();
    },
  }),
  { headers: { "content-type": "text/event-stream" } },
);

let attempts = 0;

export const onRequest: PagesFunction = async ({ request, params }) => {
  const path = (params.path as string[]).join("/");
  if (path === "v1/chat/completions") {
    if (request.headers.get("authorization") !== "Bearer sk-test") return Response.json({ error: { message: "bad key", type: "invalid_request_error" } }, { status: 401 });
    const { stream, messages } = await request.json() as { stream?: boolean; messages: { content: string }[] };
    const words = `you said ${messages[0].content}`.split(" ");
    const head = { id: "chat-1", created: 1, model: "fake" };
    if (stream) return events(...words.map((word) => ({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: `${word} ` }, finish_reason: null }] })));
    return Response.json({ ...head, object: "chat.completion", choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: words.join(" ") } }] });
  }
  if (path === "v1/models") {
    // The first attempt fails, so that the client has to try again.
    if (attempts++ % 2 === 0) return new Response("busy", { status: 503, headers: { "retry-after-ms": "5" } });
    return Response.json({ object: "list", data: [{ id: "fake", object: "model", created: 1, owned_by: "us" }] });
  }
  if (path === "v1/files") {
    const form = await request.formData();
    const file = form.get("file") as File;
    return Response.json({ id: "file-1", object: "file", bytes: file.size, created_at: 1, filename: file.name, purpose: form.get("purpose") });
  }
  if (path === "v1/customers") {
    if (request.method === "POST") {
      const body = new URLSearchParams(await request.text());
      return Response.json({ id: "cus_1", object: "customer", email: body.get("email"), metadata: { plan: body.get("metadata[plan]") } });
    }
    const after = new URL(request.url).searchParams.get("starting_after");
    const start = after === null ? 0 : Number(after.slice(4)) + 1;
    const data = [0, 1].map((index) => ({ id: `cus_${start + index}`, object: "customer" }));
    return Response.json({ object: "list", url: "/v1/customers", has_more: start < 2, data });
  }
  if (path === "v1/charges") return Response.json({ error: { type: "card_error", code: "card_declined", message: "Your card was declined." } }, { status: 402, headers: { "request-id": "req_1" } });
  return Response.json({ error: { message: `nothing at ${path}` } }, { status: 404 });
};
