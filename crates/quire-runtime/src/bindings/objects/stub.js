// Stubs of Durable Objects: https://developers.cloudflare.com/durable-objects/api/stub/

const { defineProperty, setPrototypeOf } = Object;

/** A name on one line. */
const escaped = (name) => (name.includes("\n") || name.includes("\\") ? name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n") : name);

/** What is said of an error besides what it is; as in outcome.rs. */
const RESET = 8;

/** Own members of a stub: `id`, and `name` if it was made from one. */
class DurableObject {
  constructor(id) {
    this.name = id.name;
    this.id = id;
  }
}
setPrototypeOf(DurableObject.prototype, internals.fetch.Fetcher.prototype);
defineProperty(DurableObject.prototype, Symbol.toStringTag, { value: "DurableObject", configurable: true });

/** An object as its callers know it. */
class Remote {
  constructor({ program, name, sqlite, number }, id, objectName) {
    this.description = { kind: "object", program, className: name, sqlite, id, name: objectName };
    /** Class, id and name: see `read_target` in mod.rs. */
    this.target = `${number}\n${id}\n${objectName === null ? "" : `=${escaped(objectName)}`}\n`;
    /** The failure that broke the stub, once one did. */
    this.broken = null;
  }

  /** A stub that saw its object being reset stays of no use. */
  failure() {
    return internals.thrown.read(this.broken.message, this.broken.bytes, RESET);
  }

  fetch(request, number, failed) {
    if (this.broken !== null) throw this.failure();
    return internals.fetch.forward(request, number, failed, ops.object_fetch, this.target);
  }

  noteFailure(message, bytes, flags) {
    if ((flags & RESET) !== 0) this.broken ??= { message, bytes };
  }

  connect() {
    if (this.broken !== null) throw this.failure();
    const session = internals.rpc.connect(ops.object_session(this.target));
    if (session !== null) session.failed = (message, flags) => this.noteFailure(message, null, flags);
    return session;
  }

  missing() {
    return internals.thrown.read(`Worker "${this.description.program}" not found. Make sure it is running locally.`, null);
  }
}

const fetcher = (remote, object) => internals.fetch.fetcher((request, number, failed) => remote.fetch(request, number, failed), remote, object);

/** A stub for the object of this class with this id. */
internals.objects.stub = (objectClass, id) => fetcher(new Remote(objectClass, `${id}`, id.name ?? null), new DurableObject(id));

// What another program was given arrives without its id. `internals.pack` is there when programs are loaded.
internals.beforeProgram(() => {
  internals.pack.defineBinding("object", ({ program, className, sqlite, id, name }) =>
    fetcher(new Remote(internals.objects.describe(program, className, sqlite), id, name)),
  );
});
