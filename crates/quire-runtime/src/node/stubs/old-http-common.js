// node:_http_common: names and tables are real, the rest throws.
const tables = require("internal/stub/tables");
return require("internal/stub")("_http_common", {
  functions: "_checkInvalidHeaderChar _checkIsHttpToken",
  objects: "chunkExpression continueExpression parsers",
  values: {
    CRLF: "\r\n",
    kIncomingMessage: Symbol("IncomingMessage"),
    methods: tables.METHODS,
  },
});
