// The components of a URL in the form that the URL parser gives them, and dictionaries of them (URL Pattern Standard §1.3, §3).
const { escapePattern, malformed } = internals.urlPattern;
const { parse, pathname } = internals.url;
const { apply } = Reflect;
const { exec } = RegExp.prototype;
const NAMES = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"];
const defaultPorts = { __proto__: null, http: "80", https: "443", ws: "80", wss: "443", ftp: "21", file: "" };
const isSpecial = (protocol) => protocol in defaultPorts;

const hostAndPort = /^[^:]+:\/\/(?:[^/@]*@)?((?:\[[^\]]*\]|[^:/])*)(?::(\d*))?/;
const credentials = /^[^:]+:\/\/([^:/@]*)(?::([^/@]*))?@/;

// The components of a normalised URL.
function split(href) {
  const [, hostname = "", port = ""] = apply(exec, hostAndPort, [href]) ?? [];
  const [, username = "", password = ""] = apply(exec, credentials, [href]) ?? [];
  const fragment = href.indexOf("#");
  const beforeFragment = fragment === -1 ? href : href.slice(0, fragment);
  const query = beforeFragment.indexOf("?");
  return {
    protocol: href.slice(0, href.indexOf(":")),
    username,
    password,
    hostname,
    port,
    pathname: pathname(href),
    search: query === -1 ? "" : beforeFragment.slice(query + 1),
    hash: fragment === -1 ? "" : href.slice(fragment + 1),
  };
}

// What assigning to a component makes of it. A refused value changes nothing, which shows when two URLs that differ in the
// component both keep what they had.
function assigned(component, value, one, other) {
  const before = split(one)[component];
  const after = split(ops.url_set(one, component, value) ?? one)[component];
  if (after !== before || split(ops.url_set(other, component, value) ?? other)[component] === before) return after;
  throw malformed(`"${value}" is not a valid ${component}`);
}

const canonical = {
  __proto__: null,
  protocol(value) {
    if (value === "") return value;
    const href = parse(`${value}://dummy.invalid/`, undefined);
    if (href === null) throw malformed(`"${value}" is not a valid protocol`);
    return split(href).protocol;
  },
  username: (value) => split(ops.url_set("https://dummy.invalid/", "username", value)).username,
  password: (value) => split(ops.url_set("https://dummy.invalid/", "password", value)).password,
  hostname: (value) =>
    value === "" ? value : assigned("hostname", value, "https://dummy.invalid/", "https://other.invalid/"),
  ipv6Hostname(value) {
    if (apply(exec, /[^0-9a-f[\]:]/i, [value]) !== null) throw malformed(`"${value}" is not a valid hostname`);
    return value.toLowerCase();
  },
  // The port that belongs to the protocol is the empty one.
  port(value, protocol = "") {
    if (value === "") return value;
    const scheme = protocol === "" ? "dummy" : protocol;
    return assigned("port", value, `${scheme}://dummy.invalid:12345/`, `${scheme}://dummy.invalid:23456/`);
  },
  pathname(value) {
    if (value === "") return value;
    // A path always begins with a slash: what is put before one that does not is taken off again.
    const relative = value[0] !== "/";
    const path = pathname(ops.url_set("https://dummy.invalid/", "pathname", relative ? `/-${value}` : value));
    return relative ? path.slice(2) : path;
  },
  opaquePathname: (value) => (value === "" ? value : pathname(parse(`data:-${value}`, undefined)).slice(1)),
  search: (value) => (value === "" ? value : split(ops.url_set("https://dummy.invalid/", "search", `?${value}`)).search),
  hash: (value) => (value === "" ? value : split(ops.url_set("https://dummy.invalid/", "hash", `#${value}`)).hash),
};

const withoutPrefix = (value, prefix) => (value.startsWith(prefix) ? value.slice(1) : value);

function isAbsolutePath(path, isPattern) {
  return path[0] === "/" || (isPattern && (path.startsWith("\\/") || path.startsWith("{/")));
}

/**
 * Completes a dictionary of components: from its baseURL, as far as no earlier component is given, and with each
 * value in its final form. `isPattern`: the values are patterns, whose text only gets its final form when they
 * are compiled. Otherwise `result` comes with the values of the components that are absent.
 */
function complete(init, isPattern, result) {
  let base = null;
  if (init.baseURL !== undefined) {
    const href = parse(init.baseURL, undefined);
    if (href === null) throw malformed(`"${init.baseURL}" is not a valid base URL`);
    base = { ...split(href), opaque: href[href.indexOf(":") + 1] !== "/" };
    const inherit = (name) => {
      result[name] = isPattern ? escapePattern(base[name]) : base[name];
    };
    const none = (...names) => names.every((name) => init[name] === undefined);
    if (none("protocol")) inherit("protocol");
    if (!isPattern && none("protocol", "hostname", "port", "username")) {
      inherit("username");
      if (none("password")) inherit("password");
    }
    if (none("protocol", "hostname")) {
      inherit("hostname");
      if (none("port")) {
        inherit("port");
        if (none("pathname")) {
          inherit("pathname");
          if (none("search")) {
            inherit("search");
            if (none("hash")) inherit("hash");
          }
        }
      }
    }
  }
  const take = (name, make) => {
    if (init[name] !== undefined) result[name] = make(init[name]);
  };
  const final = (make) => (value) => (isPattern ? value : make(value));
  take("protocol", (value) => final(canonical.protocol)(value.endsWith(":") ? value.slice(0, -1) : value));
  take("username", final(canonical.username));
  take("password", final(canonical.password));
  take("hostname", final(canonical.hostname));
  const protocol = result.protocol ?? "";
  take("port", final((value) => canonical.port(value, protocol)));
  take("pathname", (value) => {
    let path = value;
    if (base !== null && !base.opaque && !isAbsolutePath(path, isPattern)) {
      const basePath = isPattern ? escapePattern(base.pathname) : base.pathname;
      path = basePath.slice(0, basePath.lastIndexOf("/") + 1) + path;
    }
    if (isPattern) return path;
    return protocol === "" || isSpecial(protocol) ? canonical.pathname(path) : canonical.opaquePathname(path);
  });
  take("search", (value) => final(canonical.search)(withoutPrefix(value, "?")));
  take("hash", (value) => final(canonical.hash)(withoutPrefix(value, "#")));
  return result;
}

Object.assign(internals.urlPattern, { NAMES, canonical, complete, defaultPorts, split });
