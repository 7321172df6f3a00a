// What bindings have in common: how they make sense of arguments, and how their classes look. All as on the original.

const { trunc } = Math;
const { defineProperty } = Object;

internals.conversions = {
  isObject: (value) => (typeof value === "object" && value !== null) || typeof value === "function",

  /** `String(value)` for arguments. */
  text(value) {
    if (typeof value === "string") return value;
    if (typeof value === "symbol") throw new TypeError("Cannot convert a Symbol value to a string");
    return `${value}`;
  },

  /** `Number(value)` for arguments. */
  number(value) {
    if (typeof value === "bigint") throw new TypeError("Cannot convert a BigInt value to a number");
    if (typeof value === "symbol") throw new TypeError("Cannot convert a Symbol value to a number");
    return Number(value);
  },

  /** A 32-bit integer, as arguments are converted to one. */
  integer(value) {
    const number = trunc(internals.conversions.number(value));
    if (!(number >= -Infinity) || number === Infinity || number === -Infinity) return 0;
    if (number < -2147483648 || number > 2147483647) {
      throw new TypeError("Value out of range. Must be between -2147483648 and 2147483647 (inclusive).");
    }
    return number + 0;
  },

  /** An unsigned 32-bit integer, as arguments are converted to one. */
  unsigned(value) {
    const number = trunc(internals.conversions.number(value));
    if (!Number.isFinite(number)) throw new TypeError("The value cannot be converted because it is not an integer.");
    if (number < 0) throw new TypeError("The value cannot be converted because it is negative and this API expects a positive number.");
    if (number > 4294967295) throw new TypeError("Value out of range. Must be less than or equal to 4294967295.");
    return number + 0;
  },

  /** Milliseconds since 1970 of what a member of a dictionary holds: a Date, or a number. */
  time(value, member, dictionary) {
    const isDate = value instanceof Date;
    if (!isDate && typeof value !== "number") throw internals.conversions.wrongMember(member, dictionary, "date");
    const time = trunc(isDate ? value.getTime() : value);
    if (!Number.isFinite(time)) throw new TypeError("The value cannot be converted because it is not a valid Date.");
    return time + 0;
  },

  /** `internals.defineClass` for what is in `env`: programs that list the methods find them before the constructor. */
  defineBinding(Class, tag) {
    internals.defineClass(Class, tag);
    delete Class.prototype.constructor;
    defineProperty(Class.prototype, "constructor", { value: Class, writable: true, configurable: true, enumerable: false });
  },

  wrongArgument: (method, owner, position, type) =>
    new TypeError(`Failed to execute '${method}' on '${owner}': parameter ${position} is not of type '${type}'.`),

  wrongMember: (member, dictionary, type) =>
    new TypeError(`Incorrect type for the '${member}' field on '${dictionary}': the provided value is not of type '${type}'.`),
};
