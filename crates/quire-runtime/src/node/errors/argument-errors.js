// The texts of errors about arguments: what was expected, what came instead.
const { inspect } = internals.console;

const typeNames = new Set(["string", "function", "number", "object", "Function", "Object", "boolean", "bigint", "symbol"]);

/** "a", "a or b", "a, b, or c" */
function list(items, word) {
  if (items.length <= 1) return `${items[0]}`;
  if (items.length === 2) return `${items[0]} ${word} ${items[1]}`;
  return `${items.slice(0, -1).join(", ")}, ${word} ${items.at(-1)}`;
}

/** What a value is, for "Received …". */
function received(value) {
  if (value === null || value === undefined) return ` Received ${value}`;
  if (typeof value === "function") return ` Received function ${value.name}`;
  if (typeof value === "object") {
    const name = value.constructor?.name;
    return name ? ` Received an instance of ${name}` : ` Received ${inspect(value, { depth: -1 })}`;
  }
  if (typeof value === "string") {
    if (value.length > 28) value = `${value.slice(0, 25)}...`;
    return ` Received type string (${value.includes("'") ? JSON.stringify(value) : `'${value}'`})`;
  }
  let text = inspect(value);
  if (text.length > 28) text = `${text.slice(0, 25)}...`;
  return ` Received type ${typeof value} (${text})`;
}

/** 'The "size" argument', 'The "options.size" property'; a name that is a phrase of its own stays as it is. */
function subject(name) {
  if (name.endsWith(" argument")) return `The ${name}`;
  return `The "${name}" ${name.includes(".") ? "property" : "argument"}`;
}

function expectation(expected) {
  const [types, classes, others] = [[], [], []];
  for (const name of Array.isArray(expected) ? expected : [expected]) {
    if (typeNames.has(name)) types.push(name.toLowerCase());
    else if (/^[A-Z][a-zA-Z0-9]*$/.test(name)) classes.push(name);
    else others.push(name);
  }
  if (classes.length > 0) {
    // "of type object" says less than a class does.
    const at = types.indexOf("object");
    if (at !== -1) {
      types.splice(at, 1);
      classes.push("Object");
    }
  }
  const parts = [];
  if (types.length > 0) parts.push(`${types.length > 1 ? "one of type" : "of type"} ${list(types, "or")}`);
  if (classes.length > 0) parts.push(`an instance of ${list(classes, "or")}`);
  if (others.length > 1) parts.push(`one of ${list(others, "or")}`);
  else if (others.length === 1) parts.push(others[0].toLowerCase() !== others[0] ? `an ${others[0]}` : others[0]);
  return parts.join(" or ");
}

/** 12345678 → "12_345_678" */
function separated(text) {
  const [sign, digits] = text.startsWith("-") ? ["-", text.slice(1)] : ["", text];
  return sign + digits.replace(/\B(?=(?:\d{3})+$)/g, "_");
}

exports.list = list;
exports.received = received;
exports.argumentType = (name, expected, value) => `${subject(name)} must be ${expectation(expected)}.${received(value)}`;

exports.argumentValue = (name, value, reason = "is invalid") => {
  let text = inspect(value);
  if (text.length > 128) text = `${text.slice(0, 128)}...`;
  return `The ${name.includes(".") ? "property" : "argument"} '${name}' ${reason}. Received ${text}`;
};

exports.outOfRange = (name, range, value) => {
  let text;
  if (Number.isInteger(value) && Math.abs(value) > 2 ** 32) text = separated(String(value));
  else if (typeof value === "bigint") text = `${value > 2n ** 32n || value < -(2n ** 32n) ? separated(String(value)) : value}n`;
  else text = inspect(value);
  return `The value of "${name}" is out of range. It must be ${range}. Received ${text}`;
};

exports.missingArguments = (...names) => {
  const quoted = names.map((name) => (Array.isArray(name) ? name.map((each) => `"${each}"`).join(" or ") : `"${name}"`));
  return `The ${list(quoted, "and")} argument${quoted.length === 1 ? "" : "s"} must be specified`;
};

exports.returnValue = (expected, name, value) => {
  return `Expected ${expected} to be returned from the "${name}" function but got${received(value).replace(" Received", "")}.`;
};
