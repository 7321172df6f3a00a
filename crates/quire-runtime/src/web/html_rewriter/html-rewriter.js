// HTMLRewriter: https://developers.cloudflare.com/workers/runtime-apis/html-rewriter/
//
// The parser runs outside JavaScript. It calls `dispatch` for each token that a handler wants, and waits: for the call to return, and
// if the handler returned a promise until `html_settle`.

const { AbortController, Response } = internals.pristine;
const { body: bodies, htmlTokens, response: responses } = internals;
const { apply } = Reflect;
const NativeError = Error;
const NativePromise = Promise;
const { then } = NativePromise.prototype;

// As in transformation.rs.
const DONE = 0;
const PENDING = 1;
const FAILED = 2;

// As in parser.rs.
const END_TAG = 5;

// Bits of a registration, in the order of the kinds of tokens.
const FIELDS = [
  ["element", 1, 0],
  ["comments", 2, 1],
  ["text", 4, 2],
];
const DOCUMENT_FIELDS = [
  ["doctype", 1, 3],
  ["comments", 2, 1],
  ["text", 4, 2],
  ["end", 8, 4],
];

/** The functions of one registration by kind of token, and the object that they are called on. */
class Registration {
  constructor(selector, handlers, fields, type) {
    if ((typeof handlers !== "object" && typeof handlers !== "function") || handlers === null) {
      throw new TypeError(
        `Failed to execute '${selector === null ? "onDocument" : "on"}' on 'HTMLRewriter': parameter ${selector === null ? 1 : 2} is not of type '${type}'.`,
      );
    }
    this.selector = selector;
    this.receiver = handlers;
    this.bits = 0;
    this.functions = [undefined, undefined, undefined, undefined, undefined];
    for (const [field, bit, kind] of fields) {
      const handler = handlers[field];
      if (handler === undefined) continue;
      if (typeof handler !== "function") {
        throw new TypeError(
          `Incorrect type for the '${field}' field on '${type}': the provided value is not of type 'function'.`,
        );
      }
      this.bits |= bit;
      this.functions[kind] = internals.capture(handler);
    }
  }
}

/** One response on its way through the parser. */
class Transformation {
  constructor(registrations) {
    this.registrations = registrations;
    this.number = 0;
    this.endTagHandlers = [];
    /** Aborted with the reason for which the body breaks off. */
    this.controller = new AbortController();
  }

  fail(error) {
    this.controller.abort(error instanceof NativeError ? error : new NativeError(`${error}`));
  }

  /** Calls a handler; gives whether it is done, pending or failed. */
  dispatch(kind, number, text, last) {
    let handler, receiver;
    if (kind === END_TAG) {
      handler = this.endTagHandlers[number];
      this.endTagHandlers[number] = undefined;
    } else {
      const registration = this.registrations[number];
      handler = registration.functions[kind];
      receiver = registration.receiver;
    }
    const scope = new htmlTokens.Scope(this);
    let result;
    try {
      result = apply(handler, receiver, [htmlTokens.make(kind, scope, text, last)]);
      if ((typeof result === "object" && result !== null) || typeof result === "function") {
        const settle = (failed) => {
          scope.number = 0;
          ops.html_settle(this.number, failed);
        };
        const promise = result instanceof NativePromise ? result : NativePromise.resolve(result);
        apply(then, promise, [
          () => settle(false),
          (error) => {
            this.fail(error);
            settle(true);
          },
        ]);
        return PENDING;
      }
    } catch (error) {
      scope.number = 0;
      this.fail(error);
      return FAILED;
    }
    scope.number = 0;
    return DONE;
  }
}

/** The charset that a content type names, or UTF-8. */
function charsetOf(headers) {
  const type = headers.get("content-type");
  return (type === null ? undefined : internals.formdata.parseMediaType(type).parameters.get("charset")) ?? "utf-8";
}

class HTMLRewriter {
  #registrations = [];

  on(selector, handlers) {
    if (arguments.length === 0) {
      throw new TypeError("Failed to execute 'on' on 'HTMLRewriter': parameter 1 is not of type 'string'.");
    }
    selector = `${selector}`;
    ops.html_check_selector(selector);
    this.#registrations.push(new Registration(selector, handlers, FIELDS, "ElementContentHandlers"));
    return this;
  }

  onDocument(handlers) {
    this.#registrations.push(new Registration(null, handlers, DOCUMENT_FIELDS, "DocumentContentHandlers"));
    return this;
  }

  transform(response) {
    const registrations = this.#registrations;
    if (!responses.isResponse(response)) {
      throw new TypeError("Failed to execute 'transform' on 'HTMLRewriter': parameter 1 is not of type 'Response'.");
    }
    if (response.type === "error") throw new TypeError("HTMLRewriter cannot transform an error response");
    const content = bodies.content(response);
    if (content === null) return response;
    htmlTokens.checkReadable(content);
    const charset = charsetOf(response.headers);
    ops.html_check_charset(charset);
    const transformed = new Response(null, response);
    const transformation = new Transformation(registrations.slice());
    const list = [];
    for (const { selector, bits } of transformation.registrations) list.push(selector, bits);
    const { signal } = content;
    const fail = (error) => {
      transformation.fail(signal !== null && internals.abort.isAborted(signal) ? internals.abort.reason(signal) : error);
    };
    const [number, body] = ops.html_transform(
      bodies.send(content, fail),
      list,
      charset,
      internals.compatibility.html_rewriter_treats_esi_include_as_void_tag,
      (kind, number, text, last) => transformation.dispatch(kind, number, text, last),
      fail,
    );
    transformation.number = number;
    bodies.setContent(transformed, bodies.native(body, transformation.controller.signal));
    return transformed;
  }
}

internals.defineClass(HTMLRewriter, "HTMLRewriter");
internals.expose("HTMLRewriter", HTMLRewriter);
