// Readable.from(iterable).
const { ERR_INVALID_ARG_TYPE, ERR_STREAM_NULL_VALUES } = require("internal/errors");
const { Buffer } = require("buffer");
const process = require("process");

return function from(Readable, iterable, options) {
  if (typeof iterable === "string" || iterable instanceof Buffer) {
    return new Readable({
      objectMode: true,
      ...options,
      read() {
        this.push(iterable);
        this.push(null);
      },
    });
  }
  let iterator;
  let isAsync = false;
  if (typeof iterable?.[Symbol.asyncIterator] === "function") {
    isAsync = true;
    iterator = iterable[Symbol.asyncIterator]();
  } else if (typeof iterable?.[Symbol.iterator] === "function") {
    iterator = iterable[Symbol.iterator]();
  } else {
    throw new ERR_INVALID_ARG_TYPE("iterable", ["Iterable"], iterable);
  }

  const readable = new Readable({ objectMode: true, highWaterMark: 1, ...options });
  let reading = false;
  let isOver = false;
  readable._read = () => {
    if (reading) return;
    reading = true;
    if (isAsync) pullAsync();
    else pullSync();
  };
  const destroyStream = readable._destroy;
  readable._destroy = function _destroy(error, callback) {
    close(error).then(
      () => destroyStream.call(this, error, () => process.nextTick(callback, error)),
      (failure) => process.nextTick(callback, failure || error),
    );
  };

  /** Tells the iterator that nothing more is wanted. */
  async function close(error) {
    isOver = true;
    if (error != null && typeof iterator.throw === "function") {
      const { value, done } = await iterator.throw(error);
      await value;
      if (done) return;
    }
    if (typeof iterator.return === "function") {
      const { value } = await iterator.return();
      await value;
    }
  }

  /** Pushes a value; gives whether to go on at once. */
  function deliver(value) {
    if (value === null) {
      reading = false;
      throw new ERR_STREAM_NULL_VALUES();
    }
    if (readable.push(value)) return true;
    reading = false;
    return false;
  }

  function pullSync() {
    try {
      for (;;) {
        const { value, done } = iterator.next();
        if (done) {
          readable.push(null);
          return;
        }
        if (typeof value?.then === "function") {
          value.then(
            (settled) => {
              try {
                if (!isOver && deliver(settled)) pullSync();
              } catch (error) {
                readable.destroy(error);
              }
            },
            (error) => readable.destroy(error),
          );
          return;
        }
        if (!deliver(value)) return;
      }
    } catch (error) {
      readable.destroy(error);
    }
  }

  async function pullAsync() {
    try {
      for (;;) {
        const { value, done } = await iterator.next();
        if (isOver) return;
        if (done) {
          readable.push(null);
          return;
        }
        if (!deliver(value)) return;
      }
    } catch (error) {
      readable.destroy(error);
    }
  }
  return readable;
};
