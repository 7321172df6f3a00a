const errors = requireNode("internal/errors");
const validators = requireNode("internal/validators");

test("what was expected and what came", () => {
  const message = (...details) => new errors.ERR_INVALID_ARG_TYPE(...details).message;
  assertEquals(message("a", "string", undefined), 'The "a" argument must be of type string. Received undefined');
  assertEquals(message("a", ["string", "number"], 1n), 'The "a" argument must be one of type string or number. Received type bigint (1n)');
  assertEquals(
    message("a.b", ["string", "Buffer", "TypedArray"], class X {}),
    'The "a.b" property must be of type string or an instance of Buffer or TypedArray. Received function X',
  );
  assertEquals(message("first argument", "Array", new Map()), "The first argument must be an instance of Array. Received an instance of Map");
  assertEquals(
    message("a", "Function", "x".repeat(40)),
    `The "a" argument must be of type function. Received type string ('${"x".repeat(25)}...')`,
  );
  assertEquals(message("a", "Object", Object.create(null)), 'The "a" argument must be of type object. Received [Object: null prototype] {}');
});

test("errors have a class, a name and a code", () => {
  const error = new errors.ERR_OUT_OF_RANGE("size", ">= 0", -5000000000);
  assert(error instanceof RangeError);
  assertEquals([error.name, error.code], ["RangeError", "ERR_OUT_OF_RANGE"]);
  assertEquals(error.message, 'The value of "size" is out of range. It must be >= 0. Received -5_000_000_000');
  assertEquals(String(error), `RangeError [ERR_OUT_OF_RANGE]: ${error.message}`);
  const aborted = new errors.AbortError(undefined, { cause: 1 });
  assertEquals([aborted.name, aborted.code, aborted.cause], ["AbortError", "ABORT_ERR", 1]);
  assertEquals(new errors.ERR_MISSING_ARGS("a", ["b", "c"], "d").message, 'The "a", "b" or "c", and "d" arguments must be specified');
});

test("validators", () => {
  validators.validateInt32(-1, "n");
  assertThrows(() => validators.validateInt32(2 ** 31, "n"), RangeError, 'The value of "n" is out of range. It must be >= -2147483648 && <= 2147483647. Received 2147483648');
  assertThrows(() => validators.validateInteger(1.5, "n"), RangeError, 'The value of "n" is out of range. It must be an integer. Received 1.5');
  assertThrows(() => validators.validateNumber(NaN, "n", 0), RangeError, 'The value of "n" is out of range. It must be >= 0. Received NaN');
  assertThrows(() => validators.validateOneOf("x", "o", ["a", 1]), TypeError, "The argument 'o' must be one of: 'a', 1. Received 'x'");
  assertThrows(() => validators.validateObject([], "o"), TypeError, 'The "o" argument must be of type object. Received an instance of Array');
  assertEquals(validators.validatePort("80"), 80);
  assertThrows(() => validators.validatePort("x"), RangeError, "Port should be >= 0 and < 65536. Received type string ('x')");
});
