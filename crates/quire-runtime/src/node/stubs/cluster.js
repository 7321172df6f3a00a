// node:cluster, which can be imported but does nothing here.
return require("internal/stub")("cluster", {
  functions: "disconnect fork setupMaster setupPrimary",
  classes: "Cluster Worker",
  objects: "settings workers",
  values: {
    SCHED_NONE: 1,
    SCHED_RR: 2,
    isMaster: true,
    isPrimary: true,
    isWorker: false,
    schedulingPolicy: 2,
  },
});
