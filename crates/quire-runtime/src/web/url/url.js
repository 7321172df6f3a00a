// URL (URL Standard §6). An instance is its serialisation; the components are cut from it on demand.
const NativeTypeError = TypeError;
const { attachSearchParams, replaceSearchParams } = internals.url;

// The last URL that was parsed without a base: handlers write `new URL(request.url)` several times over.
let lastInput = null;
let lastHref = null;

// A URL that parsing would not change: most are, and need no native call. Whatever could need a closer look does not
// match: numbers at the host's end, default ports, segments that begin with a dot or a percent sign.
const normalised =
  /^https?:\/\/(?:[a-z0-9_-]+\.)*[a-z][a-z0-9_-]*(?::(?!80\/|443\/)[1-9]\d{1,3})?(?:\/(?:[A-Za-z0-9_~!$&'()*+,;=:@|[\]-][A-Za-z0-9_~!$&'()*+,;=:@|[\].%-]*)?)+(?:\?[!$-&(-;=?-~]*)?(?:#[!#-;=?-_a-~]*)?$/;
const { test } = RegExp.prototype;
const { apply } = Reflect;

function parse(input, base) {
  if (base !== undefined) return ops.url_parse(input, base);
  if (input === lastInput) return lastHref;
  if (apply(test, normalised, [input])) return input;
  const href = ops.url_parse(input);
  if (href !== null) {
    lastInput = input;
    lastHref = href;
  }
  return href;
}

const usv = (value) => `${value}`.toWellFormed();
const invalid = () => new NativeTypeError("Invalid URL string.");

// A serialised URL: scheme ":" [ "//" [user [":" password] "@"] host [":" port] ] path ["?" query] ["#" fragment].
// Everything that could be mistaken for a delimiter is percent-encoded in what comes before it.

function hashStart(href) {
  const i = href.indexOf("#");
  return i === -1 ? href.length : i;
}

// Where the query starts, if `end` is where the fragment does.
function searchStart(href, end) {
  const i = href.indexOf("?");
  return i === -1 || i > end ? end : i;
}

// Where the authority ends (and, for most, the path starts); without an authority, right after the scheme's colon.
function authorityEnd(href, colon) {
  if (!href.startsWith("//", colon + 1)) return colon + 1;
  for (let i = colon + 3; i < href.length; i++) {
    const code = href.charCodeAt(i);
    if (code === 47 || code === 63 || code === 35) return i;
  }
  return href.length;
}

function pathStart(href) {
  const end = authorityEnd(href, href.indexOf(":"));
  // "web+x:/.//a": "/." keeps the path "//a" from looking like an authority.
  return href.charCodeAt(end) === 47 && href.startsWith("/.//", end) && href.charCodeAt(end - 1) === 58 ? end + 2 : end;
}

function authority(href) {
  const colon = href.indexOf(":");
  return href.startsWith("//", colon + 1) ? href.slice(colon + 3, authorityEnd(href, colon)) : "";
}

function hostAndPort(href) {
  const text = authority(href);
  return text.slice(text.lastIndexOf("@") + 1);
}

// Where ":port" starts in "host:port". An IPv6 address has colons of its own, in brackets.
function portStart(host) {
  const i = host.indexOf(":", host.lastIndexOf("]") + 1);
  return i === -1 ? host.length : i;
}

function credentials(href) {
  const text = authority(href);
  const at = text.lastIndexOf("@");
  return at === -1 ? "" : text.slice(0, at);
}

function originOf(href) {
  const scheme = href.slice(0, href.indexOf(":"));
  switch (scheme) {
    case "http":
    case "https":
    case "ws":
    case "wss":
    case "ftp":
      return `${scheme}://${hostAndPort(href)}`;
    case "blob": {
      const inner = parse(pathOf(href), undefined);
      return inner !== null && (inner.startsWith("http:") || inner.startsWith("https:")) ? originOf(inner) : "null";
    }
    default:
      return "null";
  }
}

function pathOf(href) {
  return href.slice(pathStart(href), searchStart(href, hashStart(href)));
}

function searchOf(href) {
  const end = hashStart(href);
  const start = searchStart(href, end);
  return end - start < 2 ? "" : href.slice(start, end);
}

let of;
let isURL;
let fromHref;
const token = Symbol();

class URL {
  #href;
  #params = null;

  static {
    isURL = (value) => value !== null && typeof value === "object" && #href in value;
    of = (value) => {
      if (!isURL(value)) throw new NativeTypeError("Illegal invocation: this member belongs to URL");
      return value;
    };
    fromHref = (href) => new URL(href, token);
  }

  constructor(url, base = undefined) {
    if (base === token) {
      this.#href = url;
      return;
    }
    if (arguments.length === 0) throw new NativeTypeError("Failed to construct 'URL': the url is missing");
    const input = usv(url);
    const href = parse(input, base === undefined ? undefined : usv(base));
    if (href === null) throw invalid();
    this.#href = href;
  }

  static canParse(url, base = undefined) {
    if (arguments.length === 0) throw new NativeTypeError("URL.canParse(): the url is missing");
    return parse(usv(url), base === undefined ? undefined : usv(base)) !== null;
  }

  static parse(url, base = undefined) {
    if (arguments.length === 0) throw new NativeTypeError("URL.parse(): the url is missing");
    const href = parse(usv(url), base === undefined ? undefined : usv(base));
    return href === null ? null : fromHref(href);
  }

  static createObjectURL() {
    throw new Error("URL.createObjectURL() is not implemented");
  }

  static revokeObjectURL() {
    throw new Error("URL.revokeObjectURL() is not implemented");
  }

  #set(component, value) {
    const href = ops.url_set(this.#href, component, usv(value));
    if (href !== null) this.#href = href;
  }

  #setQuery(query) {
    const href = this.#href;
    const end = hashStart(href);
    const start = searchStart(href, end);
    this.#href = `${href.slice(0, start)}${query === "" ? "" : "?"}${query}${href.slice(end)}`;
  }

  get href() {
    return of(this).#href;
  }
  set href(value) {
    of(this);
    const href = parse(usv(value), undefined);
    if (href === null) throw invalid();
    this.#href = href;
    if (this.#params !== null) replaceSearchParams(this.#params, searchOf(href).slice(1));
  }
  get origin() {
    return originOf(of(this).#href);
  }
  get protocol() {
    const href = of(this).#href;
    return href.slice(0, href.indexOf(":") + 1);
  }
  set protocol(value) {
    of(this).#set("protocol", value);
  }
  get username() {
    const text = credentials(of(this).#href);
    const colon = text.indexOf(":");
    return colon === -1 ? text : text.slice(0, colon);
  }
  set username(value) {
    of(this).#set("username", value);
  }
  get password() {
    const text = credentials(of(this).#href);
    const colon = text.indexOf(":");
    return colon === -1 ? "" : text.slice(colon + 1);
  }
  set password(value) {
    of(this).#set("password", value);
  }
  get host() {
    return hostAndPort(of(this).#href);
  }
  set host(value) {
    of(this).#set("host", value);
  }
  get hostname() {
    const host = hostAndPort(of(this).#href);
    return host.slice(0, portStart(host));
  }
  set hostname(value) {
    of(this).#set("hostname", value);
  }
  get port() {
    const host = hostAndPort(of(this).#href);
    return host.slice(portStart(host) + 1);
  }
  set port(value) {
    of(this).#set("port", value);
  }
  get pathname() {
    return pathOf(of(this).#href);
  }
  set pathname(value) {
    of(this).#set("pathname", value);
  }
  get search() {
    return searchOf(of(this).#href);
  }
  set search(value) {
    of(this).#set("search", value);
    if (this.#params !== null) replaceSearchParams(this.#params, searchOf(this.#href).slice(1));
  }
  get hash() {
    const href = of(this).#href;
    const start = hashStart(href);
    return href.length - start < 2 ? "" : href.slice(start);
  }
  set hash(value) {
    of(this).#set("hash", value);
  }
  get searchParams() {
    const url = of(this);
    return (url.#params ??= attachSearchParams(searchOf(url.#href).slice(1), (query) => url.#setQuery(query)));
  }
  toString() {
    return of(this).#href;
  }
  toJSON() {
    return of(this).#href;
  }
}
Object.defineProperty(URL, "length", { value: 1, configurable: true });
internals.defineClass(URL, "URL");
internals.expose("URL", URL);

Object.assign(internals.url, {
  // Both take well-formed strings; `base` may be left out. Returns the normalised URL, or null.
  parse,
  isURL,
  href: (url) => of(url).href,
  fromHref,
  // `href` is known to be normalised (a request's URL): the next `new URL(href)` costs nothing.
  remember: (href) => {
    lastInput = href;
    lastHref = href;
  },
  // Components of a normalised URL without an object.
  pathname: pathOf,
  search: searchOf,
  origin: originOf,
});
