// node:worker_threads, which can be imported but does nothing here.
return require("internal/stub")("worker_threads", {
  functions: "moveMessagePortToContext postMessageToThread",
  classes: "BroadcastChannel Worker",
  objects: "resourceLimits",
  values: {
    MessageChannel: globalThis.MessageChannel,
    MessagePort: globalThis.MessagePort,
    SHARE_ENV: Symbol.for("nodejs.worker_threads.SHARE_ENV"),
    getEnvironmentData: () => undefined,
    isInternalThread: false,
    isMainThread: true,
    isMarkedAsUntransferable: () => false,
    markAsUncloneable: () => undefined,
    markAsUntransferable: () => undefined,
    parentPort: null,
    receiveMessageOnPort: () => undefined,
    setEnvironmentData: () => undefined,
    threadId: 0,
    workerData: null,
  },
});
