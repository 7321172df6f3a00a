// crypto.DigestStream: a WritableStream whose digest is known when it is closed. Made when it is first asked for, since
// WritableStream belongs to web/streams.
const NativeTypeError = TypeError;
const { hashName } = internals.crypto;
let DigestStream;

function chunkBytes(chunk) {
  if (typeof chunk === "string") return internals.encoding.encodeUtf8(chunk);
  const buffer = ArrayBuffer.isView(chunk) ? chunk.buffer : chunk;
  if (buffer instanceof ArrayBuffer) return chunk;
  throw new NativeTypeError("a chunk for a DigestStream must be a buffer, a view of one, or a string");
}

function define() {
  class Stream extends globalThis.WritableStream {
    #digest;
    #written = 0n;

    constructor(algorithm) {
      const consume = ops.crypto_digest_stream(hashName(algorithm));
      const { promise, resolve, reject } = Promise.withResolvers();
      let count;
      super({
        write(chunk) {
          const data = chunkBytes(chunk);
          consume(data);
          count(data.byteLength);
        },
        close: () => resolve(consume().buffer),
        abort: reject,
      });
      // A write that fails never gets to close().
      promise.catch(() => {});
      count = (length) => (this.#written += BigInt(length));
      this.#digest = promise;
    }

    get digest() {
      if (!(#digest in Object(this))) throw new NativeTypeError("Illegal invocation: this member belongs to DigestStream");
      return this.#digest;
    }
    get bytesWritten() {
      if (!(#digest in Object(this))) throw new NativeTypeError("Illegal invocation: this member belongs to DigestStream");
      return this.#written;
    }
  }
  internals.defineClass(Stream, "DigestStream");
  return Stream;
}

internals.crypto.digestStream = () => (DigestStream ??= define());
