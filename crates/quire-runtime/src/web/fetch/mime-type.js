// The type of the Blob that a body is read as: its Content-Type as the MIME Sniffing Standard parses and writes it.

const ESSENCE = /^[!#$%&'*+\-.^_`|~0-9a-z]+\/[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** What stands between the commas of a list; commas inside of quotes do not count. */
const ITEM = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;

function serialise({ essence, parameters }) {
  let text = essence;
  for (const [name, value] of parameters) {
    if (!TOKEN.test(name) || !VALUE.test(value)) continue;
    text += TOKEN.test(value) ? `;${name}=${value}` : `;${name}="${value.replace(/["\\]/g, "\\$&")}"`;
  }
  return text;
}

/** The last valid type of a Content-Type header; `""` if there is none. */
internals.mimeType = (value) => {
  let found = "";
  for (const item of value?.match(ITEM) ?? []) {
    const type = internals.formdata.parseMediaType(item);
    if (ESSENCE.test(type.essence)) found = serialise(type);
  }
  return found;
};
