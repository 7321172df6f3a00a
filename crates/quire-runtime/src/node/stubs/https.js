// node:https: the client is real, nothing listens.
const agent = require("internal/stub/agent");
return require("internal/stub")("https", {
  functions: "createServer",
  classes: "Server",
  values: {
    ...require("internal/http/client").functionsFor("https:"),
    Agent: agent.Agent,
    globalAgent: agent.globalAgent,
  },
});
