// Recorded from Node.js.
const querystring = requireNode("querystring");
const plain = (object) => ({ ...object });

test("parse()", () => {
  for (const [given, expected] of [
    [["a=1&b=2&a=3"], {"a":["1","3"],"b":"2"}],
    [["a"], {"a":""}],
    [["=x"], {"":"x"}],
    [["a=b=c"], {"a":"b=c"}],
    [["a+b=%20+x"], {"a b":"  x"}],
    [["&&a=1&"], {"a":"1"}],
    [["a:1;b:2",";",":"], {"a":"1","b":"2"}],
    [["a=1&b=2&c=3",null,null,{"maxKeys":2}], {"a":"1","b":"2"}],
    [["%zz=%E4%BD%A0"], {"%zz":"你"}],
    [["hasOwnProperty=1"], {"hasOwnProperty":"1"}],
    [["a==b","&","=="], {"a":"b"}],
    [[""], {}],
  ]) {
    assertEquals(plain(querystring.parse(...given)), expected, JSON.stringify(given));
  }
  assert(Object.getPrototypeOf(querystring.parse("a")) === null);
});

test("stringify()", () => {
  for (const [given, expected] of [
    [[{"a":1,"b":"x y"}], "a=1&b=x%20y"],
    [[{"a":[1,"2",true]}], "a=1&a=2&a=true"],
    [[{"a":null,"b":{}}], "a=&b="],
    [[{"ü":"~!*()'","&":"="}], "%C3%BC=~!*()'&%26=%3D"],
    [[{"a":1,"b":2},";",":"], "a:1;b:2"],
    [["x"], ""],
    [[{}], ""],
  ]) {
    assertEquals(querystring.stringify(...given), expected, JSON.stringify(given));
  }
  assertEquals(querystring.stringify({ a: 1n, b: NaN, c: undefined }), "a=1&b=&c=");
});

test("programs may bring their own coding", () => {
  assertEquals(plain(querystring.parse("a=b", null, null, { decodeURIComponent: (text) => `<${text}>` })), { "<a>": "<b>" });
  assertEquals(querystring.stringify({ a: "b" }, null, null, { encodeURIComponent: (text) => text.toUpperCase() }), "A=B");
});

test("a lone surrogate cannot be encoded", () => {
  assertEquals(assertThrows(() => querystring.escape("\ud800"), Error).code, "ERR_INVALID_URI");
});
