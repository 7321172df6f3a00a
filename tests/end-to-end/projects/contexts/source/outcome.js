// What an operation did, as text that is the same on every engine: the constructor and the beginning of the message.

const PHRASES = [
  "Disallowed operation called within global scope.",
  "Cannot perform I/O on behalf of a different request.",
  "This promise was created by a request that has since ended, so it can never settle",
  "Code generation from strings disallowed for this context",
];

export function show(error) {
  if (!(error instanceof Error)) return `a ${typeof error}`;
  const phrase = PHRASES.find((text) => error.message.startsWith(text)) ?? error.message;
  const type = /\(I\/O type: (\w+)>?\)/.exec(error.message)?.[1] ?? "";
  return `${error.name}: ${phrase}${type && ` (${type})`}`;
}

/** Calls `run`; gives text, or a promise of text if that is what came of it. */
export function attempt(run) {
  let result;
  try {
    result = run();
  } catch (error) {
    return `throws ${show(error)}`;
  }
  if (typeof result?.then !== "function") return "works";
  return result.then(
    () => "resolves",
    (error) => `rejects with ${show(error)}`,
  );
}
