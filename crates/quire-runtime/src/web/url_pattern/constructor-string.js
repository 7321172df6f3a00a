// Cuts the pattern of a whole URL into those of its components (URL Pattern Standard §1.6).
const { NAMES, canonical, compile, defaultPorts, tokenize } = internals.urlPattern;
const { exec } = RegExp.prototype;
const { apply } = Reflect;

/** Whether a compiled protocol matches a scheme whose URLs have a host. */
function matchesSpecialScheme(protocol) {
  for (const scheme in defaultPorts) if (apply(exec, protocol.regExp, [scheme]) !== null) return true;
  return false;
}

const order = (name) => NAMES.indexOf(name);

class ConstructorString {
  #characters;
  #tokens;
  #result = {};
  #start = 0;
  #position = 0;
  #step = 1;
  // "init", "authority", "done", or the component that the current token belongs to.
  #state = "init";
  #depth = 0;
  #brackets = 0;
  #special = false;

  constructor(input) {
    const { characters, tokens } = tokenize(input, true);
    this.#characters = characters;
    this.#tokens = tokens;
  }

  parse() {
    for (; this.#position < this.#tokens.length; this.#position += this.#step) {
      this.#step = 1;
      const { type } = this.#tokens[this.#position];
      if (type === "end") {
        if (this.#state === "init") this.#startWithoutProtocol();
        else if (this.#state === "authority") this.#rewind("hostname");
        else {
          this.#enter("done", 0);
          break;
        }
      } else if (type === "open") {
        this.#depth++;
      } else {
        if (this.#depth > 0) {
          if (type !== "close") continue;
          this.#depth--;
        }
        this.#look();
      }
    }
    if (this.#result.hostname !== undefined && this.#result.port === undefined) this.#result.port = "";
    return this.#result;
  }

  // There was no colon that ends a protocol: it is relative.
  #startWithoutProtocol() {
    this.#rewind("init");
    if (this.#is("#")) this.#enter("hash", 1);
    else if (this.#isSearchPrefix()) this.#enter("search", 1);
    else this.#enter("pathname", 0);
  }

  #look() {
    switch (this.#state) {
      case "init":
        if (this.#is(":")) this.#rewind("protocol");
        break;
      case "protocol":
        if (this.#is(":")) this.#endProtocol();
        break;
      case "authority":
        if (this.#is("@")) this.#rewind("username");
        else if (this.#is("/") || this.#isSearchPrefix() || this.#is("#")) this.#rewind("hostname");
        break;
      case "username":
        if (this.#is(":")) this.#enter("password", 1);
        else if (this.#is("@")) this.#enter("hostname", 1);
        break;
      case "password":
        if (this.#is("@")) this.#enter("hostname", 1);
        break;
      case "hostname":
        if (this.#is("[")) this.#brackets++;
        else if (this.#is("]")) this.#brackets--;
        else if (this.#is(":") && this.#brackets === 0) this.#enter("port", 1);
        else this.#lookBeyond("/");
        break;
      case "port":
        this.#lookBeyond("/");
        break;
      case "pathname":
        this.#lookBeyond("?");
        break;
      case "search":
        this.#lookBeyond("#");
        break;
    }
  }

  #lookBeyond(firstDelimiter) {
    if (firstDelimiter === "/" && this.#is("/")) this.#enter("pathname", 0);
    else if (firstDelimiter !== "#" && this.#isSearchPrefix()) this.#enter("search", 1);
    else if (this.#is("#")) this.#enter("hash", 1);
  }

  #endProtocol() {
    this.#special = matchesSpecialScheme(compile(this.#text(), canonical.protocol, { delimiter: "", prefix: "" }));
    if (this.#is("/", 1) && this.#is("/", 2)) this.#enter("authority", 3);
    else this.#enter(this.#special ? "authority" : "pathname", 1);
  }

  #token(index) {
    return this.#tokens[Math.min(index, this.#tokens.length - 1)];
  }

  // Whether the token stands for that character, which means nothing in patterns.
  #is(character, ahead = 0) {
    const { type, value } = this.#token(this.#position + ahead);
    return value === character && (type === "character" || type === "escaped" || type === "invalid");
  }

  // A question mark that does not make what is before it optional.
  #isSearchPrefix() {
    if (this.#is("?")) return true;
    if (this.#token(this.#position).value !== "?") return false;
    if (this.#position === 0) return true;
    const { type } = this.#token(this.#position - 1);
    return type !== "name" && type !== "regexp" && type !== "close" && type !== "asterisk";
  }

  #rewind(state) {
    this.#position = this.#start;
    this.#step = 0;
    this.#state = state;
  }

  #text() {
    return this.#characters.slice(this.#token(this.#start).index, this.#tokens[this.#position].index).join("");
  }

  // What is absent between two components that are there is empty, not anything.
  #enter(state, skip) {
    const old = this.#state;
    if (old !== "init" && old !== "authority") this.#result[old] = this.#text();
    if (old !== "init" && state !== "done") {
      const from = old === "authority" ? order("username") : order(old);
      const to = order(state);
      const fill = (name, value) => {
        if (from < order(name) && to > order(name)) this.#result[name] ??= value;
      };
      if (state !== "authority") {
        fill("hostname", "");
        fill("pathname", this.#special ? "/" : "");
        fill("search", "");
      }
    }
    this.#state = state;
    this.#position += skip;
    this.#start = this.#position;
    this.#step = 0;
  }
}

Object.assign(internals.urlPattern, {
  matchesSpecialScheme,
  parseConstructorString: (input) => new ConstructorString(input).parse(),
});
