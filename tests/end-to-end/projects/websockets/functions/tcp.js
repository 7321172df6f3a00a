import { connect } from "cloudflare:sockets";

const encode = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder().decode(bytes);
const outcome = async (run) => {
  try {
    return await run();
  } catch (error) {
    return `${error}`;
  }
};

const cases = {
  async echo(address) {
    const socket = connect(address);
    const noted = [`${socket.secureTransport} ${socket.upgraded}`];
    const writer = socket.writable.getWriter();
    await writer.write(encode("hello"));
    noted.push((await socket.opened).remoteAddress === address);
    const reader = socket.readable.getReader({ mode: "byob" });
    noted.push(decode((await reader.read(new Uint8Array(100))).value));
    await writer.close();
    noted.push(decode((await reader.read(new Uint8Array(100))).value));
    await socket.closed;
    return [...noted, "closed"];
  },
  async large(address) {
    const socket = connect(address);
    const writer = socket.writable.getWriter();
    const writing = (async () => {
      for (let i = 0; i < 64; i++) await writer.write(new Uint8Array(64 * 1024));
      await writer.close();
    })();
    let length = 0;
    for await (const chunk of socket.readable) length += chunk.byteLength;
    await writing;
    return [length];
  },
  async close(address) {
    const socket = connect(address);
    await socket.close();
    await socket.closed;
    return ["closed", (await socket.readable.getReader().read()).done];
  },
  async refused() {
    const socket = connect("127.0.0.1:1");
    const write = () => socket.writable.getWriter().write(encode("x"));
    return [await outcome(() => socket.opened), await outcome(() => socket.closed), await outcome(write)];
  },
  mistakes: (address) =>
    Promise.all([
      outcome(() => connect("example.com")),
      outcome(() => connect("a b:80")),
      outcome(() => connect({ hostname: "a b", port: 80 })),
      outcome(() => connect(address, { secureTransport: "yes" })),
      outcome(() => connect(address).startTls()),
    ]),
};

export async function onRequest({ request }) {
  const query = new URL(request.url).searchParams;
  const address = `127.0.0.1:${query.get("port")}`;
  if (query.get("what") === "body") {
    const socket = connect(address);
    const writer = socket.writable.getWriter();
    await writer.write(encode("as it came"));
    await writer.close();
    return new Response(socket.readable);
  }
  return Response.json(await cases[query.get("what")](address));
}
