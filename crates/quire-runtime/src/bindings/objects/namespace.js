// Namespaces of Durable Objects and their ids: https://developers.cloudflare.com/durable-objects/api/namespace/

const NativeError = Error;
const NativeRangeError = RangeError;
const NativeTypeError = TypeError;
const FROM_NAMESPACE = Symbol("from namespace");

const illegal = () => new NativeTypeError("Illegal constructor");
const wrongArgument = (method, index, type, owner = "DurableObjectNamespace") =>
  new NativeTypeError(`Failed to execute '${method}' on '${owner}': parameter ${index} is not of type '${type}'.`);

let isId, textOf;

class DurableObjectId {
  #text;

  static {
    isId = (value) => typeof value === "object" && value !== null && #text in value;
    textOf = (id) => {
      if (!isId(id)) throw internals.illegalInvocation();
      return id.#text;
    };
  }

  constructor(key, text, name) {
    if (key !== FROM_NAMESPACE) throw illegal();
    this.#text = text;
    this.jurisdiction = undefined;
    this.name = name;
  }

  toString() {
    return textOf(this);
  }

  equals(other) {
    const text = textOf(this);
    if (!isId(other)) throw wrongArgument("equals", 1, "DurableObjectId", "DurableObjectId");
    return text === textOf(other);
  }
}

const createId = (text, name = undefined) => new DurableObjectId(FROM_NAMESPACE, text, name);

const checkJurisdiction = (jurisdiction) => {
  if (jurisdiction !== undefined && jurisdiction !== null) {
    throw new NativeError("Jurisdiction restrictions are not implemented in workerd.");
  }
};

let classOf;

class DurableObjectNamespace {
  #class;

  static {
    classOf = (namespace) => {
      if (typeof namespace !== "object" || namespace === null || !(#class in namespace)) throw internals.illegalInvocation();
      return namespace.#class;
    };
  }

  constructor(key, objectClass) {
    if (key !== FROM_NAMESPACE) throw illegal();
    this.#class = objectClass;
  }

  newUniqueId(options = undefined) {
    const { number } = classOf(this);
    checkJurisdiction(options?.jurisdiction);
    return createId(ops.object_id_unique(number));
  }

  idFromName(text) {
    const { number } = classOf(this);
    if (arguments.length === 0) throw wrongArgument("idFromName", 1, "string");
    text = `${text}`;
    return createId(ops.object_id_named(number, text), text);
  }

  idFromString(text) {
    const { number } = classOf(this);
    if (arguments.length === 0) throw wrongArgument("idFromString", 1, "string");
    return createId(ops.object_id_parse(number, `${text}`));
  }

  get(id, options = undefined) {
    const objectClass = classOf(this);
    if (!isId(id)) throw wrongArgument("get", 1, "DurableObjectId");
    const mode = options?.routingMode;
    if (mode !== undefined && `${mode}` !== "primary-only") throw new NativeRangeError(`unknown routingMode: ${mode}`);
    return internals.objects.stub(objectClass, id);
  }

  getByName(text, options = undefined) {
    if (arguments.length === 0) throw wrongArgument("getByName", 1, "string");
    return this.get(this.idFromName(text), options);
  }

  jurisdiction(jurisdiction) {
    classOf(this);
    checkJurisdiction(jurisdiction);
    return this;
  }
}

internals.defineClass(DurableObjectId, "DurableObjectId");
internals.defineClass(DurableObjectNamespace, "DurableObjectNamespace");

/** A class: the program that exports it, its name there, whether its objects have `storage.sql`. */
const describe = (program, name, sqlite) => ({ program, name, sqlite, number: ops.object_class(program, name, sqlite) });

internals.objects ??= {};
Object.assign(internals.objects, {
  createId,
  isId,
  describe,
  /** The namespace of a class. */
  namespace: (program, name, sqlite) => new DurableObjectNamespace(FROM_NAMESPACE, describe(program, name, sqlite)),
});
internals.bindings.define("durable_object", ({ script, class: name, sqlite }) =>
  internals.objects.namespace(script ?? ops.program_name(), name, sqlite),
);

// `ctx.exports` of a class: what is no entry point may be one of objects.
internals.beforeProgram(() => {
  internals.entrypoints.exportObject = (name, value) =>
    typeof value === "function" ? internals.objects.namespace(ops.program_name(), name, true) : undefined;
});
