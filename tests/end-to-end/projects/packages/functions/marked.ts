import { Marked, Renderer } from "marked";

/** The posted Markdown as HTML, with headings that can be linked to. */
export const onRequestPost: PagesFunction = async ({ request }) => {
  const renderer = new Renderer();
  renderer.heading = function ({ tokens, depth }) {
    const text = this.parser.parseInline(tokens);
    return `<h${depth} id="${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-")}">${text}</h${depth}>\n`;
  };
  const marked = new Marked({ gfm: true, async: true, renderer });
  return new Response(await marked.parse(await request.text()), { headers: { "content-type": "text/html; charset=utf-8" } });
};
