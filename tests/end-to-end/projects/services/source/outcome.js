/** What engines add of their own, or keep elsewhere. */
const HIDDEN = ["stack", "message", "line", "column", "sourceURL", "code", "name", "retryable"];

/** How a value is shown: as JSON if that tells everything. */
export function show(value) {
  if (typeof value === "string") return value;
  if (value === undefined) return "undefined";
  if (typeof value === "function") return `function ${Object.prototype.toString.call(value)}`;
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Map) return `Map ${show([...value])}`;
  if (value instanceof Set) return `Set ${show([...value])}`;
  if (value instanceof Date) return `Date ${value.toISOString()}`;
  if (value instanceof RegExp) return String(value);
  if (value instanceof Error) return error(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${value.byteLength}`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer ${value.byteLength}`;
  if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) {
    return `${Object.prototype.toString.call(value)} ${JSON.stringify(value)}`;
  }
  return JSON.stringify(value, (_, inner) => (typeof inner === "function" ? "(function)" : inner));
}

export function error(value) {
  if (!(value instanceof Error)) return `thrown ${typeof value} ${value !== null && typeof value === "object" ? JSON.stringify(value) : String(value)}`;
  const own = Object.getOwnPropertyNames(value)
    .filter((name) => !HIDDEN.includes(name) || (name === "code" && !(value instanceof DOMException)))
    .sort()
    .map((name) => `${name}=${value[name] instanceof Error ? error(value[name]) : JSON.stringify(value[name])}`);
  return `${value.constructor.name} ${value.name}: ${value.message}${own.length ? ` {${own.join(", ")}}` : ""}`;
}

/** What a test comes to, and whether an error came at once. */
export async function outcome(run) {
  let result;
  try {
    result = run();
  } catch (thrown) {
    return `throws at once ${error(thrown)}`;
  }
  try {
    return show(await result);
  } catch (thrown) {
    return `rejects ${error(thrown)}`;
  }
}

export const respond = async (tests, context) => {
  const test = tests[context.params.test];
  if (test === undefined) return new Response("no such test", { status: 404 });
  return new Response(await outcome(() => test(context)));
};
