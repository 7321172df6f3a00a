// Hyperdrive: https://developers.cloudflare.com/hyperdrive/

const FROM_RUNTIME = Symbol("from the runtime");
const PORTS = { __proto__: null, "postgres:": 5432, "postgresql:": 5432, "mysql:": 3306 };

class Hyperdrive {
  #name;
  #connection;

  constructor(token, name, connection) {
    if (token !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#name = name;
    this.#connection = connection;
  }

  get #url() {
    if (this.#connection === null) {
      throw new Error(
        `env.${this.#name} has no database: set \`localConnectionString\` of its \`hyperdrive\` entry, or the variable ` +
          `CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_${this.#name} where quire is started`,
      );
    }
    return new URL(this.#connection);
  }

  get connectionString() {
    return this.#url && this.#connection;
  }

  get host() {
    return this.#url.hostname;
  }

  get port() {
    const { port, protocol } = this.#url;
    return port === "" ? (PORTS[protocol] ?? 5432) : Number(port);
  }

  get user() {
    return decodeURIComponent(this.#url.username);
  }

  get password() {
    return decodeURIComponent(this.#url.password);
  }

  get database() {
    return decodeURIComponent(this.#url.pathname.slice(1));
  }

  connect() {
    return internals.sockets.connect({ hostname: this.host, port: this.port });
  }
}

internals.defineClass(Hyperdrive, "Hyperdrive");
internals.bindings.define("hyperdrive", ({ name, connection }) => new Hyperdrive(FROM_RUNTIME, name, connection));
