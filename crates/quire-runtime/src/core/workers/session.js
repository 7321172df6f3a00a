// Calls between two programs: the messages of a session, which README.md describes. Each side has tables of what it gave away (`exports`) and of what it
// waits for (`questions`); the way itself is core/session.rs.

const { apply } = Reflect;
const { then } = Promise.prototype;
const withResolvers = Promise.withResolvers.bind(Promise);
const NativeError = Error;
const { Hook, ResultHook, FailedHook, perform } = internals.rpc;
const { KINDS } = internals.pack;
const { encodeUtf8 } = internals.encoding;
const { writer, Reader, broken } = internals.rpc.messages;
const { call: CALL, resolve: RESOLVE, reject: REJECT, release: RELEASE, finish: FINISH } = internals.rpc.messages.kinds;
const { Source, Drain, readableOf, writableOf } = internals.rpc.streams;

// What a call is made on.
const EXPORT = 0;
const ANSWER = 1;

// Whose a stub is.
const MINE = 0;
const YOURS = 1;

/** Where calls begin. */
const MAIN = 0;

const GONE = "The execution context which hosts this callback is no longer running.";

/** Sessions by number. */
const sessions = new Map();

/** Something of the other program. */
class ImportHook extends Hook {
  constructor(session, id, uses = { count: 0 }) {
    super();
    this.session = session;
    this.id = id;
    this.uses = uses;
    uses.count++;
  }

  send(path, packed) {
    return this.session.call(EXPORT, this.id, path, packed);
  }

  duplicate() {
    return new ImportHook(this.session, this.id, this.uses);
  }

  dispose() {
    if (--this.uses.count === 0 && this.id !== MAIN) this.session.release(this.id);
  }

}

/** What a call in the other program will give. */
class AnswerHook extends Hook {
  constructor(session, id) {
    super();
    this.session = session;
    this.id = id;
    this.arrived = false;
    /** Of an object: the critical section that the call is a part of. */
    this.section = internals.objects.section(session.owner);
    const { promise, resolve, reject } = withResolvers();
    this.promise = promise;
    this.resolve = resolve;
    this.reject = reject;
    apply(then, promise, [undefined, () => {}]);
  }

  send(path, packed) {
    if (!this.arrived) return this.session.call(ANSWER, this.id, path, packed);
    const done = [];
    return new ResultHook(apply(then, this.promise, [(value) => perform(value, path, packed, done)]), done);
  }

  value() {
    return this.promise;
  }

  packed() {
    return apply(then, this.promise, [(value) => internals.pack.result(value, [])]);
  }

  dispose() {
    apply(then, this.promise, [(value) => value?.[Symbol.dispose]?.(), () => {}]);
  }
}

/** What calls in this program will give that have to wait for a critical section of the object. */
class HeldHook extends Hook {
  constructor(hook) {
    super();
    this.hook = hook;
  }

  send(path, packed) {
    return new HeldHook(apply(then, this.hook, [(hook) => hook.send(path, packed)]));
  }

  packed() {
    return apply(then, this.hook, [(hook) => hook.packed()]);
  }

  dispose() {
    apply(then, this.hook, [(hook) => hook.dispose()]);
  }
}

class Session {
  constructor(number, main, connected) {
    this.number = number;
    /** What calls begin with: of the other program, or of this one. */
    this.main = connected ? new ImportHook(this, MAIN) : main;
    /** Whether this side ends the session when it is of no more use. */
    this.connected = connected;
    this.owner = internals.currentRequest();
    this.ended = null;
    /** Told why the object over there ended the session, with flags, if it did. */
    this.failed = null;
    this.last = 0;
    this.questions = new Map();
    this.answers = new Map();
    this.exports = new Map();
    /** How many of the other program's exports are held. */
    this.imports = 0;
    this.streams = new Map();
    /** Settles when all calls have begun that were held. */
    this.held = null;
    this.waits = 0;
    this.serving = 0;
    sessions.set(number, this);
  }

  send() {
    ops.session_send(this.number, writer.take());
  }

  /** Counts what the other side is waited for. */
  wait(change) {
    const before = this.waits;
    this.waits += change;
    if (this.ended === null && before > 0 !== this.waits > 0) ops.session_wait(this.number, this.waits > 0);
  }

  serve(change) {
    const before = this.serving;
    this.serving += change;
    if (this.ended === null && before > 0 !== this.serving > 0) ops.session_serve(this.number, this.serving > 0);
  }

  call(kind, target, path, packed) {
    if (this.owner !== internals.currentRequest()) ops.session_check(this.owner);
    if (this.ended !== null) {
      if (packed !== null) internals.pack.drop(packed);
      return new FailedHook(new NativeError(this.ended));
    }
    const id = ++this.last;
    const externals = packed === null ? null : this.prepare(packed);
    writer.number(CALL).number(id).number(kind).number(target).number(path.length);
    for (const name of path) writer.text(name);
    writer.number(packed === null ? 0 : 1);
    if (packed !== null) this.write(packed.bytes, externals);
    this.send();
    this.start(externals);
    const answer = new AnswerHook(this, id);
    this.questions.set(id, answer);
    this.wait(1);
    return answer;
  }

  release(id) {
    this.imports--;
    if (this.ended !== null) return;
    writer.number(RELEASE).number(id);
    this.send();
    this.endIfIdle();
  }

  /** Gives each external of a value its number in this session. */
  prepare({ externals }) {
    return externals.map((external) => {
      if (external.kind === KINDS.stub) {
        const { hook } = external;
        if (hook instanceof ImportHook && hook.session === this) return { ...external, whose: YOURS, id: hook.id };
        const id = ++this.last;
        this.exports.set(id, hook);
        return { ...external, whose: MINE, id };
      }
      const stream = external.body === undefined ? external.stream : external.body?.stream;
      return stream === undefined ? external : { ...external, moved: stream, id: ++this.last };
    });
  }

  write(bytes, externals) {
    writer.bytes(bytes).number(externals.length);
    for (const external of externals) {
      const { kind, id } = external;
      writer.number(kind);
      if (kind === KINDS.stub) writer.number(external.whose).number(id);
      else if (kind === KINDS.binding) writer.text(JSON.stringify(external.description));
      else if (kind === KINDS.readable || kind === KINDS.writable) writer.number(id);
      else if (kind === KINDS.headers) writer.text(JSON.stringify(external.list));
      else {
        const { body, head } = external;
        const inline = body?.inline;
        writer.text(JSON.stringify(head)).number(body === null ? 0 : inline === undefined ? 1 : 2);
        if (inline !== undefined) writer.bytes(typeof inline === "string" ? encodeUtf8(inline) : inline);
        else if (body !== null) writer.number(id);
      }
    }
  }

  /** Begins what follows once the other side knows the value: streams; and lets go of what was its own. */
  start(externals) {
    for (const external of externals ?? []) {
      if (external.whose === YOURS) external.hook.dispose();
      else if (external.moved !== undefined) {
        if (external.kind === KINDS.writable) this.streams.set(-external.id, new Drain(this, external.id, external.moved));
        else this.streams.set(-external.id, new Source(this, external.id, external.moved));
      }
    }
  }

  read(reader) {
    const bytes = reader.bytes();
    const externals = [];
    for (let count = reader.number(); count > 0; count--) {
      const kind = reader.number();
      if (kind === KINDS.stub) externals.push({ kind, hook: this.readStub(reader.number(), reader.number()) });
      else if (kind === KINDS.binding) externals.push({ kind, description: JSON.parse(reader.text()) });
      else if (kind === KINDS.readable) externals.push({ kind, stream: readableOf(this, reader.number()) });
      else if (kind === KINDS.writable) externals.push({ kind, stream: writableOf(this, reader.number()) });
      else if (kind === KINDS.headers) externals.push({ kind, list: JSON.parse(reader.text()) });
      else {
        const head = JSON.parse(reader.text());
        const form = reader.number();
        const body = form === 0 ? null : form === 1 ? { stream: readableOf(this, reader.number()) } : { inline: reader.bytes().slice() };
        externals.push({ kind, head, body });
      }
    }
    return { bytes, externals };
  }

  readStub(whose, id) {
    if (whose === MINE) {
      this.imports++;
      return new ImportHook(this, id);
    }
    const hook = id === MAIN ? this.main : this.exports.get(id);
    if (hook === undefined) throw broken();
    return hook.duplicate();
  }

  receive(bytes) {
    const reader = new Reader(bytes);
    const kind = reader.number();
    if (kind === CALL) this.receiveCall(reader);
    else if (kind === RESOLVE || kind === REJECT) this.receiveAnswer(kind, reader);
    else if (kind === RELEASE) {
      const id = reader.number();
      const hook = this.exports.get(id);
      this.exports.delete(id);
      hook?.dispose();
    } else if (kind === FINISH) {
      const id = reader.number();
      this.answers.get(id)?.dispose();
      this.answers.delete(id);
    } else {
      const id = reader.stream();
      // What the writer numbered is the other side's here.
      this.streams.get(id)?.receive(kind, reader);
    }
    this.endIfIdle();
  }

  receiveCall(reader) {
    const id = reader.number();
    const kind = reader.number();
    const target = reader.number();
    const path = [];
    for (let count = reader.number(); count > 0; count--) path.push(reader.text());
    const packed = reader.number() === 0 ? null : this.read(reader);
    const hook = kind === ANSWER ? this.answers.get(target) : target === MAIN ? this.main : this.exports.get(target);
    this.serve(1);
    const result = hook === undefined ? new FailedHook(broken()) : this.begin(() => hook.send(path, packed));
    this.answers.set(id, result);
    const answer = (kind, packed) => {
      if (this.ended !== null) return internals.pack.drop(packed);
      const externals = this.prepare(packed);
      writer.number(kind).number(id);
      this.write(packed.bytes, externals);
      this.send();
      this.start(externals);
      this.serve(-1);
    };
    apply(then, result.packed(), [(packed) => answer(RESOLVE, packed), (error) => answer(REJECT, internals.pack.error(this.thrown(error)))]);
  }

  /** Begins a call, when no critical section runs in the object. They begin in their order. */
  begin(call) {
    const wait = this.held ?? internals.objects.admission(this.owner, 0);
    if (wait === undefined) return call();
    const admitted = async () => {
      for (let again; (again = internals.objects.admission(this.owner, 0)) !== undefined; ) await again;
      return call();
    };
    const hook = apply(then, wait, [admitted]);
    const begun = () => {
      if (this.held === held) this.held = null;
    };
    const held = apply(then, hook, [begun, begun]);
    this.held = held;
    return new HeldHook(hook);
  }

  /** Says of what an object's code threw whose it was. */
  thrown(error) {
    const id = internals.objects.idOf(this.owner);
    if (id !== undefined && typeof error === "object" && error !== null && !internals.rpc.isCallError(error)) {
      try {
        error.durableObjectId = id;
      } catch {
        // It takes no members.
      }
    }
    return error;
  }

  receiveAnswer(kind, reader) {
    const id = reader.number();
    const packed = this.read(reader);
    const answer = this.questions.get(id);
    if (answer === undefined) return internals.pack.drop(packed);
    this.questions.delete(id);
    answer.arrived = true;
    writer.number(FINISH).number(id);
    this.send();
    this.wait(-1);
    const settle = () => {
      try {
        if (kind === RESOLVE) answer.resolve(internals.pack.unpackResult(packed));
        else answer.reject(internals.pack.unpackError(packed));
      } catch (error) {
        answer.reject(error);
      }
    };
    const admission = internals.objects.admission(this.owner, answer.section);
    if (admission === undefined) settle();
    else apply(then, admission, [settle]);
  }

  endIfIdle() {
    if (!this.connected || this.ended !== null || this.imports > 0) return;
    if (this.questions.size > 0 || this.exports.size > 0 || this.answers.size > 0 || this.streams.size > 0) return;
    this.ended = GONE;
    sessions.delete(this.number);
    ops.session_close(this.number);
  }

  /** The other side has gone. */
  end(text) {
    // A control character is no text, but flags: the object over there was reset.
    const flags = text.charCodeAt(0);
    const hasFlags = flags < 32;
    const error = hasFlags ? internals.thrown.read(text.slice(1), null, flags) : new NativeError(text);
    this.ended = hasFlags ? GONE : text;
    if (hasFlags) this.failed?.(text.slice(1), flags);
    sessions.delete(this.number);
    for (const answer of this.questions.values()) {
      answer.arrived = true;
      answer.reject(error);
    }
    for (const stream of this.streams.values()) stream.fail(error);
    for (const hook of this.answers.values()) hook.dispose();
    for (const hook of this.exports.values()) hook.dispose();
    this.questions.clear();
    this.streams.clear();
    this.exports.clear();
    this.answers.clear();
  }
}

/** A message arrived, or (`null`) the session's end and why. */
internals.receive = (number, bytes, text) => {
  const session = sessions.get(number);
  if (session === undefined) return;
  if (bytes === null) return session.end(text);
  try {
    session.receive(bytes);
  } catch (error) {
    // What follows a message that makes no sense would make none either.
    session.end(`${error?.message}`);
    ops.session_close(number);
  }
};

internals.rpc.Session = Session;
/** The session of this number, to call what the other side serves; `null` if there is none. */
internals.rpc.connect = (number) => (number === null ? null : new Session(number, null, true));
/** Serves calls of what is behind a hook. */
internals.rpc.serve = (number, main) => new Session(number, main, false);
