// node:url. The parser of before there was a standard is legacy.js; URL and URLSearchParams are the platform's.
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_FILE_URL_HOST, ERR_INVALID_FILE_URL_PATH, ERR_INVALID_URL_SCHEME, ERR_MISSING_ARGS } = require("internal/errors");
const legacy = require("internal/url/legacy");
const domain = require("internal/url/domain");
const { URL, URLSearchParams, URLPattern } = globalThis;

/** Whether a value is a URL, of this or another realm. */
const isURL = (value) => Boolean(value?.href && value.protocol && value.auth === undefined && value.path === undefined);

function domainToASCII(name) {
  if (arguments.length < 1) throw new ERR_MISSING_ARGS("domain");
  return domain.toASCII(`${name}`);
}

function domainToUnicode(name) {
  if (arguments.length < 1) throw new ERR_MISSING_ARGS("domain");
  return domain.toUnicode(`${name}`);
}

function urlOf(path) {
  if (typeof path === "string") return new URL(path);
  if (!isURL(path)) throw new ERR_INVALID_ARG_TYPE("path", ["string", "URL"], path);
  return path;
}

function windowsPath(url) {
  if (/%2f|%5c/i.test(url.pathname)) {
    throw new ERR_INVALID_FILE_URL_PATH("must not include encoded \\ or / characters", url);
  }
  const path = decodeURIComponent(url.pathname.replaceAll("/", "\\"));
  if (url.hostname !== "") return `\\\\${domainToUnicode(url.hostname)}${path}`;
  if (!/^\\[A-Za-z]:/.test(path)) throw new ERR_INVALID_FILE_URL_PATH("must be absolute", url);
  return path.slice(1);
}

function fileURLToPath(path, options = undefined) {
  const url = urlOf(path);
  if (url.protocol !== "file:") throw new ERR_INVALID_URL_SCHEME("file");
  if (options?.windows) return windowsPath(url);
  if (url.hostname !== "") throw new ERR_INVALID_FILE_URL_HOST("linux");
  if (/%2f/i.test(url.pathname)) throw new ERR_INVALID_FILE_URL_PATH("must not include encoded / characters", url);
  return decodeURIComponent(url.pathname);
}

function fileURLToPathBuffer(path, options = undefined) {
  const url = urlOf(path);
  if (url.protocol !== "file:") throw new ERR_INVALID_URL_SCHEME("file");
  if (options?.windows) return require("buffer").Buffer.from(windowsPath(url));
  return require("querystring").unescapeBuffer(url.pathname);
}

const toPathIfFileURL = (value) => (isURL(value) ? fileURLToPath(value) : value);

function pathToFileURL(path, options = undefined) {
  if (typeof path !== "string") throw new ERR_INVALID_ARG_TYPE("path", "string", path);
  const url = new URL("file:///");
  const encode = (text) =>
    text.replace(/[%\\\n\r\t?#[\]^|~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
  if (options?.windows) {
    const windows = require("path").win32;
    const share = /^\\\\([^\\]+)(\\.*)?$/.exec(path);
    if (share !== null) {
      if (!share[2] || share[2] === "\\") throw new ERR_INVALID_ARG_VALUE("path", path, "Missing UNC resource path");
      url.hostname = domainToASCII(share[1]);
      url.pathname = encode(share[2].replaceAll("\\", "/"));
      return url;
    }
    url.pathname = encode(windows.resolve(path).replaceAll("\\", "/"));
    return url;
  }
  const resolved = require("path").resolve(path);
  const trailing = path.endsWith("/") && !resolved.endsWith("/") ? "/" : "";
  url.pathname = encode(`${resolved}${trailing}`);
  return url;
}

function urlToHttpOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: hostname && hostname[0] === "[" ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ""}${search || ""}`,
    href: url.href,
  };
  if (port !== "") options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

/** A URL of the standard as text, with parts of it left out. */
function formatURL(url, options) {
  const { auth = true, fragment = true, search = true, unicode = false } = options ?? {};
  const copy = new URL(url.href);
  if (!fragment) copy.hash = "";
  if (!search) copy.search = "";
  if (!auth) {
    copy.username = "";
    copy.password = "";
  }
  if (!unicode) return copy.href;
  const at = copy.href.indexOf(copy.host, copy.protocol.length + 2);
  if (copy.host === "" || at < 0) return copy.href;
  const port = copy.port === "" ? "" : `:${copy.port}`;
  return `${copy.href.slice(0, at)}${domain.toUnicode(copy.hostname)}${port}${copy.href.slice(at + copy.host.length)}`;
}

function format(value, options) {
  if (typeof value === "string") return legacy.parse(value).format();
  if (value === null || typeof value !== "object") {
    throw new ERR_INVALID_ARG_TYPE("urlObject", ["Object", "string"], value);
  }
  if (!(value instanceof URL)) return legacy.Url.prototype.format.call(value);
  if (options != null && typeof options !== "object") throw new ERR_INVALID_ARG_TYPE("options", "object", options);
  return formatURL(value, options);
}

const { Url, parse, resolve, resolveObject } = legacy;
const url = {
  Url,
  parse,
  resolve,
  resolveObject,
  format,
  URL,
  URLSearchParams,
  domainToASCII,
  domainToUnicode,
  pathToFileURL,
  fileURLToPath,
  fileURLToPathBuffer,
  toPathIfFileURL,
  urlToHttpOptions,
};
if (URLPattern !== undefined) url.URLPattern = URLPattern;
return url;
