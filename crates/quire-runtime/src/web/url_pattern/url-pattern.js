// URLPattern (https://urlpattern.spec.whatwg.org/).
const { NAMES, canonical, compile, complete, defaultPorts, malformed } = internals.urlPattern;
const { matchesSpecialScheme, parseConstructorString, split } = internals.urlPattern;
const { parse } = internals.url;
const NativeTypeError = TypeError;
const { apply } = Reflect;
const { exec } = RegExp.prototype;

const PLAIN = { delimiter: "", prefix: "", ignoreCase: false };
const HOSTNAME = { delimiter: ".", prefix: "", ignoreCase: false };
const DICTIONARY = ["baseURL", "hash", "hostname", "password", "pathname", "port", "protocol", "search", "username"];

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";
const usv = (value) => `${value}`.toWellFormed();

// URLPatternInput: a dictionary of the components, or a string.
function readInput(input) {
  if (input !== undefined && input !== null && !isObject(input)) return usv(input);
  const init = {};
  if (isObject(input)) {
    for (const name of DICTIONARY) {
      const value = input[name];
      if (value !== undefined) init[name] = usv(value);
    }
  }
  return init;
}

function readOptions(options) {
  if (options === undefined || options === null) return false;
  if (!isObject(options)) throw malformed("the options must be an object");
  return Boolean(options.ignoreCase);
}

function isIpv6(hostname) {
  return hostname.length > 1 && (hostname[0] === "[" || hostname.startsWith("{[") || hostname.startsWith("\\["));
}

function compileAll(init, ignoreCase) {
  const given = complete(init, true, {});
  for (const name of NAMES) given[name] ??= "*";
  if (given.protocol in defaultPorts && given.port === defaultPorts[given.protocol]) given.port = "";
  const protocol = compile(given.protocol, canonical.protocol, PLAIN);
  const last = { delimiter: "", prefix: "", ignoreCase };
  const hierarchical = matchesSpecialScheme(protocol);
  return {
    protocol,
    username: compile(given.username, canonical.username, PLAIN),
    password: compile(given.password, canonical.password, PLAIN),
    hostname: compile(given.hostname, isIpv6(given.hostname) ? canonical.ipv6Hostname : canonical.hostname, HOSTNAME),
    port: compile(given.port, (value) => canonical.port(value), PLAIN),
    pathname: hierarchical
      ? compile(given.pathname, canonical.pathname, { delimiter: "/", prefix: "/", ignoreCase })
      : compile(given.pathname, canonical.opaquePathname, last),
    search: compile(given.search, canonical.search, last),
    hash: compile(given.hash, canonical.hash, last),
  };
}

const EMPTY = { protocol: "", username: "", password: "", hostname: "", port: "", pathname: "", search: "", hash: "" };

// The components to match, or null if the input is no URL.
function componentsOf(input, base) {
  if (typeof input === "string") {
    const href = parse(input, base);
    return href === null ? null : split(href);
  }
  if (base !== undefined) throw new NativeTypeError("URLPattern: a base URL goes with a string only");
  try {
    return complete(input, false, { ...EMPTY });
  } catch {
    return null;
  }
}

class URLPattern {
  #components;

  constructor(input = undefined, baseURL = undefined, options = undefined) {
    const init = readInput(input);
    let base;
    let ignoreCase;
    // Without a base URL the options come second.
    if (arguments.length >= 3 || (baseURL !== undefined && baseURL !== null && !isObject(baseURL))) {
      base = usv(baseURL);
      ignoreCase = readOptions(options);
    } else {
      ignoreCase = readOptions(baseURL);
    }
    if (typeof init !== "string") {
      if (base !== undefined) throw malformed("a base URL goes with a string only");
      this.#components = compileAll(init, ignoreCase);
      return;
    }
    const parsed = parseConstructorString(init);
    if (base !== undefined) parsed.baseURL = base;
    else if (parsed.protocol === undefined) throw malformed(`"${init}" is relative and there is no base URL`);
    this.#components = compileAll(parsed, ignoreCase);
  }

  static #of(value) {
    if (!isObject(value) || !(#components in value)) {
      throw new NativeTypeError("Illegal invocation: this member belongs to URLPattern");
    }
    return value.#components;
  }

  test(input = undefined, baseURL = undefined) {
    const components = URLPattern.#of(this);
    const found = componentsOf(readInput(input), baseURL === undefined ? undefined : usv(baseURL));
    if (found === null) return false;
    for (const name of NAMES) if (apply(exec, components[name].regExp, [found[name]]) === null) return false;
    return true;
  }

  exec(input = undefined, baseURL = undefined) {
    const components = URLPattern.#of(this);
    const read = readInput(input);
    const base = baseURL === undefined ? undefined : usv(baseURL);
    const found = componentsOf(read, base);
    if (found === null) return null;
    const result = { inputs: base === undefined ? [read] : [read, base] };
    for (const name of NAMES) {
      const { regExp, names } = components[name];
      const match = apply(exec, regExp, [found[name]]);
      if (match === null) return null;
      const groups = {};
      for (let i = 0; i < names.length; i++) {
        // "__proto__" may be a group's name.
        Object.defineProperty(groups, names[i], { value: match[i + 1], writable: true, enumerable: true, configurable: true });
      }
      result[name] = { input: found[name], groups };
    }
    return result;
  }

  get protocol() {
    return URLPattern.#of(this).protocol.text;
  }
  get username() {
    return URLPattern.#of(this).username.text;
  }
  get password() {
    return URLPattern.#of(this).password.text;
  }
  get hostname() {
    return URLPattern.#of(this).hostname.text;
  }
  get port() {
    return URLPattern.#of(this).port.text;
  }
  get pathname() {
    return URLPattern.#of(this).pathname.text;
  }
  get search() {
    return URLPattern.#of(this).search.text;
  }
  get hash() {
    return URLPattern.#of(this).hash.text;
  }
  get hasRegExpGroups() {
    const components = URLPattern.#of(this);
    return NAMES.some((name) => components[name].hasRegExpGroups);
  }
}
internals.defineClass(URLPattern, "URLPattern");
internals.expose("URLPattern", URLPattern);
