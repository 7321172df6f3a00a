// node:tty, which can be imported but does nothing here.
return require("internal/stub")("tty", {
  classes: "ReadStream WriteStream",
  values: {
    isatty: () => false,
  },
});
