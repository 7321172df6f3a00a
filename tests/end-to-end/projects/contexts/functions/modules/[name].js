import * as workers from "cloudflare:workers";
import { env, waitUntil, WorkerEntrypoint, DurableObject, RpcTarget, RpcStub, WorkflowEntrypoint } from "cloudflare:workers";
import { attempt, show } from "../../source/outcome.js";

const plainAtModuleScope = env.PLAIN;

class Target extends RpcTarget {
  value = 5;
  #hidden = 6;
  add(a, b) {
    return a + b;
  }
  get hidden() {
    return this.#hidden;
  }
}

const kinds = {
  keys: () => Object.keys(workers).sort().join(" "),
  types: () => Object.keys(workers).sort().map((name) => typeof workers[name]).join(" "),
  env: () => plainAtModuleScope,
  "env-same": (context) => `${env.PLAIN === context.env.PLAIN} ${"ASSETS" in env}`,
  "with-env": () => workers.withEnv({ PLAIN: "replaced" }, () => env.PLAIN),
  "with-env-async": () => workers.withEnv({ PLAIN: "replaced" }, async () => (await null, env.PLAIN)),
  "with-env-after": () => (workers.withEnv({ PLAIN: "replaced" }, () => {}), env.PLAIN),
  "with-env-throws": () => attempt(() => workers.withEnv({}, () => { throw new Error("own"); })) + env.PLAIN,
  "wait-until": () => `${waitUntil(Promise.resolve())}`,
  entrypoint: (context) => {
    class Own extends WorkerEntrypoint {}
    const own = new Own({ props: 1 }, { A: 1 });
    return `${Object.keys(own)} ${own.env?.A} ${own.ctx?.props}`;
  },
  "durable-object": () => {
    class Own extends DurableObject {}
    const own = new Own({ id: 1 }, { A: 1 });
    return `${Object.keys(own)} ${own.env?.A} ${own.ctx?.id}`;
  },
  workflow: () => {
    class Own extends WorkflowEntrypoint {}
    const own = new Own({ id: 1 }, { A: 1 });
    return `${Object.keys(own)} ${own.env?.A} ${own.ctx?.id}`;
  },
  "stub-method": async () => `${await new RpcStub(new Target()).add(2, 3)}`,
  "stub-function": async () => `${await new RpcStub((a) => a * 2)(4)}`,
  "stub-own-property": async () => attempt(() => new RpcStub(new Target()).value.then((v) => v)),
  "stub-getter": async () => `${await new RpcStub(new Target()).hidden}`,
  "stub-missing": async () => attempt(() => new RpcStub(new Target()).missing()),
  "stub-of-object": () => attempt(() => void new RpcStub({})),
  "stub-names": () => `${new RpcStub(new Target()) instanceof RpcStub} ${String(new RpcStub(new Target()))}`,
  "stub-dispose": async () => {
    const stub = new RpcStub(new Target());
    stub[Symbol.dispose]();
    return attempt(() => stub.add(1, 2));
  },
  "stub-duplicate": async () => {
    const stub = new RpcStub(new Target());
    const other = stub.dup();
    stub[Symbol.dispose]();
    return `${await other.add(1, 2)}`;
  },
  "promise-constructor": () => attempt(() => void new workers.RpcPromise()),
  "property-constructor": () => attempt(() => void new workers.RpcProperty()),
  "service-constructor": () => attempt(() => void new workers.ServiceStub()),
  classes: () =>
    ["WorkerEntrypoint", "DurableObject", "WorkflowEntrypoint", "RpcTarget", "RpcStub", "RpcPromise", "RpcProperty", "ServiceStub"]
      .map((name) => `${name}:${workers[name].name}:${Object.prototype.toString.call(workers[name].prototype)}`)
      .join(" "),
  "import-meta": () => `${typeof import.meta} ${typeof import.meta.url}`,
  exports: () => `${typeof workers.exports} ${Object.keys(workers.exports)}`,
  cache: () => `${Object.prototype.toString.call(workers.cache)} ${Object.getOwnPropertyNames(Object.getPrototypeOf(workers.cache ?? {})).sort()}`,
  tracing: () => `${Object.prototype.toString.call(workers.tracing)} ${Object.getOwnPropertyNames(Object.getPrototypeOf(workers.tracing ?? {})).sort()}`,
  flags: () => {
    const flags = Cloudflare.compatibilityFlags;
    return `${Object.keys(flags).length} ${typeof flags.rpc} ${flags.rpc} ${flags.enable_request_signal} ${flags.nodejs_compat}`;
  },
  cloudflare: () =>
    `${String(Cloudflare)} ${Object.getOwnPropertyNames(Cloudflare)} ${Object.isFrozen(Cloudflare.compatibilityFlags)} ${Cloudflare.compatibilityFlags === Cloudflare.compatibilityFlags}`,
};

export async function onRequest(context) {
  try {
    return new Response(await kinds[context.params.name](context));
  } catch (error) {
    return new Response(show(error));
  }
}
