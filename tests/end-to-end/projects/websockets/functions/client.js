// Sockets to a server, which is this project itself.
const next = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

export async function onRequest({ request }) {
  const { origin } = new URL(request.url);
  const noted = [];
  const headers = { Upgrade: "websocket" };

  const { status, webSocket } = await fetch(`${origin}/echo?mark=fetched`, { headers });
  noted.push(`fetch ${status} ${webSocket.readyState}`);
  webSocket.accept();
  webSocket.send("hello");
  noted.push((await next(webSocket, "message")).data);
  webSocket.close(1000, "done");
  const done = await next(webSocket, "close");
  noted.push(`close ${done.code} ${done.reason} ${done.wasClean}`);

  const plain = await fetch(`${origin}/`, { headers });
  noted.push(`not a socket ${plain.status} ${plain.webSocket}`);

  const socket = new WebSocket(`${origin.replace("http", "ws")}/echo?mark=made&protocol`, ["other", "chat"]);
  await next(socket, "open");
  noted.push(`open ${socket.protocol} ${socket.readyState}`);
  const long = "compressible ".repeat(500).slice(0, 5000);
  socket.send(long);
  const { data } = await next(socket, "message");
  noted.push(`long ${data.length} ${data === long}`);
  socket.send("bye");
  const bye = await next(socket, "close");
  noted.push(`close ${bye.code} ${bye.reason} ${bye.wasClean} ${socket.readyState}`);

  const failing = new WebSocket(`${origin.replace("http", "ws")}/`);
  const closed = next(failing, "close");
  noted.push(`error ${(await next(failing, "error")).message}`, `close ${(await closed).code}`);
  return Response.json(noted);
}
