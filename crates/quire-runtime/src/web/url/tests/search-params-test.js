const text = (init) => new URLSearchParams(init).toString();

test("every form of init", () => {
  assertEquals(text("?a=b&a=c&&d"), "a=b&a=c&d=");
  assertEquals(text([["a", 1], ["b", null]]), "a=1&b=null");
  assertEquals(text(new Map([["a", "b"]])), "a=b");
  assertEquals(text({ a: 1, "b c": "d" }), "a=1&b+c=d");
  assertEquals(text(new URLSearchParams("x=1")), "x=1");
  assertEquals([text(), text(undefined), text(""), text(null)], ["", "", "", "null="]);
  assertThrows(() => text([["a"]]), TypeError);
  assertThrows(() => text([1]), TypeError);
  assertThrows(() => text({ [Symbol.iterator]: 1 }), TypeError);
});

test("decoding and encoding", () => {
  const params = new URLSearchParams("a=%2B+%26&%zz=%FF&b=%E2%82%AC&c=%EF%BB%BFx");
  assertEquals([...params], [["a", "+ &"], ["%zz", "\ufffd"], ["b", "€"], ["c", "\ufeffx"]]);
  assertEquals(text([["a b", "~!'()*-._%"]]), "a+b=%7E%21%27%28%29*-._%25");
});

test("reading, changing, sorting", () => {
  const params = new URLSearchParams("a=1&b=2&a=3");
  assertEquals([params.get("a"), params.getAll("a"), params.get("x"), params.size], ["1", ["1", "3"], null, 3]);
  assertEquals([params.has("a", "3"), params.has("a", "4"), params.has("a", undefined)], [true, false, true]);
  params.set("a", "9");
  params.append("0", "z");
  assertEquals(String(params), "a=9&b=2&0=z");
  params.delete("b", "nope");
  params.delete("0", "z");
  assertEquals(String(params), "a=9&b=2");
  const unsorted = new URLSearchParams("\ufffd=1&\u{1f600}=2&b=1&a=1&b=0");
  unsorted.sort();
  assertEquals([...unsorted.keys()], ["a", "b", "b", "\u{1f600}", "\ufffd"]);
  assertEquals(unsorted.getAll("b"), ["1", "0"]);
});

test("iterators are live", () => {
  const params = new URLSearchParams("a=1&b=2&c=3");
  const seen = [];
  for (const [name] of params) {
    seen.push(name);
    params.delete(name);
  }
  assertEquals(seen, ["a", "c"]);
  assertEquals(params[Symbol.iterator] === params.entries, true);
  assertEquals(Object.prototype.toString.call(params.values()), "[object URLSearchParams Iterator]");
  const pairs = [];
  params.forEach(function (value, name, all) { pairs.push(value, name, all === params, this.x); }, { x: 1 });
  assertEquals(pairs, ["2", "b", true, 1]);
});
