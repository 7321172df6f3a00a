// WebAssembly as Workers have it: code is made from bytes only while the program starts. Afterwards there are the modules it
// imported, or made then.
const { Module: NativeModule, CompileError: NativeCompileError } = WebAssembly;
const { apply, construct } = Reflect;
const { defineProperty } = Object;
const { isView } = ArrayBuffer;
const NativePromise = Promise;
const { then } = Promise.prototype;
const reject = Promise.reject.bind(Promise);
const bufferLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength").get;

let started = false;

const refusal = (what) => new NativeCompileError(`WebAssembly.${what}(): Wasm code generation disallowed by embedder`);

function isBytes(value) {
  if (isView(value)) return true;
  try {
    apply(bufferLength, value, []);
    return true;
  } catch {
    return false;
  }
}

// Not a class of our own: it would have to repeat all that the engine's has.
const Module = new Proxy(NativeModule, {
  construct(target, callArguments, newTarget) {
    if (started && isBytes(callArguments[0])) throw refusal("Module");
    return construct(target, callArguments, newTarget === Module ? target : newTarget);
  },
});
defineProperty(WebAssembly, "Module", { value: Module, writable: true, configurable: true });
defineProperty(NativeModule.prototype, "constructor", { value: Module, writable: true, configurable: true });

// Compiling happens on the engine's own threads: the request is not idle meanwhile, and goes on in its own turn.
function limited(name, original) {
  return function (callArguments) {
    if (started && isBytes(callArguments[0])) return reject(refusal(name));
    const promise = apply(original, WebAssembly, callArguments);
    const release = ops.pending_begin();
    if (release === 0) return promise;
    const owner = internals.currentRequest();
    return new NativePromise((resolve, reject) => {
      const ending = (settle) => (value) => {
        settle(value);
        ops.pending_end(release);
      };
      apply(then, promise, [ending(internals.inTurnOf(owner, resolve)), ending(internals.inTurnOf(owner, reject))]);
    });
  };
}

const compileBytes = limited("compile", WebAssembly.compile);
const instantiateAny = limited("instantiate", WebAssembly.instantiate);
const functions = {
  compile(bytes) {
    return compileBytes(arguments);
  },
  instantiate(bytes) {
    return instantiateAny(arguments);
  },
};
for (const name in functions) {
  defineProperty(WebAssembly, name, { value: functions[name], writable: true, enumerable: true, configurable: true });
}

internals.wasm = {
  // Makes a module at any time: for those that the bundle brought.
  compile: (bytes) => new NativeModule(bytes),
  // From now on code comes from no bytes any more, unless the program's flags say otherwise.
  programStarted() {
    started = !ops.wasm_compile_in_handlers();
  },
};
