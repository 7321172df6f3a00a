const { createRequire, builtinModules, isBuiltin } = requireNode("module");

test("createRequire gives the built-in modules", () => {
  const require = createRequire("file:///worker.js");
  assertEquals([require("node:events") === requireNode("events"), require("buffer").Buffer === Buffer], [true, true]);
  assertThrows(() => require("left-pad"), Error, 'No such module "left-pad".');
  assertThrows(() => require("internal/errors"), Error, 'No such module "internal/errors".');
  assertThrows(() => createRequire("relative"), TypeError, "The argument 'path' The argument must be a file URL object");
  assertEquals([isBuiltin("node:util"), isBuiltin("internal/errors"), builtinModules.some((name) => name.startsWith("internal/"))], [true, false, false]);
});

test("every module loads, and has itself as default", () => {
  for (const name of builtinModules) {
    const value = requireNode(name);
    assert(value !== undefined && value !== null, name);
  }
});

test("stubs can be imported, extended, and throw when used", () => {
  const { exec, ChildProcess } = requireNode("child_process");
  assertThrows(exec, Error, "The child_process.exec method is not implemented");
  assertThrows(() => new ChildProcess(), Error, "The child_process.ChildProcess method is not implemented");
  assertEquals([requireNode("tty").isatty(1), requireNode("worker_threads").isMainThread, requireNode("fs").existsSync("/x")], [false, true, false]);
  assertEquals([requireNode("os").EOL, requireNode("os").platform(), requireNode("constants").ENOENT], ["\n", "linux", 2]);
});

test("what stubs have that is real", () => {
  const { isIP, isIPv6 } = requireNode("net");
  assertEquals(["1.2.3.4", "1.2.3.256", "01.2.3.4", "::1", "1::2::3", "fe80::1%eth0", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "::", ":::"].map(isIP), [4, 0, 0, 6, 0, 6, 6, 6, 0, 6, 0]);
  assertEquals(isIPv6("1.2.3.4"), false);
  const { Agent, STATUS_CODES, METHODS, createServer } = requireNode("http");
  assertEquals([new Agent({ keepAlive: true }).keepAlive, STATUS_CODES[404], METHODS.includes("GET")], [true, "Not Found", true]);
  assertThrows(createServer, Error, "The http.createServer method is not implemented");
});
