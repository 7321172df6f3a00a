/** @jsx h */
type Props = Record<string, unknown> | null;
const h = (tag: string, props: Props, ...children: unknown[]): string =>
  `<${tag}${Object.entries(props ?? {}).map(([name, value]) => ` ${name}="${value}"`).join("")}>${children.flat().join("")}</${tag}>`;
export const onRequest = (): Response =>
  new Response((<ul class="list">{[1, 2].map((n) => (<li>{n}</li>))}</ul>) as unknown as string, { headers: { "content-type": "text/html" } });
