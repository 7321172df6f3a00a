// Nothing names this module: it is evaluated when somebody asks for it, and then once.
globalThis.evaluations = (globalThis.evaluations ?? 0) + 1;

export const evaluations = () => globalThis.evaluations;
