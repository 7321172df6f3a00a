import { sent } from "./monitored/_middleware.js";

/** What was reported: which service was told, of what. */
export const onRequest = () =>
  Response.json(
    sent.map(({ service, pathname, text }) => {
      if (/honeycomb/.test(service)) return { service, pathname, steps: /"step":"before"/.test(text) };
      return { service, pathname, error: /"value":"as expected"/.test(text), tag: /"where":"here"/.test(text), environment: /"tests"/.test(text) };
    }),
  );
