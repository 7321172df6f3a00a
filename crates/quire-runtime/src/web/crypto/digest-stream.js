// crypto.DigestStream: a WritableStream whose digest is known when it is closed. Made when it is first asked for, since
// WritableStream belongs to web/streams.
const NativeTypeError = TypeError;
const { hashName, parseAlgorithm, isBytes } = internals.crypto;
const checksums = ["crc32", "crc32c", "crc64nvme"];
let DigestStream;

function chunkBytes(chunk) {
  if (typeof chunk === "string") return internals.encoding.encodeUtf8(chunk);
  if (isBytes(chunk)) return chunk;
  throw new NativeTypeError(
    "DigestStream is a byte stream but received an object of non-ArrayBuffer/ArrayBufferView/string type on its writable side.",
  );
}

function define() {
  class Stream extends internals.pristine.WritableStream {
    #digest;
    #written = 0n;
    // Ends the stream, if it has not ended.
    #fail;

    constructor(algorithm) {
      const { name } = parseAlgorithm(algorithm);
      const checksum = name.toLowerCase();
      const consume = ops.crypto_digest_stream(checksums.includes(checksum) ? checksum : hashName(name));
      const { promise, resolve, reject } = Promise.withResolvers();
      let count;
      let controller;
      super({
        start: (given) => (controller = given),
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
      this.#fail = (reason) => {
        reject(reason);
        controller.error(reason);
      };
    }

    static #check(receiver) {
      if (!(#digest in Object(receiver))) throw new NativeTypeError("Illegal invocation: this member belongs to DigestStream");
    }

    get digest() {
      Stream.#check(this);
      return this.#digest;
    }
    get bytesWritten() {
      Stream.#check(this);
      return this.#written;
    }
    [Symbol.dispose]() {
      Stream.#check(this);
      this.#fail(new NativeTypeError("The DigestStream was disposed."));
    }
  }
  internals.defineClass(Stream, "DigestStream");
  return Stream;
}

internals.crypto.digestStream = () => (DigestStream ??= define());
