// What the connections of one room have in common: what was said, and who is there.
//
// A request may not touch another one's WebSocket, neither here nor on Cloudflare. So a room holds no sockets. It holds plain data, and
// for each connection that waits for news the function that wakes it: a promise that one request resolves continues another one
// in its own context, where it sends on its own socket.

const HISTORY_MAX = 50;
const ROOMS_MAX = 1000;

const rooms = new Map();

export class Room {
  #events = [];
  /** The number of the first event that is still here. */
  #first = 0;
  #people = new Map();
  #waiting = new Set();

  /** The room of this name. A room that nobody is in is forgotten when there are too many. */
  static of(name) {
    let room = rooms.get(name);
    if (room === undefined) {
      for (const [other, { isEmpty }] of rooms) if (rooms.size >= ROOMS_MAX && isEmpty) rooms.delete(other);
      rooms.set(name, (room = new Room()));
    }
    return room;
  }

  get isEmpty() {
    return this.#people.size === 0;
  }

  /** Somebody comes in. Returns where the history begins. */
  enter(id, person) {
    this.#people.set(id, person);
    this.#tell({ type: "joined", who: person });
    return this.#first;
  }

  leave(id) {
    const person = this.#people.get(id);
    this.#people.delete(id);
    this.#tell({ type: "left", who: person });
  }

  say(id, text) {
    this.#tell({ type: "said", who: this.#people.get(id), text });
  }

  /** The events from number `from` on, and the number of the next one. */
  since(from) {
    const events = this.#events.slice(Math.max(from - this.#first, 0));
    return [events, this.#first + this.#events.length];
  }

  /** Settles at the next event. */
  news() {
    const { promise, resolve } = Promise.withResolvers();
    this.#waiting.add(resolve);
    return promise;
  }

  #tell(event) {
    this.#events.push({ ...event, at: Date.now(), people: [...this.#people.values()] });
    if (this.#events.length > HISTORY_MAX) {
      this.#events.shift();
      this.#first++;
    }
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
