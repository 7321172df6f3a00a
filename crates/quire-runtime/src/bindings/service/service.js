// Bindings to other programs, which run in the same process: requests here, calls in core/workers/.
// https://developers.cloudflare.com/workers/runtime-apis/bindings/service-bindings/

const { body: bodies, request: requests } = internals;
const { headerLines, writeHead } = internals.fetch;
const { stringify } = JSON;
const { defineProperty, setPrototypeOf } = Object;

/** How a fetcher answers whose requests go to `send(head, body)`; the head begins with `prefix`. */
internals.fetch.forward = (request, number, failed, send, prefix = "") => {
  const { cf, url } = request;
  const hash = url.indexOf("#");
  const body = bodies.send(bodies.content(request), failed);
  const extra = cf === undefined ? "" : stringify(cf);
  const { method } = requests.state(request);
  return send(prefix + writeHead(number, method, hash < 0 ? url : url.slice(0, hash), extra, headerLines(request)), body);
};
const { forward } = internals.fetch;

/** A fetcher for an entry point (`null`: the default one) of a program; `props` is JSON, or `null`. */
const service = (script, entrypoint, props, object = undefined) =>
  internals.fetch.fetcher(
    (request, number, failed) => forward(request, number, failed, (head, body) => ops.service_fetch(script, entrypoint, props, head, body)),
    {
      /** What makes the same fetcher elsewhere in this process. */
      description: { kind: "service", script, entrypoint, props },
      connect: (main) => internals.rpc.connect(ops.service_session(script, entrypoint, props), main),
      missing: () => internals.thrown.read(`Worker "${script}" not found. Make sure it is running locally.`, null),
    },
    object,
  );

class LoopbackServiceStub {}
setPrototypeOf(LoopbackServiceStub.prototype, internals.fetch.Fetcher.prototype);
defineProperty(LoopbackServiceStub.prototype, Symbol.toStringTag, { value: "LoopbackServiceStub", configurable: true });

/** A fetcher for an entry point of this program; called, it gives one with other props. */
internals.loopback = (script, entrypoint) => {
  const stub = (options = {}) => service(script, entrypoint, options.props === undefined ? null : stringify(options.props));
  delete stub.name;
  delete stub.length;
  setPrototypeOf(stub, LoopbackServiceStub.prototype);
  return service(script, entrypoint, null, stub);
};

/** `env.ASSETS` of a program, with the way to its assets that costs least. */
internals.assets = (
  program,
  answer = (request, number, failed) => forward(request, number, failed, (head, body) => ops.assets_of(program, head, body)),
) =>
  internals.fetch.fetcher(answer, {
    description: { kind: "assets", program },
    connect: () => null,
    missing: () => new TypeError("Static assets have no methods."),
  });

internals.structuredClone.register(internals.fetch.Fetcher, () => {
  throw internals.domException("DataCloneError", "ServiceStub cannot be serialized in this context.");
});

internals.service = service;
internals.bindings.define("service", ({ script, entrypoint, props }) =>
  service(script, entrypoint ?? null, props === null || props === undefined ? null : stringify(props)),
);
