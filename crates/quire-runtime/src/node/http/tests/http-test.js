const http = requireNode("http");
const https = requireNode("https");
const net = requireNode("net");

test("constants and checks of headers", () => {
  assertEquals([http.STATUS_CODES[404], http.STATUS_CODES[418], http.METHODS.includes("PATCH")], ["Not Found", "I'm a Teapot", true]);
  assertEquals(assertThrows(() => http.validateHeaderName("a b"), TypeError).code, "ERR_INVALID_HTTP_TOKEN");
  assertEquals(assertThrows(() => http.validateHeaderValue("a", "\n"), TypeError).code, "ERR_INVALID_CHAR");
});

test("a request's headers", () => {
  const request = http.request({ host: "localhost", port: 1, headers: { "X-One": "1", list: ["a", "b"] }, method: "post", auth: "u:p" });
  assertEquals([request.method, request.getHeader("x-one"), request.getHeader("List"), request.hasHeader("none")], ["POST", "1", ["a", "b"], false]);
  assertEquals(request.getHeader("authorization"), "Basic dTpw");
  request.removeHeader("x-one");
  assertEquals(request.getRawHeaderNames(), ["list", "Authorization"]);
  assertEquals(assertThrows(() => request.setHeader("a", undefined), TypeError).code, "ERR_HTTP_INVALID_HEADER_VALUE");
  request.on("error", () => {});
  request.destroy();
});

test("an origin that is not there is an error of the request", async () => {
  const error = await new Promise((resolve) => http.get("http://127.0.0.1:1/").on("error", resolve));
  assert(error instanceof Error);
});

test("servers can be imported, not made", () => {
  assertEquals(assertThrows(() => http.createServer(), Error).code, "ERR_METHOD_NOT_IMPLEMENTED");
  assert(new https.Agent() instanceof http.Agent && typeof https.get === "function");
});

test("kinds of addresses", () => {
  assertEquals(["1.2.3.4", "256.1.1.1", "1.2.3", "::1", "1::2%eth0", "::ffff:1.2.3.4", ":::", "x"].map(net.isIP), [4, 0, 0, 6, 6, 6, 0, 0]);
});
