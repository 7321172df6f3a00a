// node:sqlite, which can be imported but does nothing here.
return require("internal/stub")("sqlite", {
  functions: "backup",
  classes: "DatabaseSync StatementSync",
  objects: "constants",
});
