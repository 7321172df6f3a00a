// navigator, with the values of the Workers runtime.
const NativeTypeError = TypeError;
const key = Symbol();

class Navigator {
  #genuine;

  constructor(secret) {
    if (secret !== key) throw new NativeTypeError("Illegal constructor");
  }
  static #check(receiver) {
    if (!(#genuine in Object(receiver))) throw new NativeTypeError("Illegal invocation: this member belongs to Navigator");
  }

  get userAgent() {
    Navigator.#check(this);
    return "Cloudflare-Workers";
  }
  get hardwareConcurrency() {
    Navigator.#check(this);
    return 1;
  }
  get platform() {
    Navigator.#check(this);
    return "";
  }
  get language() {
    Navigator.#check(this);
    return "en";
  }
  get languages() {
    Navigator.#check(this);
    return ["en"];
  }
  // Sends without anyone waiting for the answer; the request may end meanwhile.
  sendBeacon(url, body = undefined) {
    Navigator.#check(this);
    if (arguments.length === 0) throw new NativeTypeError("sendBeacon(): the URL is missing");
    const { fetch } = globalThis;
    const sent = fetch(url, { method: "POST", body }).then(
      (response) => response.body?.cancel(),
      () => {},
    );
    internals.waitUntil?.(ops.current_request(), sent);
    return true;
  }
}
Object.defineProperty(Navigator, "length", { value: 0, configurable: true });
internals.defineClass(Navigator, "Navigator");
internals.expose("Navigator", Navigator);
internals.exposeEnumerable("navigator", new Navigator(key));
