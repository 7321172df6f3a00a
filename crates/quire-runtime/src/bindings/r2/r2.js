// R2Bucket and R2MultipartUpload: https://developers.cloudflare.com/r2/api/workers/workers-api-reference/

const { isArray } = Array;
const { parse, stringify } = JSON;
const { text, integer, isObject, wrongArgument } = internals.conversions;
const { isReadableStream, isDisturbed, isLocked, fixedLength } = internals.streams;
const { failed, readGet, readPut, readUpload, readPart, readList, headResult, headResultOf, getResult } = internals.r2;

const LISTED_MAX = 1000;
/** With metadata, pages are shorter. */
const LISTED_WITH_METADATA_MAX = 100;
const PART_NUMBER_MAX = 10000;
const VALUE_TYPES = "JsReadableStream or ArrayBuffer or ArrayBufferView or string or Blob";

const isValue = (value) =>
  typeof value === "string" || value instanceof ArrayBuffer || ArrayBuffer.isView(value) || isReadableStream(value) || internals.blob.isBlob(value);

/** What a native operation takes of a value: a string, bytes, or the number of a native body. `broke` learns why a stream broke off. */
function send(value, broke) {
  if (!isReadableStream(value)) return internals.blob.isBlob(value) ? internals.blob.view(value) : value;
  if (isLocked(value)) throw new TypeError("The ReadableStream has been locked to a reader.");
  if (isDisturbed(value)) throw new TypeError("This ReadableStream is disturbed.");
  if (fixedLength(value) === null) {
    throw new TypeError("Provided readable stream must have a known length (request/response body or readable half of FixedLengthStream)");
  }
  return internals.body.send(internals.body.extract(value), broke);
}

/** Stores a value by `store(value as send() gives it)`. The error of a stream that breaks off is the program's own. */
async function storeValue(value, store) {
  let broken = null;
  const sent = send(value, (reason) => {
    broken = { reason };
  });
  try {
    return await store(sent);
  } catch (error) {
    throw broken === null ? error : broken.reason;
  }
}

/** Lets a stream go that will not be stored. */
function abandon(value) {
  if (!isReadableStream(value) || isLocked(value)) return;
  value.cancel(new Error("Stream cancelled because the associated put operation encountered an error.")).catch(() => {});
}

// `given` is how many arguments there were.

async function head(bucket, given, key) {
  if (given === 0) throw wrongArgument("head", "R2Bucket", 1, "string");
  return headResult(ops.r2_head(bucket, text(key)));
}

async function get(bucket, given, key, options) {
  if (given === 0) throw wrongArgument("get", "R2Bucket", 1, "string");
  const name = text(key);
  const found = ops.r2_get(bucket, name, readGet(options, () => wrongArgument("get", "R2Bucket", 2, "GetOptions")));
  if (found === null) return null;
  return found[1] === null ? headResult(found[0]) : getResult(found[0], found[1]);
}

async function put(bucket, given, key, value, options) {
  if (given === 0) throw wrongArgument("put", "R2Bucket", 1, "string");
  const name = text(key);
  const isNothing = given > 1 && (value === undefined || value === null);
  if (!isNothing && !isValue(value)) throw wrongArgument("put", "R2Bucket", 2, VALUE_TYPES);
  let read;
  try {
    read = readPut(options, () => wrongArgument("put", "R2Bucket", 3, "PutOptions"));
  } catch (error) {
    abandon(value);
    throw error;
  }
  return headResult(await storeValue(value ?? "", (sent) => ops.r2_put(bucket, name, sent, read)));
}

async function createUpload(bucket, given, key, options) {
  if (given === 0) throw wrongArgument("createMultipartUpload", "R2Bucket", 1, "string");
  const name = text(key).toWellFormed();
  const read = readUpload(options, () => wrongArgument("createMultipartUpload", "R2Bucket", 2, "MultipartOptions"));
  return new R2MultipartUpload(FROM_RUNTIME, bucket, name, await ops.r2_create_upload(bucket, name, read));
}

async function remove(bucket, given, keys) {
  if (given === 0) throw wrongArgument("delete", "R2Bucket", 1, "string or Array");
  await ops.r2_delete(bucket, isArray(keys) ? keys.map(text) : [text(keys)]);
}

/** The key that a page begins after. */
function afterOf({ cursor, startAfter }) {
  let after = startAfter === undefined ? null : internals.encoding.encodeUtf8(startAfter);
  if (cursor) {
    let last;
    try {
      last = Uint8Array.fromBase64(cursor);
    } catch {
      throw failed("list", "The cursor is none that list() gave.", 10029);
    }
    if (after === null || isBehind(last, after)) after = last;
  }
  return after;
}

function isBehind(one, other) {
  for (let i = 0; i < one.length && i < other.length; i++) if (one[i] !== other[i]) return one[i] > other[i];
  return one.length > other.length;
}

async function list(bucket, options) {
  const asked = readList(options, () => wrongArgument("list", "R2Bucket", 1, "ListOptions"));
  const honoursInclude = internals.compatibility.r2_list_honor_include;
  const include = honoursInclude ? (asked.include ?? []) : ["httpMetadata", "customMetadata"];
  let limit = asked.limit ?? LISTED_MAX;
  if (limit > 0 && limit <= LISTED_MAX && include.length > 0 && limit > LISTED_WITH_METADATA_MAX) limit = LISTED_WITH_METADATA_MAX;
  const included = { http: include.includes("httpMetadata"), custom: include.includes("customMetadata") };
  const wanted = stringify({ prefix: asked.prefix, delimiter: asked.delimiter, limit, ...included });
  const page = parse(await ops.r2_list(bucket, wanted, afterOf(asked)));
  const { next } = page;
  return {
    objects: page.objects.map(headResultOf),
    truncated: next !== undefined,
    cursor: next === undefined ? undefined : internals.encoding.encodeUtf8(next).toBase64(),
    delimitedPrefixes: page.prefixes,
  };
}

const FROM_RUNTIME = Symbol("made by the runtime");

let numberOf;

class R2Bucket {
  #number;

  static {
    numberOf = (bucket) => {
      if (typeof bucket !== "object" || bucket === null || !(#number in bucket)) throw internals.illegalInvocation();
      return bucket.#number;
    };
  }

  constructor(key, name) {
    if (key !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#number = ops.r2_open(name);
  }

  // Who calls a method of another object is told at once; all else rejects.

  head(key = undefined) {
    return head(numberOf(this), arguments.length, key);
  }

  get(key = undefined, options = undefined) {
    return get(numberOf(this), arguments.length, key, options);
  }

  put(key = undefined, value = undefined, options = undefined) {
    return put(numberOf(this), arguments.length, key, value, options);
  }

  createMultipartUpload(key = undefined, options = undefined) {
    return createUpload(numberOf(this), arguments.length, key, options);
  }

  resumeMultipartUpload(key = undefined, uploadId = undefined) {
    const bucket = numberOf(this);
    if (arguments.length === 0) throw wrongArgument("resumeMultipartUpload", "R2Bucket", 1, "string");
    const name = text(key);
    if (arguments.length === 1) throw wrongArgument("resumeMultipartUpload", "R2Bucket", 2, "string");
    return new R2MultipartUpload(FROM_RUNTIME, bucket, name, text(uploadId));
  }

  delete(keys = undefined) {
    return remove(numberOf(this), arguments.length, keys);
  }

  list(options = undefined) {
    return list(numberOf(this), options);
  }
}

function checkPartNumber(number) {
  if (number >= 1 && number <= PART_NUMBER_MAX) return number;
  throw new TypeError(`Part number must be between 1 and ${PART_NUMBER_MAX} (inclusive). Actual value was: ${number}`);
}

/** The parts that complete() is given, as JSON. */
function readParts(parts) {
  const read = parts.map((part, i) => {
    if (!isObject(part)) throw new TypeError(`Incorrect type for array element ${i}: the provided value is not of type 'UploadedPart'.`);
    const { partNumber, etag } = part;
    return { number: integer(partNumber), etag: text(etag).toWellFormed() };
  });
  for (const { number } of read) checkPartNumber(number);
  return stringify(read);
}

let uploadOf;

class R2MultipartUpload {
  #bucket;

  static {
    uploadOf = (upload) => {
      if (typeof upload !== "object" || upload === null || !(#bucket in upload)) throw internals.illegalInvocation();
      return { bucket: upload.#bucket, key: upload.key, id: upload.uploadId };
    };
  }

  constructor(secret, bucket, key, uploadId) {
    if (secret !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#bucket = bucket;
    Object.defineProperties(this, { uploadId: { value: uploadId, enumerable: true }, key: { value: key, enumerable: true } });
  }

  uploadPart(partNumber = undefined, value = undefined, options = undefined) {
    return uploadPart(uploadOf(this), arguments.length, partNumber, value, options);
  }

  abort() {
    return abort(uploadOf(this));
  }

  complete(uploadedParts = undefined) {
    return complete(uploadOf(this), uploadedParts);
  }
}

async function uploadPart({ bucket, key, id }, given, partNumber, value, options) {
  if (given === 0) throw wrongArgument("uploadPart", "R2MultipartUpload", 1, "integer");
  const number = integer(partNumber);
  if (!isValue(value)) throw wrongArgument("uploadPart", "R2MultipartUpload", 2, VALUE_TYPES);
  const customerKey = readPart(options, () => wrongArgument("uploadPart", "R2MultipartUpload", 3, "UploadPartOptions"));
  checkPartNumber(number);
  const etag = await storeValue(value, (sent) => ops.r2_upload_part(bucket, key, sent, id, number, customerKey));
  return { partNumber: number, etag };
}

async function abort({ bucket, key, id }) {
  await ops.r2_abort(bucket, key, id);
}

async function complete({ bucket, key, id }, parts) {
  if (!isArray(parts)) throw wrongArgument("complete", "R2MultipartUpload", 1, "Array");
  return headResult(await ops.r2_complete(bucket, key, id, readParts(parts)));
}

internals.conversions.defineBinding(R2Bucket, "R2Bucket");
internals.conversions.defineBinding(R2MultipartUpload, "R2MultipartUpload");
internals.structuredClone.register(R2Bucket, () => {
  throw internals.domException("DataCloneError", "An R2 bucket binding cannot be serialized.");
});
internals.bindings.define("r2", ({ bucket }) => new R2Bucket(FROM_RUNTIME, bucket));
