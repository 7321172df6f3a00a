// Cipheriv, Decipheriv, and RSA's ways of encrypting.
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, define } = require("internal/errors");
const { validateInteger, validateObject, validateString } = require("internal/validators");
const { Transform } = require("stream");
const { StringDecoder } = require("string_decoder");
const { native, isBytes, asBuffer, bytesOf, lazyStream } = require("internal/crypto/calls");
const { readKey, secretBytes } = require("internal/crypto/keys");

const kState = Symbol("kState");
const kOptions = Symbol("kOptions");
const ERR_INVALID_STATE = define("ERR_CRYPTO_INVALID_STATE", (name) => `Invalid state for operation ${name}`);
const ERR_INVALID_TAG = define("ERR_CRYPTO_INVALID_AUTH_TAG", (length) => `Invalid authentication tag length: ${length}`, TypeError);
const ERR_UNKNOWN = define("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher");
const GCM_TAGS = [4, 8, 12, 13, 14, 15, 16];

function detailsOf(name) {
  const text = ops.node_crypto_cipher_details(name);
  if (text == null) return undefined;
  const [known, mode, nid, blockSize, ivLength, keyLength] = text.split(" ");
  return { name: known, mode, nid: Number(nid), blockSize: Number(blockSize), ivLength: Number(ivLength), keyLength: Number(keyLength) };
}

function start(stream, encrypts, cipher, key, iv, options) {
  validateString(cipher, "cipher");
  const secret = secretBytes(key, "key", options?.encoding);
  const vector = iv === null ? null : bytesOf(iv, "iv", "utf8");
  const details = detailsOf(cipher);
  if (details === undefined) throw new ERR_UNKNOWN();
  const isAead = details.mode === "gcm" || details.mode === "ccm" || details.name === "chacha20-poly1305";
  let tagLength = 16;
  if (isAead && options?.authTagLength !== undefined) {
    validateInteger(options.authTagLength, "options.authTagLength", 0);
    tagLength = options.authTagLength;
    if (details.mode === "gcm" ? !GCM_TAGS.includes(tagLength) : tagLength > 16) throw new ERR_INVALID_TAG(tagLength);
  } else if (details.mode === "ccm") {
    throw new ERR_INVALID_ARG_VALUE("options.authTagLength", undefined);
  }
  const open = (dataLength = -1, tag = undefined) => native(ops.node_crypto_cipher, cipher, encrypts, secret, vector, tagLength, dataLength, tag);
  // CCM has to know the tag before it begins to decrypt.
  const isLate = details.mode === "ccm" && !encrypts;
  stream[kState] = { encrypts, details, isAead, tagLength, tagWasGiven: options?.authTagLength !== undefined, open, work: isLate ? undefined : open(), tag: undefined, isOver: false, decoder: undefined };
  stream[kOptions] = options;
}

function Cipheriv(cipher, key, iv, options) {
  if (!(this instanceof Cipheriv)) return new Cipheriv(cipher, key, iv, options);
  start(this, true, cipher, key, iv, options);
}
lazyStream(Cipheriv, Transform, kOptions);
function Decipheriv(cipher, key, iv, options) {
  if (!(this instanceof Decipheriv)) return new Decipheriv(cipher, key, iv, options);
  start(this, false, cipher, key, iv, options);
}
lazyStream(Decipheriv, Transform, kOptions);

/** Bytes as a program wants them: text of an encoding is cut between characters. */
function give(state, bytes, encoding, isLast) {
  const buffer = asBuffer(bytes);
  if (!encoding || encoding === "buffer") return buffer;
  state.decoder ??= new StringDecoder(encoding);
  return isLast ? state.decoder.end(buffer) : state.decoder.write(buffer);
}

const members = {
  _transform(chunk, encoding, callback) {
    this.push(this.update(chunk, encoding));
    callback();
  },
  _flush(callback) {
    try {
      this.push(this.final());
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  },
  update(data, inputEncoding, outputEncoding) {
    const state = this[kState];
    if (typeof data !== "string" && !isBytes(data)) {
      throw new ERR_INVALID_ARG_TYPE("data", ["string", "Buffer", "TypedArray", "DataView"], data);
    }
    if (state.isOver) throw new ERR_INVALID_STATE("update");
    if (state.work === undefined) throw new ERR_INVALID_STATE("update");
    return give(state, native(state.work, "update", bytesOf(data, "data", inputEncoding)), outputEncoding, false);
  },
  final(outputEncoding) {
    const state = this[kState];
    if (state.isOver || state.work === undefined) throw new ERR_INVALID_STATE("final");
    if (!state.encrypts && state.isAead && state.tag === undefined) {
      throw new Error("Unsupported state or unable to authenticate data");
    }
    state.isOver = true;
    return give(state, native(state.work, "final"), outputEncoding, true);
  },
  setAutoPadding(padding) {
    const state = this[kState];
    if (state.isOver || state.work === undefined) throw new ERR_INVALID_STATE("setAutoPadding");
    native(state.work, "padding", padding === undefined || Boolean(padding));
    return this;
  },
  setAAD(data, options) {
    const state = this[kState];
    const bytes = bytesOf(data, "aadbuf", options?.encoding);
    if (state.isOver || !state.isAead) throw new ERR_INVALID_STATE("setAAD");
    let length = -1;
    if (state.details.mode === "ccm") {
      if (options?.plaintextLength === undefined) {
        throw Object.assign(new Error("options.plaintextLength required for CCM mode with AAD"), { code: "ERR_MISSING_ARGS" });
      }
      length = options.plaintextLength;
    }
    if (state.work === undefined) throw new ERR_INVALID_STATE("setAAD");
    native(state.work, "aad", bytes, length);
    return this;
  },
};
for (const Class of [Cipheriv, Decipheriv]) Object.assign(Class.prototype, members);

Cipheriv.prototype.getAuthTag = function getAuthTag() {
  const state = this[kState];
  if (!state.isOver || !state.isAead) throw new ERR_INVALID_STATE("getAuthTag");
  return asBuffer(native(state.work, "tag"));
};

Decipheriv.prototype.setAuthTag = function setAuthTag(tag, encoding) {
  const state = this[kState];
  const bytes = bytesOf(tag, "buffer", encoding);
  if (!state.isAead || state.isOver || state.tag !== undefined) throw new ERR_INVALID_STATE("setAuthTag");
  const { byteLength } = bytes;
  const fits = state.details.mode === "gcm" && !state.tagWasGiven ? GCM_TAGS.includes(byteLength) : byteLength === state.tagLength;
  if (!fits) throw new ERR_INVALID_TAG(byteLength);
  state.tag = bytes;
  if (state.work === undefined) state.work = state.open(-1, bytes);
  else native(state.work, "setTag", bytes);
  return this;
};

function getCipherInfo(nameOrNid, options) {
  if (typeof nameOrNid !== "string" && typeof nameOrNid !== "number") {
    throw new ERR_INVALID_ARG_TYPE("nameOrNid", ["string", "number"], nameOrNid);
  }
  if (options !== undefined) validateObject(options, "options");
  const name = typeof nameOrNid === "string" ? nameOrNid : getCiphers().find((each) => detailsOf(each)?.nid === nameOrNid);
  const details = name === undefined ? undefined : detailsOf(name);
  if (details === undefined) return undefined;
  const { mode, blockSize, ivLength, keyLength } = details;
  if (options?.keyLength !== undefined && options.keyLength !== keyLength) return undefined;
  const isFree = mode === "gcm" || mode === "ccm" || details.name === "chacha20-poly1305";
  if (options?.ivLength !== undefined && options.ivLength !== ivLength && !isFree) return undefined;
  // OpenSSL's own names of these are others.
  const shown = mode === "gcm" || mode === "ccm" ? details.name.replace(/^aes-(\d+)/, "id-aes$1") : details.name;
  const information = { mode, name: shown, nid: details.nid };
  if (mode !== "stream") information.blockSize = blockSize;
  if (ivLength > 0) information.ivLength = options?.ivLength ?? ivLength;
  information.keyLength = keyLength;
  return information;
}

let names;
const getCiphers = () => [...(names ??= ops.node_crypto_cipher_names().split(" ").filter((name) => detailsOf(name) !== undefined))];

// RSA.

const RSA_PKCS1_PADDING = 1;
const RSA_PKCS1_OAEP_PADDING = 4;

function rsaArguments(key, buffer) {
  const options = key !== null && typeof key === "object" && !isBytes(key) ? key : {};
  const { padding, oaepHash = "sha1", oaepLabel, encoding } = options;
  if (oaepHash !== undefined) validateString(oaepHash, "key.oaepHash");
  const label = oaepLabel === undefined ? undefined : bytesOf(oaepLabel, "key.oaepLabel", encoding);
  return [bytesOf(buffer, "buffer", encoding), padding ?? RSA_PKCS1_OAEP_PADDING, oaepHash, label];
}

const paddingOf = (key) => key?.padding ?? RSA_PKCS1_PADDING;

const publicEncrypt = (key, buffer) => asBuffer(native(readKey(key, false), "encrypt", ...rsaArguments(key, buffer)));
const privateDecrypt = (key, buffer) => asBuffer(native(readKey(key, true), "decrypt", ...rsaArguments(key, buffer)));
const privateEncrypt = (key, buffer) => asBuffer(native(readKey(key, true), "raw", rsaArguments(key, buffer)[0], paddingOf(key)));

function publicDecrypt(key, buffer) {
  let handle = readKey(key, false);
  if (native(handle, "type") === "private") handle = native(handle, "public");
  return asBuffer(native(handle, "raw", rsaArguments(key, buffer)[0], paddingOf(key)));
}

return {
  Cipheriv,
  Decipheriv,
  createCipheriv: (cipher, key, iv, options) => new Cipheriv(cipher, key, iv, options),
  createDecipheriv: (cipher, key, iv, options) => new Decipheriv(cipher, key, iv, options),
  getCipherInfo,
  getCiphers,
  publicEncrypt,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
};
