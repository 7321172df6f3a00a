// node:_http_agent: names and tables are real, the rest throws.
const agent = require("internal/stub/agent");
return require("internal/stub")("_http_agent", {
  values: {
    Agent: agent.Agent,
    globalAgent: agent.globalAgent,
  },
});
