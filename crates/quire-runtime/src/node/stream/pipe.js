// readable.pipe(writable): the writer's pace is the reader's.
const { prependListener } = require("internal/stream/legacy");
const { Readable } = require("internal/stream/readable");
const { errorOrDestroy } = require("internal/stream/destroy");
const process = require("process");

Readable.prototype.pipe = function pipe(destination, options) {
  const source = this;
  const state = source._readableState;
  if (state.pipes.length === 1 && !state.multiAwaitDrain) {
    // With several writers, all that are full have to drain.
    state.multiAwaitDrain = true;
    state.awaitDrainWriters = new Set(state.awaitDrainWriters ? [state.awaitDrainWriters] : []);
  }
  state.pipes.push(destination);

  const mayEnd = options?.end !== false && destination !== process.stdout && destination !== process.stderr;
  const whenEnded = mayEnd ? onEnd : unpipe;
  if (state.endEmitted) process.nextTick(whenEnded);
  else source.once("end", whenEnded);

  let onDrain;
  let isOver = false;

  destination.on("unpipe", onUnpipe);
  function onUnpipe(readable, information) {
    if (readable !== source || information?.hasUnpiped !== false) return;
    information.hasUnpiped = true;
    cleanup();
  }
  function onEnd() {
    destination.end();
  }
  function cleanup() {
    destination.removeListener("close", onClose);
    destination.removeListener("finish", onFinish);
    if (onDrain) destination.removeListener("drain", onDrain);
    destination.removeListener("error", onError);
    destination.removeListener("unpipe", onUnpipe);
    source.removeListener("end", onEnd);
    source.removeListener("end", unpipe);
    source.removeListener("data", onData);
    isOver = true;
    // The writer that others wait for is gone: they need not wait for it.
    if (onDrain && state.awaitDrainWriters && (!destination._writableState || destination._writableState.needDrain)) onDrain();
  }
  function hold() {
    if (!isOver) {
      if (state.pipes.length === 1 && state.pipes[0] === destination) {
        state.awaitDrainWriters = destination;
        state.multiAwaitDrain = false;
      } else if (state.pipes.length > 1 && state.pipes.includes(destination)) {
        state.awaitDrainWriters.add(destination);
      }
      source.pause();
    }
    if (onDrain) return;
    onDrain = () => drained(source, destination);
    destination.on("drain", onDrain);
  }
  source.on("data", onData);
  function onData(chunk) {
    if (destination.write(chunk) === false) hold();
  }
  function onError(error) {
    unpipe();
    destination.removeListener("error", onError);
    if (destination.listenerCount("error") > 0) return;
    const target = destination._writableState || destination._readableState;
    if (target && !target.errorEmitted) errorOrDestroy(destination, error);
    else destination.emit("error", error);
  }
  prependListener(destination, "error", onError);
  function onClose() {
    destination.removeListener("finish", onFinish);
    unpipe();
  }
  destination.once("close", onClose);
  function onFinish() {
    destination.removeListener("close", onClose);
    unpipe();
  }
  destination.once("finish", onFinish);
  function unpipe() {
    source.unpipe(destination);
  }

  destination.emit("pipe", source);
  if (destination.writableNeedDrain === true) hold();
  else if (!state.flowing) source.resume();
  return destination;
};

function drained(source, destination) {
  const state = source._readableState;
  if (state.awaitDrainWriters === destination) state.awaitDrainWriters = null;
  else if (state.multiAwaitDrain) state.awaitDrainWriters.delete(destination);
  const isWaiting = state.awaitDrainWriters && state.awaitDrainWriters.size !== 0;
  if (!isWaiting && source.listenerCount("data") > 0) source.resume();
}

Readable.prototype.unpipe = function unpipe(destination) {
  const state = this._readableState;
  if (state.pipes.length === 0) return this;
  if (!destination) {
    const all = state.pipes;
    state.pipes = [];
    this.pause();
    for (const one of all) one.emit("unpipe", this, { hasUnpiped: false });
    return this;
  }
  const index = state.pipes.indexOf(destination);
  if (index < 0) return this;
  state.pipes.splice(index, 1);
  if (state.pipes.length === 0) this.pause();
  destination.emit("unpipe", this, { hasUnpiped: false });
  return this;
};
