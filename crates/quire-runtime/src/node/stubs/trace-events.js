// node:trace_events, which can be imported but does nothing here.
return require("internal/stub")("trace_events", {
  functions: "createTracing",
  values: {
    getEnabledCategories: () => undefined,
  },
});
