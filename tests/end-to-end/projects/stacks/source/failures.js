// Errors of several kinds, each thrown by a function with a name.

export class Named extends Error {
  constructor(message) {
    super(message);
    this.name = "Named";
  }
}
export class Inherited extends TypeError {}
export class OnPrototype extends Error {}
OnPrototype.prototype.name = "OnPrototype";
export class Field extends Error {
  name = "Field";
}
export class Captured extends Error {
  constructor(message) {
    super(message);
    this.name = "Captured";
    Error.captureStackTrace(this, Captured);
  }
}

export function fail(error = new Error("a message")) {
  throw error;
}

export function caught(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
}

/** A stack without what depends on the place of the project and of the bundle: each frame as its function's name. */
export function shape(stack) {
  if (typeof stack !== "string") return `a ${typeof stack}`;
  return stack
    .split("\n")
    .map((line) => line.replace(/^ {4}at (?:(.*) \()?.*?:\d+:\d+\)?$/, (_, name) => `[frame${name ? ` ${name}` : ""}]`))
    .join("|");
}

/** The first lines of the shape. */
export const top = (stack, lines = 2) => shape(stack).split("|").slice(0, lines).join("|");
