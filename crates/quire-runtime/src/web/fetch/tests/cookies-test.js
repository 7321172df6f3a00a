// compatibility: 2023-02-01
// What Headers does for programs from before getSetCookie() was there.

test("values of Set-Cookie are combined as those of any other header", () => {
  const headers = new Headers([["set-cookie", "a=1"], ["b", "2"], ["set-cookie", "c=3"]]);
  assertEquals(JSON.stringify([...headers]), '[["b","2"],["set-cookie","a=1, c=3"]]');
  assertEquals(headers.get("set-cookie"), "a=1, c=3");
});

test("getAll() tells them apart, without getSetCookie()", () => {
  const headers = new Headers([["set-cookie", "a=1"], ["set-cookie", "c=3"]]);
  delete Headers.prototype.getSetCookie;
  assertEquals(headers.getAll("Set-Cookie").join(";"), "a=1;c=3");
});

test("a copy keeps each value", () => {
  const copy = new Headers(new Headers([["set-cookie", "a=1"], ["set-cookie", "c=3"]]));
  assertEquals(copy.getAll("set-cookie").join(";"), "a=1;c=3");
});
