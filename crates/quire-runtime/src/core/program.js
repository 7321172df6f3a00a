// Loads a program: what its bundle may ask of the runtime while it starts.

const modules = { __proto__: null };

/** Publishes a module that programs import by name, such as `cloudflare:workers`. */
internals.defineModule = (name, namespace) => {
  modules[name] = namespace;
};

internals.logError = (prefix, error) => {
  const text = error?.stack ? ops.map_stack(`${error.name}: ${error.message}`, `${error.stack}`) : String(error);
  ops.log("error", `${prefix} ${text}`);
};

/** What promises of requests that ended were rejected with. */
const abandonments = new WeakSet();

/** Rejects a promise that will never settle. Usually nobody listens, which is no news. */
internals.rejectAbandoned = (reject, error) => {
  abandonments.add(error);
  reject(error);
};

/** A promise was rejected and nobody listens. */
internals.unhandledRejection = (promise, reason) => {
  if (typeof reason === "object" && reason !== null && abandonments.has(reason)) return;
  if (internals.events.reportUnhandledRejection(promise, reason)) internals.logError("Uncaught (in promise)", reason);
};

/**
 * Starts a program. `load` is the function that its bundle evaluates to; `description` is the JSON of
 * { name, vars, bindings, assets }, of which `env` is made; `assets` is "files", "server" or `null`. Calls `done` with
 * nothing, or with the message and stack of what the program threw.
 */
internals.loadProgram = (load, description, done) => {
  const { name, vars: env, bindings, assets } = JSON.parse(description);
  internals.node.variables = JSON.parse(description).vars;
  for (const binding of bindings) internals.bindings.addTo(env, binding);
  if (assets === "files") {
    env.ASSETS = internals.assets(name, async (request) => {
      internals.body.checkUnused(internals.body.content(request));
      const { headerLines, writeHead } = internals.fetch;
      return ops.assets_fetch(writeHead(0, request.method, request.url, "", headerLines(request)));
    });
  } else if (assets === "server") {
    env.ASSETS = internals.assets(name);
  }
  internals.setEnv(env);
  internals.defineModule("cloudflare:sockets", {
    __proto__: null,
    get connect() {
      return internals.sockets.connect;
    },
  });
  internals.workers.setEnv(env);
  internals.entrypoints.setEnv(env);
  const quire = {
    __proto__: null,
    register: internals.register,
    worker: internals.setEntrypoints,
    wasm: (base64) => internals.wasm.compile(Uint8Array.fromBase64(base64)),
    promise: internals.promise,
    stack: internals.withStack,
    binary: (base64) => Uint8Array.fromBase64(base64).buffer,
    // Bundles that import node:async_hooks keep the context across `await` with this.
    asyncContext: () => internals.node.require("internal/async-context").Suspension,
    module(name) {
      if (name in modules) return modules[name];
      if (name.startsWith("node:")) return internals.node.module(name);
      throw new Error(`No such module "${name}".`);
    },
  };
  (async () => load(quire))().then(
    () => {
      internals.wasm.programStarted();
      internals.refuseEval();
      done(null, null);
    },
    (error) => {
      const isError = typeof error === "object" && error !== null && "stack" in error;
      done(isError ? `${error.name}: ${error.message}` : `Error: ${String(error)}`, isError ? `${error.stack}` : null);
    },
  );
};
