// Marks, measures and observers (User Timing, Performance Timeline), which programs with nodejs_compat see.
const NativeTypeError = TypeError;
const { Performance, isPerformance } = internals.performance;
const { defineProperty, freeze, getOwnPropertyDescriptors } = Object;
const { queueMicrotask } = internals.timers;
const key = Symbol();

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";
const missing = (method) => new NativeTypeError(`${method}(): an argument is missing`);

function install() {
  // Marks and measures in the order of their start times.
  let entries = [];
  const observers = new Set();
  let fieldsOf;

  class PerformanceEntry {
    #fields;

    static {
      fieldsOf = (entry) => {
        if (!isObject(entry) || !(#fields in entry)) throw internals.illegalInvocation();
        return entry.#fields;
      };
    }

    constructor(secret, fields) {
      if (secret !== key) throw new NativeTypeError("Illegal constructor");
      this.#fields = fields;
    }
    get name() {
      return fieldsOf(this).name;
    }
    get entryType() {
      return fieldsOf(this).entryType;
    }
    get startTime() {
      return fieldsOf(this).startTime;
    }
    get duration() {
      return fieldsOf(this).duration;
    }
    toJSON() {
      const { name, entryType, startTime, duration, detail } = fieldsOf(this);
      const json = { name, entryType, startTime, duration };
      if (detail !== undefined) json.detail = detail;
      return json;
    }
  }

  const cloneDetail = (detail) => (detail === undefined || detail === null ? null : internals.structuredClone.clone(detail));

  class PerformanceMark extends PerformanceEntry {
    constructor(name, options = undefined) {
      if (arguments.length === 0) throw missing("PerformanceMark");
      const given = options ?? {};
      if (!isObject(given)) throw new NativeTypeError("PerformanceMark(): the options must be an object");
      const startTime = given.startTime === undefined ? Date.now() : +given.startTime;
      if (!(startTime >= 0)) throw new NativeTypeError("PerformanceMark(): options.startTime must not be negative");
      super(key, { name: `${name}`, entryType: "mark", startTime, duration: 0, detail: cloneDetail(given.detail) });
    }
    get detail() {
      return fieldsOf(this).detail;
    }
  }
  defineProperty(PerformanceMark, "length", { value: 1, configurable: true });

  class PerformanceMeasure extends PerformanceEntry {
    get detail() {
      return fieldsOf(this).detail;
    }
  }

  class PerformanceResourceTiming extends PerformanceEntry {}

  const byName = (list, name, type) =>
    list.filter((entry) => fieldsOf(entry).name === name && (type === undefined || fieldsOf(entry).entryType === type));
  const byType = (list, type) => list.filter((entry) => fieldsOf(entry).entryType === type);

  class PerformanceObserverEntryList {
    #entries;

    constructor(secret, list) {
      if (secret !== key) throw new NativeTypeError("Illegal constructor");
      this.#entries = list;
    }
    getEntries() {
      return [...this.#entries];
    }
    getEntriesByName(name, type = undefined) {
      return byName(this.#entries, `${name}`, type === undefined ? undefined : `${type}`);
    }
    getEntriesByType(type) {
      return byType(this.#entries, `${type}`);
    }
  }

  const observed = freeze(["mark", "measure"]);
  let notify;

  class PerformanceObserver {
    #callback;
    #types = [];
    #records = [];
    #scheduled = false;

    static {
      notify = (observer, entry) => {
        if (!observer.#types.includes(fieldsOf(entry).entryType)) return;
        observer.#records.push(entry);
        observer.#schedule();
      };
    }

    constructor(callback) {
      if (typeof callback !== "function") throw new NativeTypeError("PerformanceObserver(): the callback must be a function");
      this.#callback = callback;
    }
    static get supportedEntryTypes() {
      return observed;
    }
    observe(options = undefined) {
      if (!isObject(options)) throw missing("observe");
      const { entryTypes, type, buffered } = options;
      if (entryTypes === undefined && type === undefined) throw new NativeTypeError("observe(): `type` or `entryTypes` is required");
      if (entryTypes !== undefined) this.#types = [...entryTypes].map(String).filter((name) => observed.includes(name));
      else if (observed.includes(`${type}`)) this.#types.push(`${type}`);
      if (this.#types.length === 0) return;
      observers.add(this);
      if (buffered && type !== undefined) {
        this.#records.push(...byType(entries, `${type}`));
        if (this.#records.length > 0) this.#schedule();
      }
    }
    disconnect() {
      this.#types = [];
      this.#records = [];
      observers.delete(this);
    }
    takeRecords() {
      const records = this.#records;
      this.#records = [];
      return records;
    }
    #schedule() {
      if (this.#scheduled) return;
      this.#scheduled = true;
      queueMicrotask(() => {
        this.#scheduled = false;
        const records = this.takeRecords();
        if (records.length > 0) this.#callback(new PerformanceObserverEntryList(key, records), this);
      });
    }
  }

  function record(entry) {
    const { startTime } = fieldsOf(entry);
    let at = entries.length;
    while (at > 0 && fieldsOf(entries[at - 1]).startTime > startTime) at--;
    entries.splice(at, 0, entry);
    for (const observer of observers) notify(observer, entry);
    return entry;
  }

  // A moment: a number, or the last mark of that name.
  function moment(value) {
    if (typeof value === "number") {
      if (value < 0) throw new NativeTypeError("measure(): a time must not be negative");
      return value;
    }
    const mark = byName(entries, `${value}`, "mark").at(-1);
    if (mark === undefined) throw internals.domException("SyntaxError", `The mark '${value}' does not exist.`);
    return fieldsOf(mark).startTime;
  }

  function measureBetween(startOrOptions, endMark) {
    const options = isObject(startOrOptions) ? startOrOptions : undefined;
    const { start = options === undefined ? startOrOptions : undefined, end, duration, detail } = options ?? {};
    if (options !== undefined) {
      const given = [start, end, duration].filter((value) => value !== undefined).length;
      if (given === 3 || (given === 0 && detail !== undefined)) throw new NativeTypeError("measure(): needs `start` or `end`, and not with both a `duration`");
      if (endMark !== undefined && given > 0) throw new NativeTypeError("measure(): an end mark goes with no options");
    }
    const endTime =
      endMark !== undefined ? moment(`${endMark}`)
      : end !== undefined ? moment(end)
      : start !== undefined && duration !== undefined ? moment(start) + +duration
      : Date.now();
    const startTime = start !== undefined ? moment(start) : duration !== undefined ? endTime - +duration : 0;
    return { startTime, duration: endTime - startTime, detail: cloneDetail(detail) };
  }

  const members = {
    mark(name, options = undefined) {
      if (arguments.length === 0) throw missing("mark");
      return record(new PerformanceMark(name, options));
    },
    measure(name, startOrOptions = undefined, endMark = undefined) {
      if (arguments.length === 0) throw missing("measure");
      const text = `${name}`;
      return record(new PerformanceMeasure(key, { name: text, entryType: "measure", ...measureBetween(startOrOptions ?? undefined, endMark) }));
    },
    clearMarks(name = undefined) {
      clear("mark", name);
    },
    clearMeasures(name = undefined) {
      clear("measure", name);
    },
    clearResourceTimings() {},
    setResourceTimingBufferSize() {},
    getEntries() {
      return [...entries];
    },
    getEntriesByName(name, type = undefined) {
      if (arguments.length === 0) throw missing("getEntriesByName");
      return byName(entries, `${name}`, type === undefined ? undefined : `${type}`);
    },
    getEntriesByType(type) {
      if (arguments.length === 0) throw missing("getEntriesByType");
      return byType(entries, `${type}`);
    },
    toJSON: () => ({ timeOrigin: 0 }),
    eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: 0 }),
    timerify: (work) => work,
    get eventCounts() {
      return new Map();
    },
    get nodeTiming() {
      const never = { nodeStart: 0, v8Start: 0, bootstrapComplete: 0, environment: 0, loopStart: 0, loopExit: 0, idleTime: 0 };
      return { name: "node", entryType: "node", startTime: 0, duration: 0, ...never, uvMetricsInfo: { loopCount: 0, events: 0, eventsWaiting: 0 } };
    },
  };

  function clear(type, name) {
    const wanted = name === undefined ? undefined : `${name}`;
    entries = entries.filter((entry) => {
      const fields = fieldsOf(entry);
      return fields.entryType !== type || (wanted !== undefined && fields.name !== wanted);
    });
  }

  const checked = (member) =>
    typeof member !== "function"
      ? member
      : {
          [member.name](...callArguments) {
            if (!isPerformance(this)) throw internals.illegalInvocation();
            return member(...callArguments);
          },
        }[member.name];
  const descriptors = getOwnPropertyDescriptors(members);
  for (const name in descriptors) {
    const descriptor = descriptors[name];
    if ("value" in descriptor) descriptor.value = checked(descriptor.value);
    else descriptor.get = checked(descriptor.get);
    defineProperty(Performance.prototype, name, descriptor);
  }
  const classes = {
    PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceResourceTiming, PerformanceObserver, PerformanceObserverEntryList,
  };
  for (const name in classes) {
    internals.defineClass(classes[name], name);
    internals.expose(name, classes[name]);
  }
  internals.expose("Performance", Performance);
}

internals.beforeProgram((compatibility) => {
  if (compatibility.enable_global_performance_classes) install();
});
