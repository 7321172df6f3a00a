// node:http: names and tables are real, the rest throws.
const tables = require("internal/stub/tables");
const agent = require("internal/stub/agent");
return require("internal/stub")("http", {
  functions: "_connectionListener createServer get request validateHeaderName validateHeaderValue",
  classes: "ClientRequest IncomingMessage OutgoingMessage Server ServerResponse",
  values: {
    maxHeaderSize: 16384,
    METHODS: tables.METHODS,
    STATUS_CODES: tables.STATUS_CODES,
    Agent: agent.Agent,
    globalAgent: agent.globalAgent,
    WebSocket: globalThis.WebSocket,
    CloseEvent: globalThis.CloseEvent,
    MessageEvent: globalThis.MessageEvent,
    setMaxIdleHTTPParsers: () => {},
  },
});
