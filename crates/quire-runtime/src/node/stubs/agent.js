// http.Agent: packages make one while they load. Connections are the runtime's own affair.
const { EventEmitter } = require("events");

class Agent extends EventEmitter {
  constructor(options = {}) {
    super();
    this.options = { ...options };
    Object.assign(this, { maxSockets: options.maxSockets ?? Infinity, maxFreeSockets: options.maxFreeSockets ?? 256, keepAlive: options.keepAlive ?? false });
  }
  destroy() {}
}

Object.assign(exports, { Agent, globalAgent: new Agent({ keepAlive: true }) });
