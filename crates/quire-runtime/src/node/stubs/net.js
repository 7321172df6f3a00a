// node:net: names and tables are real, the rest throws.
const ip = require("internal/stub/ip");
return require("internal/stub")("net", {
  functions: "_normalizeArgs connect createConnection createServer",
  classes: "BlockList Server Socket SocketAddress Stream",
  values: {
    isIP: ip.isIP,
    isIPv4: ip.isIPv4,
    isIPv6: ip.isIPv6,
    getDefaultAutoSelectFamily: () => false,
    setDefaultAutoSelectFamily: () => {},
    getDefaultAutoSelectFamilyAttemptTimeout: () => 250,
    setDefaultAutoSelectFamilyAttemptTimeout: () => {},
  },
});
