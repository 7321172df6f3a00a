// node:console: the global console, by name.
const { notImplemented } = require("internal/errors");
const { console } = globalThis;

for (const name of ["Console", "context", "createTask"]) {
  if (console[name] === undefined) {
    const value = notImplemented(name === "Console" ? "Console" : `Console.${name}`);
    Object.defineProperty(console, name, { value, writable: true, configurable: true, enumerable: true });
  }
}
return console;
