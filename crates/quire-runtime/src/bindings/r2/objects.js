// What a bucket gives: objects with their metadata (HeadResult), objects with their content (GetResult), checksums.

const { defineProperties } = Object;
const { parse } = JSON;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const { body: bodies } = internals;
const { Body } = bodies;
const readText = uncurry(Body.prototype.text);
const readJson = uncurry(Body.prototype.json);
const readBytes = uncurry(Body.prototype.bytes);
const readArrayBuffer = uncurry(Body.prototype.arrayBuffer);
const getter = (name) => uncurry(Object.getOwnPropertyDescriptor(Body.prototype, name).get);
const bodyOf = getter("body");
const bodyUsedOf = getter("bodyUsed");

const SECRET = Symbol("made by the runtime");

/** Gives an object members that programs see as its own and cannot set. */
function defineMembers(object, members) {
  const descriptors = {};
  for (const name in members) descriptors[name] = { value: members[name], enumerable: true };
  defineProperties(object, descriptors);
}

function checkSecret(key) {
  if (key !== SECRET) throw new TypeError("Illegal constructor");
}

const ALGORITHMS = ["sha512", "sha384", "sha256", "sha1", "md5"];

class Checksums {
  #digits;

  constructor(key, digits) {
    checkSecret(key);
    this.#digits = digits;
    const members = {};
    for (const name of ALGORITHMS) members[name] = digits[name] === undefined ? undefined : Uint8Array.fromHex(digits[name]).buffer;
    defineMembers(this, members);
  }

  toJSON() {
    const json = {};
    for (const name of ["md5", "sha1", "sha256", "sha384", "sha512"]) json[name] = this.#digits[name];
    return json;
  }
}

/** The headers that metadata is served as. */
const HEADERS = [
  ["contentType", "content-type"],
  ["contentLanguage", "content-language"],
  ["contentDisposition", "content-disposition"],
  ["contentEncoding", "content-encoding"],
  ["cacheControl", "cache-control"],
];

const setHeader = uncurry(Headers.prototype.set);

let describe;

class HeadResult {
  #http;

  static {
    /** What the constructor takes, to make the same object elsewhere. */
    describe = (result) => {
      const { key, version, size, etag, uploaded, storageClass, ssecKeyMd5, range, customMetadata, checksums } = result;
      const httpMetadata = { ...result.#http };
      return { key, version, size, etag, uploaded, storageClass, ssecKeyMd5, range, customMetadata, httpMetadata, checksums: checksums.toJSON() };
    };
  }

  /** `found` is what a native operation gives, parsed. */
  constructor(key, found) {
    checkSecret(key);
    const { httpMetadata } = found;
    if (httpMetadata.cacheExpiry !== undefined) httpMetadata.cacheExpiry = new Date(httpMetadata.cacheExpiry);
    this.#http = { ...httpMetadata };
    // In the original's order, which programs that list the members see.
    defineMembers(this, {
      ssecKeyMd5: found.ssecKeyMd5,
      storageClass: found.storageClass,
      range: found.range,
      customMetadata: found.customMetadata,
      httpMetadata,
      uploaded: new Date(found.uploaded),
      checksums: new Checksums(SECRET, found.checksums),
      httpEtag: `"${found.etag}"`,
      etag: found.etag,
      size: found.size,
      version: found.version,
      key: found.key,
    });
  }

  writeHttpMetadata(headers = undefined) {
    if (typeof this !== "object" || this === null || !(#http in this)) throw internals.illegalInvocation();
    if (!internals.headers.isHeaders(headers)) {
      throw internals.conversions.wrongArgument("writeHttpMetadata", "HeadResult", 1, "Headers");
    }
    const http = this.#http;
    for (const [field, name] of HEADERS) if (http[field] !== undefined) setHeader(headers, name, http[field]);
    if (http.cacheExpiry !== undefined) setHeader(headers, "expires", http.cacheExpiry.toUTCString());
  }
}

/** Content that is read in the ways of a body. */
class Content extends Body {}

let contentOf;

class GetResult extends HeadResult {
  #content;
  #contentType;

  static {
    contentOf = (result) => {
      if (bodyUsedOf(result.#content)) throw new TypeError("The ReadableStream has been locked to a reader.");
      return bodies.content(result.#content);
    };
  }

  constructor(key, found, content) {
    super(key, found);
    this.#content = new Content();
    bodies.setContent(this.#content, content);
    this.#contentType = found.httpMetadata.contentType ?? "";
  }

  static #of(result) {
    if (typeof result !== "object" || result === null || !(#content in result)) throw internals.illegalInvocation();
    return result.#content;
  }

  get body() {
    return bodyOf(GetResult.#of(this));
  }

  get bodyUsed() {
    return bodyUsedOf(GetResult.#of(this));
  }

  arrayBuffer() {
    return readArrayBuffer(GetResult.#of(this));
  }

  bytes() {
    return readBytes(GetResult.#of(this));
  }

  text() {
    return readText(GetResult.#of(this));
  }

  json() {
    return readJson(GetResult.#of(this));
  }

  async blob() {
    return internals.blob.createBlob(await readBytes(GetResult.#of(this)), this.#contentType);
  }
}

for (const Class of [Checksums, HeadResult, GetResult]) {
  internals.conversions.defineBinding(Class, Class.name);
  internals.structuredClone.register(Class, () => {
    throw internals.domException("DataCloneError", "R2 resources can only be serialized for RPC.");
  });
}

Object.assign(internals.r2, {
  /** An object without content, of the JSON that a native operation gives; or null. */
  headResult: (json) => (json === null ? null : new HeadResult(SECRET, parse(json))),
  headResultOf: (found) => new HeadResult(SECRET, found),
  /** An object with content: bytes or the number of a native body. */
  getResult: (json, body) => new GetResult(SECRET, parse(json), typeof body === "number" ? bodies.native(body, null) : bodies.ofBytes(body)),
});

// `internals.pack` is there when programs are loaded.
internals.beforeProgram(() => {
  const { defineObject } = internals.pack;
  defineObject(
    HeadResult,
    (result) => ({ head: describe(result), content: null }),
    (found) => new HeadResult(SECRET, found),
  );
  defineObject(
    GetResult,
    (result) => ({ head: describe(result), content: contentOf(result) }),
    (found, content) => new GetResult(SECRET, found, content),
  );
});
