// What compatibility flags change of the globals, once the program's are known. What they change of an API's behaviour is in
// the API's own file.

const NativeEvalError = EvalError;
const { eval: nativeEval } = globalThis;
const { deleteProperty, getOwnPropertyDescriptor } = Reflect;
const { defineProperty } = Object;

/** Flags without which a global is missing. */
const GLOBALS = [
  ["global_navigator", ["navigator", "Navigator"]],
  ["enable_weak_ref", ["WeakRef", "FinalizationRegistry"]],
  ["expose_global_message_channel", ["MessageChannel", "MessagePort"]],
];

/** Classes of which programs of old do not see the tag. */
const TAGGED = ["Request", "Response", "Headers", "URL", "URLSearchParams", "FormData", "Blob", "File", "AbortSignal"];

internals.beforeProgram((flags) => {
  for (const [flag, names] of GLOBALS) {
    if (!flags[flag]) for (const name of names) deleteProperty(globalThis, name);
  }
  if (!flags.set_tostring_tag) {
    for (const name of TAGGED) {
      const prototype = globalThis[name].prototype;
      if (getOwnPropertyDescriptor(prototype, Symbol.toStringTag)) deleteProperty(prototype, Symbol.toStringTag);
    }
  }
  if (!flags.enable_navigator_language && globalThis.Navigator !== undefined) {
    for (const name of ["language", "languages"]) deleteProperty(globalThis.Navigator.prototype, name);
  }
  if (!flags.http_headers_getsetcookie) deleteProperty(globalThis.Headers.prototype, "getSetCookie");
  if (!flags.no_global_importscripts) {
    const importScripts = () => {
      throw new TypeError("importScripts() is not available: bundle the script with the program");
    };
    defineProperty(globalThis, "importScripts", { value: importScripts, writable: true, configurable: true });
  }
});

/**
 * Called when the program has started: from then on the engine refuses to make code from strings, but gives back anything else
 * that `eval` gets. The original refuses that too.
 */
internals.refuseEval = () => {
  if (ops.wasm_compile_in_handlers() || globalThis.eval !== nativeEval) return;
  const refused = {
    eval(_) {
      throw new NativeEvalError("Code generation from strings disallowed for this context");
    },
  };
  defineProperty(globalThis, "eval", { value: refused.eval, writable: true, configurable: true });
};
