// Bodies to FormData: multipart/form-data (RFC 7578, as lenient as the Workers runtime) and application/x-www-form-urlencoded.
//
// The work is linear in the size of the body: the boundary is looked for only behind line feeds, and cannot contain one.
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;
const { createFile } = internals.blob;
const { copyBytes, viewBytes } = internals.streams;
const { entriesOf, parseMediaType } = internals.formdata;
const { FormData } = internals.formdata;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const indexOfByte = uncurry(NativeUint8Array.prototype.indexOf);
const lowerCase = uncurry(String.prototype.toLowerCase);
const trim = uncurry(String.prototype.trim);
const split = uncurry(String.prototype.split);
const indexOf = uncurry(String.prototype.indexOf);
const slice = uncurry(String.prototype.slice);

const LF = 10;
const CR = 13;
const DASH = 45;

const part = (bytes, start, end) => new NativeUint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
const decode = (bytes) => internals.encoding.decodeUtf8(bytes);

function matchesAt(bytes, at, pattern) {
  if (at + pattern.length > bytes.length) return false;
  for (let i = 0; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false;
  return true;
}

// Calls of indexOf() cost more than a look at this many bytes.
const NEAR = 48;

function nextLineFeed(bytes, start) {
  const near = start + NEAR;
  for (let at = start; at < near; at++) {
    if (bytes[at] === LF) return at;
    if (at >= bytes.length) return -1;
  }
  return indexOfByte(bytes, LF, near);
}

// Where the next "\n" + pattern begins; -1 if there is none.
function findAfterLineFeed(bytes, start, pattern) {
  let at = nextLineFeed(bytes, start);
  while (at >= 0) {
    if (bytes[at + 1] === DASH && matchesAt(bytes, at + 1, pattern)) return at;
    at = nextLineFeed(bytes, at + 1);
  }
  return -1;
}

// The first boundary stands at the beginning, or behind lines that belong to nothing.
function findFirst(bytes, pattern) {
  if (matchesAt(bytes, 0, pattern)) return 0;
  const before = findAfterLineFeed(bytes, 0, pattern);
  return before < 0 ? -1 : before + 1;
}

// Reads a quoted string from `at` (behind its first quote): [content, index behind the last quote], or null if it is not one.
function quotedString(value, at) {
  let content = "";
  while (at < value.length) {
    const character = value[at];
    if (character === '"') return content === "" ? null : [content, at + 1];
    if (character === "\\") {
      at++;
      if (at === value.length) return null;
    }
    content += value[at];
    at++;
  }
  return null;
}

const DISPOSITION = /[ \t\r\n]*([A-Za-z0-9_-]+)[ \t\r\n]*/y;
const PARAMETER = /[ \t\r\n]*;[ \t\r\n]*([A-Za-z0-9_-]+)[ \t\r\n]*=[ \t\r\n]*"/y;
const exec = uncurry(RegExp.prototype.exec);

// Matches a sticky expression at one place.
function matchAt(expression, value, at) {
  expression.lastIndex = at;
  return exec(expression, value);
}

// { name, filename } of a Content-Disposition; parameters end at the first one that is not a quoted string with content.
function parseDisposition(value) {
  const kind = matchAt(DISPOSITION, value, 0);
  if (kind === null) throw new NativeTypeError("Invalid Content-Disposition header found in FormData part.");
  if (kind[1] !== "form-data") {
    throw new NativeTypeError(
      'Content-Disposition header for FormData part must have the value "form-data", possibly followed by parameters. ' +
        `Got: "${kind[1]}"`,
    );
  }
  let at = kind[0].length;
  let name;
  let filename;
  for (;;) {
    const parameter = matchAt(PARAMETER, value, at);
    const quoted = parameter === null ? null : quotedString(value, at + parameter[0].length);
    if (quoted === null) break;
    if (parameter[1] === "name") name = quoted[0];
    else if (parameter[1] === "filename") filename = quoted[0];
    at = quoted[1];
  }
  if (name === undefined) throw new NativeTypeError("Content-Disposition header in FormData part is missing a name.");
  return { name, filename };
}

function parseHeaders(block) {
  const lines = split(decode(block), "\n");
  let disposition;
  let type = "";
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const colon = indexOf(line, ":");
    if (colon <= 0) {
      if (trim(line) === "") continue;
      throw new NativeTypeError("FormData part had invalid headers.");
    }
    const header = lowerCase(trim(slice(line, 0, colon)));
    if (header === "content-disposition") disposition = trim(slice(line, colon + 1));
    else if (header === "content-type") type = trim(slice(line, colon + 1));
  }
  if (disposition === undefined) {
    throw new NativeTypeError("No valid Content-Disposition header found in FormData part.");
  }
  const { name, filename } = parseDisposition(disposition);
  return { name, filename, type };
}

// [index of the line feed that ends the last header, index of the content]
function findContent(bytes, start) {
  let at = indexOfByte(bytes, LF, start);
  while (at >= 0) {
    if (bytes[at + 1] === LF) return [at, at + 2];
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return [at, at + 3];
    at = indexOfByte(bytes, LF, at + 1);
  }
  throw new NativeTypeError("No multipart message header termination found.");
}

function parseMultipart(bytes, boundary) {
  const form = new FormData();
  const list = entriesOf(form);
  const pattern = internals.encoding.encodeUtf8(`--${boundary}`);
  let at = findFirst(bytes, pattern);
  if (at < 0 || at + pattern.length === bytes.length) {
    throw new NativeTypeError("No initial boundary string (or you have a truncated message).");
  }
  at += pattern.length;
  for (;;) {
    if (bytes[at] === LF) at += 1;
    else if (bytes[at] === CR && bytes[at + 1] === LF) at += 2;
    else if (bytes[at] === DASH && bytes[at + 1] === DASH) return form;
    else throw new NativeTypeError("Boundary string was not succeeded by CRLF, LF, or '--'.");
    const [headersEnd, content] = findContent(bytes, at);
    const { name, filename, type } = parseHeaders(part(bytes, at, headersEnd));
    // The line feed before the boundary may be the one that ended the headers: an empty content.
    const next = findAfterLineFeed(bytes, content - 1, pattern);
    if (next < 0 || next + 1 + pattern.length === bytes.length) {
      throw new NativeTypeError("No subsequent boundary string after multipart message.");
    }
    let end = next;
    if (end > content && bytes[end - 1] === CR) end--;
    if (end < content) end = content;
    const value = part(bytes, content, end);
    list[list.length] = name;
    list[list.length] = filename === undefined ? decode(value) : createFile(copyBytes(value), type, filename);
    at = next + 1 + pattern.length;
  }
}

const UTF8_NAMES = ["utf-8", "utf8", "unicode-1-1-utf-8"];

function parseUrlEncoded(bytes, parameters) {
  const charset = parameters.get("charset");
  if (charset !== undefined && !UTF8_NAMES.includes(lowerCase(charset))) {
    throw new NativeTypeError("Non-utf-8 application/x-www-form-urlencoded body.");
  }
  const form = new FormData();
  const list = entriesOf(form);
  const pairs = internals.url.parseUrlEncoded(internals.encoding.decodeUtf8(bytes, { stripBom: true }));
  for (let i = 0; i < pairs.length; i++) {
    list[list.length] = pairs[i][0];
    list[list.length] = pairs[i][1];
  }
  return form;
}

// `body` is a BufferSource. Throws TypeErrors for other content types and for malformed bodies.
function parse(body, contentType) {
  const bytes = viewBytes(body);
  const { essence, parameters } = parseMediaType(contentType);
  if (essence === "multipart/form-data") {
    const boundary = parameters.get("boundary");
    if (boundary === undefined) {
      throw new NativeTypeError(
        "No boundary string in Content-Type header. The multipart/form-data MIME type requires a boundary parameter, " +
          "e.g. 'Content-Type: multipart/form-data; boundary=\"abcd\"'. See RFC 7578, section 4.",
      );
    }
    return parseMultipart(bytes, boundary);
  }
  if (essence === "application/x-www-form-urlencoded") return parseUrlEncoded(bytes, parameters);
  throw new NativeTypeError(
    "Unrecognized Content-Type header value. FormData can only parse the following MIME types: multipart/form-data, " +
      "application/x-www-form-urlencoded",
  );
}

internals.formdata.parse = parse;
