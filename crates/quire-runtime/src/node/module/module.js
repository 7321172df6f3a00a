// node:module. There are no files to load modules from, only the built-in ones.
const { ERR_INVALID_ARG_VALUE, notImplemented } = require("internal/errors");
const { validateString } = require("internal/validators");

const builtinModules = internals.node.names();
const bare = (name) => (name.startsWith("node:") ? name.slice("node:".length) : name);
const isBuiltin = (name) => typeof name === "string" && internals.node.has(bare(name));

/** A `require` for the built-in modules; `path` has to be one, but does not matter. */
function createRequire(path) {
  const text = path instanceof URL ? path.href : path;
  if (typeof text !== "string" || !/^(?:file:|\/)/.test(text)) {
    throw new ERR_INVALID_ARG_VALUE("path", path, "The argument must be a file URL object, a file URL string, or an absolute path string.");
  }
  function requireBuiltin(id) {
    validateString(id, "id");
    if (isBuiltin(id)) return require(bare(id));
    throw Object.assign(new Error(`No such module "${id}".`), { code: "MODULE_NOT_FOUND" });
  }
  const resolve = Object.assign((id) => id, { paths: () => null });
  return Object.assign(requireBuiltin, { resolve, cache: Object.create(null), extensions: Object.create(null), main: undefined });
}

const Module = notImplemented("module.Module");
const refused = ["SourceMap", "findPackageJSON", "findSourceMap", "register", "registerHooks", "runMain", "stripTypeScriptTypes", "syncBuiltinESMExports",
  "wrap", "_debug", "_findPath", "_initPaths", "_load", "_nodeModulePaths", "_preloadModules", "_resolveFilename", "_resolveLookupPaths"];
for (const name of refused) Module[name] = notImplemented(`module.${name}`);
return Object.assign(Module, {
  Module,
  builtinModules,
  createRequire,
  isBuiltin,
  constants: { compileCacheStatus: { __proto__: null, FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 } },
  enableCompileCache: () => undefined,
  flushCompileCache: () => undefined,
  getCompileCacheDir: () => undefined,
  getSourceMapsSupport: () => ({ __proto__: null, enabled: false, nodeModules: false, generatedCode: false }),
  setSourceMapsSupport: () => undefined,
  wrapper: ["(function (exports, require, module, __filename, __dirname) { ", "\n});"],
  globalPaths: [],
  _cache: Object.create(null),
  _extensions: Object.create(null),
  _pathCache: Object.create(null),
});
