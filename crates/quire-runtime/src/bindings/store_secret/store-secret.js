// Secrets Store: https://developers.cloudflare.com/secrets-store/

const FROM_RUNTIME = Symbol("from the runtime");

class StoreSecret {
  #name;
  #value;

  constructor(token, name, value) {
    if (token !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#name = name;
    this.#value = value;
  }

  async get() {
    if (this.#value === undefined) throw new Error(`Secret "${this.#name}" not found`);
    return this.#value;
  }
}

internals.defineClass(StoreSecret, "SecretsStoreSecret");
internals.bindings.define("store_secret", ({ secret, value }) => new StoreSecret(FROM_RUNTIME, secret, value));
