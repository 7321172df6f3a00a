import { DurableObject } from "cloudflare:workers";

const HOUR = 3_600_000;
const later = () => Date.now() + HOUR;

/** An end of a new socket; the other one is kept. */
const pairs = [];
function end() {
  const pair = new WebSocketPair();
  pairs.push(pair);
  return pair[1];
}

/** Whether an alarm lies an hour ahead. */
const isLater = (time) => time !== null && Math.abs(time - later()) < 60_000;

const alarms = {
  async set(storage) {
    const given = await storage.setAlarm(later());
    return [given === undefined, isLater(await storage.getAlarm()), await storage.deleteAlarm(), await storage.getAlarm()];
  },
  async date(storage) {
    await storage.setAlarm(new Date(later()));
    return [isLater(await storage.getAlarm()), typeof (await storage.getAlarm())];
  },
  async fraction(storage) {
    await storage.setAlarm(4e12 + 0.75);
    return await storage.getAlarm();
  },
  invalid: (storage) => storage.setAlarm(NaN),
  invalidDate: (storage) => storage.setAlarm(new Date(NaN)),
  negative: (storage) => storage.setAlarm(-1),
  zero: (storage) => storage.setAlarm(0),
  small: (storage) => storage.setAlarm(0.5),
  infinite: (storage) => storage.setAlarm(Infinity),
  async far(storage) {
    await storage.setAlarm(8.64e15);
    return await storage.getAlarm();
  },
  /** The last time that is taken. */
  async farthest(storage) {
    let [low, high] = [5e12, 8.64e15];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      try {
        await storage.setAlarm(middle);
        low = middle;
      } catch {
        high = middle;
      }
    }
    return [low, await storage.setAlarm(high).catch(text)];
  },
  farther: (storage) => storage.setAlarm(8.64e15 + 2),
  text: (storage) => storage.setAlarm("tomorrow"),
  async digits(storage) {
    await storage.setAlarm("4000000000000");
    return await storage.getAlarm();
  },
  none: (storage) => storage.setAlarm(),
  null: (storage) => storage.setAlarm(null),
  undefined: (storage) => storage.setAlarm(undefined),
  bigint: (storage) => storage.setAlarm(4000000000000n),
  object: (storage) => storage.setAlarm({}),
  async array(storage) {
    await storage.setAlarm([4e12]);
    return await storage.getAlarm();
  },
  boolean: (storage) => storage.setAlarm(true),
  symbol: (storage) => storage.setAlarm(Symbol("x")),
  optionsText: (storage) => storage.setAlarm(later(), "x"),
  async options(storage) {
    await storage.setAlarm(later(), { allowConcurrency: true, allowUnconfirmed: true, x: 1 });
    return isLater(await storage.getAlarm({ allowConcurrency: true }));
  },
  getOptionsText: (storage) => storage.getAlarm("x"),
  deleteOptionsText: (storage) => storage.deleteAlarm("x"),
  async twice(storage) {
    storage.setAlarm(4e12);
    storage.setAlarm(5e12);
    return await storage.getAlarm();
  },
  async deleteAll(storage) {
    await storage.setAlarm(later());
    await storage.deleteAll();
    return await storage.getAlarm();
  },
  async rollback(storage) {
    await storage.setAlarm(4e12);
    await storage.transaction(async (transaction) => {
      await transaction.setAlarm(5e12);
      const within = await transaction.getAlarm();
      transaction.rollback();
      return within;
    });
    return await storage.getAlarm();
  },
  async transaction(storage) {
    return await storage.transaction(async (transaction) => {
      await transaction.setAlarm(5e12);
      return [await transaction.getAlarm(), await storage.getAlarm()];
    });
  },
  async sync(storage) {
    await storage.setAlarm(4e12);
    try {
      storage.transactionSync(() => {
        storage.setAlarm(5e12);
        throw new Error("undone");
      });
    } catch {}
    return await storage.getAlarm();
  },
  lengths: (storage) => [storage.setAlarm.length, storage.getAlarm.length, storage.deleteAlarm.length],
};

const sockets = {
  accept: (ctx) => {
    const socket = end();
    return [ctx.acceptWebSocket(socket) === undefined, ctx.getWebSockets().includes(socket), socket.readyState, ctx.getTags(socket)];
  },
  acceptNothing: (ctx) => ctx.acceptWebSocket(),
  acceptNull: (ctx) => ctx.acceptWebSocket(null),
  acceptObject: (ctx) => ctx.acceptWebSocket({}),
  acceptPair: (ctx) => ctx.acceptWebSocket(new WebSocketPair()),
  acceptTwice: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    ctx.acceptWebSocket(socket);
  },
  acceptAccepted: (ctx) => {
    const socket = end();
    socket.accept();
    ctx.acceptWebSocket(socket);
  },
  acceptThenAccept: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    socket.accept();
  },
  tags: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket, ["b", "a", "b", ""]);
    return [ctx.getTags(socket), ctx.getWebSockets("a").length, ctx.getWebSockets("").includes(socket)];
  },
  tagsText: (ctx) => ctx.acceptWebSocket(end(), "ab"),
  tagsNull: (ctx) => ctx.acceptWebSocket(end(), null),
  tagsObject: (ctx) => ctx.acceptWebSocket(end(), {}),
  tagsNumbers: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket, [1, null, undefined, {}]);
    return ctx.getTags(socket);
  },
  tagsSymbol: (ctx) => ctx.acceptWebSocket(end(), [Symbol("x")]),
  tagsIterable: (ctx) => ctx.acceptWebSocket(end(), new Set(["x"])),
  tagsTen: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket, [..."abcdefghij"]);
    return ctx.getTags(socket).length;
  },
  tagsEleven: (ctx) => ctx.acceptWebSocket(end(), [..."abcdefghijk"]),
  tagsElevenSame: (ctx) => ctx.acceptWebSocket(end(), [..."abcdefghija"]),
  tagLongest: (ctx) => ctx.acceptWebSocket(end(), ["a".repeat(256)]),
  tagTooLong: (ctx) => ctx.acceptWebSocket(end(), ["a".repeat(257)]),
  tagWide: (ctx) => ctx.acceptWebSocket(end(), ["é".repeat(200)]),
  tagSurrogate: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket, ["\ud800x"]);
    return [ctx.getTags(socket)[0].codePointAt(0), ctx.getWebSockets("\ud800x").length];
  },
  getTagsForeign: (ctx) => ctx.getTags(end()),
  getTagsAccepted: (ctx) => {
    const socket = end();
    socket.accept();
    return ctx.getTags(socket);
  },
  getTagsNull: (ctx) => ctx.getTags(null),
  getTagsNothing: (ctx) => ctx.getTags(),
  getUnknown: (ctx) => ctx.getWebSockets("unknown"),
  getNull: (ctx) => ctx.getWebSockets(null).length,
  getNumber: (ctx) => {
    ctx.acceptWebSocket(end(), ["5"]);
    return ctx.getWebSockets(5).length;
  },
  getOrder: (ctx) => {
    const [first, second] = [end(), end()];
    ctx.acceptWebSocket(second, ["order"]);
    ctx.acceptWebSocket(first, ["order"]);
    return ctx.getWebSockets("order").map((socket) => (socket === first ? "first" : "second"));
  },
  attachment: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    const none = socket.deserializeAttachment();
    const value = { a: 1, list: [new Date(0), new Map([[1, 2]])] };
    const given = socket.serializeAttachment(value);
    value.a = 2;
    const [one, two] = [socket.deserializeAttachment(), socket.deserializeAttachment()];
    return [none, given === undefined, one.a, one === two, one.list[1].get(1)];
  },
  attachmentBefore: (ctx) => {
    const socket = end();
    socket.serializeAttachment("before");
    ctx.acceptWebSocket(socket);
    return socket.deserializeAttachment();
  },
  attachmentNothing: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    return [socket.serializeAttachment(), socket.deserializeAttachment() === undefined];
  },
  attachmentSocket: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    socket.serializeAttachment(socket);
  },
  attachmentLong: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    socket.serializeAttachment("a".repeat(16_000));
    return socket.deserializeAttachment().length;
  },
  attachmentTooLong: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    socket.serializeAttachment("a".repeat(17_000));
  },
  attachmentRegular: () => {
    const socket = end();
    socket.accept();
    socket.serializeAttachment(1);
    return socket.deserializeAttachment();
  },
  pair: () => {
    const pair = new WebSocketRequestResponsePair("ping", "pong");
    return [pair.request, pair.response, String(pair), Object.keys(pair)];
  },
  pairNothing: () => new WebSocketRequestResponsePair(),
  pairOne: () => new WebSocketRequestResponsePair("x"),
  pairNumbers: () => {
    const { request, response } = new WebSocketRequestResponsePair(1, null);
    return [request, response];
  },
  auto: (ctx) => {
    const none = ctx.getWebSocketAutoResponse();
    const given = ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("a", "b"));
    const { request, response } = ctx.getWebSocketAutoResponse();
    ctx.setWebSocketAutoResponse();
    return [none, given === undefined, request, response, ctx.getWebSocketAutoResponse()];
  },
  autoNull: (ctx) => ctx.setWebSocketAutoResponse(null),
  autoObject: (ctx) => ctx.setWebSocketAutoResponse({ request: "a", response: "b" }),
  autoText: (ctx) => ctx.setWebSocketAutoResponse("a"),
  autoLongest: (ctx) => ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("a".repeat(2048), "b".repeat(2048))),
  autoLongRequest: (ctx) => ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("a".repeat(2049), "b")),
  autoLongResponse: (ctx) => ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("a", "b".repeat(2049))),
  autoWide: (ctx) => ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("é".repeat(2000), "b")),
  timestamp: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    return ctx.getWebSocketAutoResponseTimestamp(socket);
  },
  timestampForeign: (ctx) => ctx.getWebSocketAutoResponseTimestamp(end()),
  timestampNull: (ctx) => ctx.getWebSocketAutoResponseTimestamp(null),
  timeout: (ctx) => {
    const none = ctx.getHibernatableWebSocketEventTimeout();
    const given = ctx.setHibernatableWebSocketEventTimeout(1500.9);
    const set = ctx.getHibernatableWebSocketEventTimeout();
    ctx.setHibernatableWebSocketEventTimeout();
    return [none, given === undefined, set, ctx.getHibernatableWebSocketEventTimeout()];
  },
  timeoutZero: (ctx) => {
    ctx.setHibernatableWebSocketEventTimeout(0);
    return ctx.getHibernatableWebSocketEventTimeout();
  },
  timeoutNegative: (ctx) => ctx.setHibernatableWebSocketEventTimeout(-1),
  timeoutLong: (ctx) => ctx.setHibernatableWebSocketEventTimeout(604_800_001),
  timeoutLongest: (ctx) => {
    ctx.setHibernatableWebSocketEventTimeout(604_800_000);
    return ctx.getHibernatableWebSocketEventTimeout();
  },
  timeoutOdd: (ctx) =>
    [-0.5, true, null, "7", [8], 4294967295, 4294967296, 5e9, Infinity, -Infinity, 1e300, {}, 5n].map((value) => {
      try {
        ctx.setHibernatableWebSocketEventTimeout(value);
        return ctx.getHibernatableWebSocketEventTimeout();
      } catch (error) {
        return text(error);
      } finally {
        ctx.setHibernatableWebSocketEventTimeout();
      }
    }),
  timeoutText: (ctx) => ctx.setHibernatableWebSocketEventTimeout("x"),
  timeoutNan: (ctx) => ctx.setHibernatableWebSocketEventTimeout(NaN),
  sendUnaccepted: () => end().send("x"),
  closeUnaccepted: () => end().close(),
  closeCodes: (ctx) => {
    const found = [];
    for (const code of [999, 1000, 1004, 1005, 1006, 1015, 3000, 4999, 5000, "1000", null, NaN]) {
      const socket = end();
      ctx.acceptWebSocket(socket);
      try {
        socket.close(code, "reason");
        found.push(`${code} fine`);
      } catch (error) {
        found.push(`${code} ${error.name}: ${error.message}`);
      }
    }
    return found;
  },
  closeReason: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    socket.close(1000, "a".repeat(124));
  },
  closeReasonAlone: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    socket.close(undefined, "reason");
  },
  closeTwice: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    socket.close(1000);
    const state = socket.readyState;
    socket.close(1000);
    return [state, socket.readyState];
  },
  sendClosed: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    socket.close(1000);
    socket.send("x");
  },
  sendTypes: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    return [socket.send(5), socket.send(null), socket.send({}), socket.send(new Uint8Array(2)), socket.send(new Blob(["x"]))];
  },
  sendNothing: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    socket.send();
  },
  listener: (ctx) => {
    const socket = end();
    ctx.acceptWebSocket(socket);
    return socket.addEventListener("message", () => {}) === undefined;
  },
  lengths: (ctx) =>
    ["acceptWebSocket", "getWebSockets", "getTags", "setWebSocketAutoResponse", "setHibernatableWebSocketEventTimeout"].map((name) => ctx[name].length),
};

const text = (error) => `${error?.constructor?.name} ${error?.name}: ${error?.message}`;

export class Room extends DurableObject {
  async alarms(name) {
    try {
      await this.ctx.storage.deleteAlarm();
      return (await alarms[name](this.ctx.storage)) ?? null;
    } catch (error) {
      return text(error);
    } finally {
      await this.ctx.storage.deleteAlarm();
    }
  }
  async sockets(name) {
    try {
      return (await sockets[name](this.ctx)) ?? null;
    } catch (error) {
      return text(error);
    }
  }
  names() {
    return [...Object.keys(alarms).map((name) => `alarms/${name}`), ...Object.keys(sockets).map((name) => `sockets/${name}`)];
  }
  alarm() {}
  webSocketMessage() {}
  webSocketClose() {}
}

/** Without any handler. */
export class Plain extends DurableObject {
  async set() {
    try {
      await this.ctx.storage.setAlarm(later());
      return "set";
    } catch (error) {
      return text(error);
    }
  }
  async others() {
    return [await this.ctx.storage.getAlarm(), (await this.ctx.storage.deleteAlarm()) ?? null];
  }
  accept() {
    const socket = end();
    this.ctx.acceptWebSocket(socket);
    return this.ctx.getWebSockets().length;
  }
}

export default {};
