// Teeing (Streams §4.9.1): two branches that each give every chunk.
const S = internals.streams;
const { RESOLVED, canCloseOrEnqueue, cancelReadable, closeBytes, closeDefault, copyBytes, createByteReadable } = S;
const { createReadable, currentRequest, enqueueBytes, enqueueDefault, errorBytes, errorDefault, readChunk, then } = S;
const { acquireReader, readInto, releaseReader, respond, respondWithView, withResolvers } = S;

// What both kinds of tee keep of one branch.
class Branch {
  constructor() {
    this.stream = null;
    this.canceled = false;
    this.reason = undefined;
  }
}

// The end of both: when the second branch is cancelled the original is.
function cancelBranch(tee, branch, other, reason) {
  branch.canceled = true;
  branch.reason = reason;
  if (other.canceled) {
    const reasons = branch === tee.first ? [branch.reason, other.reason] : [other.reason, branch.reason];
    tee.cancelled.resolve(cancelReadable(tee.stream, reasons));
  }
  return tee.cancelled.promise;
}

class DefaultTee {
  constructor(stream, clone) {
    this.stream = stream;
    this.clone = clone;
    this.reader = acquireReader(stream, false);
    this.reading = false;
    this.readAgain = false;
    this.first = new Branch();
    this.second = new Branch();
    this.cancelled = withResolvers();
    // A read request's link, and the chunk that waits for its microtask: there is one read at a time.
    this.next = null;
    this.value = undefined;
    this.deliver = () => this.give();
    this.first.stream = this.branch(this.first, this.second);
    this.second.stream = this.branch(this.second, this.first);
    then(this.reader.closed.get(), undefined, (reason) => this.fail(reason));
  }

  branch(own, other) {
    return createReadable({ pull: () => this.pull(), cancel: (reason) => cancelBranch(this, own, other, reason) });
  }

  pull() {
    if (this.reading) {
      this.readAgain = true;
      return undefined;
    }
    this.reading = true;
    readChunk(this.reader, this);
    return undefined;
  }

  // A microtask, so that an error of the stream that came before this chunk was asked for is seen first.
  chunk(value) {
    this.value = value;
    then(RESOLVED, this.deliver);
  }

  give() {
    const { first, second, value } = this;
    this.value = undefined;
    this.readAgain = false;
    let other = value;
    if (this.clone && !second.canceled) {
      try {
        other = internals.structuredClone.clone(value);
      } catch (error) {
        errorDefault(first.stream.controller, error);
        errorDefault(second.stream.controller, error);
        this.cancelled.resolve(cancelReadable(this.stream, error));
        return;
      }
    }
    if (!first.canceled) enqueueInto(first.stream.controller, value);
    if (!second.canceled) enqueueInto(second.stream.controller, other);
    this.reading = false;
    if (this.readAgain) this.pull();
  }

  close() {
    const { first, second } = this;
    this.reading = false;
    if (!first.canceled) closeIfOpen(first.stream.controller);
    if (!second.canceled) closeIfOpen(second.stream.controller);
    if (!first.canceled || !second.canceled) this.cancelled.resolve(undefined);
  }

  error() {
    this.reading = false;
  }

  fail(reason) {
    errorDefault(this.first.stream.controller, reason);
    errorDefault(this.second.stream.controller, reason);
    if (!this.first.canceled || !this.second.canceled) this.cancelled.resolve(undefined);
  }
}

function enqueueInto(controller, chunk) {
  if (canCloseOrEnqueue(controller)) enqueueDefault(controller, chunk);
}

function closeIfOpen(controller) {
  if (canCloseOrEnqueue(controller)) closeDefault(controller);
}

class ByteTee {
  constructor(stream) {
    this.stream = stream;
    this.reader = acquireReader(stream, false);
    this.reading = false;
    this.first = new Branch();
    this.second = new Branch();
    this.first.readAgain = false;
    this.second.readAgain = false;
    this.cancelled = withResolvers();
    this.first.stream = this.branch(this.first, this.second);
    this.second.stream = this.branch(this.second, this.first);
    this.watch();
  }

  branch(own, other) {
    return createByteReadable({ pull: () => this.pull(own, other), cancel: (reason) => cancelBranch(this, own, other, reason) });
  }

  // Errors of the stream go to both branches, as long as this reader is the one in use.
  watch() {
    const { reader } = this;
    then(reader.closed.get(), undefined, (reason) => {
      if (reader !== this.reader) return;
      errorBytes(this.first.stream.controller, reason);
      errorBytes(this.second.stream.controller, reason);
      if (!this.first.canceled || !this.second.canceled) this.cancelled.resolve(undefined);
    });
  }

  useReader(byob) {
    if (this.reader.byob === byob) return;
    releaseReader(this.reader);
    this.reader = acquireReader(this.stream, byob);
    this.watch();
  }

  pull(own, other) {
    if (this.reading) {
      own.readAgain = true;
      return undefined;
    }
    this.reading = true;
    const request = currentRequest(own.stream.controller);
    if (request === null) {
      this.useReader(false);
      readChunk(this.reader, new TeeRequest(this));
    } else {
      this.useReader(true);
      readInto(this.reader, request.view, 1, new TeeIntoRequest(this, own, other));
    }
    return undefined;
  }

  again() {
    this.reading = false;
    if (this.first.readAgain) this.pull(this.first, this.second);
    else if (this.second.readAgain) this.pull(this.second, this.first);
  }

  startGiving() {
    this.first.readAgain = false;
    this.second.readAgain = false;
  }

  // A chunk could not be copied: there is no memory for it.
  failCopy(error) {
    errorBytes(this.first.stream.controller, error);
    errorBytes(this.second.stream.controller, error);
    this.cancelled.resolve(cancelReadable(this.stream, error));
  }
}

class TeeRequest {
  constructor(tee) {
    this.next = null;
    this.tee = tee;
  }

  chunk(value) {
    then(RESOLVED, () => this.give(value));
  }

  give(value) {
    const { tee } = this;
    const { first, second } = tee;
    tee.startGiving();
    let copy = value;
    if (!first.canceled && !second.canceled) {
      try {
        copy = copyBytes(value);
      } catch (error) {
        tee.failCopy(error);
        return;
      }
    }
    if (!first.canceled) enqueueBytes(first.stream.controller, value);
    if (!second.canceled) enqueueBytes(second.stream.controller, copy);
    tee.again();
  }

  close() {
    const { tee } = this;
    const { first, second } = tee;
    tee.reading = false;
    if (!first.canceled) closeBytes(first.stream.controller);
    if (!second.canceled) closeBytes(second.stream.controller);
    if (first.stream.controller.pending.head !== null) respond(first.stream.controller, 0);
    if (second.stream.controller.pending.head !== null) respond(second.stream.controller, 0);
    if (!first.canceled || !second.canceled) tee.cancelled.resolve(undefined);
  }

  error() {
    this.tee.reading = false;
  }
}

// A read into the memory of `own`'s reader; `other` gets a copy.
class TeeIntoRequest {
  constructor(tee, own, other) {
    this.next = null;
    this.tee = tee;
    this.own = own;
    this.other = other;
  }

  chunk(view) {
    then(RESOLVED, () => this.give(view));
  }

  give(view) {
    const { tee, own, other } = this;
    tee.startGiving();
    if (!other.canceled) {
      let copy;
      try {
        copy = copyBytes(view);
      } catch (error) {
        tee.failCopy(error);
        return;
      }
      if (!own.canceled) respondWithView(own.stream.controller, view);
      enqueueBytes(other.stream.controller, copy);
    } else if (!own.canceled) {
      respondWithView(own.stream.controller, view);
    }
    tee.again();
  }

  close(view) {
    const { tee, own, other } = this;
    tee.reading = false;
    if (!own.canceled) closeBytes(own.stream.controller);
    if (!other.canceled) closeBytes(other.stream.controller);
    if (view !== undefined) {
      if (!own.canceled) respondWithView(own.stream.controller, view);
      if (!other.canceled && other.stream.controller.pending.head !== null) respond(other.stream.controller, 0);
    }
    if (!own.canceled || !other.canceled) tee.cancelled.resolve(undefined);
  }

  error() {
    this.tee.reading = false;
  }
}

// The two branches, as states. With `clone` the second one gets a clone of each chunk, as clone() of a body asks for.
function teeReadable(stream, clone = false) {
  const isBytes = stream.native !== null || stream.controller.isBytes;
  const tee = isBytes ? new ByteTee(stream) : new DefaultTee(stream, clone);
  return [tee.first.stream, tee.second.stream];
}

S.detachStates(Branch, DefaultTee, ByteTee, TeeRequest, TeeIntoRequest);
S.teeReadable = teeReadable;
