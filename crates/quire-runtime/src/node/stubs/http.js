// node:http: the client is real, nothing listens.
const tables = require("internal/stub/tables");
const agent = require("internal/stub/agent");
const { ClientRequest, IncomingMessage, functionsFor, validateHeaderName, validateHeaderValue } = require("internal/http/client");
return require("internal/stub")("http", {
  functions: "_connectionListener createServer",
  classes: "OutgoingMessage Server ServerResponse",
  values: {
    ...functionsFor("http:"),
    ClientRequest,
    IncomingMessage,
    validateHeaderName,
    validateHeaderValue,
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
