// node:perf_hooks
const { notImplemented } = require("internal/errors");
const { performance } = globalThis;

/** What a program waits for here never happens: nothing is measured behind its back. */
class PerformanceObserver {
  static supportedEntryTypes = [];

  constructor(callback) {
    if (typeof callback !== "function") throw new TypeError("PerformanceObserver takes a function");
  }
  observe() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
}

const exposed = [
  "Performance", "PerformanceEntry", "PerformanceMark", "PerformanceMeasure", "PerformanceObserver", "PerformanceObserverEntryList",
  "PerformanceResourceTiming",
];
for (const name of exposed) if (globalThis[name] !== undefined) exports[name] = globalThis[name];
Object.assign(exports, {
  PerformanceObserver: globalThis.PerformanceObserver ?? PerformanceObserver,
  performance,
  constants: {
    NODE_PERFORMANCE_GC_MAJOR: 4, NODE_PERFORMANCE_GC_MINOR: 1, NODE_PERFORMANCE_GC_INCREMENTAL: 8, NODE_PERFORMANCE_GC_WEAKCB: 16,
    NODE_PERFORMANCE_GC_FLAGS_NO: 0, NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
  },
  eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: 0 }),
  timerify: notImplemented("perf_hooks.timerify"),
  monitorEventLoopDelay: notImplemented("perf_hooks.monitorEventLoopDelay"),
  createHistogram: notImplemented("perf_hooks.createHistogram"),
});
