// The text/event-stream format (HTML §9.2.6): from chunks of text to events.
const { charCodeAt, indexOf, slice } = String.prototype;
const { apply } = Reflect;
const LF = 10;
const CR = 13;

class EventParser {
  #rest = "";
  #afterReturn = false;
  #data = null;
  #type = "";
  #id;
  #emit;
  #retry;

  // `emit(type, data, lastEventId)` gets each event that has data, `retry(milliseconds)` what the server wants waited.
  constructor(lastEventId, emit, retry) {
    this.#id = lastEventId;
    this.lastEventId = lastEventId;
    this.#emit = emit;
    this.#retry = retry;
  }

  // The text may end anywhere. What is unfinished when no more comes is dropped.
  push(text) {
    let start = 0;
    if (this.#afterReturn && text !== "") {
      // A line feed that belongs to the carriage return before it.
      if (apply(charCodeAt, text, [0]) === LF) start = 1;
      this.#afterReturn = false;
    }
    for (let i = start; i < text.length; i++) {
      const code = apply(charCodeAt, text, [i]);
      if (code !== LF && code !== CR) continue;
      const line = this.#rest + apply(slice, text, [start, i]);
      this.#rest = "";
      if (code === CR) {
        if (i + 1 === text.length) this.#afterReturn = true;
        else if (apply(charCodeAt, text, [i + 1]) === LF) i++;
      }
      start = i + 1;
      this.#line(line);
    }
    this.#rest += apply(slice, text, [start]);
  }

  #line(line) {
    if (line === "") {
      this.#dispatch();
      return;
    }
    const colon = apply(indexOf, line, [":"]);
    if (colon === 0) return;
    const field = colon === -1 ? line : apply(slice, line, [0, colon]);
    const value = colon === -1 ? "" : apply(slice, line, [colon + (line[colon + 1] === " " ? 2 : 1)]);
    switch (field) {
      case "data":
        this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
        break;
      case "event":
        this.#type = value;
        break;
      case "id":
        if (apply(indexOf, value, ["\0"]) === -1) this.#id = value;
        break;
      case "retry":
        if (value !== "" && isDigits(value)) this.#retry(+value);
        break;
    }
  }

  #dispatch() {
    const data = this.#data;
    const type = this.#type === "" ? "message" : this.#type;
    this.#data = null;
    this.#type = "";
    this.lastEventId = this.#id;
    // Workers leave out what is empty, not only what is absent.
    if (data !== null && data !== "") this.#emit(type, data, this.#id);
  }
}

function isDigits(text) {
  for (let i = 0; i < text.length; i++) {
    const code = apply(charCodeAt, text, [i]);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

internals.eventSource = { EventParser };
