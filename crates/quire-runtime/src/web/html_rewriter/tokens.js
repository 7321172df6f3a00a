// What HTMLRewriter's handlers get: elements, text chunks, comments, doctypes, end tags, the end of the document. A token can be
// used until its handler is done.

const { body: bodies } = internals;
const { ReadableStream } = internals.pristine;

// As in token.rs.
const NAME = 0;
const NAMESPACE = 1;
const TEXT = 2;
const PUBLIC_ID = 3;
const SYSTEM_ID = 4;
const REMOVED = 0;
const BEFORE = 0;
const AFTER = 1;
const PREPEND = 2;
const APPEND = 3;
const REPLACE = 4;
const INNER = 5;

/** While a handler has a token, what connects the token with its transformation. */
class Scope {
  constructor(transformation) {
    this.transformation = transformation;
    /** The number of the transformation; 0 when the handler is done. */
    this.number = transformation.number;
    /** Counts changes of attributes, for their iterators. */
    this.changes = 0;
  }
}

const OVER =
  "This content token is no longer valid. Content tokens are only valid during the execution of the relevant content handler.";

function live(scope) {
  if (scope.number === 0) throw new TypeError(OVER);
  return scope.number;
}

const CONTENT = "string or JsReadableStream or Response";

function wrongArgument(method, interfaceName, position, type) {
  return new TypeError(`Failed to execute '${method}' on '${interfaceName}': parameter ${position} is not of type '${type}'.`);
}

/** Checks the arguments of a method that inserts content; gives whether that is HTML. */
function isHtml(method, interfaceName, given, options) {
  if (given === 0) throw wrongArgument(method, interfaceName, 1, CONTENT);
  if (options === undefined || options === null) return false;
  if (typeof options !== "object" && typeof options !== "function") {
    throw wrongArgument(method, interfaceName, 2, "ContentOptions");
  }
  return Boolean(options.html);
}

/** What to insert: a string, or what the native side takes for a body; `null` for a response without one. */
function contentOf(value, failed) {
  if (typeof value !== "object" || value === null) return `${value}`;
  let content;
  if (internals.streams.isReadableStream(value)) {
    if (internals.streams.isLocked(value) || internals.streams.isDisturbed(value)) throw new TypeError(LOCKED);
    content = bodies.extract(value);
  } else if (internals.response.isResponse(value)) {
    content = bodies.content(value);
    checkReadable(content);
  } else {
    return `${value}`;
  }
  return bodies.send(content, failed);
}

const LOCKED = "The ReadableStream has been locked to a reader.";

/** Throws if a body's bytes are not there any more, or somebody else reads them. */
function checkReadable(content) {
  if (content === null) return;
  const { stream } = content;
  if (bodies.isUsed(content) || (stream !== null && internals.streams.isLocked(stream))) throw new TypeError(LOCKED);
}

function insert(scope, place, value, html) {
  const number = live(scope);
  const { transformation } = scope;
  const content = contentOf(value, (error) => transformation.fail(error));
  if (content !== null) ops.html_insert(number, place, content, html);
}

/** For comments and the end of the document, which take no streams. */
function insertText(scope, place, value, html) {
  const number = live(scope);
  if (
    typeof value === "object" &&
    value !== null &&
    (internals.streams.isReadableStream(value) || internals.response.isResponse(value))
  ) {
    throw new TypeError(
      "Replacing content in HTML comments using a ReadableStream or Response object is not implemented. You must provide a string.",
    );
  }
  ops.html_insert(number, place, `${value}`, html);
}

const READ_ONLY = Symbol("made by the runtime");

function construct(key) {
  if (key !== READ_ONLY) throw new TypeError("Illegal constructor");
}

class AttributesIterator {
  #scope;
  #changes;
  #pairs;
  #at = 0;

  constructor(key, scope) {
    construct(key);
    this.#scope = scope;
    this.#changes = scope.changes;
    this.#pairs = ops.html_attributes(live(scope));
  }

  next() {
    live(this.#scope);
    if (this.#scope.changes !== this.#changes) {
      throw new Error(
        "The attributes of this element have been modified during iteration. You must create a new iterator after modifying attributes.",
      );
    }
    const at = this.#at;
    if (at >= this.#pairs.length) return { done: true, value: undefined };
    this.#at = at + 2;
    return { done: false, value: [this.#pairs[at], this.#pairs[at + 1]] };
  }

  [Symbol.iterator]() {
    return this;
  }
}

class Element {
  #scope;

  constructor(key, scope) {
    construct(key);
    this.#scope = scope;
  }

  get tagName() {
    return ops.html_read(live(this.#scope), NAME);
  }

  set tagName(name) {
    ops.html_write(live(this.#scope), NAME, `${name}`);
  }

  get attributes() {
    return new AttributesIterator(READ_ONLY, this.#scope);
  }

  get removed() {
    return ops.html_ask(live(this.#scope), REMOVED);
  }

  get namespaceURI() {
    return ops.html_read(live(this.#scope), NAMESPACE);
  }

  getAttribute(name) {
    if (arguments.length === 0) throw wrongArgument("getAttribute", "Element", 1, "string");
    return ops.html_attribute(live(this.#scope), `${name}`);
  }

  hasAttribute(name) {
    if (arguments.length === 0) throw wrongArgument("hasAttribute", "Element", 1, "string");
    return ops.html_has_attribute(live(this.#scope), `${name}`);
  }

  setAttribute(name, value) {
    if (arguments.length < 2) throw wrongArgument("setAttribute", "Element", arguments.length + 1, "string");
    ops.html_set_attribute(live(this.#scope), `${name}`, `${value}`);
    this.#scope.changes++;
    return this;
  }

  removeAttribute(name) {
    if (arguments.length === 0) throw wrongArgument("removeAttribute", "Element", 1, "string");
    ops.html_remove_attribute(live(this.#scope), `${name}`);
    this.#scope.changes++;
    return this;
  }

  before(content, options = undefined) {
    insert(this.#scope, BEFORE, content, isHtml("before", "Element", arguments.length, options));
    return this;
  }

  after(content, options = undefined) {
    insert(this.#scope, AFTER, content, isHtml("after", "Element", arguments.length, options));
    return this;
  }

  prepend(content, options = undefined) {
    insert(this.#scope, PREPEND, content, isHtml("prepend", "Element", arguments.length, options));
    return this;
  }

  append(content, options = undefined) {
    insert(this.#scope, APPEND, content, isHtml("append", "Element", arguments.length, options));
    return this;
  }

  replace(content, options = undefined) {
    insert(this.#scope, REPLACE, content, isHtml("replace", "Element", arguments.length, options));
    return this;
  }

  setInnerContent(content, options = undefined) {
    insert(this.#scope, INNER, content, isHtml("setInnerContent", "Element", arguments.length, options));
    return this;
  }

  remove() {
    ops.html_remove(live(this.#scope), false);
    return this;
  }

  removeAndKeepContent() {
    ops.html_remove(live(this.#scope), true);
    return this;
  }

  onEndTag(handler) {
    const number = live(this.#scope);
    if (typeof handler !== "function") throw wrongArgument("onEndTag", "Element", 1, "function");
    const { transformation } = this.#scope;
    ops.html_on_end_tag(number, transformation.endTagHandlers.length);
    transformation.endTagHandlers.push(handler);
  }
}

class EndTag {
  #scope;

  constructor(key, scope) {
    construct(key);
    this.#scope = scope;
  }

  get name() {
    return ops.html_read(live(this.#scope), NAME);
  }

  set name(name) {
    ops.html_write(live(this.#scope), NAME, `${name}`);
  }

  before(content, options = undefined) {
    insert(this.#scope, BEFORE, content, isHtml("before", "EndTag", arguments.length, options));
    return this;
  }

  after(content, options = undefined) {
    insert(this.#scope, AFTER, content, isHtml("after", "EndTag", arguments.length, options));
    return this;
  }

  remove() {
    ops.html_remove(live(this.#scope), false);
    return this;
  }
}

class Comment {
  #scope;

  constructor(key, scope) {
    construct(key);
    this.#scope = scope;
  }

  get text() {
    return ops.html_read(live(this.#scope), TEXT);
  }

  set text(text) {
    ops.html_write(live(this.#scope), TEXT, `${text}`);
  }

  get removed() {
    return ops.html_ask(live(this.#scope), REMOVED);
  }

  before(content, options = undefined) {
    insertText(this.#scope, BEFORE, content, isHtml("before", "Comment", arguments.length, options));
    return this;
  }

  after(content, options = undefined) {
    insertText(this.#scope, AFTER, content, isHtml("after", "Comment", arguments.length, options));
    return this;
  }

  replace(content, options = undefined) {
    insertText(this.#scope, REPLACE, content, isHtml("replace", "Comment", arguments.length, options));
    return this;
  }

  remove() {
    ops.html_remove(live(this.#scope), false);
    return this;
  }
}

class Text {
  #scope;
  #text;
  #last;

  constructor(key, scope, text, last) {
    construct(key);
    this.#scope = scope;
    this.#text = text;
    this.#last = last;
  }

  get text() {
    live(this.#scope);
    return this.#text;
  }

  get lastInTextNode() {
    live(this.#scope);
    return this.#last;
  }

  get removed() {
    return ops.html_ask(live(this.#scope), REMOVED);
  }

  before(content, options = undefined) {
    insert(this.#scope, BEFORE, content, isHtml("before", "Text", arguments.length, options));
    return this;
  }

  after(content, options = undefined) {
    insert(this.#scope, AFTER, content, isHtml("after", "Text", arguments.length, options));
    return this;
  }

  replace(content, options = undefined) {
    insert(this.#scope, REPLACE, content, isHtml("replace", "Text", arguments.length, options));
    return this;
  }

  remove() {
    ops.html_remove(live(this.#scope), false);
    return this;
  }
}

class Doctype {
  #scope;

  constructor(key, scope) {
    construct(key);
    this.#scope = scope;
  }

  get name() {
    return ops.html_read(live(this.#scope), NAME);
  }

  get publicId() {
    return ops.html_read(live(this.#scope), PUBLIC_ID);
  }

  get systemId() {
    return ops.html_read(live(this.#scope), SYSTEM_ID);
  }
}

class DocumentEnd {
  #scope;

  constructor(key, scope) {
    construct(key);
    this.#scope = scope;
  }

  append(content, options = undefined) {
    insertText(this.#scope, APPEND, content, isHtml("append", "DocumentEnd", arguments.length, options));
    return this;
  }
}

// In the order of Kind in parser.rs.
const KINDS = [Element, Comment, Text, Doctype, DocumentEnd, EndTag];
for (const Class of [...KINDS, AttributesIterator]) internals.defineClass(Class, Class.name);

internals.htmlTokens = {
  Scope,
  checkReadable,
  make: (kind, scope, text, last) => new KINDS[kind](READ_ONLY, scope, text, last),
};
