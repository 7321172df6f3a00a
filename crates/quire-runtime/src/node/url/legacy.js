// url.parse(), url.resolve() and the Url object: the parser of before the URL standard, which many packages still use.
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_URL } = require("internal/errors");
const querystring = require("querystring");
const domain = require("internal/url/domain");

const SLASHED = new Set(["http", "https", "ftp", "gopher", "file", "ws", "wss"]);
const bare = (protocol) => (protocol.endsWith(":") ? protocol.slice(0, -1) : protocol);
const isSlashed = (protocol) => Boolean(protocol) && SLASHED.has(bare(protocol));
/** `javascript:` has no host, and nothing in it is escaped. */
const isScript = (protocol) => Boolean(protocol) && bare(protocol) === "javascript";

const HOSTNAME_MAX = 255;
const simplePath = /^(\/\/?(?!\/)[^?\s]*)(\?[^\s]*)?$/;
const forbiddenHost = /[\0\t\n\r #%/:<>?@[\\\]^|]/;
const forbiddenAddress = /[\0\t\n\r #%/<>?@\\^|]/;
const whitespaceAround = /^[\s\ufeff]+|[\s\ufeff]+$/g;
const unwise = /[\t\n\r "'<>\\^`{|}]/g;
const escapeUnwise = (text) =>
  text.replace(unwise, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);

function Url() {
  this.protocol = null;
  this.slashes = null;
  this.auth = null;
  this.host = null;
  this.port = null;
  this.hostname = null;
  this.hash = null;
  this.search = null;
  this.query = null;
  this.pathname = null;
  this.path = null;
  this.href = null;
}

function setQuery(url, search, parseQuery) {
  if (search !== undefined) {
    url.search = search;
    url.query = parseQuery ? querystring.parse(search.slice(1)) : search.slice(1);
  } else if (parseQuery) {
    url.search = null;
    url.query = { __proto__: null };
  }
}

/** Backslashes before the query are slashes to browsers, so they are here. */
function forwardSlashes(text) {
  const end = text.search(/[?#]/);
  const head = end < 0 ? text : text.slice(0, end);
  return head.replaceAll("\\", "/") + text.slice(head.length);
}

/** Takes user and host off the start of `rest`; gives what remains. */
function takeAuthority(url, written, whole) {
  const rest = written.replace(/^[^/?#]*/, (authority) => authority.replace(/[\t\n\r]/g, ""));
  let end = rest.length;
  let at = -1;
  let unfit = -1;
  for (let index = 0; index < rest.length; index += 1) {
    const character = rest[index];
    if (character === "@") {
      at = index;
      unfit = -1;
    } else if (character === "/" || character === "?" || character === "#") {
      if (unfit < 0) unfit = index;
      break;
    } else if (unfit < 0 && /[\t\n\r "%';<>\\^`{|}]/.test(character)) {
      unfit = index;
    }
  }
  if (unfit >= 0) end = unfit;
  if (at >= 0) url.auth = decodeURIComponent(rest.slice(0, at));
  url.host = rest.slice(at + 1, end);
  let remaining = rest.slice(end);

  const port = /:[0-9]*$/.exec(url.host)?.[0];
  if (port !== undefined) {
    if (port !== ":") url.port = port.slice(1);
    url.host = url.host.slice(0, -port.length);
  }
  url.hostname = url.host;
  const isAddress = url.hostname.startsWith("[") && url.hostname.endsWith("]");
  if (!isAddress) {
    const unusual = url.hostname.search(/[/\\#?:]/);
    if (unusual >= 0) {
      remaining = `/${url.hostname.slice(unusual)}${remaining}`;
      url.hostname = url.hostname.slice(0, unusual);
    }
  }
  url.hostname = url.hostname.length > HOSTNAME_MAX ? "" : url.hostname.toLowerCase();
  if (url.hostname !== "") {
    if (!isAddress) url.hostname = /[^\0-\x7f]/.test(url.hostname) ? domain.toASCII(url.hostname) : url.hostname;
    if (url.hostname === "" || (isAddress ? forbiddenAddress : forbiddenHost).test(url.hostname)) {
      throw new ERR_INVALID_URL(whole);
    }
  }
  url.host = `${url.hostname}${url.port ? `:${url.port}` : ""}`;
  if (isAddress) {
    url.hostname = url.hostname.slice(1, -1);
    if (remaining[0] !== "/") remaining = `/${remaining}`;
  }
  return remaining;
}

Url.prototype.parse = function parse(text, parseQuery, slashesDenoteHost) {
  if (typeof text !== "string") throw new ERR_INVALID_ARG_TYPE("url", "string", text);
  let rest = forwardSlashes(text.replace(whitespaceAround, ""));

  if (!slashesDenoteHost && !rest.includes("#") && !/^[^?]*@/.test(rest)) {
    const simple = simplePath.exec(rest);
    if (simple !== null) {
      this.path = rest;
      this.href = rest;
      this.pathname = simple[1];
      setQuery(this, simple[2], parseQuery);
      return this;
    }
  }

  const written = /^[a-z0-9.+-]+:/i.exec(rest)?.[0];
  const protocol = written?.toLowerCase();
  if (protocol !== undefined) {
    rest = rest.slice(protocol.length);
    this.protocol = protocol;
  }
  let slashes = false;
  if (slashesDenoteHost || protocol || /^\/\/[^@/]+@[^@/]+/.test(rest)) {
    slashes = rest.startsWith("//");
    if (slashes && !isScript(protocol)) {
      rest = rest.slice(2);
      this.slashes = true;
    }
  }
  if (!isScript(protocol) && (slashes || (written && !isSlashed(written)))) rest = takeAuthority(this, rest, text);
  if (!isScript(protocol)) rest = escapeUnwise(rest);

  const hash = rest.indexOf("#");
  if (hash >= 0) this.hash = rest.slice(hash);
  const beforeHash = hash < 0 ? rest : rest.slice(0, hash);
  const question = beforeHash.indexOf("?");
  setQuery(this, question < 0 ? undefined : beforeHash.slice(question), parseQuery);
  const pathname = question < 0 ? beforeHash : beforeHash.slice(0, question);
  if (pathname !== "") this.pathname = pathname;
  else if (isSlashed(protocol) && this.hostname) this.pathname = "/";
  if (this.pathname || this.search) this.path = `${this.pathname || ""}${this.search || ""}`;
  this.href = this.format();
  return this;
};

Url.prototype.format = function format() {
  let auth = this.auth || "";
  if (auth) auth = `${encodeURIComponent(auth).replace(/%3A/gi, ":")}@`;
  let protocol = this.protocol || "";
  let pathname = this.pathname || "";
  let hash = this.hash || "";
  let host = "";
  if (this.host) {
    host = `${auth}${this.host}`;
  } else if (this.hostname) {
    const needsBrackets = this.hostname.includes(":") && !/^\[.*\]$/.test(this.hostname);
    host = `${auth}${needsBrackets ? `[${this.hostname}]` : this.hostname}${this.port ? `:${this.port}` : ""}`;
  }
  const query = this.query !== null && typeof this.query === "object" ? querystring.stringify(this.query) : "";
  let search = this.search || (query && `?${query}`) || "";
  if (protocol && !protocol.endsWith(":")) protocol += ":";
  pathname = pathname.replace(/[#?]/g, (character) => (character === "#" ? "%23" : "%3F"));
  if (this.slashes || isSlashed(protocol)) {
    if (this.slashes || host) {
      if (pathname && pathname[0] !== "/") pathname = `/${pathname}`;
      host = `//${host}`;
    } else if (protocol.startsWith("file")) {
      host = "//";
    }
  }
  search = search.replaceAll("#", "%23");
  if (hash && hash[0] !== "#") hash = `#${hash}`;
  if (search && search[0] !== "?") search = `?${search}`;
  return `${protocol}${host}${pathname}${search}${hash}`;
};

Url.prototype.parseHost = function parseHost() {
  let host = this.host;
  const port = /:[0-9]*$/.exec(host)?.[0];
  if (port !== undefined) {
    if (port !== ":") this.port = port.slice(1);
    host = host.slice(0, -port.length);
  }
  if (host) this.hostname = host;
};

Url.prototype.resolve = function resolveReference(relative) {
  return this.resolveObject(parse(relative, false, true)).format();
};

Url.prototype.resolveObject = function resolveObjectReference(relative) {
  return require("internal/url/resolve").resolveObject(this, typeof relative === "string" ? parse(relative, false, true) : relative);
};

function parse(url, parseQuery, slashesDenoteHost) {
  return url instanceof Url ? url : new Url().parse(url, parseQuery, slashesDenoteHost);
}
const resolve = (source, relative) => parse(source, false, true).resolve(relative);
const resolveObject = (source, relative) => (source ? parse(source, false, true).resolveObject(relative) : relative);

return { Url, parse, resolve, resolveObject, isSlashed, isScript };
