const nodeAssert = requireNode("assert");
const { AssertionError } = nodeAssert;
const fails = (run, message) => {
  const error = assertThrows(run, AssertionError);
  assertEquals(error.message, message);
  return error;
};

test("what comparisons say", () => {
  const error = fails(() => nodeAssert.strictEqual(1, 2), "Expected values to be strictly equal:\n\n1 !== 2\n");
  assertEquals([error.code, error.actual, error.expected, error.operator, error.generatedMessage, error.name], ["ERR_ASSERTION", 1, 2, "strictEqual", true, "AssertionError"]);
  fails(
    () => nodeAssert.deepStrictEqual({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }),
    "Expected values to be strictly deep-equal:\n+ actual - expected\n\n  {\n    a: 1,\n    b: [\n      1,\n+     2\n-     3\n    ]\n  }\n",
  );
  fails(() => nodeAssert.equal(1, 2), "1 == 2");
  fails(() => nodeAssert.notStrictEqual(1, 1), 'Expected "actual" to be strictly unequal to: 1');
  fails(() => nodeAssert.strictEqual("some longer text", "some other text"), "Expected values to be strictly equal:\n+ actual - expected\n\n+ 'some longer text'\n- 'some other text'\n        ^\n");
  fails(() => nodeAssert(false, "mine"), "mine");
  fails(() => nodeAssert.strictEqual(1, 2, "mine"), "mine");
  assertThrows(() => nodeAssert.strictEqual(1, 2, new RangeError("own")), RangeError, "own");
});

test("loose and strict", () => {
  nodeAssert.equal(1, "1");
  nodeAssert.deepEqual([1, { a: "2" }], ["1", { a: 2 }]);
  fails(() => nodeAssert.strict.equal(1, "1"), "Expected values to be strictly equal:\n\n1 !== '1'\n");
  nodeAssert.partialDeepStrictEqual({ a: 1, b: [1, 2, 3] }, { b: [1, 3] });
  assertEquals(requireNode("assert/strict") === nodeAssert.strict, true);
});

test("throws takes classes, patterns, objects, functions", () => {
  const thrower = (error) => () => { throw error; };
  nodeAssert.throws(thrower(new TypeError("abc")), TypeError);
  nodeAssert.throws(thrower(new Error("abc")), /b/);
  nodeAssert.throws(thrower(new Error("abc")), { message: /c$/, name: "Error" });
  nodeAssert.throws(thrower(new Error("abc")), (error) => error.message === "abc");
  fails(() => nodeAssert.throws(() => {}, TypeError, "why"), "Missing expected exception (TypeError): why");
  fails(() => nodeAssert.throws(thrower(new RangeError("x")), TypeError), 'The error is expected to be an instance of "TypeError". Received "RangeError"\n\nError message:\n\nx');
  fails(() => nodeAssert.throws(thrower(new Error("abc")), /z/), "The input did not match the regular expression /z/. Input:\n\n'Error: abc'\n");
  fails(() => nodeAssert.doesNotThrow(thrower(new Error("e")), "m"), 'Got unwanted exception: m\nActual message: "e"');
});

test("rejects", async () => {
  await nodeAssert.rejects(async () => { throw new Error("q"); }, /q/);
  await nodeAssert.doesNotReject(Promise.resolve(1));
  const error = await assertRejects(nodeAssert.rejects(Promise.resolve(1)), AssertionError);
  assertEquals(error.message, "Missing expected rejection.");
  await assertRejects(nodeAssert.rejects(5), TypeError, 'The "promiseFn" argument must be of type function or an instance of Promise. Received type number (5)');
});

test("match, fail, ifError", () => {
  nodeAssert.match("abc", /b/);
  fails(() => nodeAssert.doesNotMatch("abc", /b/), "The input was expected to not match the regular expression /b/. Input:\n\n'abc'\n");
  fails(() => nodeAssert.fail(), "Failed");
  fails(() => nodeAssert.ifError(new Error("e")), "ifError got unwanted exception: e");
  nodeAssert.ifError(null);
});
