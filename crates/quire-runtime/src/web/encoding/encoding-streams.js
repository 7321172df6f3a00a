// TextEncoderStream and TextDecoderStream (Encoding Standard §8.5). Their TransformStream belongs to web/streams.
const NativeTypeError = TypeError;
const { encodeUtf8, encodingOf, createDecoder, input } = internals.encoding;
const isObject = (value) => value !== null && typeof value === "object";

function member(genuine, className) {
  if (!genuine) throw new NativeTypeError(`Illegal invocation: this member belongs to ${className}`);
}

class TextEncoderStream {
  #transform;

  constructor() {
    // The first half of a surrogate pair whose second half may come with the next chunk.
    let pending = "";
    this.#transform = new internals.streams.TransformStream({
      transform(chunk, controller) {
        let text = `${pending}${chunk}`;
        const last = text.charCodeAt(text.length - 1);
        pending = "";
        if (last >= 0xd800 && last <= 0xdbff) {
          pending = text.slice(-1);
          text = text.slice(0, -1);
        }
        if (text !== "") controller.enqueue(encodeUtf8(text));
      },
      flush(controller) {
        if (pending !== "") controller.enqueue(encodeUtf8("\ufffd"));
      },
    });
  }

  get encoding() {
    member(isObject(this) && #transform in this, "TextEncoderStream");
    return "utf-8";
  }
  get readable() {
    member(isObject(this) && #transform in this, "TextEncoderStream");
    return this.#transform.readable;
  }
  get writable() {
    member(isObject(this) && #transform in this, "TextEncoderStream");
    return this.#transform.writable;
  }
}

class TextDecoderStream {
  #transform;
  #encoding;
  #fatal;
  #ignoreBOM;

  constructor(label = "utf-8", options = undefined) {
    this.#encoding = encodingOf(`${label}`);
    if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
      throw new NativeTypeError("Failed to construct 'TextDecoderStream': the options must be an object");
    }
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
    const decode = createDecoder(this.#encoding, { stripBom: !this.#ignoreBOM, fatal: this.#fatal });
    const nothing = new Uint8Array(0);
    this.#transform = new internals.streams.TransformStream({
      transform(chunk, controller) {
        if (chunk === undefined) throw new NativeTypeError("a chunk of a TextDecoderStream must be a buffer or a view of one");
        const text = decode(input(chunk), true);
        if (text !== "") controller.enqueue(text);
      },
      flush(controller) {
        const text = decode(nothing, false);
        if (text !== "") controller.enqueue(text);
      },
    });
  }

  get encoding() {
    member(isObject(this) && #transform in this, "TextDecoderStream");
    return this.#encoding;
  }
  get fatal() {
    member(isObject(this) && #transform in this, "TextDecoderStream");
    return this.#fatal;
  }
  get ignoreBOM() {
    member(isObject(this) && #transform in this, "TextDecoderStream");
    return this.#ignoreBOM;
  }
  get readable() {
    member(isObject(this) && #transform in this, "TextDecoderStream");
    return this.#transform.readable;
  }
  get writable() {
    member(isObject(this) && #transform in this, "TextDecoderStream");
    return this.#transform.writable;
  }
}

Object.defineProperty(TextDecoderStream, "length", { value: 0, configurable: true });
internals.defineClass(TextEncoderStream, "TextEncoderStream");
internals.defineClass(TextDecoderStream, "TextDecoderStream");
internals.expose("TextEncoderStream", TextEncoderStream);
internals.expose("TextDecoderStream", TextDecoderStream);
