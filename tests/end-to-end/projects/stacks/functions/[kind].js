import { Captured, Field, Inherited, Named, OnPrototype, caught, fail, shape, top } from "../source/failures.js";

function make(message = "a message", options = undefined) {
  return new Error(message, options);
}

const kinds = {
  plain: () => top(make().stack),
  thrown: () => top(caught(() => fail(make())).stack),
  called: () => top(new Error("x").stack, 1),
  engine: () => top(caught(function read() { null.x; }).stack).replace(/: .*?\|/, ": …|"),
  reference: () => top(caught(function read() { missing; }).stack).replace(/: .*?\|/, ": …|"),
  "no-message": () => top(make("").stack),
  lines: () => top(make("two\nlines").stack, 3),
  bracket: () => top(make()["stack"]),
  optional: () => top(make()?.stack),
  "optional-chain": () => { const holder = { error: make() }; return holder?.error.stack.split("\n")[0]; },
  "optional-absent": () => { const holder = null; return `${holder?.error.stack.split("\n")[0]}`; },
  "optional-no-error": () => { const error = undefined; return `${error?.stack}`; },
  destructured: () => { const { stack, message } = make(); return `${top(stack)} ${message}`; },
  "destructured-renamed": () => { const { stack: text } = make(); return top(text); },
  "destructured-assigned": () => { let stack; ({ stack } = make()); return top(stack); },
  appended: () => { const error = make(); error.stack += "\nmore"; const lines = error.stack.split("\n"); return `${top(error.stack)} ${lines.at(-1)}`; },
  assigned: () => { const error = make(); error.stack = "own text"; return error.stack; },
  "assigned-later": () => { const error = make(); const before = top(error.stack); error.stack = "own text"; return `${before} ${error.stack}`; },
  deleted: () => { const error = make(); delete error.stack; return `${error.stack} ${"stack" in error}`; },
  frozen: () => top(Object.freeze(make()).stack),
  own: () => { const error = make(); const text = error.stack; const { value, ...rest } = Object.getOwnPropertyDescriptor(error, "stack"); return `${JSON.stringify(rest)} ${value === text}`; },
  keys: () => { const error = make(); error.stack; return `${Object.keys(error)} ${JSON.stringify(error)}`; },
  "no-error": () => { const list = { stack: [1, 2] }; list.stack.push(3); return `${list.stack.length} ${{ stack: "text" }.stack} ${top({ stack: 5 }.stack)}`; },
  method: () => { const list = { items: 5, stack() { return this.items; } }; return `${list.stack()} ${list.stack?.()}`; },
  named: () => top(new Named("own").stack, 1),
  inherited: () => top(new Inherited("own").stack, 1),
  "on-prototype": () => top(new OnPrototype("own").stack, 1),
  field: () => top(new Field("own").stack, 1),
  captured: () => top(new Captured("own").stack, 1),
  "captured-object": () => { const object = {}; Error.captureStackTrace(object); return top(object.stack, 1); },
  cause: () => { const error = make("outer", { cause: make("inner") }); return `${top(error.stack, 1)} ${top(error.cause.stack, 1)}`; },
  renamed: () => { const error = make(); error.name = "Renamed"; return top(error.stack, 1); },
  "message-changed": () => { const error = make(); error.message = "another"; return top(error.stack, 1); },
  aggregate: () => top(new AggregateError([make()], "many").stack, 1),
  "dom-exception": () => top(new DOMException("own", "AbortError").stack, 1),
  limit: () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 1;
    const lines = shape(make().stack).split("|");
    Error.stackTraceLimit = stackTraceLimit;
    return lines.join(" ");
  },
  deep: () => { const down = (n) => (n === 0 ? make() : down(n - 1)); return `${down(30).stack.split("\n").length}`; },
  prepared: () => {
    Error.prepareStackTrace = (error, sites) => `${error.message}: ${sites[0].getFunctionName()} ${typeof sites[0].getLineNumber()}`;
    try {
      return make().stack;
    } finally {
      Error.prepareStackTrace = undefined;
    }
  },
  rejected: async () => { try { await Promise.reject(make()); } catch (error) { return top(error.stack); } },
  "in-a-template": () => `${top(`${make().stack}`, 1)} ${(typeof make().stack)}`,
  from: () => { class Holder { constructor() { this.error = make(); } get text() { return this.error.stack; } } return top(new Holder().text); },
  copied: () => { const { name, message, stack } = make(); return JSON.stringify({ name, message, stack: top(stack) }); },
};

export const onRequest = async ({ params }) => new Response(await kinds[params.kind]());
