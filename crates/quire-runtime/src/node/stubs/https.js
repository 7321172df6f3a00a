// node:https: names and tables are real, the rest throws.
const agent = require("internal/stub/agent");
return require("internal/stub")("https", {
  functions: "createServer get request",
  classes: "Server",
  values: {
    Agent: agent.Agent,
    globalAgent: agent.globalAgent,
  },
});
