// node:repl, which can be imported but does nothing here.
return require("internal/stub")("repl", {
  functions: "start writer",
  classes: "REPLServer Recoverable",
  objects: "_builtinLibs builtinModules",
  values: {
    REPL_MODE_SLOPPY: Symbol("repl-sloppy"),
    REPL_MODE_STRICT: Symbol("repl-strict"),
  },
});
