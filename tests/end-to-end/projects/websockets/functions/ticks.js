export function onRequest() {
  const [client, server] = Object.values(new WebSocketPair());
  server.accept();
  let count = 0;
  server.send(`tick ${count++}`);
  setInterval(() => server.send(`tick ${count++}`), 50);
  return new Response(null, { status: 101, webSocket: client });
}
