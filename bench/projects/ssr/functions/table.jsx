import { renderToReadableStream } from "react-dom/server.browser";

const rows = Array.from({ length: 200 }, (_, index) => ({ id: index, name: `Row ${index}`, price: (index * 1.25).toFixed(2), tags: ["new", "used"][index % 2] }));

function Cell({ children, ...attributes }) {
  return <td {...attributes}>{children}</td>;
}

function Row({ row }) {
  return (
    <tr className={row.id % 2 ? "odd" : "even"} data-id={row.id}>
      <Cell>{row.id}</Cell>
      <Cell title={row.name}><a href={`/items/${row.id}`}>{row.name}</a></Cell>
      <Cell style={{ textAlign: "right" }}>{row.price} €</Cell>
      <Cell>{row.tags}</Cell>
    </tr>
  );
}

function Page() {
  return (
    <html lang="en">
      <head><title>A table</title></head>
      <body>
        <table>
          <thead><tr><th>Number</th><th>Name</th><th>Price</th><th>Condition</th></tr></thead>
          <tbody>{rows.map((row) => <Row key={row.id} row={row} />)}</tbody>
        </table>
      </body>
    </html>
  );
}

export async function onRequestGet() {
  const stream = await renderToReadableStream(<Page />);
  return new Response(stream, { headers: { "content-type": "text/html; charset=utf-8" } });
}
