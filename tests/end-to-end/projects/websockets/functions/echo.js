import { note } from "../src/noted.js";

export function onRequest({ request }) {
  const query = new URL(request.url).searchParams;
  const mark = query.get("mark");
  const [client, server] = Object.values(new WebSocketPair());
  server.accept({ allowHalfOpen: query.has("half") });
  server.binaryType = "arraybuffer";
  globalThis.someonesSocket = server;
  server.addEventListener("message", ({ data }) => {
    if (data === "bye") server.close(4001, "bye");
    else if (data === "repeat") server.send("repeat ".repeat(500));
    else if (data === "flood") for (let i = 0; i < 200; i++) server.send(new Uint8Array(1024 * 1024));
    else server.send(data);
  });
  server.addEventListener("error", ({ message }) => note(mark, "error", message));
  server.addEventListener("close", ({ code, reason, wasClean }) => {
    note(mark, "close", code, reason, wasClean, server.readyState);
    if (query.has("half")) {
      server.send("one more");
      server.close(1000, "after all");
    }
  });
  const headers = { "sec-websocket-protocol": "chat" };
  return new Response(null, { status: 101, webSocket: client, headers: query.has("protocol") ? headers : {} });
}
