// Streams that go from one program to another. Each side of a session has an object for its end of one, which gets what the other side says of it.

const { apply } = Reflect;
const { then } = Promise.prototype;
const withResolvers = Promise.withResolvers.bind(Promise);
const { isView } = ArrayBuffer;
const NativeArrayBuffer = ArrayBuffer;
const NativeError = Error;
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;
const NativeReadableStream = ReadableStream;
const NativeWritableStream = WritableStream;
const { writer } = internals.rpc.messages;
const { chunk: CHUNK, end: END, error: ERROR, credit: CREDIT, cancel: CANCEL } = internals.rpc.messages.kinds;

/** Bytes that may be under way. */
const WINDOW = 256 * 1024;

const disconnected = () => new NativeError("ReadableStream received over RPC disconnected prematurely.");

/** A stream of this program that the other one reads. */
class Source {
  constructor(session, id, stream) {
    this.session = session;
    this.id = id;
    this.credit = WINDOW;
    this.reader = internals.streams.getChunkReader(stream);
    this.reading = false;
    this.pump();
  }

  async pump() {
    if (this.reading) return;
    this.reading = true;
    const { session, id } = this;
    try {
      while (this.credit > 0 && session.ended === null) {
        const { done, value } = await this.reader.read();
        if (session.ended !== null) return;
        if (done) {
          writer.number(END).stream(id);
          session.send();
          return this.finish();
        }
        this.credit -= value.byteLength;
        writer.number(CHUNK).stream(id).bytes(value);
        session.send();
      }
    } catch {
      if (session.ended !== null) return;
      writer.number(ERROR).stream(id);
      session.send();
      this.finish();
    } finally {
      this.reading = false;
    }
  }

  finish() {
    this.session.streams.delete(-this.id);
    this.session.endIfIdle();
  }

  receive(kind, reader) {
    if (kind === CREDIT) {
      this.credit += reader.number();
      this.pump();
    } else if (kind === CANCEL) {
      this.finish();
      this.fail(internals.deserialize(reader.bytes().slice()));
    }
  }

  fail(error) {
    apply(then, Promise.resolve(this.reader.cancel(error)), [undefined, () => {}]);
  }
}

/** A stream that reads one of the other program's. */
function readableOf(session, id) {
  let wanted = null;
  let ended = false;
  /** Bytes that arrived and were not read. */
  let owed = 0;
  const finish = () => {
    ended = true;
    session.streams.delete(id);
    if (wanted !== null) session.wait(-1);
    const { resolve } = wanted ?? {};
    wanted = null;
    resolve?.();
    session.endIfIdle();
  };
  let controller;
  const stream = new NativeReadableStream(
    {
      type: "bytes",
      start(given) {
        controller = given;
      },
      pull() {
        if (ended) return undefined;
        if (owed > 0) {
          writer.number(CREDIT).stream(-id).number(owed);
          session.send();
          owed = 0;
        }
        session.wait(1);
        wanted = withResolvers();
        return wanted.promise;
      },
      cancel(reason) {
        if (ended || session.ended !== null) return;
        const { bytes } = internals.pack.error(reason);
        writer.number(CANCEL).stream(-id).bytes(bytes);
        session.send();
        finish();
      },
    },
    { highWaterMark: 0 },
  );
  session.streams.set(id, {
    receive(kind, reader) {
      if (kind === CHUNK) {
        const chunk = reader.bytes().slice();
        owed += chunk.byteLength;
        if (chunk.byteLength > 0) controller.enqueue(chunk);
        if (wanted !== null) {
          session.wait(-1);
          const { resolve } = wanted;
          wanted = null;
          resolve();
        }
      } else if (kind === END) {
        controller.close();
        controller.byobRequest?.respond(0);
        finish();
      } else if (kind === ERROR) {
        controller.error(disconnected());
        finish();
      }
    },
    fail() {
      if (!ended) controller.error(disconnected());
      finish();
    },
  });
  return stream;
}

/** A stream of this program that the other one writes to. */
class Drain {
  constructor(session, id, stream) {
    this.session = session;
    this.id = id;
    this.writer = stream.getWriter();
  }

  receive(kind, reader) {
    if (kind === CHUNK) this.settle(this.writer.write(reader.bytes().slice()), false);
    else if (kind === END) this.settle(this.writer.close(), true);
    else if (kind === ERROR) {
      this.fail(new NativeError("WritableStream received over RPC was disconnected before being closed."));
      this.finish();
    }
  }

  settle(promise, isLast) {
    const { session, id } = this;
    const done = () => {
      if (session.ended !== null) return;
      writer.number(CREDIT).stream(id).number(1);
      session.send();
      if (isLast) this.finish();
    };
    const failed = (error) => {
      if (session.ended !== null) return;
      const { bytes } = internals.pack.error(error);
      writer.number(CANCEL).stream(id).bytes(bytes);
      session.send();
      this.finish();
    };
    apply(then, promise, [done, failed]);
  }

  finish() {
    this.session.streams.delete(-this.id);
    this.session.endIfIdle();
  }

  fail(error) {
    apply(then, this.writer.abort(error), [undefined, () => {}]);
  }
}

/** A stream that writes to one of the other program's. */
function writableOf(session, id) {
  const waiting = [];
  let failure = null;
  let controller;
  const written = () => {
    if (failure !== null) return Promise.reject(failure.error);
    const pending = withResolvers();
    waiting.push(pending);
    session.wait(1);
    return pending.promise;
  };
  const stop = (error) => {
    failure = { error };
    session.streams.delete(id);
    for (const { reject } of waiting.splice(0)) {
      session.wait(-1);
      reject(error);
    }
    controller.error(error);
    session.endIfIdle();
  };
  const stream = new NativeWritableStream({
    start(given) {
      controller = given;
    },
    write(chunk) {
      if (typeof chunk === "string" || !(chunk instanceof NativeArrayBuffer || isView(chunk))) {
        throw new NativeTypeError("This TransformStream is being used as a byte stream, but received an object of non-ArrayBuffer/ArrayBufferView type on its writable side.");
      }
      const view = isView(chunk)
        ? new NativeUint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        : new NativeUint8Array(chunk);
      writer.number(CHUNK).stream(-id).bytes(view);
      session.send();
      return written();
    },
    close() {
      writer.number(END).stream(-id);
      session.send();
      return written().then(() => {
        session.streams.delete(id);
        session.endIfIdle();
      });
    },
    abort(reason) {
      if (failure !== null || session.ended !== null) return;
      writer.number(ERROR).stream(-id);
      session.send();
      session.streams.delete(id);
      session.endIfIdle();
    },
  });
  session.streams.set(id, {
    receive(kind, reader) {
      if (kind === CREDIT) {
        session.wait(-1);
        waiting.shift()?.resolve();
      } else if (kind === CANCEL) stop(internals.deserialize(reader.bytes().slice()));
    },
    fail: stop,
  });
  return stream;
}

internals.rpc.streams = { Source, Drain, readableOf, writableOf };
