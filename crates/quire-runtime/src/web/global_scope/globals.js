// The globals that Object.keys(globalThis) lists: defined before anything else is, which puts them in the original's order.
// Those that need other files get their value there.
const { defineProperty, freeze } = Object;

internals.exposeEnumerable = (name, value, writable = true) =>
  defineProperty(globalThis, name, { value, writable, enumerable: true, configurable: true });

for (const name of ["navigator", "origin", "Cloudflare", "performance", "scheduler", "caches", "crypto", "self", "ServiceWorkerGlobalScope"]) {
  internals.exposeEnumerable(name, undefined);
}
internals.exposeEnumerable("self", globalThis);
internals.exposeEnumerable("origin", "null", false);

class Cloudflare {}
delete Cloudflare.prototype.constructor;
defineProperty(Cloudflare.prototype, Symbol.toStringTag, { value: "Cloudflare", configurable: true });
const cloudflare = new Cloudflare();
let flags;
defineProperty(cloudflare, "compatibilityFlags", {
  // Made when somebody asks: there are two hundred.
  get: () => (flags ??= freeze({ __proto__: null, ...internals.compatibility })),
  enumerable: true,
  configurable: true,
});
internals.exposeEnumerable("Cloudflare", cloudflare);
