import vercelOG from "@cloudflare/pages-plugin-vercel-og";

const element = (type, style, ...children) => ({ type, key: null, props: { style: { display: "flex", ...style }, children } });

export const onRequest = vercelOG({
  imagePathSuffix: "/social-image.png",
  component: ({ title, pathname }) =>
    element("div", { width: "100%", height: "100%", background: "white", flexDirection: "column", fontSize: 40 }, element("div", {}, title), element("div", {}, pathname)),
  extractors: {
    on: {
      title: (props) => ({
        text({ text }) {
          props.title = (props.title ?? "") + text;
        },
      }),
    },
  },
  options: { width: 300, height: 150 },
  autoInject: { openGraph: true },
});
