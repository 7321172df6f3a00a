// GET /rooms/:name?as=Ada with `Upgrade: websocket`: a seat in the room.

import { Room } from "../../src/room.js";

const NAME_MAX = 24;
const TEXT_MAX = 2000;

export function onRequestGet({ request, params }) {
  if (request.headers.get("upgrade") !== "websocket") {
    return new Response("this is for WebSockets", { status: 426, headers: { upgrade: "websocket" } });
  }
  const name = new URL(request.url).searchParams.get("as")?.trim().slice(0, NAME_MAX) || "somebody";
  const [client, server] = Object.values(new WebSocketPair());
  server.accept();
  seat(server, Room.of(params.name), { name, id: crypto.randomUUID() });
  return new Response(null, { status: 101, webSocket: client });
}

/** One person's connection, from coming in to leaving. */
function seat(socket, room, person) {
  const { id } = person;
  socket.addEventListener("message", ({ data }) => {
    const text = typeof data === "string" ? data.trim() : "";
    if (text !== "") room.say(id, text.slice(0, TEXT_MAX));
  });
  socket.addEventListener("close", () => room.leave(id));
  socket.send(JSON.stringify({ type: "welcome", you: id }));
  follow(socket, room, room.enter(id, person));
}

/** Sends what happens in the room, from event number `next` on. */
async function follow(socket, room, next) {
  while (socket.readyState === WebSocket.OPEN) {
    let events;
    [events, next] = room.since(next);
    for (const event of events) socket.send(JSON.stringify(event));
    await room.news();
  }
}
