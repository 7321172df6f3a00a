// console (Console Standard). Everything goes out as (level, text) through one native operation.
// What makes texts of values, `internals.console`, is evaluated when it is first needed.
const { clock, write } = { clock: ops.console_clock, write: ops.console_write };

// "12.345ms", "1.234s", "1:02.345 (m:ss.mmm)"
function duration(milliseconds) {
  if (milliseconds < 1000) return `${Number(milliseconds.toFixed(3))}ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(3)}s`;
  const minutes = Math.floor(milliseconds / 60_000);
  const seconds = ((milliseconds % 60_000) / 1000).toFixed(3).padStart(6, "0");
  if (minutes < 60) return `${minutes}:${seconds} (m:ss.mmm)`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${seconds.slice(0, 2)} (h:mm:ss)`;
}

function createConsole() {
  let indentation = "";
  const counts = new Map();
  const timers = new Map();

  // Logging must not fail because a value cannot be shown.
  function text(args) {
    try {
      return internals.console.format(args);
    } catch (error) {
      return `a value that could not be shown: ${describe(error)}`;
    }
  }
  function print(level, line, args) {
    write(level, indentation === "" ? line : indentation + line.replaceAll("\n", `\n${indentation}`), args);
  }
  const label = (name) => (name === undefined ? "default" : `${name}`);

  function elapsed(name, args) {
    const started = timers.get(name);
    if (started === undefined) {
      print("warn", `no timer is called \`${name}\``);
      return;
    }
    const rest = args.length === 0 ? "" : ` ${text(args)}`;
    print("log", `${name}: ${duration(clock() - started)}${rest}`);
  }

  return {
    debug: (...args) => print("debug", text(args), args),
    error: (...args) => print("error", text(args), args),
    info: (...args) => print("info", text(args), args),
    log: (...args) => print("log", text(args), args),
    warn: (...args) => print("warn", text(args), args),
    dir: (value, options) => print("log", internals.console.inspect(value, options)),
    dirxml: (...args) => print("log", text(args)),
    table: (data, columns) => {
      const shown = internals.console.table(data, Array.isArray(columns) ? columns.map(String) : undefined);
      print("log", shown ?? text([data]));
    },
    trace: (...args) => {
      const here = new Error();
      here.name = "Trace";
      here.message = text(args);
      print("debug", internals.console.stackText(here));
    },
    group: (...args) => {
      if (args.length > 0) print("log", text(args));
      indentation += "  ";
    },
    groupCollapsed: (...args) => {
      if (args.length > 0) print("log", text(args));
      indentation += "  ";
    },
    groupEnd: () => {
      indentation = indentation.slice(2);
    },
    clear: () => {
      indentation = "";
    },
    count: (name) => {
      const counter = label(name);
      const count = (counts.get(counter) ?? 0) + 1;
      counts.set(counter, count);
      print("log", `${counter}: ${count}`);
    },
    countReset: (name) => {
      if (!counts.delete(label(name))) print("warn", `no counter is called \`${label(name)}\``);
    },
    assert: (condition, ...args) => {
      if (condition) return;
      if (typeof args[0] === "string") args[0] = `Assertion failed: ${args[0]}`;
      else args.unshift("Assertion failed");
      print("error", text(args));
    },
    profile: () => {},
    profileEnd: () => {},
    time: (name) => {
      if (timers.has(label(name))) print("warn", `a timer called \`${label(name)}\` is running already`);
      else timers.set(label(name), clock());
    },
    timeLog: (name, ...args) => elapsed(label(name), args),
    timeEnd: (name) => {
      elapsed(label(name), []);
      timers.delete(label(name));
    },
    timeStamp: () => {},
    createTask: () => ({ run: (work) => work() }),
    context: () => createConsole(),
  };
}

function describe(error) {
  try {
    const { isError, stackText } = internals.console;
    return isError(error) ? stackText(error) : String(error);
  } catch {
    return "an error that has no text";
  }
}

// Each method a function of its name that is no constructor, as the arrows above are.
const console = Object.assign(Object.create({}), createConsole());
Object.defineProperty(console, Symbol.toStringTag, { value: "console", configurable: true });
internals.expose("console", console);

// The arguments as who follows the log gets them: what has a form in JSON in that, the rest as text.
internals.consoleMessage = (args) => JSON.stringify(args.map(jsonForm));

function jsonForm(value) {
  try {
    if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string") return value;
    const isPlain = () => Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
    if (typeof value !== "object" || !(typeof value.toJSON === "function" || isPlain())) return String(value);
    return JSON.parse(JSON.stringify(value));
  } catch {
    return {};
  }
}

internals.events.logUncaught = (error) => {
  let shown;
  try {
    shown = internals.console.inspect(error);
  } catch {
    shown = describe(error);
  }
  write("error", `Uncaught ${shown}`);
};
