// Stream, the base class, with the pipe() of streams that know no back-pressure but `pause` and `drain`.
const EventEmitter = require("events");

function Stream(options) {
  EventEmitter.call(this, options);
}
Object.setPrototypeOf(Stream.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Stream, EventEmitter);

Stream.prototype.pipe = function pipe(destination, options) {
  const source = this;
  function onData(chunk) {
    if (destination.writable && destination.write(chunk) === false && source.pause) source.pause();
  }
  function onDrain() {
    if (source.readable && source.resume) source.resume();
  }
  let ended = false;
  function onEnd() {
    if (ended) return;
    ended = true;
    destination.end();
  }
  function onClose() {
    if (ended) return;
    ended = true;
    if (typeof destination.destroy === "function") destination.destroy();
  }
  function onError(error) {
    cleanup();
    if (EventEmitter.prototype.listenerCount.call(this, "error") === 0) this.emit("error", error);
  }
  const listeners = [
    [source, "data", onData],
    [destination, "drain", onDrain],
    [source, "error", onError],
    [destination, "error", onError],
    [source, "end", onEnd],
    [source, "close", onClose],
    [source, "end", cleanup],
    [source, "close", cleanup],
    [destination, "close", cleanup],
  ];
  function cleanup() {
    for (const [stream, event, listener] of listeners) stream.removeListener(event, listener);
  }
  source.on("data", onData);
  destination.on("drain", onDrain);
  if (!destination._isStdio && options?.end !== false) {
    source.on("end", onEnd);
    source.on("close", onClose);
  }
  prependListener(source, "error", onError);
  prependListener(destination, "error", onError);
  source.on("end", cleanup);
  source.on("close", cleanup);
  destination.on("close", cleanup);
  destination.emit("pipe", source);
  return destination;
};

Stream.prototype.eventNames = function eventNames() {
  return EventEmitter.prototype.eventNames.call(this).filter((name) => this.listenerCount(name) > 0);
};

/** Puts a listener first, also for emitters of other make. */
function prependListener(emitter, event, listener) {
  if (typeof emitter.prependListener === "function") {
    emitter.prependListener(event, listener);
  } else if (!emitter._events?.[event]) {
    emitter.on(event, listener);
  } else {
    emitter._events[event] = [listener, ...[emitter._events[event]].flat()];
  }
}

return { Stream, prependListener };
