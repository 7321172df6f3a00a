test("append, get, getAll, has, set and delete", () => {
  const form = new FormData();
  form.append("a", 1);
  form.append("b", "x");
  form.append("a", null);
  assertEquals([form.get("a"), form.getAll("a"), form.has("b"), form.get("c"), form.getAll("c")], ["1", ["1", "null"], true, null, []]);
  form.set("a", "only");
  form.set("new", "last");
  assertEquals([...form], [["a", "only"], ["b", "x"], ["new", "last"]]);
  form.delete("a");
  form.delete("missing");
  assertEquals([...form.keys()], ["b", "new"]);
});

test("blobs become files, called like their field unless named", () => {
  const form = new FormData();
  form.append("f", new Blob(["x"], { type: "Text/X" }));
  form.append("g", new Blob(["x"]), "given.txt");
  const file = new File(["y"], "own.txt", { lastModified: 5 });
  form.append("h", file);
  form.append("i", file, "renamed.txt");
  const values = [...form.values()];
  assertEquals(values.map((value) => value.name), ["f", "given.txt", "own.txt", "renamed.txt"]);
  assert(values.every((value) => value instanceof File));
  assertEquals([values[0].type, values[2] === file, values[3].lastModified], ["text/x", true, 5]);
});

test("names and values are well-formed strings", () => {
  const form = new FormData();
  form.append("\ud800", "\udc00");
  assertEquals([...form], [["\ufffd", "\ufffd"]]);
});

test("iteration is live", () => {
  const form = new FormData();
  form.append("a", "1");
  form.append("b", "2");
  const seen = [];
  for (const [name] of form) {
    seen.push(name);
    form.delete("a");
    if (seen.length < 4) form.append(`z${seen.length}`, "");
  }
  assertEquals(seen, ["a", "z1", "z2", "z3"]);
  assertEquals(FormData.prototype[Symbol.iterator], FormData.prototype.entries);
  const iterator = form.keys();
  assertEquals([String(iterator), iterator[Symbol.iterator]() === iterator], ["[object FormData Iterator]", true]);
  assertThrows(() => iterator.next.call({}), TypeError, "Illegal invocation");
  assertEquals(form.values().map((value) => value.length).toArray(), [1, 0, 0, 0]);
});

test("forEach", () => {
  const form = new FormData();
  form.append("a", "1");
  const calls = [];
  form.forEach(function (value, name, given) {
    calls.push([value, name, given === form, this.self]);
  }, { self: "me" });
  assertEquals(calls, [["1", "a", true, "me"]]);
  assertThrows(() => form.forEach(3), TypeError, "Failed to execute 'forEach' on 'FormData'");
});

test("missing arguments and wrong receivers", () => {
  const form = new FormData();
  assertThrows(() => form.append("a"), TypeError, "Failed to execute 'append' on 'FormData': parameter 2");
  assertThrows(() => form.set("a"), TypeError, "Failed to execute 'set' on 'FormData': parameter 2");
  assertThrows(() => form.get(), TypeError, "Failed to execute 'get' on 'FormData': parameter 1");
  assertThrows(() => form.getAll(), TypeError);
  assertThrows(() => form.has(), TypeError);
  assertThrows(() => form.delete(), TypeError);
  for (const name of ["append", "delete", "get", "getAll", "has", "set", "entries", "keys", "values", "forEach"]) {
    assertThrows(() => FormData.prototype[name].call({}, "a", "b"), TypeError, "Illegal invocation");
  }
  assertThrows(() => FormData(), TypeError);
});
