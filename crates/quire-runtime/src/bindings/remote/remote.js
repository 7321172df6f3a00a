// A binding of which every method rejects.

/** Names that are asked of any object without anybody's calling it, by `await` for one. */
const ordinary = new Set(["then", "toJSON", "constructor"]);

internals.bindings.define(
  "remote",
  ({ name, service }) =>
    new Proxy(
      {},
      {
        get(target, member) {
          if (typeof member === "symbol" || ordinary.has(member)) return target[member];
          return async () => {
            throw new Error(
              `env.${name}.${member}: \`${service}\` is a service of Cloudflare's that quire does not have; ` +
                "call the service's HTTP interface with fetch instead",
            );
          };
        },
      },
    ),
);
