// Piping (Streams §4.9.1, ReadableStreamPipeTo).
const S = internals.streams;
const { READABLE, CLOSED, ERRORED, RESOLVED, abortWritable, acquireReader, acquireWriter, cancelReadable } = S;
const { closeForPipe, closing, noop, readChunk, releaseReader, releaseWriter, then, withResolvers } = S;
const { write, writerDesiredSize } = S;
const { WRITABLE } = S.writableStates;
const DEST_CLOSED = S.writableStates.CLOSED;
const DEST_ERRORED = S.writableStates.ERRORED;
const NativeTypeError = TypeError;

const NONE = { none: true };

// One pipe. It is its own read request (there is one read at a time) and the request of all its writes.
class Pipe {
  constructor(source, dest, preventClose, preventAbort, preventCancel, signal) {
    this.source = source;
    this.dest = dest;
    this.preventClose = preventClose;
    this.preventAbort = preventAbort;
    this.preventCancel = preventCancel;
    this.signal = signal;
    this.forgetSignal = null;
    this.reader = acquireReader(source, false);
    this.writer = acquireWriter(dest);
    this.shuttingDown = false;
    // Read and not written yet.
    this.held = NONE;
    this.writes = 0;
    // What shutdown waits to do once every write has ended.
    this.afterWrites = null;
    this.next = null;
    this.parts = withResolvers();
    this.self = () => this;
    this.step = () => this.pump();
    this.take = () => {
      this.flush();
      this.pump();
    };
    source.disturbed = true;
  }

  start() {
    const { source, dest, reader, writer } = this;
    if (this.signal !== undefined) {
      if (internals.abort.isAborted(this.signal)) {
        this.abort(internals.abort.reason(this.signal));
        return;
      }
      this.forgetSignal = internals.abort.addAlgorithm(this.signal, (reason) => this.abort(reason));
    }
    if (source.state === ERRORED) this.sourceErrored(source.storedError);
    else then(reader.closed.get(), () => this.sourceClosed(), (reason) => this.sourceErrored(reason));
    if (dest.state === DEST_ERRORED) this.destErrored(dest.storedError);
    else then(writer.closed.get(), noop, (reason) => this.destErrored(reason));
    if (source.state === CLOSED) this.sourceClosed();
    if (closing(dest) || dest.state === DEST_CLOSED) this.destClosed();
    then(RESOLVED, this.step);
  }

  pump() {
    const { source, dest, writer } = this;
    for (;;) {
      if (this.shuttingDown || source.state !== READABLE || dest.state !== WRITABLE || closing(dest)) return;
      if (!(writerDesiredSize(dest) > 0)) {
        then(writer.ready.get(), this.step, noop);
        return;
      }
      const { controller } = source;
      if (controller.isBytes || controller.queue.head === null) {
        readChunk(this.reader, this);
        return;
      }
      this.held = controller.takeChunk();
      this.flush();
    }
  }

  // The source may be in the middle of its enqueue(): the write comes a microtask later.
  chunk(value) {
    this.held = value;
    then(RESOLVED, this.take);
  }

  close() {}

  error() {}

  flush() {
    const value = this.held;
    if (value === NONE) return;
    this.held = NONE;
    if (this.writer.stream === null) return;
    this.writes++;
    write(this.writer, value, this.self);
  }

  resolve() {
    this.writes--;
    if (this.writes === 0 && this.afterWrites !== null) then(RESOLVED, this.afterWrites);
  }

  reject(reason) {
    // A chunk that was refused: the pipe cannot leave it out.
    S.errorWritable(this.dest.controller, reason);
    this.resolve();
  }

  abort(reason) {
    this.shutdown(() => {
      const { source, dest } = this;
      const actions = [];
      if (!this.preventAbort) actions[0] = dest.state === WRITABLE ? abortWritable(dest, reason) : RESOLVED;
      if (!this.preventCancel) {
        actions[actions.length] = source.state === READABLE ? cancelReadable(source, reason) : RESOLVED;
      }
      if (actions.length === 2) return both(actions[0], actions[1]);
      return actions.length === 1 ? actions[0] : RESOLVED;
    }, reason);
  }

  sourceErrored(error) {
    this.shutdown(this.preventAbort ? null : () => abortWritable(this.dest, error), error);
  }

  destErrored(error) {
    this.shutdown(this.preventCancel ? null : () => cancelReadable(this.source, error), error);
  }

  sourceClosed() {
    this.shutdown(this.preventClose ? null : () => closeForPipe(this.dest), NONE);
  }

  destClosed() {
    const error = new NativeTypeError("This destination writable stream is closed.");
    this.shutdown(this.preventCancel ? null : () => cancelReadable(this.source, error), error);
  }

  // Stops reading, waits for the writes, runs the action, and ends with `error` (NONE for none).
  shutdown(action, error) {
    if (this.shuttingDown) return;
    this.shuttingDown = true;
    const finish = () => {
      this.afterWrites = null;
      if (action === null) {
        this.finalize(error);
        return;
      }
      then(action(), () => this.finalize(error), (reason) => this.finalize(reason));
    };
    if (this.dest.state !== WRITABLE || closing(this.dest)) {
      finish();
      return;
    }
    this.flush();
    if (this.writes === 0) then(RESOLVED, finish);
    else this.afterWrites = finish;
  }

  finalize(error) {
    releaseWriter(this.writer);
    releaseReader(this.reader);
    if (this.forgetSignal !== null) this.forgetSignal();
    if (error === NONE) this.parts.resolve(undefined);
    else this.parts.reject(error);
  }
}

function both(one, other) {
  const parts = withResolvers();
  let left = 2;
  const done = () => {
    left--;
    if (left === 0) parts.resolve(undefined);
  };
  then(one, done, parts.reject);
  then(other, done, parts.reject);
  return parts.promise;
}

// The streams are states that nobody has locked; the result is a promise.
function pipe(source, dest, preventClose = false, preventAbort = false, preventCancel = false, signal = undefined) {
  const one = new Pipe(source, dest, preventClose, preventAbort, preventCancel, signal);
  one.start();
  return one.parts.promise;
}

S.detachStates(Pipe);
S.pipe = pipe;
