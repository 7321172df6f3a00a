// What goes from one program to another: a value as bytes, and beside it what is no value but stays where it is, or moves.
// { bytes, externals }, each external { kind, … }. session.js sends them; within a program they are handed over as they are.

const { apply } = Reflect;
const { defineProperty, getPrototypeOf } = Object;
const NativeError = Error;
const NativeRequest = Request;
const NativeResponse = Response;
const { RpcTarget, LocalHook, remoteOf, isStub, stub, dispose } = internals.rpc;
const { body: bodies, headers: headerLists, request: requests, response: responses } = internals;

const BYTES_MAX = 32 * 1024 * 1024;

const KINDS = { stub: 0, binding: 1, readable: 2, writable: 3, headers: 4, request: 5, response: 6, object: 7 };

const unsupported = (name) =>
  internals.domException("DataCloneError", `Could not serialize object of type "${name}". This type does not support serialization.`);

/** By kind: what makes a binding of its description. */
const bindings = { __proto__: null };

/** By prototype: what describes such a binding. */
const described = new Map();

/** By the name of a class: `{ describe, create }`, see `defineObject`. By prototype: that name. */
const objects = { __proto__: null };
const objectNames = new Map();

const describeBody = (content) => {
  if (content === null) return null;
  bodies.checkUnused(content);
  const type = content.contentType;
  const inline = bodies.takeInline(content);
  return inline === null ? { type, stream: bodies.takeStream(content) } : { type, inline };
};

function describeRequest(request) {
  const state = requests.state(request);
  const { method, redirect } = state;
  const body = describeBody(bodies.content(request));
  const head = { method, url: request.url, redirect, cf: request.cf, headers: headerLists.list(request.headers) };
  return { kind: KINDS.request, head, body };
}

function describeResponse(response) {
  const { status, statusText, cf, webSocket, url, redirected } = response;
  if (webSocket) throw internals.domException("DataCloneError", "Can't serialize a Response with an attached WebSocket.");
  const body = describeBody(bodies.content(response));
  return { kind: KINDS.response, head: { status, statusText, cf, url, redirected, headers: headerLists.list(response.headers) }, body };
}

/** What stands for an object that is not copied; `undefined` for one that is. `moved` gets the stubs, if they are to be somebody else's. */
function describe(object, moved) {
  if (typeof object === "function") {
    const remote = remoteOf(object);
    if (remote === undefined) return { kind: KINDS.stub, hook: new LocalHook(object) };
    if (!isStub(object)) throw unsupported(getPrototypeOf(object) === internals.rpc.RpcPromise.prototype ? "RpcPromise" : "RpcProperty");
    if (remote.disposed) throw new NativeError("RPC stub used after being disposed.");
    const hook = remote.hook.duplicate();
    moved?.push(remote);
    return { kind: KINDS.stub, hook };
  }
  if (object instanceof RpcTarget) return { kind: KINDS.stub, hook: new LocalHook(object) };
  if (internals.fetch.isFetcher(object)) {
    const description = internals.fetch.remoteOf(object)?.description;
    if (description === undefined) throw unsupported("Fetcher");
    return { kind: KINDS.binding, description };
  }
  if (internals.abort.isAbortSignal(object)) throw internals.domException("DataCloneError", "AbortSignal serialization is not enabled.");
  if (internals.streams.isReadableStream(object)) {
    if (internals.streams.isLocked(object)) throw new TypeError("The ReadableStream has been locked to a reader.");
    return { kind: KINDS.readable, stream: object };
  }
  if (object instanceof WritableStream) {
    if (object.locked) throw new TypeError("The WritableStream has been locked to a writer.");
    return { kind: KINDS.writable, stream: object };
  }
  if (headerLists.isHeaders(object)) return { kind: KINDS.headers, list: headerLists.list(object).slice() };
  if (requests.isRequest(object)) return describeRequest(object);
  if (responses.isResponse(object)) return describeResponse(object);
  const prototype = getPrototypeOf(object);
  const describeBinding = described.get(prototype);
  if (describeBinding !== undefined) return { kind: KINDS.binding, description: describeBinding(object) };
  const name = objectNames.get(prototype);
  return name === undefined ? undefined : describeObject(name, object);
}

function describeObject(name, object) {
  const { head, content } = objects[name].describe(object);
  const body = describeBody(content);
  return { kind: KINDS.object, head: { name, head }, body };
}

function pack(value, moved) {
  const externals = [];
  const bytes = internals.serialize(value, (object) => {
    const external = describe(object, moved);
    return external === undefined ? undefined : externals.push(external) - 1;
  });
  if (bytes.length > BYTES_MAX) {
    drop({ externals });
    throw new NativeError(
      `Serialized RPC arguments or return values are limited to 32MiB, but the size of this value was: ${bytes.length} bytes.`,
    );
  }
  return { bytes, externals };
}

/** Lets go of what nobody will receive. */
function drop({ externals }) {
  for (const external of externals) if (external.kind === KINDS.stub) external.hook.dispose();
}

const openBody = (body) => (body === null ? undefined : (body.inline ?? body.stream));

function openRequest({ head: { method, url, redirect, cf, headers }, body }) {
  const list = [];
  for (let i = 0; i < headers.length; i += 2) list.push([headers[i], headers[i + 1]]);
  return new NativeRequest(url, { method, redirect, cf, headers: list, body: openBody(body) });
}

function openResponse({ head, body }) {
  const { status, statusText, cf, url, redirected, headers } = head;
  const state = new responses.State();
  state.status = status;
  state.statusText = statusText;
  state.cf = cf;
  state.url = url;
  state.redirected = redirected;
  state.headers = headerLists.create(headers, false);
  const content = body === null ? null : bodies.extract(openBody(body));
  return responses.create(state, content);
}

/** What an external is at the other side. `stubs` gets the stubs. */
function open(external, stubs) {
  switch (external.kind) {
    case KINDS.stub: {
      const made = stub(external.hook);
      stubs.push(made);
      return made;
    }
    case KINDS.binding:
      return bindings[external.description.kind](external.description);
    case KINDS.headers:
      return headerLists.create(external.list, false);
    case KINDS.request:
      return openRequest(external);
    case KINDS.response:
      return openResponse(external);
    case KINDS.object: {
      const { head, body } = external;
      return objects[head.name].create(head.head, body === null ? null : bodies.extract(openBody(body)));
    }
    default:
      return external.stream;
  }
}

function unpack({ bytes, externals }) {
  const stubs = [];
  const value = internals.deserialize(bytes, (index) => open(externals[index], stubs));
  const disposeAll = () => {
    for (const made of stubs) dispose(remoteOf(made));
  };
  return { value, stubs, dispose: stubs.length === 0 ? null : disposeAll };
}

/** What the caller gets. Whoever disposes it disposes the stubs in it. */
function unpackResult(packed) {
  const { value, dispose: disposeAll } = unpack(packed);
  if (typeof value === "object" && value !== null && !(Symbol.dispose in value)) {
    const disposer = () => disposeAll?.();
    defineProperty(value, Symbol.dispose, { value: disposer, writable: true, configurable: true, enumerable: false });
  }
  return value;
}

/** An error, or whatever was thrown. What cannot be sent of it is left out. */
function packError(error) {
  if ((typeof error !== "object" && typeof error !== "function") || error === null) return pack(new NativeError(String(error)), null);
  try {
    const packed = pack(error, null);
    if (packed.externals.length === 0 || !NativeError.isError(error)) return packed;
    drop(packed);
  } catch {
    // Something of it cannot be sent.
  }
  return pack(withoutProperties(error), null);
}

function withoutProperties(error) {
  let name = "Error";
  let message = "";
  try {
    name = `${error.name}`;
    message = `${error.message}`;
  } catch {
    // It has no text.
  }
  const plain = new NativeError(message);
  if (name !== "Error") defineProperty(plain, "name", { value: name, writable: true, configurable: true, enumerable: false });
  return plain;
}

/** As in outcome.rs. */
const REMOTE = 1;
const FLAGS = ["remote", "retryable", "overloaded", "durableObjectReset"];

/** Says of an error what its flags mean. */
function flagged(error, flags) {
  if (typeof error !== "object" || error === null) return error;
  for (let i = 0; i < FLAGS.length; i++) {
    if ((flags & (1 << i)) === 0) continue;
    defineProperty(error, FLAGS[i], { value: true, writable: true, configurable: true, enumerable: true });
  }
  return error;
}

const unpackError = (packed) => markRemote(unpack(packed).value);

const markRemote = (error) => flagged(error, REMOTE);

internals.pack = {
  KINDS,
  arguments(values) {
    if (internals.compatibility.rpc_params_dup_stubs) return pack(values, null);
    const moved = [];
    const packed = pack(values, moved);
    moved.forEach(dispose);
    return packed;
  },
  result: pack,
  error: packError,
  unpack,
  unpackResult,
  unpackError,
  drop,
  /** `create(description)` makes a binding that another program described so; `describe(binding)` describes those of `Class`, fetchers have a description. */
  defineBinding(kind, create, Class = undefined, describe = undefined) {
    bindings[kind] = create;
    if (Class !== undefined) described.set(Class.prototype, describe);
  },
  /** Objects of `Class` are copied: `describe(object)` gives `{ head, content }`, what JSON can say of it and the content of its body or null; of both, `create(head, content)` makes another one. */
  defineObject(Class, describe, create) {
    const { name, prototype } = Class;
    objects[name] = { describe, create };
    objectNames.set(prototype, name);
  },
};

/** What a program threw, on its way to another one that asked it for a response. */
internals.thrown = {
  pack: (error) => {
    const packed = packError(error);
    drop(packed);
    return packed.externals.length === 0 ? packed.bytes : null;
  },
  /** What to throw for it; without bytes an error of this message. `flags` are those of outcome.rs. */
  read(message, bytes, flags = REMOTE) {
    const error = bytes === null ? new NativeError(message) : unpack({ bytes, externals: [] }).value;
    return flagged(error, flags);
  },
};
