// Pairs inside one request. Sockets to clients and servers: tests/end-to-end.

const pair = () => Object.values(new WebSocketPair());
const next = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
const dom = (run, name, message) => {
  const error = assertThrows(run, DOMException, message);
  assertEquals(error.name, name);
};

test("a pair is two open sockets with keys 0 and 1", () => {
  const both = new WebSocketPair();
  assertEquals(Object.keys(both), ["0", "1"]);
  assertEquals([...both], [both[0], both[1]]);
  assertEquals(String(both), "[object WebSocketPair]");
  const { readyState, url, protocol, extensions, binaryType, bufferedAmount } = both[0];
  assertEquals([readyState, url, protocol, extensions, binaryType, bufferedAmount], [1, null, "", "", "blob", 0]);
  assertEquals(Object.keys(both[0]), []);
});

test("messages that wait for accept() arrive in order", async () => {
  const [one, two] = pair();
  one.accept();
  one.send("first");
  one.send(new Uint8Array([1, 2]));
  one.send(5);
  const data = [];
  two.addEventListener("message", (event) => data.push(event.data));
  two.accept();
  two.accept();
  while (data.length < 3) await scheduler.wait(1);
  assertEquals(data[0], "first");
  assert(data[1] instanceof Blob);
  assertEquals(await data[1].bytes(), new Uint8Array([1, 2]));
  assertEquals(data[2], "5");
});

test("binaryType decides the form of bytes, and ignores other values", async () => {
  const [one, two] = pair();
  one.accept();
  two.accept();
  two.binaryType = "arraybuffer";
  two.binaryType = "other";
  assertEquals(two.binaryType, "arraybuffer");
  one.send(new Uint8Array([0, 7, 8, 9]).subarray(1));
  assertEquals((await next(two, "message")).data, new Uint8Array([7, 8, 9]).buffer);
  one.send(new Float16Array([1, 2]).subarray(1));
  assertEquals((await next(two, "message")).data, new Float16Array([2]).buffer);
  one.send(new ArrayBuffer(2));
  assertEquals((await next(two, "message")).data.byteLength, 2);
});

test("on<type> handlers run, and messages are trusted events", async () => {
  const [one, two] = pair();
  one.accept();
  two.accept();
  const event = await new Promise((resolve) => {
    two.onmessage = resolve;
    one.send("x");
  });
  assertEquals([event.data, event.target, event.isTrusted], ["x", two, true]);
});

test("a socket must be accepted before it is used", () => {
  const [one] = pair();
  assertThrows(() => one.send("x"), TypeError, "You must call one of accept() or state.acceptWebSocket()");
  assertThrows(() => one.close(), TypeError, "You must call one of accept() or state.acceptWebSocket()");
  assertThrows(() => WebSocket.prototype.send.call({}, "x"), TypeError, "Illegal invocation");
  assertThrows(() => one.send(), TypeError);
});

test("closing is answered by itself, and both sides end up closed", async () => {
  const [one, two] = pair();
  one.accept();
  two.accept();
  const [there, here] = [next(two, "close"), next(one, "close")];
  one.close(4001, "why");
  assertEquals(one.readyState, WebSocket.CLOSING);
  for (const event of [await there, await here]) {
    assertEquals([event.code, event.reason, event.wasClean, event.target.readyState], [4001, "why", true, 3]);
  }
  assertThrows(() => one.send("x"), TypeError, "Can't call WebSocket send() after close().");
  one.close();
});

test("with allowHalfOpen the program answers", async () => {
  const [one, two] = pair();
  one.accept();
  two.accept({ allowHalfOpen: true });
  const here = next(one, "close");
  one.close();
  const event = await next(two, "close");
  assertEquals([event.code, event.reason, two.readyState], [1005, "", 2]);
  two.send("still");
  assertEquals((await next(one, "message")).data, "still");
  two.close(1000, "now");
  assertEquals((await here).reason, "now");
  assertEquals(two.readyState, 3);
});

test("close codes and reasons are checked first", () => {
  const [one] = pair();
  for (const code of [999, 1004, 1005, 1006, 1015, 5000, "abc", null, NaN]) {
    dom(() => one.close(code), "InvalidAccessError", `Invalid WebSocket close code: ${+code | 0}.`);
  }
  dom(() => one.close(undefined, "x"), "InvalidAccessError", "If you specify a WebSocket close reason");
  dom(() => one.close(3000, "é".repeat(62)), "SyntaxError", "WebSocket close reason must not be longer than 123 bytes");
  one.accept();
  one.close("1000.7", "é".repeat(61));
});

test("what a listener throws ends the socket with an error event", async () => {
  const [one, two] = pair();
  one.accept();
  two.accept();
  const events = [];
  two.addEventListener("message", () => {
    throw new Error("thrown");
  });
  two.addEventListener("error", (event) => events.push(event.message, event.error.message, two.readyState));
  two.addEventListener("close", () => events.push("close"));
  const lost = next(one, "close");
  one.send("x");
  const { code, reason, wasClean } = await lost;
  assertEquals([code, reason, wasClean], [1006, "WebSocket disconnected without sending Close frame.", false]);
  assertEquals(events, ["Uncaught Error: thrown", "thrown", 3]);
  two.send("ignored");
});

test("responses take a socket that nobody has accepted", () => {
  const [one, two] = pair();
  const response = new Response(null, { status: 101, webSocket: one });
  assertEquals([response.status, response.webSocket], [101, one]);
  assertEquals(new Response(null, response).webSocket, one);
  assertThrows(() => response.clone(), TypeError, "Cannot clone a response to a WebSocket handshake.");
  assertThrows(() => new Response(null, { status: 101, webSocket: {} }), TypeError, "Incorrect type for the 'webSocket' field");
  assertThrows(() => new Response(null, { webSocket: two }), RangeError, "Responses with a WebSocket must have status code 101.");
  assertThrows(() => new Response(null, { status: 101 }), RangeError, "Responses may only be constructed with status codes");
  assertThrows(() => new Response("x", { status: 101, webSocket: two }), TypeError, "Response with null body status");
  assertEquals(new Response().webSocket, null);
});

test("the constructor checks URL and protocols", () => {
  const wrong = (message, ...args) => dom(() => new WebSocket(...args), "SyntaxError", `WebSocket Constructor: ${message}`);
  wrong("The url is invalid.", "/relative");
  wrong("The url scheme must be ws or wss.", "http://example.com");
  wrong("The url fragment must be empty.", "ws://example.com#x");
  wrong("The url fragment must be empty.", "ws://example.com/#");
  wrong("The protocol header token is invalid.", "ws://example.com", "");
  wrong("One of the protocol header tokens is invalid.", "ws://example.com", ["a", "b c"]);
  wrong("The protocols header cannot have repeating values.", "ws://example.com", ["a", "a"]);
  assertThrows(() => new WebSocket(), TypeError);
  assertThrows(() => WebSocket("ws://example.com"), TypeError);
});

test("a connection that fails is an error and a close", async () => {
  const socket = new WebSocket("ws://127.0.0.1:1/x");
  assertEquals([socket.url, socket.readyState, socket.protocol], ["ws://127.0.0.1:1/x", 0, ""]);
  assertThrows(() => socket.send("x"), TypeError, "You must call one of accept()");
  assertThrows(() => socket.accept(), TypeError, "Websockets obtained from the 'new WebSocket()' constructor cannot call accept");
  const closed = next(socket, "close");
  const error = await next(socket, "error");
  assertEquals([error.message, error.error.message], ["Uncaught Error: Network connection lost.", "Network connection lost."]);
  const { code, reason, wasClean } = await closed;
  assertEquals([code, reason, wasClean, socket.readyState], [1006, "Failed to establish websocket connection", false, 3]);
});

test("close() gives a connection attempt up", async () => {
  const socket = new WebSocket("ws://127.0.0.1:1/");
  socket.close();
  const closed = next(socket, "close");
  assertEquals((await next(socket, "error")).error.message, "Called close before connection was established.");
  await closed;
});

test("constants are where they belong", () => {
  for (const holder of [WebSocket, WebSocket.prototype]) {
    assertEquals([holder.CONNECTING, holder.OPEN, holder.CLOSING, holder.CLOSED], [0, 1, 2, 3]);
    assertEquals(holder.READY_STATE_CLOSED, 3);
  }
});

test("attachments are copies", () => {
  const [one] = pair();
  assertEquals(one.deserializeAttachment(), null);
  const value = { a: [1] };
  one.serializeAttachment(value);
  value.a.push(2);
  assertEquals(one.deserializeAttachment(), { a: [1] });
});

test("WebSocketRequestResponsePair keeps two strings", () => {
  const both = new WebSocketRequestResponsePair("ping", 1);
  assertEquals([both.request, both.response], ["ping", "1"]);
  assertThrows(() => new WebSocketRequestResponsePair("x"), TypeError);
});
