// What programs pass to a bucket, checked and as the native operations take it.

const { isArray } = Array;
const { isView } = ArrayBuffer;
const { keys } = Object;
const { min } = Math;
const { MAX_SAFE_INTEGER, isInteger } = Number;
const { stringify } = JSON;
const { isObject, text, number, integer, time, wrongMember } = internals.conversions;
const { isHeaders } = internals.headers;

const METADATA_LENGTH_MAX = 8192;
const HEX_DIGITS = /^[0-9a-f]+$/;
const ANY_HEX_DIGITS = /^[0-9a-fA-F]*$/;

const ALGORITHMS = [
  ["md5", "MD5", 16],
  ["sha1", "SHA-1", 20],
  ["sha256", "SHA-256", 32],
  ["sha384", "SHA-384", 48],
  ["sha512", "SHA-512", 64],
];

const bytesOf = (buffer) =>
  isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer);

const isBuffer = (value) => value instanceof ArrayBuffer || isView(value);

/** A header of a `Headers` object, or null. */
const header = (headers, name) => internals.headers.get(internals.headers.list(headers), name);

/** A date in a header; 1970 for what is none, as on the original. */
const headerTime = (value) => Date.parse(value) || 0;

const failed = (operation, message, code) => new Error(`${operation}: ${message} (${code})`);

// Conditions

const isQuoted = (etag) => etag.startsWith('"') && etag.endsWith('"');

/** The etag of a member, as a list. */
function etagMember(value, member) {
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw wrongMember(member, "Conditional", "string");
  if (isQuoted(value)) throw new TypeError(`Conditional ETag should not be wrapped in quotes (${value}).`);
  return [value === "*" ? { kind: "any" } : { kind: "strong", value: value.toWellFormed() }];
}

const unseparated = (what, start) =>
  new Error(`Comma was expected to separate etags. Encountered a ${what} instead.${start === "" ? "" : ` This would otherwise indicate the start of a new ${start} etag.`}`);

/** The etags of a header, up to the first character that begins none. */
function etagsOfHeader(value, name) {
  const etags = [];
  let isSeparated = true;
  for (let at = 0; at < value.length; ) {
    const character = value[at];
    if (character === " " || character === "\t") {
      at++;
    } else if (character === ",") {
      isSeparated = true;
      at++;
    } else if (character === "*") {
      if (!isSeparated) throw unseparated("wildcard character '*'", "");
      return [{ kind: "any" }];
    } else if (character === "W" || character === '"') {
      const isWeak = character === "W";
      if (!isSeparated) throw isWeak ? unseparated("weak quotation character 'W'", "weak") : unseparated("double quote character '\"'", "strong");
      if (isWeak && !value.startsWith('W/"', at)) throw new Error("Weak etags must start with W/ and their value must be quoted");
      const start = at + (isWeak ? 3 : 1);
      const end = value.indexOf('"', start);
      if (end < 0) throw new Error("Unclosed double quote for Etag");
      etags.push({ kind: isWeak ? "weak" : "strong", value: value.slice(start, end) });
      at = end + 1;
      isSeparated = false;
    } else {
      break;
    }
  }
  if (etags.length === 0) throw new Error(`Invalid ETag in ${name} header`);
  return etags;
}

function conditionOfHeaders(headers) {
  const read = (name, convert) => {
    const value = header(headers, name);
    return value === null ? undefined : convert(value, name);
  };
  return {
    etagMatches: read("if-match", etagsOfHeader),
    etagDoesNotMatch: read("if-none-match", etagsOfHeader),
    uploadedAfter: read("if-modified-since", headerTime),
    uploadedBefore: read("if-unmodified-since", headerTime),
    wholeSeconds: true,
  };
}

function readCondition(value, dictionary) {
  if (value === undefined || value === null) return undefined;
  if (isHeaders(value)) return conditionOfHeaders(value);
  if (!isObject(value)) throw wrongMember("onlyIf", dictionary, "Conditional or Headers");
  const { etagMatches, etagDoesNotMatch, uploadedBefore, uploadedAfter, secondsGranularity } = value;
  const timeMember = (given, member) => (given === undefined ? undefined : time(given, member, "Conditional"));
  return {
    etagMatches: etagMember(etagMatches, "etagMatches"),
    etagDoesNotMatch: etagMember(etagDoesNotMatch, "etagDoesNotMatch"),
    uploadedBefore: timeMember(uploadedBefore, "uploadedBefore"),
    uploadedAfter: timeMember(uploadedAfter, "uploadedAfter"),
    wholeSeconds: Boolean(secondsGranularity),
  };
}

// Ranges

/** A number of bytes. `named` is what messages call it. */
function count(value, [subject, title]) {
  if (value === undefined) return undefined;
  const given = number(value);
  const shown = given !== given ? "nan" : given;
  if (!(given >= 0)) throw new RangeError(`Invalid ${subject}. ${title} (${shown}) must be greater than or equal to 0.`);
  if (given !== Infinity && !isInteger(given)) throw new RangeError(`Invalid range. ${title} (${shown}) must be an integer, not floating point.`);
  return min(given, MAX_SAFE_INTEGER);
}

function readRange(value) {
  if (value === undefined || value === null) return undefined;
  if (isHeaders(value)) return { header: header(value, "range") ?? undefined };
  if (!isObject(value)) throw wrongMember("range", "GetOptions", "Range or Headers");
  const { offset, length, suffix } = value;
  const range = { offset: count(offset, ["range", "Starting offset"]), length: count(length, ["range", "Length"]) };
  if (suffix === undefined) return range;
  if (range.offset !== undefined) throw new TypeError("Suffix is incompatible with offset.");
  if (range.length !== undefined) throw new TypeError("Suffix is incompatible with length.");
  return { suffix: count(suffix, ["suffix", "Suffix"]) };
}

// Metadata

const HTTP_FIELDS = [
  ["contentType", "content-type"],
  ["contentLanguage", "content-language"],
  ["contentDisposition", "content-disposition"],
  ["contentEncoding", "content-encoding"],
  ["cacheControl", "cache-control"],
];

function httpMetadataOfHeaders(headers) {
  const metadata = {};
  for (const [field, name] of HTTP_FIELDS) {
    const value = header(headers, name);
    if (value !== null) metadata[field] = value;
  }
  const expires = header(headers, "expires");
  if (expires !== null) metadata.cacheExpiry = headerTime(expires);
  return metadata;
}

/** JSON of the headers that the object is served with. */
function readHttpMetadata(value, dictionary) {
  if (value === undefined || value === null) return undefined;
  if (isHeaders(value)) return stringify(httpMetadataOfHeaders(value));
  if (!isObject(value)) throw wrongMember("httpMetadata", dictionary, "HttpMetadata or Headers");
  const metadata = {};
  for (const [field] of HTTP_FIELDS) {
    const given = value[field];
    if (given !== undefined) metadata[field] = text(given).toWellFormed();
  }
  const { cacheExpiry } = value;
  if (cacheExpiry !== undefined) metadata.cacheExpiry = time(cacheExpiry, "cacheExpiry", "HttpMetadata");
  return stringify(metadata);
}

/** What a text counts as: twice its length if there is a character in it that is not of Latin-1. */
function countedLength(value) {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 255) return value.length * 2;
  return value.length;
}

/** JSON of the program's own metadata. */
function readCustomMetadata(value, dictionary) {
  if (value === undefined) return undefined;
  if (!isObject(value) || isArray(value)) throw wrongMember("customMetadata", dictionary, "object");
  const metadata = { __proto__: null };
  let length = 0;
  for (const name of keys(value)) {
    const [key, entry] = [name.toWellFormed(), text(value[name]).toWellFormed()];
    metadata[key] = entry;
    length += countedLength(key) + countedLength(entry);
  }
  return { json: stringify(metadata), isTooLong: length > METADATA_LENGTH_MAX };
}

/** What comes last: all else that is wrong is told first. */
function checkLength(custom, operation) {
  if (custom?.isTooLong) throw failed(operation, "Your metadata headers exceed the maximum allowed metadata size.", 10012);
}

// Checksums and keys

/** The bytes of a checksum in hexadecimal digits. */
function checksumDigits(value, name, length) {
  if (typeof value === "string") {
    // What counts is the length in UTF-8.
    const given = internals.encoding.encodeUtf8(value).byteLength;
    if (given !== length * 2) throw new TypeError(`${name} is ${length * 2} hex characters, not ${given}`);
    if (!ANY_HEX_DIGITS.test(value)) throw new TypeError(`Provided ${name} wasn't a valid hex string`);
    return value.toLowerCase();
  }
  const bytes = bytesOf(value);
  if (bytes.byteLength !== length) throw new TypeError(`${name} is ${length} bytes, not ${bytes.byteLength}`);
  return bytes.toHex();
}

function readChecksum(options) {
  let checksum;
  for (const [algorithm, name, length] of ALGORITHMS) {
    const value = options[algorithm];
    if (value === undefined) continue;
    if (checksum !== undefined) throw new TypeError("You cannot specify multiple hashing algorithms.");
    checksum = { algorithm, digits: checksumDigits(value, name, length) };
  }
  return checksum;
}

/** The customer's key in hexadecimal digits. */
function readCustomerKey(value) {
  if (value === undefined) return undefined;
  const digits = isBuffer(value) ? bytesOf(value).toHex() : text(value);
  if (!isBuffer(value) && !HEX_DIGITS.test(digits)) throw new Error("SSE-C Key has invalid format");
  if (digits.length !== 64) throw new Error("SSE-C Key must be 32 bytes in length");
  return digits;
}

/** An argument that is a dictionary; its members are read once, in the order of their names. */
function dictionary(value, wrong) {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw wrong();
  return value;
}

function storageClassOf({ storageClass }) {
  return storageClass === undefined ? undefined : text(storageClass).toWellFormed();
}

function listText(options, member) {
  const value = options[member];
  if (value !== undefined && typeof value !== "string") throw wrongMember(member, "ListOptions", "string");
  return value?.toWellFormed();
}

const INCLUDED = ["httpMetadata", "customMetadata"];

function readInclude(include) {
  if (include === undefined) return undefined;
  if (!isArray(include)) throw wrongMember("include", "ListOptions", "Array");
  for (let i = 0; i < include.length; i++) {
    if (typeof include[i] !== "string") throw new TypeError(`Incorrect type for array element ${i}: the provided value is not of type 'string'.`);
  }
  for (const name of include) if (!INCLUDED.includes(name)) throw new RangeError(`Unsupported include value ${name}`);
  return include;
}

internals.r2 = {
  failed,

  /** JSON for `r2_get`. */
  readGet(value, wrong) {
    const options = dictionary(value, wrong);
    const onlyIf = readCondition(options.onlyIf, "GetOptions");
    const range = readRange(options.range);
    return stringify({ onlyIf, range, customerKey: readCustomerKey(options.ssecKey) });
  },

  /** JSON for `r2_put`. */
  readPut(value, wrong) {
    const options = dictionary(value, wrong);
    for (const [algorithm] of ALGORITHMS) {
      const given = options[algorithm];
      if (given !== undefined && typeof given !== "string" && !isBuffer(given)) throw wrongMember(algorithm, "PutOptions", "BufferSource or string");
    }
    const onlyIf = readCondition(options.onlyIf, "PutOptions");
    const httpMetadata = readHttpMetadata(options.httpMetadata, "PutOptions");
    const custom = readCustomMetadata(options.customMetadata, "PutOptions");
    const checksum = readChecksum(options);
    const storageClass = storageClassOf(options);
    const customerKey = readCustomerKey(options.ssecKey);
    checkLength(custom, "put");
    return stringify({ onlyIf, httpMetadata, customMetadata: custom?.json, checksum, storageClass, customerKey });
  },

  /** JSON for `r2_create_upload`. */
  readUpload(value, wrong) {
    const options = dictionary(value, wrong);
    const httpMetadata = readHttpMetadata(options.httpMetadata, "MultipartOptions");
    const custom = readCustomMetadata(options.customMetadata, "MultipartOptions");
    const storageClass = storageClassOf(options);
    const customerKey = readCustomerKey(options.ssecKey);
    checkLength(custom, "createMultipartUpload");
    return stringify({ httpMetadata, customMetadata: custom?.json, storageClass, customerKey });
  },

  /** The key of a part, or null. */
  readPart: (value, wrong) => readCustomerKey(dictionary(value, wrong).ssecKey) ?? null,

  /** What to list. */
  readList(value, wrong) {
    const options = dictionary(value, wrong);
    const { limit } = options;
    return {
      limit: limit === undefined ? undefined : integer(limit),
      prefix: listText(options, "prefix"),
      cursor: listText(options, "cursor"),
      delimiter: listText(options, "delimiter"),
      startAfter: listText(options, "startAfter"),
      include: readInclude(options.include),
    };
  },
};
