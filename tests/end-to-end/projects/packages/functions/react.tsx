import { Suspense, use, useId, useMemo } from "react";
import { renderToReadableStream } from "react-dom/server.browser";

function Table({ rows }: { rows: number }) {
  const id = useId();
  const squares = useMemo(() => Array.from({ length: rows }, (_, index) => index * index), [rows]);
  return (
    <table id={id}>
      <tbody>{squares.map((square, index) => <tr key={index} className={index % 2 ? "odd" : "even"}><td>{index}</td><td>{square}</td></tr>)}</tbody>
    </table>
  );
}

function Later({ promise }: { promise: Promise<string> }) {
  return <p data-later="">{use(promise)}</p>;
}

/** A page that arrives in two parts: the table at once, what takes time after it. */
export const onRequest: PagesFunction = async ({ request }) => {
  const name = new URL(request.url).searchParams.get("name") ?? "nobody";
  const promise = scheduler.wait(20).then(() => `late for ${name}`);
  const stream = await renderToReadableStream(
    <html lang="en">
      <head><title>{`Hello ${name}`}</title></head>
      <body>
        <h1 style={{ color: "teal", marginTop: 4 }}>Hello {name}</h1>
        <Table rows={5} />
        <Suspense fallback={<p>wait</p>}><Later promise={promise} /></Suspense>
      </body>
    </html>,
    { bootstrapScriptContent: "globalThis.started = true", onError: (error) => console.error(error) },
  );
  return new Response(stream, { headers: { "content-type": "text/html; charset=utf-8" } });
};
