// Sources that are not evaluated before something asks for what they define: a global, or a member of `internals`. Programs
// cannot tell: whoever reads a global, or its descriptor, has it made.

const { defineProperty, getOwnPropertyDescriptor, getOwnPropertyDescriptors } = Object;
const { apply } = Reflect;
const { bind } = Function.prototype;
const { expose } = internals;

/** The getters that stand in for globals, by name. */
const standIns = { __proto__: null };
/** What deferred sources exposed, by name. */
const exposed = { __proto__: null };

const evaluateAll = (group) => {
  if (group.begun) return;
  group.begun = true;
  try {
    for (let i = 0; ; i++) {
      const evaluate = ops.deferred_source(group.number, i);
      if (evaluate === null) return;
      evaluate(globalThis, internals, ops);
    }
  } catch (error) {
    // Such as the end of the processor time. Whoever asks next begins anew.
    group.begun = false;
    throw error;
  }
};

/** Puts a member in place as an assignment would have made it. */
const settle = (object, name, value) => {
  defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
};

function deferMember(group, object, name) {
  defineProperty(object, name, {
    get() {
      evaluateAll(group);
      const { value } = getOwnPropertyDescriptor(object, name);
      return value;
    },
    set: (value) => settle(object, name, value),
    enumerable: true,
    configurable: true,
  });
}

function deferGlobal(group, name) {
  const get = () => {
    evaluateAll(group);
    return exposed[name];
  };
  standIns[name] = get;
  const set = (value) => expose(name, value);
  defineProperty(globalThis, name, { get, set, configurable: true, enumerable: false });
}

const isDeferred = (name) => name in standIns && getOwnPropertyDescriptor(globalThis, name)?.get === standIns[name];

internals.expose = (name, value) => {
  // What a program has put in the place of a global stays there.
  if (name in standIns) {
    exposed[name] = value;
    if (!isDeferred(name)) return;
  }
  expose(name, value);
};

/** Defers the sources of a group: `globals` and `members` are names, apart by spaces; members of members have a dot. */
internals.defer = (number, globals, members) => {
  const group = { number, begun: false };
  for (const name of globals.split(" ")) if (name !== "") deferGlobal(group, name);
  for (const name of members.split(" ")) {
    const [first, second] = name.split(".");
    if (second !== undefined) deferMember(group, internals[first], second);
    else if (first !== "") deferMember(group, internals, first);
  }
};

/** Puts a function in the place of the engine's own, of the same look. */
function replace(owner, name, make) {
  const { value: own, ...attributes } = getOwnPropertyDescriptor(owner, name);
  // The text of a bound function is no source either.
  const value = apply(bind, make(own), [undefined]);
  defineProperty(value, "name", { value: name, configurable: true });
  defineProperty(value, "length", { value: own.length, configurable: true });
  defineProperty(owner, name, { value, ...attributes });
}

/** Once all sources are evaluated that are not deferred. */
internals.finishDeferring = () => {
  const { AbortController, fetch, ReadableStream, Response, URL, WritableStream } = globalThis;
  /** Globals for deferred sources: programs may replace their own by then. */
  internals.pristine = { AbortController, fetch, ReadableStream, Response, URL, WritableStream };
  concealDeferred();
};

/** A descriptor of a global tells of the value, not of what stands in for it. */
function concealDeferred() {
  const one = (own) => (object, name) => {
    if (object === globalThis && typeof name === "string" && isDeferred(name)) globalThis[name];
    return own(object, name);
  };
  replace(Object, "getOwnPropertyDescriptor", one);
  replace(Reflect, "getOwnPropertyDescriptor", one);
  replace(Object, "getOwnPropertyDescriptors", (own) => (object) => {
    if (object === globalThis) for (const name in standIns) if (isDeferred(name)) globalThis[name];
    return own(object);
  });
}
