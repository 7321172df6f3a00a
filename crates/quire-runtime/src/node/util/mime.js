// util.MIMEType and util.MIMEParams
const { ERR_INVALID_MIME_SYNTAX } = require("internal/errors");
const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~A-Za-z0-9]/;
const NOT_QUOTED = /[^\t\u0020-~\u0080-\u00FF]/;

function checkToken(text, production, whole) {
  const at = text.search(NOT_TOKEN);
  if (text === "" || at !== -1) throw new ERR_INVALID_MIME_SYNTAX(production, whole, at);
}

const quoted = (value) => (value === "" || NOT_TOKEN.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : value);

let readParams;

class MIMEParams {
  #entries = new Map();

  static {
    readParams = (params, text) => MIMEParams.#read(params, text);
  }

  /** Fills the parameters from the text after the essence. */
  static #read(params, text) {
    let at = 0;
    while (at < text.length) {
      at += /^[\s;]*/.exec(text.slice(at))[0].length;
      const name = /^[^;=]*/.exec(text.slice(at))[0].toLowerCase();
      at += name.length;
      if (text[at] !== "=") continue;
      at++;
      let value;
      if (text[at] === '"') {
        const match = /^"((?:[^"\\]|\\[^])*)(?:"|\\?$)/.exec(text.slice(at));
        value = match[1].replace(/\\([^])/g, "$1");
        at += match[0].length;
        at += /^[^;]*/.exec(text.slice(at))[0].length;
      } else {
        const raw = /^[^;]*/.exec(text.slice(at))[0];
        at += raw.length;
        value = raw.trimEnd();
        if (value === "") continue;
      }
      if (name !== "" && !NOT_TOKEN.test(name) && !NOT_QUOTED.test(value) && !params.#entries.has(name)) params.#entries.set(name, value);
    }
  }

  delete(name) {
    this.#entries.delete(`${name}`);
  }
  get(name) {
    return this.#entries.get(`${name}`) ?? null;
  }
  has(name) {
    return this.#entries.has(`${name}`);
  }
  set(name, value) {
    const [key, text] = [`${name}`, `${value}`];
    checkToken(key, "parameter name", name);
    const at = text.search(NOT_QUOTED);
    if (at !== -1) throw new ERR_INVALID_MIME_SYNTAX("parameter value", value, at);
    this.#entries.set(key, text);
  }
  *entries() {
    yield* this.#entries.entries();
  }
  *keys() {
    yield* this.#entries.keys();
  }
  *values() {
    yield* this.#entries.values();
  }
  toString() {
    return Array.from(this.#entries, ([name, value]) => `${name}=${quoted(value)}`).join(";");
  }
  toJSON() {
    return this.toString();
  }
}
MIMEParams.prototype[Symbol.iterator] = MIMEParams.prototype.entries;

class MIMEType {
  #type;
  #subtype;
  #params = new MIMEParams();

  constructor(input) {
    const text = `${input}`.trim();
    const slash = text.indexOf("/");
    const type = slash === -1 ? text : text.slice(0, slash);
    const bad = type.search(NOT_TOKEN);
    if (type === "" || slash === -1 || bad !== -1) throw new ERR_INVALID_MIME_SYNTAX("type", text, bad);
    const semicolon = text.indexOf(";", slash);
    const subtype = (semicolon === -1 ? text.slice(slash + 1) : text.slice(slash + 1, semicolon)).trimEnd();
    checkToken(subtype, "subtype", text);
    this.#type = type.toLowerCase();
    this.#subtype = subtype.toLowerCase();
    if (semicolon !== -1) readParams(this.#params, text.slice(semicolon + 1));
  }

  get type() {
    return this.#type;
  }
  set type(value) {
    checkToken(`${value}`, "type", value);
    this.#type = `${value}`.toLowerCase();
  }
  get subtype() {
    return this.#subtype;
  }
  set subtype(value) {
    checkToken(`${value}`, "subtype", value);
    this.#subtype = `${value}`.toLowerCase();
  }
  get essence() {
    return `${this.#type}/${this.#subtype}`;
  }
  get params() {
    return this.#params;
  }
  toString() {
    const params = this.#params.toString();
    return params === "" ? this.essence : `${this.essence};${params}`;
  }
  toJSON() {
    return this.toString();
  }
}

Object.assign(exports, { MIMEType, MIMEParams });
