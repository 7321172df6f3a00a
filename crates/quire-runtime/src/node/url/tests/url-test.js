// Recorded from Node.js.
const url = requireNode("url");

test("parse()", () => {
  for (const [text, expected] of [
    ["http://user:pa%20ss@EXAMPLE.com:8080/p/a?q=1#h", {"protocol":"http:","slashes":true,"auth":"user:pa ss","host":"example.com:8080","port":"8080","hostname":"example.com","hash":"#h","search":"?q=1","query":"q=1","pathname":"/p/a","path":"/p/a?q=1","href":"http://user:pa%20ss@example.com:8080/p/a?q=1#h"}],
    ["//host/path", {"pathname":"//host/path","path":"//host/path","href":"//host/path"}],
    ["/a/b?c=d", {"search":"?c=d","query":"c=d","pathname":"/a/b","path":"/a/b?c=d","href":"/a/b?c=d"}],
    ["mailto:a@b.c", {"protocol":"mailto:","auth":"a","host":"b.c","hostname":"b.c","href":"mailto:a@b.c"}],
    ["javascript:alert(1)", {"protocol":"javascript:","pathname":"alert(1)","path":"alert(1)","href":"javascript:alert(1)"}],
    ["http://a.com", {"protocol":"http:","slashes":true,"host":"a.com","hostname":"a.com","pathname":"/","path":"/","href":"http://a.com/"}],
    ["http://ünï.de/ü", {"protocol":"http:","slashes":true,"host":"xn--n-nga1b.de","hostname":"xn--n-nga1b.de","pathname":"/ü","path":"/ü","href":"http://xn--n-nga1b.de/ü"}],
    ["http://[::1]:80/x", {"protocol":"http:","slashes":true,"host":"[::1]:80","port":"80","hostname":"::1","pathname":"/x","path":"/x","href":"http://[::1]:80/x"}],
    ["x:y", {"protocol":"x:","host":"y","hostname":"y","href":"x:y"}],
    ["HTTP:\\\\a\\b", {"protocol":"http:","slashes":true,"host":"a","hostname":"a","pathname":"/b","path":"/b","href":"http://a/b"}],
    ["http://a b/c", {"protocol":"http:","slashes":true,"host":"a","hostname":"a","pathname":"%20b/c","path":"%20b/c","href":"http://a/%20b/c"}],
    ["file:///etc/x", {"protocol":"file:","slashes":true,"host":"","hostname":"","pathname":"/etc/x","path":"/etc/x","href":"file:///etc/x"}],
    ["a@b/c", {"pathname":"a@b/c","path":"a@b/c","href":"a@b/c"}],
    ["http://x.y.com+a/b/c", {"protocol":"http:","slashes":true,"host":"x.y.com+a","hostname":"x.y.com+a","pathname":"/b/c","path":"/b/c","href":"http://x.y.com+a/b/c"}],
    ["#h", {"hash":"#h","href":"#h"}],
    ["", {"href":""}],
    ["  http://a/  ", {"protocol":"http:","slashes":true,"host":"a","hostname":"a","pathname":"/","path":"/","href":"http://a/"}],
    ["http://a.com/'\"<>", {"protocol":"http:","slashes":true,"host":"a.com","hostname":"a.com","pathname":"/%27%22%3C%3E","path":"/%27%22%3C%3E","href":"http://a.com/%27%22%3C%3E"}],
  ]) {
    const parsed = url.parse(text);
    const given = Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== null && typeof value !== "function"));
    assertEquals(given, expected, text);
    assertEquals(Object.keys(parsed).length, 12);
  }
  assertEquals(url.parse("/a?b=1&b=2", true).query.b, ["1", "2"]);
  assertEquals(url.parse("//h/p", false, true).host, "h");
  assertEquals(assertThrows(() => url.parse("http://a[b/"), TypeError).code, "ERR_INVALID_URL");
  assertEquals(assertThrows(() => url.parse(1), TypeError).code, "ERR_INVALID_ARG_TYPE");
});

test("resolve()", () => {
  for (const [given, expected] of [
  [["/one/two/three","four"], "/one/two/four"],
  [["http://example.com/","/one"], "http://example.com/one"],
  [["http://example.com/one","/two"], "http://example.com/two"],
  [["http://a/b/c","../../d"], "http://a/d"],
  [["http://a/b","//c/d"], "http://c/d"],
  [["http://a/b?x#y","?z"], "http://a/b?z"],
  [["http://a/b","#z"], "http://a/b#z"],
  [["mailto:a@b","mailto:c@d"], "mailto:c@d"],
  [["/a/b/c/./../../g","."], "/a/"],
  [["http://u:p@h/a","b"], "http://u:p@h/b"],
  [["http://a/b","https:/c"], "https://c/"],
  [["a","../.."], "../../"],
  ]) {
    assertEquals(url.resolve(...given), expected, JSON.stringify(given));
  }
});

test("format()", () => {
  for (const [given, expected] of [
  [[{"protocol":"http","host":"a.b","pathname":"x?y#z","search":"q","hash":"h"}], "http://a.b/x%3Fy%23z?q#h"],
  [[{"hostname":"::1","port":8,"slashes":true}], "//[::1]:8"],
  [[{"pathname":"/p","query":{"a":[1,2]}}], "/p?a=1&a=2"],
  [[{"protocol":"mailto:","auth":"a b:c","host":"d"}], "mailto:a%20b:c@d"],
  [["http://A/b c"], "http://a/b%20c"],
  [[{}], ""],
  ]) {
    assertEquals(url.format(...given), expected, JSON.stringify(given));
  }
  const parsed = new URL("https://u:p@xn--mnchen-3ya.de:8/p?q#h");
  assertEquals(url.format(parsed), parsed.href);
  assertEquals(url.format(parsed, { auth: false, fragment: false, search: false, unicode: true }), "https://münchen.de:8/p");
});

test("domains in both spellings", () => {
  for (const [given, ascii, unicode] of [
    ["español.com","xn--espaol-zwa.com","español.com"],
    ["中文.com","xn--fiq228c.com","中文.com"],
    ["xn--fiq228c.com","xn--fiq228c.com","中文.com"],
    ["a b","",""],
    ["EXAMPLE.com","example.com","example.com"],
    ["☃-⌘.com","xn----dqo34k.com","☃-⌘.com"],
    ["ü.ä.ö","xn--tda.xn--4ca.xn--nda","ü.ä.ö"],
  ]) {
    assertEquals(url.domainToASCII(given), ascii);
    assertEquals(url.domainToUnicode(given), unicode);
  }
});

test("file URLs and paths", () => {
  assertEquals(url.fileURLToPath("file:///a%20b/c"), "/a b/c");
  assertEquals(url.fileURLToPath(new URL("file:///C:/x"), { windows: true }), "C:\\x");
  assertEquals(url.pathToFileURL("/a b/ü#?%").href, "file:///a%20b/%C3%BC%23%3F%25");
  assertEquals(url.pathToFileURL("/dir/").href, "file:///dir/");
  assertEquals(assertThrows(() => url.fileURLToPath("http://a"), TypeError).code, "ERR_INVALID_URL_SCHEME");
  assertEquals(assertThrows(() => url.fileURLToPath("file://host/a"), TypeError).code, "ERR_INVALID_FILE_URL_HOST");
  assertEquals(assertThrows(() => url.fileURLToPath("file:///a%2fb"), TypeError).code, "ERR_INVALID_FILE_URL_PATH");
});

test("urlToHttpOptions() and the standard's classes", () => {
  const options = url.urlToHttpOptions(new URL("http://u:p%40@[::1]:8/a?b#c"));
  assertEquals({ ...options }, { protocol: "http:", hostname: "::1", hash: "#c", search: "?b", pathname: "/a", path: "/a?b", href: "http://u:p%40@[::1]:8/a?b#c", port: 8, auth: "u:p@" });
  assert(url.URL === URL && url.URLSearchParams === URLSearchParams);
});
