// A page of 1 MB, of 2,600 sections, through HTMLRewriter: links are rewritten, headings and images changed, some text read.
const section = (index) => `<section class="item" id="s${index}">
  <h2>Section ${index}</h2>
  <p class="lead">The quick brown fox &amp; the lazy dog, number ${index}.</p>
  <p>Lorem ipsum dolor sit amet, <a href="/pages/${index}">consectetur</a> adipiscing elit, sed do eiusmod tempor incididunt ut
  labore et dolore <b>magna aliqua</b>. Ut enim ad minim veniam.</p>
  <img src="/images/${index}.png" alt="An image">
</section>
`;
const PAGE = `<!doctype html><html><head><title>A large page</title></head><body>
${Array.from({ length: 2600 }, (_, index) => section(index)).join("")}</body></html>`;

export function onRequest() {
  let leads = 0;
  return new HTMLRewriter()
    .on("a[href]", {
      element(element) {
        element.setAttribute("href", `https://example.com${element.getAttribute("href")}`);
      },
    })
    .on("img", {
      element(element) {
        element.setAttribute("loading", "lazy");
      },
    })
    .on("section.item > h2", {
      element(element) {
        element.append(" ¶");
      },
    })
    .on("p.lead", {
      text(text) {
        leads += text.text.length;
      },
    })
    .onDocument({
      end(end) {
        end.append(`<!-- ${leads} -->`, { html: true });
      },
    })
    .transform(new Response(PAGE, { headers: { "content-type": "text/html" } }));
}
