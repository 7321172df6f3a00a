// FormData to a multipart/form-data body (RFC 7578), byte for byte like the Workers runtime.
const NativeTypeError = TypeError;
const { view } = internals.blob;
const { joinBytes } = internals.streams;
const { entriesOf } = internals.formdata;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const replace = uncurry(String.prototype.replace);
const endsWith = uncurry(String.prototype.endsWith);

const ESCAPES = { __proto__: null, '"': "%22", "\n": "%0A", "\\": "\\\\" };

function escape(name) {
  if (endsWith(name, "\\")) throw new NativeTypeError("Name or filename can't end with backslash");
  return replace(name, /["\n\\]/g, (character) => ESCAPES[character]);
}

// { body: Uint8Array, contentType }
function serialize(form) {
  const list = entriesOf(form);
  const boundary = ops.formdata_boundary();
  const pieces = [];
  let total = 0;
  let pending = "";
  const add = (bytes) => {
    pieces[pieces.length] = bytes;
    total += bytes.byteLength;
  };
  for (let i = 0; i < list.length; i += 2) {
    const value = list[i + 1];
    pending += `--${boundary}\r\nContent-Disposition: form-data; name="${escape(list[i])}"`;
    if (typeof value === "string") {
      pending += `\r\n\r\n${value}\r\n`;
      continue;
    }
    const type = value.type === "" ? "application/octet-stream" : value.type;
    pending += `; filename="${escape(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`;
    add(internals.encoding.encodeUtf8(pending));
    add(view(value));
    pending = "\r\n";
  }
  add(internals.encoding.encodeUtf8(`${pending}--${boundary}--`));
  return { body: joinBytes(pieces, total), contentType: `multipart/form-data; boundary=${boundary}` };
}

internals.formdata.serialize = serialize;
