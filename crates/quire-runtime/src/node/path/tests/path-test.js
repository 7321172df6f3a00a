// Recorded from Node.js.
const path = requireNode("path");

function check(run, rows) {
  for (const [given, expected] of rows) assertEquals(run(...given), expected, JSON.stringify(given));
}

test("posix.normalize()", () =>
  check(path.posix.normalize, [
    [[""], "."],
    [["/"], "/"],
    [["a//b/../c/."], "a/c"],
    [["../../a"], "../../a"],
    [["/../a/./b/"], "/a/b/"],
    [["./"], "./"],
    [["a/.."], "."],
    [["//a"], "/a"],
  ]));

test("posix.join()", () =>
  check(path.posix.join, [
    [[], "."],
    [["a","","b"], "a/b"],
    [["/a","../..","b"], "/b"],
    [["","."], "."],
    [["a","..","..","b/"], "../b/"],
  ]));

test("posix.dirname()", () =>
  check(path.posix.dirname, [
    [["/a/b/"], "/a"],
    [["a"], "."],
    [["/a"], "/"],
    [["//a"], "//"],
    [["a//b"], "a/"],
    [[""], "."],
    [["/"], "/"],
  ]));

test("posix.basename()", () =>
  check(path.posix.basename, [
    [["/a/b.html"], "b.html"],
    [["/a/b.html",".html"], "b"],
    [["a.html","a.html"], ""],
    [["/a/.html",".html"], ".html"],
    [["a/b//"], "b"],
    [["/"], ""],
    [["aaa","a"], "aa"],
  ]));

test("posix.extname()", () =>
  check(path.posix.extname, [
    [["a.b.c"], ".c"],
    [[".x"], ""],
    [["a."], "."],
    [[".."], ""],
    [["a/.b/c"], ""],
    [[".a.b"], ".b"],
    [["a.b/"], ".b"],
  ]));

test("posix.parse()", () =>
  check(path.posix.parse, [
    [["/home/u/f.txt"], {"root":"/","dir":"/home/u","base":"f.txt","ext":".txt","name":"f"}],
    [["./a/b"], {"root":"","dir":"./a","base":"b","ext":"","name":"b"}],
    [["f"], {"root":"","dir":"","base":"f","ext":"","name":"f"}],
    [[""], {"root":"","dir":"","base":"","ext":"","name":""}],
    [["/"], {"root":"/","dir":"/","base":"","ext":"","name":""}],
    [[".x"], {"root":"","dir":"","base":".x","ext":"","name":".x"}],
    [["/foo///"], {"root":"/","dir":"/","base":"foo","ext":"","name":"foo"}],
  ]));

test("posix.relative()", () =>
  check(path.posix.relative, [
    [["/a/b/c","/a/d"], "../../d"],
    [["/a","/a/b"], "b"],
    [["/a/b","/a"], ".."],
    [["/","/x"], "x"],
    [["/foo/bar","/foo/bar"], ""],
    [["/foobar","/foo"], "../foo"],
  ]));

test("posix.isAbsolute()", () =>
  check(path.posix.isAbsolute, [
    [["/a"], true],
    [["a"], false],
    [[""], false],
  ]));

test("win32.normalize()", () =>
  check(path.win32.normalize, [
    [["C:\\a\\..\\b"], "C:\\b"],
    [["c:a"], "c:a"],
    [["\\\\srv\\share\\x\\.."], "\\\\srv\\share\\"],
    [["/a/../b"], "\\b"],
    [["./c:/x"], ".\\c:\\x"],
    [["C:"], "C:."],
    [["..\\.."], "..\\.."],
    [["\\\\?\\C:\\x"], "\\\\?\\C:\\x"],
  ]));

test("win32.join()", () =>
  check(path.win32.join, [
    [["c:\\a","..","b"], "c:\\b"],
    [["\\\\srv","share"], "\\\\srv\\share\\"],
    [["//a","b"], "\\\\a\\b\\"],
    [["//","a"], "\\a"],
    [["a","b/../c"], "a\\c"],
  ]));

test("win32.dirname()", () =>
  check(path.win32.dirname, [
    [["c:\\a\\b"], "c:\\a"],
    [["\\\\srv\\share\\x"], "\\\\srv\\share\\"],
    [["c:x"], "c:"],
    [["/"], "/"],
    [["a"], "."],
  ]));

test("win32.basename()", () =>
  check(path.win32.basename, [
    [["c:\\a\\b.txt",".txt"], "b"],
    [["c:x"], "x"],
    [["a/b\\c"], "c"],
  ]));

test("win32.extname()", () =>
  check(path.win32.extname, [
    [["c:\\a.b\\c.d"], ".d"],
  ]));

test("win32.parse()", () =>
  check(path.win32.parse, [
    [["C:\\p\\f.e"], {"root":"C:\\","dir":"C:\\p","base":"f.e","ext":".e","name":"f"}],
    [["\\\\srv\\share\\f"], {"root":"\\\\srv\\share\\","dir":"\\\\srv\\share\\","base":"f","ext":"","name":"f"}],
    [["c:f"], {"root":"c:","dir":"c:","base":"f","ext":"","name":"f"}],
  ]));

test("win32.relative()", () =>
  check(path.win32.relative, [
    [["C:\\a\\b","C:\\A\\c"], "..\\c"],
    [["C:\\a","D:\\b"], "D:\\b"],
    [["\\\\s\\h\\a","\\\\s\\h\\b"], "..\\b"],
  ]));

test("win32.isAbsolute()", () =>
  check(path.win32.isAbsolute, [
    [["c:/"], true],
    [["c:"], false],
    [["\\a"], true],
  ]));

test("win32.toNamespacedPath()", () =>
  check(path.win32.toNamespacedPath, [
    [["C:\\a"], "\\\\?\\C:\\a"],
    [["\\\\srv\\share\\x"], "\\\\?\\UNC\\srv\\share\\x"],
  ]));

test("win32.resolve()", () =>
  check(path.win32.resolve, [
    [["c:/a","b",".."], "c:\\a"],
    [["c:/a","d:/b","c:x"], "c:\\a\\x"],
    [["//srv/share","x"], "\\\\srv\\share\\x"],
  ]));

test("resolve() counts from the root, as on the original", () => {
  assertEquals(path.resolve("a", "../b"), "/b");
  assertEquals(path.resolve("/x", "a", "", "./b"), "/x/a/b");
  assertEquals(path.resolve(""), "/");
});

test("format() and the shape of the module", () => {
  assertEquals(path.format({ dir: "/a", base: "b.c", name: "x" }), "/a/b.c");
  assertEquals(path.format({ root: "/", name: "b", ext: "c" }), "/b.c");
  assert(path.posix === path && path.win32.posix === path && path.win32.win32 === path.win32);
  assertEquals([path.sep, path.delimiter, path.win32.sep, path.win32.delimiter], ["/", ":", "\\", ";"]);
  assert(requireNode("path/win32") === path.win32 && requireNode("path/posix") === path);
});

test("a path that is no string is refused by name", () => {
  const error = assertThrows(() => path.join("a", 1), TypeError, 'The "path" argument must be of type string. Received type number (1)');
  assertEquals(error.code, "ERR_INVALID_ARG_TYPE");
});
