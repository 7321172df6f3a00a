const PAGE = `<!DOCTYPE html><html lang="en"><head><title>A &amp; B</title><meta charset="utf-8"></head><body class="a b">
<!-- note --><h1 id=top>Hello</h1><p class="x">one <b>two</b> three</p><p data-k='v "q"'>four<br>five<img src="i.png"/></p>
<ul><li>1</li><li>2</li><li>3</li></ul><script>if (a < b) { x("</p>"); }</script></body></html>`;

const page = (html, init) => new Response(html, init);
const on = (selector, handlers, html = PAGE) => new HTMLRewriter().on(selector, handlers).transform(page(html)).text();
const onDocument = (handlers, html = PAGE) => new HTMLRewriter().onDocument(handlers).transform(page(html)).text();
const later = (time, value) => new Promise((resolve) => setTimeout(resolve, time, value));
const told = async (action) => {
  try {
    return await action();
  } catch (error) {
    return `${error?.constructor?.name} ${error?.name}: ${error?.message}`;
  }
};
/** Every element that the selector finds, by name and id or class. */
const found = async (selector, html = PAGE) => {
  const names = [];
  await on(selector, { element: (e) => void names.push(e.tagName + (e.getAttribute("id") ?? e.getAttribute("class") ?? "")) }, html);
  return names;
};
/** A page in pieces, to see where they end. */
const pieces = (...parts) => new ReadableStream({
  async start(controller) {
    for (const part of parts) {
      controller.enqueue(new TextEncoder().encode(part));
      await later(5);
    }
    controller.close();
  },
});

const checks = {
  untouched: () => on("nothing", { element() {} }),
  setAttribute: () => on("p", { element(e) { e.setAttribute("id", `a"b<c>&d'e`).setAttribute("CLASS", "y"); } }),
  removeAttribute: () => on("p", { element(e) { e.removeAttribute("class").removeAttribute("none"); } }),
  getAttribute: async () => {
    const seen = [];
    await on("p, h1, html", { element(e) { seen.push([e.getAttribute("class"), e.getAttribute("ID"), e.getAttribute("data-k"), e.hasAttribute("lang"), e.getAttribute("")]); } });
    return seen;
  },
  rawAttribute: async () => {
    const seen = [];
    await on("a", { element(e) { seen.push(...e.attributes); } }, `<a href="x&amp;y" B=2 c d='"' e="&#39;">`);
    return seen;
  },
  attributesAfterChange: () => told(() => on("p", { element(e) {
    const iterator = e.attributes[Symbol.iterator]();
    e.setAttribute("new", "1");
    iterator.next();
  } })),
  attributeIterator: async () => {
    const seen = [];
    await on("p.x", { element(e) {
      const all = e.attributes;
      seen.push(JSON.stringify(all.next()), JSON.stringify(all.next()), typeof all[Symbol.iterator], Object.prototype.toString.call(all));
    } });
    return seen;
  },
  tagName: () => on("b", { element(e) { e.tagName = "Strong"; } }),
  tagNameRead: async () => {
    const seen = [];
    await on("*", { element(e) { seen.push(e.tagName, e.namespaceURI); } }, "<DIV><svg><path/></svg><math><mi>x</mi></math></DIV>");
    return seen;
  },
  tagNameInvalid: async () => [
    await told(() => on("b", { element(e) { e.tagName = ""; } })),
    await told(() => on("b", { element(e) { e.tagName = "1a"; } })),
    await told(() => on("b", { element(e) { e.tagName = "a b"; } })),
    await told(() => on("b", { element(e) { e.tagName = "a>"; } })),
  ],
  attributeNameInvalid: async () => [
    await told(() => on("b", { element(e) { e.setAttribute("", "x"); } })),
    await told(() => on("b", { element(e) { e.setAttribute("a b", "x"); } })),
    await told(() => on("b", { element(e) { e.setAttribute("a=", "x"); } })),
  ],
  insertionOrder: () => on("p", { element(e) {
    e.before("1").before("2").after("3").after("4").prepend("5").prepend("6").append("7").append("8");
  } }, "<p>x</p>"),
  insertionHtml: () => on("p", { element(e) {
    e.before("<i>", { html: true }).after("<i>", { html: false }).prepend("<&>\"'", {}).append("<&>", { html: true });
  } }, "<p>x</p>"),
  insertionCoerced: () => on("p", { element(e) {
    e.before(1).after(null).prepend(undefined).append({ toString: () => "object" });
  } }, "<p>x</p>"),
  insertionMissing: async () => [
    await told(() => on("p", { element(e) { e.before(); } })),
    await told(() => on("p", { element(e) { e.setAttribute("a"); } })),
    await told(() => on("p", { element(e) { e.onEndTag(); } })),
  ],
  optionsWrong: () => told(() => on("p", { element(e) { e.before("x", 1); } }, "<p>x</p>")),
  optionsNull: () => told(() => on("p", { element(e) { e.before("<x>", null); } }, "<p>x</p>")),
  htmlTruthy: () => told(() => on("p", { element(e) { e.before("<x>", { html: 1 }).before("<y>", { html: "" }); } }, "<p>x</p>")),
  replace: () => on("b", { element(e) { e.replace("<u>", { html: true }); } }),
  replaceThenMore: () => on("b", { element(e) { e.replace("1").replace("2").before("3").after("4").append("5"); } }),
  setInnerContent: () => on("p", { element(e) { e.setInnerContent("<in>").append("!").prepend("?"); } }),
  remove: () => on("p", { element(e) { e.remove(); } }),
  removeAndKeepContent: () => on("b, p", { element(e) { e.removeAndKeepContent(); } }),
  removed: async () => {
    const seen = [];
    await on("b", { element(e) { seen.push(e.removed); e.remove(); seen.push(e.removed); } });
    await on("b", { element(e) { e.removeAndKeepContent(); seen.push(e.removed); } });
    await on("b", { element(e) { e.replace("x"); seen.push(e.removed); } });
    return seen;
  },
  voidElements: () => on("br, img, meta", { element(e) { e.append("in").prepend("in").setInnerContent("in").after("after").before("before"); } }),
  unclosed: () => on("div", { element(e) { e.append("lost").after("lost too").prepend("kept"); } }, "<div>x"),
  unclosedEndTag: async () => {
    const seen = [];
    await on("div", { element(e) { e.onEndTag(() => void seen.push("called")); } }, "<div>x");
    return seen;
  },
  endTag: () => on("p", { element(e) { e.onEndTag((end) => { end.before("<1>", { html: true }).after("2"); }); } }),
  endTagName: () => on("p", { element(e) { e.onEndTag((end) => { end.name = `${end.name}x`; }); } }),
  endTagRemove: () => on("p", { element(e) { e.onEndTag((end) => { end.remove(); }); } }),
  endTagTwice: () => on("p", { element(e) { e.onEndTag((end) => { end.before("first"); }); e.onEndTag((end) => { end.before("second"); }); } }),
  endTagVoid: () => told(() => on("br", { element(e) { e.onEndTag(() => {}); } })),
  endTagAsync: () => on("p", { element(e) { e.onEndTag(async (end) => { await later(2); end.before("late"); }); } }),
  endTagAndAppend: () => on("p", { element(e) { e.append("a"); e.onEndTag((end) => { end.before("b"); }); e.append("c"); } }),
  endTagThrows: () => told(() => on("p", { element(e) { e.onEndTag(() => { throw new RangeError("at the end"); }); } })),
  texts: async () => {
    const seen = [];
    await on("p", { text(t) { seen.push([t.text, t.lastInTextNode, t.removed]); } }, "<p>a &amp; b<b>c</b>d</p><p></p>");
    return seen;
  },
  textReplace: () => on("p", { text(t) { if (!t.lastInTextNode) t.replace(`<${t.text.toUpperCase()}>`); } }),
  textReplaceHtml: () => on("h1", { text(t) { if (t.text) t.before("<i>", { html: true }).after("</i>", { html: true }); } }),
  textRemove: () => on("p", { text(t) { t.remove(); } }),
  textScript: async () => {
    let all = "";
    await on("script", { text(t) { all += t.text; } });
    return all;
  },
  textTitle: async () => {
    let all = "";
    await on("title", { text(t) { all += t.text; } });
    return all;
  },
  textPieces: async () => {
    const seen = [];
    const response = page(pieces("<p>on", "e t", "wo</p><p>thr", "ee</p>"));
    const text = await new HTMLRewriter().on("p", { text(t) { seen.push(t.text, t.lastInTextNode); } }).transform(response).text();
    return { seen, text };
  },
  tagPieces: () => new HTMLRewriter().on("p.x", { element(e) { e.setAttribute("y", "z"); } })
    .transform(page(pieces("<", "p cla", "ss='x", "'>te", "xt</", "p>"))).text(),
  utf8Pieces: async () => {
    const bytes = new TextEncoder().encode("<p>ü😀é</p>");
    let all = "";
    const body = new ReadableStream({ start(controller) { for (const byte of bytes) controller.enqueue(Uint8Array.of(byte)); controller.close(); } });
    const text = await new HTMLRewriter().on("p", { text(t) { all += t.text; } }).transform(page(body)).text();
    return [all, text];
  },
  comments: async () => {
    const seen = [];
    const text = await on("body", { comments(c) { seen.push(c.text, c.removed); c.text = " changed "; } });
    return { seen, text };
  },
  commentEdits: () => on("body", { comments(c) { c.before("<1>").after("<2>", { html: true }); } }),
  commentReplace: () => on("body", { comments(c) { c.replace("<!-- other -->", { html: true }); } }),
  commentRemove: () => on("*", { comments(c) { c.remove(); } }),
  commentText: async () => [
    await told(() => on("body", { comments(c) { c.text = "a--b"; } })),
    await told(() => on("body", { comments(c) { c.text = "a-->b"; } })),
    await told(() => on("body", { comments(c) { c.replace(new Response("x")); } })),
  ],
  doctype: async () => {
    const seen = [];
    const doc = { doctype(d) { seen.push(d.name, d.publicId, d.systemId); } };
    await onDocument(doc);
    await onDocument(doc, `<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">`);
    await onDocument(doc, `<!DOCTYPE>`);
    return seen;
  },
  documentTexts: async () => {
    let all = "";
    await onDocument({ text(t) { all += `[${t.text}]`; } }, "a<p>b<i>c</i></p>d<!-- e -->");
    return all;
  },
  documentComments: () => onDocument({ comments(c) { c.text = `${c.text}!`; } }, "<!--a--><p><!--b--></p><!--c-->"),
  documentEnd: () => onDocument({ end(e) { e.append("<1>").append("<2>", { html: true }); } }, "<p>x"),
  documentEndStream: () => told(() => onDocument({ end(e) { e.append(new Response("x")); } }, "<p>x")),
  emptyDocument: () => onDocument({ end(e) { e.append("only this"); } }, ""),
  severalHandlers: () => new HTMLRewriter()
    .on("p", { element(e) { e.before("1"); } })
    .on("*", { element(e) { e.before("2"); } })
    .on(".x", { element(e) { e.before(e.removed ? "gone" : "3"); } })
    .onDocument({ end(e) { e.append("4"); } })
    .transform(page("<p class=x>y</p>")).text(),
  classHandlers: () => {
    class Handler {
      count = 0;
      element(e) { e.setAttribute("n", String(++this.count)); }
      text(t) { if (t.lastInTextNode) t.after(`(${this.count})`); }
    }
    return on("li", new Handler());
  },
  asyncHandlers: () => on("li", { async element(e) { await later(3); e.setAttribute("late", "1"); await null; e.append("!"); } }),
  asyncOrder: async () => {
    const seen = [];
    await new HTMLRewriter()
      .on("li", { async element(e) { seen.push("a>"); await later(5); seen.push("<a"); }, async text(t) { seen.push(`t${t.text}`); await later(1); } })
      .on("li", { element(e) { seen.push("b"); } })
      .transform(page("<ul><li>1</li><li>2</li></ul>")).text();
    return seen;
  },
  thenable: () => on("h1", { element(e) { return { then(done) { setTimeout(() => { e.setAttribute("then", "1"); done(); }, 2); } }; } }),
  returned: () => on("h1", { element(e) { e.setAttribute("x", "1"); return 5; } }),
  throws: () => told(() => on("h1", { element() { throw new RangeError("no"); } })),
  throwsValue: () => told(() => on("h1", { element() { throw "text"; } })),
  rejects: () => told(() => on("h1", { async element() { await later(1); throw new TypeError("later"); } })),
  throwsInText: () => told(() => on("h1", { text() { throw new Error("in text"); } })),
  throwsInEnd: () => told(() => onDocument({ end() { throw new Error("in end"); } })),
  tokenAfter: async () => {
    let kept, text, iterator;
    await on("h1", { element(e) { kept = e; iterator = e.attributes; }, text(t) { text = t; } });
    return [await told(() => kept.tagName), await told(() => kept.remove()), await told(() => text.text), await told(() => iterator.next()), await told(() => { kept.tagName = "x"; })];
  },
  tokenAfterAsync: async () => {
    let result;
    await on("h1", { element(e) { setTimeout(async () => { result = await told(() => e.getAttribute("id")); }, 1); } });
    await later(10);
    return result;
  },
  selectorErrors: async () => {
    const results = [];
    for (const selector of ["", "p +q", "p ~ q", "p:last-child", "p:has(a)", ":is(p)", ":root", "p:empty", "p::before", "svg|a", "p[", "p >", "p:hover", "p:not(a b)", "p:nth-child(x)", "p:nth-last-child(1)", "p@", "p.", "#", "p:only-child", ":where(p)", "[=a]"]) {
      results.push(await told(() => { new HTMLRewriter().on(selector, {}); return "taken"; }));
    }
    return results;
  },
  selectors: async () => {
    const results = {};
    for (const selector of ["p", "*", "#top", ".x", "p.x", "[id]", "[data-k]", "[class~=b]", "[lang|=en]", "[src^=i]", "[src$=png]", "[src*='.p']", "[class='A B' i]", "[class='A B' s]", "body > p", "body b", "ul li:nth-child(2)", "li:first-child", "li:nth-of-type(odd)", "p:first-of-type", "p:not(.x)", "li:not(:first-child)", "h1, b", "li:nth-child(2n+1)", "P", "body>ul>li", ":not(p):not(li)"]) {
      results[selector] = (await found(selector)).join(" ");
    }
    return results;
  },
  handlersWrong: async () => [
    await told(() => { new HTMLRewriter().on("p", { element: 1 }); return "taken"; }),
    await told(() => { new HTMLRewriter().on("p", { element: null }); return "taken"; }),
    await told(() => { new HTMLRewriter().on("p", { element: undefined, other: 1 }); return "taken"; }),
    await told(() => { new HTMLRewriter().on("p"); return "taken"; }),
    await told(() => { new HTMLRewriter().on(); return "taken"; }),
    await told(() => { new HTMLRewriter().onDocument({ doctype: "x" }); return "taken"; }),
    await told(() => { new HTMLRewriter().onDocument(); return "taken"; }),
  ],
  transformWrong: async () => [
    await told(() => { new HTMLRewriter().transform(); }),
    await told(() => { new HTMLRewriter().transform("text"); }),
    await told(() => { new HTMLRewriter().transform(Response.error()); }),
  ],
  nullBody: async () => {
    const response = new Response(null, { status: 204, headers: { a: "b" } });
    const out = new HTMLRewriter().on("p", {}).transform(response);
    return [out === response, out.status, out.body, out.headers.get("a")];
  },
  usedBody: async () => {
    const response = page("<p>");
    await response.text();
    return told(() => new HTMLRewriter().transform(response));
  },
  lockedBody: async () => {
    const response = page("<p>");
    response.body.getReader();
    return told(() => new HTMLRewriter().transform(response));
  },
  disturbs: async () => {
    const response = page("<p>x</p>");
    const out = new HTMLRewriter().on("p", {}).transform(response);
    return [response.bodyUsed, out.bodyUsed, out === response, await out.text(), out.bodyUsed];
  },
  keepsHead: () => {
    const response = page("<p>x</p>", { status: 418, statusText: "Tea", headers: { "x-a": "1", "content-length": "8", "content-type": "text/plain" } });
    const out = new HTMLRewriter().on("p", { element(e) { e.append("longer"); } }).transform(response);
    out.headers.set("x-b", "2");
    return [out.status, out.statusText, [...out.headers]];
  },
  notHtml: () => new HTMLRewriter().on("p", { element(e) { e.remove(); } }).transform(page(`{"a":"<p>b</p>"}`, { headers: { "content-type": "application/json" } })).text(),
  charsets: async () => {
    const results = [];
    for (const charset of ["utf-8", "UTF8", "windows-1252", "shift_jis", "utf-16le", "bogus", "iso-2022-jp", "\"latin1\"", ""]) {
      results.push(await told(async () => {
        let seen = "";
        const bytes = Uint8Array.of(60, 112, 62, 0xe9, 60, 47, 112, 62);
        const response = page(bytes, { headers: { "content-type": `text/html; charset=${charset}` } });
        const out = new HTMLRewriter().on("p", { element(e) { e.append("é"); }, text(t) { seen += t.text; } }).transform(response);
        return `${seen}${[...new Uint8Array(await out.arrayBuffer())].join()} ${seen}`;
      }));
    }
    return results;
  },
  unencodable: async () => {
    const response = page("<p>x</p>", { headers: { "content-type": "text/html; charset=windows-1252" } });
    return new HTMLRewriter().on("p", { element(e) { e.append("→€").setAttribute("a", "→"); } }).transform(response).text();
  },
  contentResponse: () => on("p", { element(e) { e.setInnerContent(new Response("<i>response</i>"), { html: true }); } }),
  contentResponseText: () => on("p", { element(e) { e.replace(new Response("<i>text</i>")); } }),
  contentNullResponse: () => on("b", { element(e) { e.replace(new Response(null)).before("kept"); } }),
  contentStream: () => on("b", { element(e) { e.before(pieces("1", "2", "<3>")).after(pieces("4")).append(pieces("5"), { html: true }).prepend(pieces("6")); } }),
  contentStreamEndTag: () => on("p.x", { element(e) { e.onEndTag((end) => { end.before(pieces("e", "n", "d")).after(new Response("after")); }); } }),
  contentStreamText: () => on("h1", { text(t) { if (t.text) t.replace(pieces("new ", "title")); } }),
  contentStreamFails: () => told(() => on("b", { element(e) { e.before(new ReadableStream({ pull() { throw new RangeError("broken"); } })); } })),
  contentStreamUsed: () => told(async () => {
    const used = new Response("x");
    await used.text();
    return on("b", { element(e) { e.before(used); } });
  }),
  contentInvalidUtf8: () => told(() => on("b", { element(e) { e.before(new Response(Uint8Array.of(0xff, 0xfe))); } })),
  sourceFails: () => told(() => new HTMLRewriter().on("p", {}).transform(page(new ReadableStream({ pull() { throw new RangeError("broken"); } }))).text()),
  esiInclude: () => on("esi\\:include", { element(e) { e.replace("Z"); } }, "a<esi:include src=x/>y</b>z"),
  ambiguous: () => told(() => on("b", {}, "<select><xmp><b>x</b></xmp></select><p>y</p>")),
  nested: () => new HTMLRewriter().on("i", { element(e) { e.before("inner "); } })
    .transform(new HTMLRewriter().on("b", { element(e) { e.tagName = "i"; } }).transform(page("<b>x</b>"))).text(),
  reused: async () => {
    let count = 0;
    const rewriter = new HTMLRewriter().on("p", { element(e) { e.setAttribute("n", String(++count)); } });
    return [await rewriter.transform(page("<p>")).text(), await rewriter.transform(page("<p>")).text()];
  },
  parallel: async () => {
    const rewriter = new HTMLRewriter().on("p", { async element(e) { const id = e.getAttribute("id"); await later(id === "1" ? 8 : 2); e.append(id); } });
    return Promise.all(["1", "2", "3"].map((id) => rewriter.transform(page(`<p id=${id}></p>`)).text()));
  },
  onLater: async () => {
    const rewriter = new HTMLRewriter();
    const out = rewriter.transform(page("<p>"));
    rewriter.on("p", { element(e) { e.remove(); } });
    return out.text();
  },
  shape: () => {
    const keys = (object) => { const all = []; for (const key in object) all.push(key); return all.sort(); };
    return [keys(new HTMLRewriter()), Object.prototype.toString.call(new HTMLRewriter()), typeof globalThis.Element, typeof globalThis.Comment, HTMLRewriter.length];
  },
  elementShape: async () => {
    const seen = [];
    const keys = (object) => { const all = []; for (const key in object) all.push(key); return all.sort().join(); };
    await new HTMLRewriter().on("p", { element(e) { seen.push(keys(e), `${e}`); e.onEndTag((t) => void seen.push(keys(t), `${t}`)); }, text(t) { seen.push(keys(t), `${t}`); }, comments(c) { seen.push(keys(c), `${c}`); } })
      .onDocument({ doctype(d) { seen.push(keys(d), `${d}`); }, end(e) { seen.push(keys(e), `${e}`); } })
      .transform(page("<!doctype html><p>a<!--b--></p>")).text();
    return seen;
  },
};

export async function onRequest({ params, env, request }) {
  const { name } = params;
  if (name === "streamed") return new HTMLRewriter().on("p", { element(e) { e.append("!"); } }).transform(page("<p>x</p>", { status: 202, headers: { "content-type": "text/html", "content-length": "8", "x-a": "1" } }));
  if (name === "asset") return new HTMLRewriter().on("#asset", { element(e) { e.setInnerContent("Rewritten."); } }).transform(await env.ASSETS.fetch(new URL("/", request.url)));
  const check = checks[name];
  if (!check) return new Response("no such check", { status: 404 });
  const result = await told(check);
  return typeof result === "string" ? new Response(result) : Response.json(result);
}
