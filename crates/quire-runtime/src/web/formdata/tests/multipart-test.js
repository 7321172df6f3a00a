const encode = (text) => new TextEncoder().encode(text);
const typed = (type) => ({ headers: { "content-type": type } });
const multipart = (body, boundary = "b") => new Response(encode(body), typed(`multipart/form-data; boundary=${boundary}`)).formData();
const field = (disposition, value = "x", more = "") => `--b\r\nContent-Disposition: ${disposition}${more}\r\n\r\n${value}\r\n--b--`;
const shown = (form) => [...form].map(([name, value]) => (typeof value === "string" ? [name, value] : [name, value.name, value.type, value.size]));

test("fields and files", async () => {
  const form = await multipart(
    [
      "--b",
      'Content-Disposition: form-data; name="a"',
      "",
      "one\r\ntwo",
      "--b",
      'content-disposition: form-data; name="f"; filename="n.txt"',
      "Content-Type: Text/Plain; Charset=X",
      "",
      "file",
      "--b",
      'Content-Disposition: form-data; name="empty"',
      "",
      "",
      "--b--",
      "",
    ].join("\r\n"),
  );
  assertEquals(shown(form), [["a", "one\r\ntwo"], ["f", "n.txt", "Text/Plain; Charset=X", 4], ["empty", ""]]);
  assertEquals(await form.get("f").text(), "file");
});

test("what the Workers runtime reads in a Content-Disposition", async () => {
  assertEquals(shown(await multipart(field('form-data; name="a%22b"; filename="c%22d"'))), [["a%22b", "c%22d", "", 1]]);
  assertEquals(shown(await multipart(field('form-data; name="a\\"b"; filename="c\\\\d\\e"'))), [['a"b', "c\\de", "", 1]]);
  assertEquals(shown(await multipart(field('form-data; name="f"; filename=""', ""))), [["f", ""]]);
  assertEquals(shown(await multipart(field("form-data; name=\"a\"; filename=\"x\"; filename*=UTF-8''%41"))), [["a", "x", "", 1]]);
  assertEquals(shown(await multipart(field('form-data; name="é"', "ü"))), [["é", "ü"]]);
  assertEquals((await multipart(field('form-data; name="a"', "\ufeffx"))).get("a"), "\ufeffx");
});

test("line feeds alone, preambles, epilogues and quoted boundaries", async () => {
  assertEquals(shown(await multipart('--b\nContent-Disposition: form-data; name="a"\n\nx\n--b--')), [["a", "x"]]);
  assertEquals(shown(await multipart(`pre\r\n${field('form-data; name="a"')}\r\nepilogue`)), [["a", "x"]]);
  assertEquals(shown(await multipart(field('form-data; name="a"').replaceAll("--b", "--a b"), '"a b"')), [["a", "x"]]);
  assertEquals(shown(await multipart("--b--")), []);
  const almost = "-- b\r\n--B\r\n -b\n-b";
  assertEquals((await multipart(field('form-data; name="a"', almost))).get("a"), almost);
});

test("malformed bodies", async () => {
  await assertRejects(multipart("hello"), TypeError, "No initial boundary string");
  await assertRejects(multipart(""), TypeError, "No initial boundary string");
  await assertRejects(multipart('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx'), TypeError, "No subsequent boundary string");
  await assertRejects(multipart('--bzz\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--'), TypeError, "Boundary string was not succeeded");
  await assertRejects(multipart('--b\r\nContent-Disposition: form-data; name="a"\r\nx--b--'), TypeError, "No multipart message header termination");
  await assertRejects(multipart("--b\r\nX: y\r\n\r\nx\r\n--b--"), TypeError, "No valid Content-Disposition header");
  await assertRejects(multipart("--b\r\nnothing\r\n\r\nx\r\n--b--"), TypeError, "FormData part had invalid headers.");
  await assertRejects(multipart(field('attachment; name="a"')), TypeError, "Content-Disposition header for FormData part must have");
  await assertRejects(multipart(field('form-data; name=""')), TypeError, "Content-Disposition header in FormData part is missing a name.");
  await assertRejects(multipart(field("form-data; name=a")), TypeError, "Content-Disposition header in FormData part is missing a name.");
});

test("content types", async () => {
  await assertRejects(new Response("x", typed("multipart/form-data")).formData(), TypeError, "No boundary string in Content-Type header.");
  await assertRejects(new Response("x", typed("text/plain")).formData(), TypeError, "Unrecognized Content-Type header value.");
  const form = await new Response("a=1&b=x+y&a=%C3%A9", typed("Application/X-WWW-Form-URLencoded; charset=UTF-8")).formData();
  assertEquals(shown(form), [["a", "1"], ["b", "x y"], ["a", "é"]]);
  await assertRejects(new Response("a=1", typed("application/x-www-form-urlencoded; charset=latin1")).formData(), TypeError, "Non-utf-8");
});

test("binary content survives both ways", async () => {
  const bytes = new Uint8Array(100000);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7919) >> 3;
  const form = new FormData();
  form.append("bin", new File([bytes], "b.bin", { type: "application/x-bin" }));
  form.append("text", "line\nline\r\n");
  const read = await new Response(form).formData();
  assertEquals(await read.get("bin").bytes(), bytes);
  assertEquals([read.get("bin").name, read.get("bin").type, read.get("text")], ["b.bin", "application/x-bin", "line\nline\r\n"]);
});

test("the form of a body", async () => {
  const form = new FormData();
  form.append('a"\r\nb\\x', "v1\nv2\r\n");
  form.append("f", new File(["x"], 'n"\r\n.txt'));
  form.append("g", new Blob(["y"], { type: "Text/X" }));
  const response = new Response(form);
  const boundary = /^multipart\/form-data; boundary=([0-9a-f]{32})$/.exec(response.headers.get("content-type"))[1];
  assertEquals(
    (await response.text()).replaceAll(boundary, "B"),
    '--B\r\nContent-Disposition: form-data; name="a%22\r%0Ab\\\\x"\r\n\r\nv1\nv2\r\n\r\n' +
      '--B\r\nContent-Disposition: form-data; name="f"; filename="n%22\r%0A.txt"\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n' +
      '--B\r\nContent-Disposition: form-data; name="g"; filename="g"\r\nContent-Type: text/x\r\n\r\ny\r\n--B--',
  );
  const bad = new FormData();
  bad.append("a\\", "v");
  assertThrows(() => new Response(bad), TypeError, "Name or filename can't end with backslash");
});

test("a big body takes linear time", async () => {
  // Every line begins like the boundary.
  const boundary = `${"-".repeat(60)}x`;
  const lines = `--${boundary.slice(0, -1)}y\r\n`.repeat(20000);
  const body = `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n${lines}\r\n--${boundary}--`;
  const started = Date.now();
  const form = await multipart(body, boundary);
  assertEquals(form.get("a").length, lines.length);
  assert(Date.now() - started < 5000);
});
