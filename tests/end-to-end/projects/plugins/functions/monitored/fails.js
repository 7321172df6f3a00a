export const onRequest = ({ data }) => {
  data.sentry.setTag("where", "here");
  data.honeycomb.tracer.addData({ step: "before" });
  throw new Error("as expected");
};
