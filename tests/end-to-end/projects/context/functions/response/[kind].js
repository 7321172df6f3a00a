const make = {
  json: () => Response.json({ a: [1, null, "é"] }),
  jsonStatus: () => Response.json({ created: true }, { status: 201, headers: { "x-custom": "yes" } }),
  redirect: () => Response.redirect("https://example.com/there?a=1#b"),
  redirect307: () => Response.redirect("https://example.com/there", 307),
  empty: () => new Response(),
  null: () => new Response(null),
  string: () => new Response("text"),
  emptyString: () => new Response(""),
  html: () => new Response("<p>é</p>", { headers: { "content-type": "text/html; charset=utf-8" } }),
  noContent: () => new Response(null, { status: 204 }),
  teapot: () => new Response("short and stout", { status: 418, statusText: "Tea" }),
  buffer: () => new Response(new Uint8Array([0, 255, 10, 13]).buffer),
  view: () => new Response(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)),
  search: () => new Response(new URLSearchParams({ a: "1 2", b: "é" })),
  blob: () => new Response(new Blob(["a", "b"], { type: "text/css" })),
  untypedBlob: () => new Response(new Blob(["ab"])),
  number: () => new Response(12.5),
  object: () => new Response({}),
  stream: () =>
    new Response(
      new ReadableStream({
        async start(controller) {
          for (const piece of ["one ", "two ", "three"]) {
            controller.enqueue(new TextEncoder().encode(piece));
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          controller.close();
        },
      }),
      { headers: { "content-type": "text/plain" } },
    ),
  transform: () => {
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    writer.write(new TextEncoder().encode("through a transform")).then(() => writer.close());
    return new Response(readable);
  },
  appended: () => {
    const headers = new Headers({ "x-list": "one" });
    headers.append("x-list", "two");
    headers.append("Set-Cookie", "a=1");
    headers.append("Set-Cookie", "b=2");
    return new Response("headers", { headers });
  },
  pairs: () => new Response("pairs", { headers: [["X-Case", "Kept"], ["x-case", "joined"]] }),
  ownLength: () => new Response("12345", { headers: { "content-length": "5" } }),
  clone: async () => {
    const response = new Response("cloned", { headers: { "x-custom": "yes" } });
    const copy = response.clone();
    return new Response((await response.text()) + (await copy.text()), copy);
  },
  big: () => new Response("0123456789abcdef".repeat(65536)),
  newline: () => tell(() => new Headers({ "x-bad": "a\nb" })),
  badName: () => tell(() => new Headers({ "bad name": "a" })),
  badStatus: () => tell(() => new Response("", { status: 99 })),
  bodyWith204: () => tell(() => new Response("text", { status: 204 })),
  badRedirect: () => tell(() => Response.redirect("https://example.com/", 200)),
};
function tell(action) {
  try {
    action();
    return new Response("accepted");
  } catch (error) {
    return new Response(error.constructor.name);
  }
}
export const onRequest = ({ params }) => make[params.kind]();
