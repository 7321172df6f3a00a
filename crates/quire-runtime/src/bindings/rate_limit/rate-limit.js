// RateLimit: https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/

const FROM_RUNTIME = Symbol("from the runtime");
const MEMBERS = ["key", "limit", "period"];
const PERIODS = [10, 60];

function check(holds, text) {
  if (!holds) throw new Error(text);
}

class RateLimit {
  #binding;

  constructor(token, binding) {
    if (token !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#binding = binding;
  }

  async limit(options) {
    const binding = this.#binding;
    check(typeof options === "object" && options !== null, "invalid rate limit options");
    const unknown = Object.keys(options).filter((name) => !MEMBERS.includes(name));
    check(unknown.length === 0, `bad rate limit options: [${unknown.join(",")}]`);
    const { key = "", limit = binding.limit, period = binding.period } = options;
    check(typeof key === "string", `invalid key: ${internals.conversions.text(key)}`);
    check(typeof limit === "number", `limit must be a number: ${limit}`);
    check(typeof period === "number", `period must be a number: ${period}`);
    check(PERIODS.includes(period), `unsupported period: ${period}`);
    return { success: await ops.rate_limit(binding.namespace, key, Math.max(0, Math.floor(limit)), period) };
  }
}

internals.defineClass(RateLimit, "Ratelimit");
// The original's is a plain class.
delete RateLimit.prototype[Symbol.toStringTag];
internals.bindings.define("rate_limit", (binding) => new RateLimit(FROM_RUNTIME, binding));
