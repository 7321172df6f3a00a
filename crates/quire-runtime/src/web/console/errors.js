// The text of errors. The engine's `stack` has frames only ("function@file:line:column"); people expect the name and message
// on top and frames like "    at function (file:line:column)".
const isError = Error.isError ?? ((value) => value instanceof Error);
const toString = Error.prototype.toString;
const { apply } = Reflect;

// "TypeError: message", even if properties of the error are broken.
function headline(error) {
  try {
    return apply(toString, error, []);
  } catch {
    return "Error";
  }
}

// One line of the engine's stack as a frame; undefined for frames inside the runtime, which are of no use to anybody.
function frame(line) {
  const at = line.lastIndexOf("@");
  const place = at === -1 ? line : line.slice(at + 1);
  const name = at === -1 ? "" : line.slice(0, at);
  if (place === "" || place === "[native code]" || place.startsWith("quire:")) return undefined;
  const called = name === "" || name === "global code" || name === "module code" || name === "eval code" ? "" : name;
  return called === "" ? `    at ${place}` : `    at ${called} (${place})`;
}

function frames(stack) {
  const lines = [];
  for (const line of stack.split("\n")) {
    const text = frame(line);
    if (text !== undefined) lines.push(text);
  }
  return lines;
}

// What `error.stack` is in other engines: the headline, then the frames.
function stackText(error) {
  let stack;
  try {
    stack = error.stack;
  } catch {
    stack = undefined;
  }
  const first = headline(error);
  if (typeof stack !== "string" || stack === "") return first;
  // Set by the program, or already in the expected form.
  if (stack.startsWith(first) || /^ {4}at /m.test(stack)) return stack;
  if (!/^[^\s]*@|:\d+:\d+$/m.test(stack)) return stack;
  // The runtime knows the positions in the project's own files.
  if (ops.map_stack !== undefined) return ops.map_stack(first, stack);
  return [first, ...frames(stack)].join("\n");
}

Object.assign(internals.console, { isError, stackText, headline });
