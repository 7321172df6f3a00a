test("a URL shows its components", () => {
  const url = new URL("HTTPS://user:p%40ss@Example.com:8443/a/../b c?q=1&r#frag ment");
  assertEquals(url.href, "https://user:p%40ss@example.com:8443/b%20c?q=1&r#frag%20ment");
  assertEquals(
    [url.protocol, url.username, url.password, url.host, url.hostname, url.port, url.pathname, url.search, url.hash, url.origin],
    ["https:", "user", "p%40ss", "example.com:8443", "example.com", "8443", "/b%20c", "?q=1&r", "#frag%20ment", "https://example.com:8443"],
  );
  assertEquals([String(url), url.toJSON(), JSON.stringify({ url })], [url.href, url.href, JSON.stringify({ url: url.href })]);
});

test("components of unusual URLs", () => {
  const opaque = new URL("mailto:a@b.c?subject=x");
  assertEquals([opaque.pathname, opaque.host, opaque.origin, opaque.search], ["a@b.c", "", "null", "?subject=x"]);
  const hidden = new URL("web+x:/.//path");
  assertEquals([hidden.href, hidden.pathname, hidden.host], ["web+x:/.//path", "//path", ""]);
  const six = new URL("http://[::1]:80/");
  assertEquals([six.host, six.hostname, six.port], ["[::1]", "[::1]", ""]);
  assertEquals(new URL("http://[::1]:81/").port, "81");
  assertEquals(new URL("blob:https://a.b/x").origin, "https://a.b");
  assertEquals([new URL("file:///C|/x").href, new URL("file:///x").origin], ["file:///C:/x", "null"]);
  assertEquals([new URL("http://a?").search, new URL("http://a#").hash, new URL("http://a?#").href], ["", "", "http://a/?#"]);
  assertEquals(new URL("http://ü.de/ü?ü#ü").href, "http://xn--tda.de/%C3%BC?%C3%BC#%C3%BC");
});

test("a base resolves relative URLs", () => {
  assertEquals(new URL("../x?y", "http://a/b/c/d").href, "http://a/b/x?y");
  assertEquals(new URL("//h", "https://a").href, "https://h/");
  assertThrows(() => new URL("x"), TypeError, "Invalid URL string.");
  assertThrows(() => new URL("http://a b"), TypeError, "Invalid URL string.");
  assertThrows(() => new URL("x", "y"), TypeError, "Invalid URL string.");
  assertThrows(() => new URL(), TypeError);
  assertEquals([URL.canParse("x"), URL.canParse("x", "http://a"), URL.parse("x"), URL.parse("http://a").href], [false, true, null, "http://a/"]);
});

test("setters change what they may", () => {
  const url = new URL("http://a/b?c#d");
  url.protocol = "https";
  url.host = "h:99";
  url.pathname = "x y";
  url.search = "s";
  url.hash = "";
  url.username = "u";
  assertEquals(url.href, "https://u@h:99/x%20y?s");
  url.port = "443";
  url.hostname = "";
  url.protocol = "mailto";
  assertEquals(url.href, "https://u@h/x%20y?s");
  url.href = "http://z/";
  assertEquals(url.host, "z");
  assertThrows(() => (url.href = "bad"), TypeError, "Invalid URL string.");
});

test("searchParams and search follow each other", () => {
  const url = new URL("http://a/?x=1#h");
  const params = url.searchParams;
  assertEquals(params === url.searchParams, true);
  params.append("y", "ä &");
  assertEquals(url.href, "http://a/?x=1&y=%C3%A4+%26#h");
  url.search = "?z=3";
  assertEquals([...params], [["z", "3"]]);
  url.href = "http://b/?q";
  assertEquals(params.get("q"), "");
  params.delete("q");
  assertEquals(url.href, "http://b/");
});

test("lone surrogates become U+FFFD", () => {
  assertEquals(new URL("http://a/\ud800x?\udc00").href, "http://a/%EF%BF%BDx?%EF%BF%BD");
  assertEquals(new URLSearchParams({ "\ud800": "\udfff" }).toString(), "%EF%BF%BD=%EF%BF%BD");
});

test("wrong receivers are refused", () => {
  assertThrows(() => URL.prototype.href, TypeError, "Illegal invocation");
  assertThrows(() => URLSearchParams.prototype.get.call({}, "x"), TypeError, "Illegal invocation");
  assertThrows(() => URL("http://a"), TypeError);
});
