test("what is no JSON is told in V8's words", () => {
  for (const [text, reason] of [
    ["no json", `Unexpected token 'o', "no json" is not valid JSON`],
    ["", "Unexpected end of JSON input"],
    [undefined, '"undefined" is not valid JSON'],
    [{}, '"[object Object]" is not valid JSON'],
    ["<!doctype html><title>page</title>", `Unexpected token '<', "<!doctype "... is not valid JSON`],
    ['{"a":[1,2,x],"and more":"of it"}', `Unexpected token 'x', ..."{"a":[1,2,x],"and mo"... is not valid JSON`],
    ['["some text that is long", oops]', `Unexpected token 'o', ..."is long", oops]" is not valid JSON`],
    ["{a:1}", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"],
    ["{", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"],
    ['{\n  "a": 1,\n}', "Expected double-quoted property name in JSON at position 12 (line 3 column 1)"],
    ['{"a" 1}', "Expected ':' after property name in JSON at position 5 (line 1 column 6)"],
    ['{"a":1 "b":2}', "Expected ',' or '}' after property value in JSON at position 7 (line 1 column 8)"],
    ["[1 2]", "Expected ',' or ']' after array element in JSON at position 3 (line 1 column 4)"],
    ["[1] 2", "Unexpected non-whitespace character after JSON at position 4 (line 1 column 5)"],
    ["01", "Unexpected number in JSON at position 1 (line 1 column 2)"],
    ["-", "No number after minus sign in JSON at position 1 (line 1 column 2)"],
    ["1.", "Unterminated fractional number in JSON at position 2 (line 1 column 3)"],
    ["1e+", "Exponent part is missing a number in JSON at position 3 (line 1 column 4)"],
    ['"a', "Unterminated string in JSON at position 2 (line 1 column 3)"],
    ['"a\n"', "Bad control character in string literal in JSON at position 2 (line 1 column 3)"],
    ['"\\x"', "Bad escaped character in JSON at position 2 (line 1 column 3)"],
    ['"\\u12g4"', "Bad Unicode escape in JSON at position 5 (line 1 column 6)"],
    ['{"a":"b""c"}', "Expected ',' or '}' after property value in JSON at position 8 (line 1 column 9)"],
  ]) {
    assertThrows(() => JSON.parse(text), SyntaxError, reason);
  }
});

test("bodies too", async () => {
  const said = await new Response("bad").json().catch((error) => [error.name, error.message]);
  assertEquals(said, ["SyntaxError", `Unexpected token 'b', "bad" is not valid JSON`]);
});

test("what is JSON is what it was", () => {
  assertEquals(JSON.parse('{"a":[1,{"b":null}]}'), { a: [1, { b: null }] });
  assertEquals(JSON.parse(5), 5);
  assertEquals(JSON.parse('{"a":1}', (key, value) => (key === "a" ? value + 1 : value)), { a: 2 });
  assertThrows(() => JSON.parse(Symbol("x")), TypeError);
  assertEquals([JSON.parse.name, JSON.parse.length, Object.keys(JSON).length], ["parse", 2, 0]);
});

test("what a reviver throws stays as it is", () => {
  const thrown = new SyntaxError("mine");
  let caught;
  try {
    JSON.parse("1", () => {
      throw thrown;
    });
  } catch (error) {
    caught = error;
  }
  assertEquals([caught === thrown, caught.message], [true, "mine"]);
});

test("a text as deep as can be exhausts nothing", () => {
  assertThrows(() => JSON.parse("[".repeat(200000)), Error);
});
