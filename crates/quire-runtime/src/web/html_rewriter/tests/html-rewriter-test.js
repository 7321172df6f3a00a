const rewrite = (html, selector, handlers) => new HTMLRewriter().on(selector, handlers).transform(new Response(html)).text();
const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

test("elements, attributes and content", async () => {
  const text = await rewrite('<p class="a">x</p>', "p.a", {
    element(e) {
      e.setAttribute("id", 'q"').removeAttribute("class").append("<1>").prepend("<b>", { html: true }).before(1).after("2");
      assertEquals([e.tagName, e.getAttribute("ID"), e.getAttribute("no"), e.removed], ["p", 'q"', null, false]);
      assertEquals([...e.attributes], [["id", 'q"']]);
      e.tagName = "q";
    },
  });
  assertEquals(text, '1<q id="q&quot;"><b>x&lt;1&gt;</q>2');
});

test("asynchronous handlers are awaited in order, the parser waits", async () => {
  const seen = [];
  const text = await rewrite("<i>1</i><i>2</i>", "i", {
    async element(e) {
      seen.push("start");
      await pause();
      e.append("!");
      e.onEndTag(async (end) => {
        await pause();
        seen.push("end");
        end.after(".");
      });
    },
    async text(t) {
      await null;
      seen.push(t.text);
    },
  });
  assertEquals(text, "<i>1!</i>.<i>2!</i>.");
  assertEquals(seen, ["start", "1", "", "end", "start", "2", "", "end"]);
});

test("the reason of a failed handler is what reading fails with", async () => {
  const reason = new RangeError("mine");
  const out = new HTMLRewriter().on("p", { element() { throw reason; } }).transform(new Response("<p>"));
  assert((await assertRejects(out.text())) === reason);
  const later = new HTMLRewriter().on("p", { async element() { await pause(); throw "text"; } }).transform(new Response("<p>"));
  await assertRejects(later.arrayBuffer(), Error, "text");
  const read = new HTMLRewriter().on("p", { element() { throw reason; } }).transform(new Response("a<p>")).body.getReader();
  assert((await assertRejects(async () => { for (;;) if ((await read.read()).done) return; })) === reason);
});

test("tokens are over when their handler is", async () => {
  let kept;
  await rewrite("<p>", "p", { element(e) { kept = e; } });
  assertThrows(() => kept.tagName, TypeError, "This content token is no longer valid.");
  assertThrows(() => kept.before("x"), TypeError, "This content token is no longer valid.");
});

test("streams of content are read when their turn comes", async () => {
  const order = [];
  const stream = (text) => new ReadableStream({
    async pull(controller) {
      await pause();
      order.push(text);
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  }, { highWaterMark: 0 });
  const text = await rewrite("<p>x</p>", "p", {
    element(e) {
      e.append(new Response(stream("<2>"))).before(stream("1"), { html: true }).after(new Response("3"));
    },
  });
  assertEquals(text, "1<p>x&lt;2&gt;</p>3");
  assertEquals(order.length, 2);
});

test("a document passes in pieces, and is not read ahead of a slow reader", async () => {
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new TextEncoder().encode(`<p>${"x".repeat(1000)}</p>`));
    },
  }, { highWaterMark: 0 });
  const out = new HTMLRewriter().on("p", { element(e) { e.setAttribute("a", "b"); } }).transform(new Response(endless));
  const reader = out.body.getReader();
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value).slice(0, 10), '<p a="b">x');
  for (let i = 0; i < 10; i++) await pause();
  assert(pulled < 40, `${pulled} chunks were pulled for one that was read`);
  await reader.cancel();
});

test("a body that nobody finishes reading ends its transformation in the middle of a handler", async () => {
  let started;
  const out = new HTMLRewriter().on("p", { element() { started = true; return new Promise(() => {}); } }).transform(new Response("before<p>"));
  const reader = out.body.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "before");
  assert(started);
  await reader.cancel();
  await pause();
});

test("many transformations at once keep their tokens apart", async () => {
  const rewriter = new HTMLRewriter().on("p", {
    async element(e) {
      const id = e.getAttribute("id");
      for (let i = 0; i < 3; i++) {
        await pause();
        assertEquals(e.getAttribute("id"), id);
      }
      e.setInnerContent(new Response(id.repeat(2)));
    },
  });
  const ids = Array.from({ length: 20 }, (_, index) => `${index},`);
  const texts = await Promise.all(ids.map((id) => rewriter.transform(new Response(`<p id="${id}">x</p>`)).text()));
  assertEquals(texts, ids.map((id) => `<p id="${id}">${id}${id}</p>`));
});

test("a large document comes out as it went in", async () => {
  const html = Array.from({ length: 20000 }, (_, index) => `<div id="d${index}"><span>${index} ü</span></div>`).join("\n");
  let count = 0;
  const out = await rewrite(html, "span", { element() { count++; } });
  assertEquals(count, 20000);
  assert(out === html);
});

test("what the parser refuses is a TypeError of the body", async () => {
  await assertRejects(rewrite(`<p ${"a".repeat(4_000_000)}`, "p", { element() {} }), TypeError, "Parser error: The memory limit has been exceeded.");
  assertThrows(() => new HTMLRewriter().on("p + q", {}), TypeError, "Parser error: Unsupported combinator `+`");
});

test("a response without a body, or whose body was read", async () => {
  const empty = new Response(null, { status: 204 });
  assert(new HTMLRewriter().transform(empty) === empty);
  const used = new Response("x");
  await used.text();
  assertThrows(() => new HTMLRewriter().transform(used), TypeError, "The ReadableStream has been locked to a reader.");
});
