// node:process, with the values that the Workers runtime has.
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, notImplemented } = require("internal/errors");
const { validateFunction, validateString, validateArray } = require("internal/validators");
const { EventEmitter } = require("events");
const { apply, ownKeys } = Reflect;
const { defineProperty } = Object;
const { then } = Promise.prototype;
const settled = Promise.resolve();

const VERSION = "22.19.0";

/** The project's variables as texts, if the flags say so; whatever a program puts there becomes text. */
function environment() {
  const variables = {};
  if (internals.compatibility.nodejs_compat_populate_process_env) {
    for (const [name, value] of Object.entries(internals.node.variables)) {
      variables[name] = typeof value === "string" ? value : JSON.stringify(value);
    }
  }
  return new Proxy(variables, {
    set(target, name, value) {
      if (typeof name === "symbol" || typeof value === "symbol") throw new TypeError("Cannot convert a Symbol value to a string");
      return Reflect.set(target, name, `${value}`);
    },
    defineProperty(target, name, descriptor) {
      if ("value" in descriptor) {
        if (!descriptor.configurable || !descriptor.writable || !descriptor.enumerable) {
          throw new ERR_INVALID_ARG_VALUE("descriptor", descriptor, "must be configurable, writable, and enumerable");
        }
        return Reflect.defineProperty(target, name, { ...descriptor, value: `${descriptor.value}` });
      }
      throw new ERR_INVALID_ARG_VALUE("descriptor", descriptor, "does not accept an accessor(getter/setter) descriptor");
    },
  });
}

/** Runs before other promise jobs that come after it, in order. */
function nextTick(callback, ...args) {
  validateFunction(callback, "callback");
  const run = internals.capture(callback);
  apply(then, settled, [
    () => {
      try {
        apply(run, null, args);
      } catch (error) {
        internals.reportException(error);
      }
    },
  ]);
}

function emitWarning(warning, type = undefined, code = undefined) {
  let detail;
  if (type !== null && typeof type === "object" && !Array.isArray(type)) ({ type, code, detail } = type);
  else if (typeof type === "function") type = undefined;
  if (typeof code === "function") code = undefined;
  if (type !== undefined) validateString(type, "type");
  if (code !== undefined) validateString(code, "code");
  if (typeof warning === "string") {
    const error = new Error(warning);
    error.name = type || "Warning";
    if (code !== undefined) error.code = code;
    if (detail !== undefined) error.detail = detail;
    warning = error;
  } else if (!(warning instanceof Error)) {
    throw new ERR_INVALID_ARG_TYPE("warning", ["Error", "string"], warning);
  }
  if (warning.name === "DeprecationWarning" && process.noDeprecation) return;
  nextTick(() => {
    if (process.emit("warning", warning)) return;
    const prefix = warning.code ? `[${warning.code}] ` : "";
    globalThis.console.warn(`(${process.title}) ${prefix}${warning.name}: ${warning.message}`);
  });
}

function hrtime(previous = undefined) {
  const now = Date.now();
  let [seconds, nanoseconds] = [Math.floor(now / 1000), (now % 1000) * 1e6];
  if (previous !== undefined) {
    validateArray(previous, "time");
    if (previous.length !== 2) throw new ERR_OUT_OF_RANGE("time", 2, previous.length);
    seconds -= previous[0];
    nanoseconds -= previous[1];
    if (nanoseconds < 0) {
      seconds--;
      nanoseconds += 1e9;
    }
  }
  return [seconds, nanoseconds];
}
hrtime.bigint = () => BigInt(Date.now()) * 1000000n;

/** What a program that stops itself does to its request. */
class Exit extends Error {
  constructor(code) {
    super(`process.exit(${code}) was called`);
    this.name = "ProcessExit";
  }
}

const noMemory = () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 });
let umask = 0o22;
let directory = "/bundle";

class Process extends EventEmitter {}
// By this tag Astro knows Node.js, and then makes bodies of async iterators. As on the original, it is there where those are bodies.
if (internals.compatibility.fetch_iterable_type_support) {
  Object.defineProperty(Process.prototype, Symbol.toStringTag, { get: () => "process", configurable: true });
}
// `process` is an emitter, but no own field says so.
const process = new Process();
for (const name of ["_events", "_eventsCount", "_maxListeners", ...ownKeys(process).filter((key) => typeof key === "symbol")]) {
  defineProperty(process, name, { value: process[name], writable: true, configurable: true, enumerable: false });
}

/** One of the standard streams: lines that go to the log. */
function output(fd, level) {
  let rest = "";
  const { Writable } = require("stream");
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, encoding, done) {
      rest += typeof chunk === "string" ? chunk : require("buffer").Buffer.from(chunk).toString();
      const lines = rest.split("\n");
      rest = lines.pop();
      for (const line of lines) globalThis.console[level](line);
      done();
    },
  });
  return Object.assign(stream, { fd, _type: "fs", _isStdio: true, isTTY: false });
}

function lazy(name, make) {
  defineProperty(process, name, {
    get() {
      const value = make();
      defineProperty(process, name, { value, writable: true, enumerable: true, configurable: true });
      return value;
    },
    enumerable: true,
    configurable: true,
  });
}

const nothing = (names) => Object.fromEntries(names.map((name) => [name, () => {}]));
const refused = (names) => Object.fromEntries(names.map((name) => [name, notImplemented(`process.${name}`)]));

Object.assign(process, {
  version: `v${VERSION}`,
  versions: { node: VERSION },
  title: "workerd",
  argv: ["workerd"],
  argv0: "workerd",
  execArgv: [],
  execPath: "",
  arch: "x64",
  platform: "linux",
  config: { target_defaults: {}, variables: {} },
  pid: 1,
  ppid: 0,
  exitCode: undefined,
  debugPort: 0,
  features: {
    inspector: false, debug: false, uv: true, ipv6: true, tls_alpn: true, tls_sni: true, tls_ocsp: true, tls: true,
    cached_builtins: true, typescript: false, require_module: false, openssl_is_boringssl: true,
  },
  release: { name: "node", lts: true, sourceUrl: "", headersUrl: "" },
  allowedNodeEnvironmentFlags: new Set(),
  channel: null,
  connected: false,
  noDeprecation: false,
  throwDeprecation: false,
  traceDeprecation: false,
  sourceMapsEnabled: false,
  moduleLoadList: [],
  nextTick,
  emitWarning,
  hrtime,
  getBuiltinModule(name) {
    validateString(name, "id");
    const bare = name.startsWith("node:") ? name.slice(5) : name;
    return internals.node.has(bare) ? require(bare) : undefined;
  },
  cwd: () => directory,
  chdir(path) {
    validateString(path, "directory");
    if (!/^\/(?:bundle|tmp|dev)?(?:\/|$)/.test(path)) {
      throw Object.assign(new Error(`no such file or directory, chdir '${path}'`), { code: "ENOENT", errno: -2, syscall: "chdir" });
    }
    directory = path;
  },
  umask(mask) {
    const previous = umask;
    if (mask !== undefined) umask = (typeof mask === "string" ? parseInt(mask, 8) : mask) & 0o777;
    return previous;
  },
  uptime: () => 0,
  memoryUsage: Object.assign(noMemory, { rss: () => 0 }),
  constrainedMemory: () => 0,
  availableMemory: () => 0,
  exit(code = process.exitCode) {
    throw new Exit(code ?? 0);
  },
  abort() {
    throw new Exit(134);
  },
  assert(condition, message) {
    if (!condition) throw new Error(message ?? "assertion error");
  },
  hasUncaughtExceptionCaptureCallback: () => false,
  getActiveResourcesInfo: () => [],
  _getActiveHandles: () => [],
  _getActiveRequests: () => [],
  _exiting: false,
  _preload_modules: [],
  domain: null,
  getSourceMapsSupport: () => ({ __proto__: null, enabled: false, nodeModules: false, generatedCode: false }),
  loadEnvFile: notImplemented("process.loadEnvFile"),
  getuid: () => 0,
  geteuid: () => 0,
  getgid: () => 0,
  getegid: () => 0,
  getgroups: () => [],
  finalization: nothing(["register", "registerBeforeExit", "unregister"]),
  permission: { has: () => true },
  report: { compact: false, directory: "", filename: "", ...nothing(["getReport", "writeReport"]) },
  ...nothing([
    "ref", "unref", "setSourceMapsEnabled", "setUncaughtExceptionCaptureCallback", "_rawDebug", "_debugEnd", "_debugProcess",
    "_fatalException", "_startProfilerIdleNotifier", "_stopProfilerIdleNotifier", "_tickCallback",
  ]),
  ...refused([
    "kill", "cpuUsage", "threadCpuUsage", "resourceUsage", "dlopen", "binding", "execve", "openStdin", "reallyExit",
    "setuid", "seteuid", "setgid", "setegid", "setgroups", "initgroups", "_kill", "_linkedBinding",
  ]),
});
// Rejections that nobody handles are events of the global object here.
const reported = { __proto__: null, unhandledRejection: "unhandledrejection", rejectionHandled: "rejectionhandled" };
const forwarded = new Set();
process.on("newListener", (name) => {
  const type = reported[name];
  if (type === undefined || forwarded.has(name)) return;
  forwarded.add(name);
  globalThis.addEventListener(type, (event) => {
    const heard = name === "unhandledRejection" ? process.emit(name, event.reason, event.promise) : process.emit(name, event.promise);
    if (heard) event.preventDefault();
  });
});

lazy("env", environment);
lazy("stdout", () => output(1, "log"));
lazy("stderr", () => output(2, "error"));
lazy("stdin", () => {
  const { Readable } = require("stream");
  const stream = new Readable({ read() {} });
  stream.push(null);
  return Object.assign(stream, { fd: 0, isTTY: false });
});

return process;
