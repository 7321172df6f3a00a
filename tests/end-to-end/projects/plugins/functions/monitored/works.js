export const onRequest = ({ data }) => Response.json([typeof data.sentry.captureException, typeof data.honeycomb.tracer.addData]);
