// Pattern strings: their parts, the regular expression they stand for, and their normal form (URL Pattern Standard §2).
const { isNameCharacter, malformed, tokenize } = internals.urlPattern;
const NativeRegExp = RegExp;
const NativeSet = Set;

// String.prototype.replace() would go through members of RegExp that programs can change.
function escape(text, special) {
  let escaped = "";
  for (let i = 0; i < text.length; i++) escaped += special.includes(text[i]) ? `\\${text[i]}` : text[i];
  return escaped;
}
const escapeRegExp = (text) => escape(text, ".+*?^${}()[]|/\\");
const escapePattern = (text) => escape(text, "+*?:{}()\\");
const startsWithDigit = (text) => text.charCodeAt(0) >= 48 && text.charCodeAt(0) <= 57;
const first = (text) => (text === "" ? "" : String.fromCodePoint(text.codePointAt(0)));

// What `:name` matches: everything up to the delimiter.
const segment = (options) => `[^${escapeRegExp(options.delimiter)}]+?`;

class Parser {
  #tokens;
  #position = 0;
  #options;
  #encode;
  #segment;
  #fixed = "";
  #parts = [];
  #names = new NativeSet();
  #nextNumber = 0;

  constructor(input, options, encode) {
    this.#tokens = tokenize(input, false).tokens;
    this.#options = options;
    this.#encode = encode;
    this.#segment = segment(options);
  }

  parts() {
    while (this.#position < this.#tokens.length) {
      const character = this.#take("character");
      const name = this.#take("name");
      const matcher = this.#takeMatcher(name);
      if (name !== null || matcher !== null) {
        let prefix = character?.value ?? "";
        if (prefix !== "" && prefix !== this.#options.prefix) {
          this.#fixed += prefix;
          prefix = "";
        }
        this.#endFixedText();
        this.#add(prefix, name, matcher, "", this.#takeModifier());
        continue;
      }
      const fixed = character ?? this.#take("escaped");
      if (fixed !== null) {
        this.#fixed += fixed.value;
      } else if (this.#take("open") !== null) {
        const prefix = this.#takeText();
        const innerName = this.#take("name");
        const innerMatcher = this.#takeMatcher(innerName);
        const suffix = this.#takeText();
        this.#require("close");
        this.#add(prefix, innerName, innerMatcher, suffix, this.#takeModifier());
      } else {
        this.#endFixedText();
        this.#require("end");
      }
    }
    return this.#parts;
  }

  #take(type) {
    const token = this.#tokens[this.#position];
    if (token.type !== type) return null;
    this.#position++;
    return token;
  }

  #require(type) {
    if (this.#take(type) !== null) return;
    const { index, value } = this.#tokens[this.#position];
    throw malformed(`"${value}" is not expected at position ${index}`);
  }

  #takeMatcher(name) {
    return this.#take("regexp") ?? (name === null ? this.#take("asterisk") : null);
  }

  #takeModifier() {
    return (this.#take("modifier") ?? this.#take("asterisk"))?.value ?? "";
  }

  #takeText() {
    let text = "";
    for (;;) {
      const token = this.#take("character") ?? this.#take("escaped");
      if (token === null) return text;
      text += token.value;
    }
  }

  #push(type, value, modifier, name, prefix, suffix) {
    this.#parts[this.#parts.length] = { type, value, modifier, name, prefix, suffix };
  }

  #endFixedText() {
    if (this.#fixed === "") return;
    const encoded = this.#encode(this.#fixed);
    this.#fixed = "";
    this.#push("fixed", encoded, "", "", "", "");
  }

  #add(prefix, nameToken, matcher, suffix, modifier) {
    if (nameToken === null && matcher === null && modifier === "") {
      this.#fixed += prefix;
      return;
    }
    this.#endFixedText();
    if (nameToken === null && matcher === null) {
      if (prefix !== "") this.#push("fixed", this.#encode(prefix), modifier, "", "", "");
      return;
    }
    let type = "regexp";
    let value = "";
    if (matcher === null) type = "segment";
    else if (matcher.type === "asterisk" || matcher.value === ".*") type = "wildcard";
    else if (matcher.value === this.#segment) type = "segment";
    else value = matcher.value;
    const name = nameToken === null ? `${this.#nextNumber++}` : nameToken.value;
    if (this.#names.has(name)) throw malformed(`the name "${name}" is used twice`);
    this.#names.add(name);
    this.#push(type, value, modifier, name, this.#encode(prefix), this.#encode(suffix));
  }
}

function sourceOf(part, options) {
  return part.type === "segment" ? segment(options) : part.type === "wildcard" ? ".*" : part.value;
}

function regExpOf(parts, options) {
  let source = "^";
  for (const part of parts) {
    const { modifier } = part;
    if (part.type === "fixed") {
      source += modifier === "" ? escapeRegExp(part.value) : `(?:${escapeRegExp(part.value)})${modifier}`;
      continue;
    }
    const inner = sourceOf(part, options);
    const once = modifier === "" || modifier === "?";
    if (part.prefix === "" && part.suffix === "") {
      source += once ? `(${inner})${modifier}` : `((?:${inner})${modifier})`;
      continue;
    }
    const prefix = escapeRegExp(part.prefix);
    const suffix = escapeRegExp(part.suffix);
    source += once
      ? `(?:${prefix}(${inner})${suffix})${modifier}`
      : `(?:${prefix}((?:${inner})(?:${suffix}${prefix}(?:${inner}))*)${suffix})${modifier === "*" ? "?" : ""}`;
  }
  return `${source}$`;
}

// Whether the part must stand in braces to be read again as it is.
function needsBraces(part, previous, next, named, options) {
  if (part.suffix !== "" || (part.prefix !== "" && part.prefix !== options.prefix)) return true;
  if (named && part.type === "segment" && part.modifier === "" && next !== undefined && next.prefix === "" && next.suffix === "") {
    const joined =
      next.type === "fixed" ? next.value !== "" && isNameCharacter(first(next.value), false) : startsWithDigit(next.name);
    if (joined) return true;
  }
  return (
    part.prefix === "" && previous?.type === "fixed" && options.prefix !== "" && previous.value.at(-1) === options.prefix
  );
}

function textOf(parts, options) {
  let text = "";
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    const previous = parts[i - 1];
    if (part.type === "fixed") {
      text += part.modifier === "" ? escapePattern(part.value) : `{${escapePattern(part.value)}}${part.modifier}`;
      continue;
    }
    const named = !startsWithDigit(part.name);
    const braces = needsBraces(part, previous, parts[i + 1], named, options);
    let inner = escapePattern(part.prefix);
    if (named) inner += `:${part.name}`;
    if (part.type === "regexp") {
      inner += `(${part.value})`;
    } else if (part.type === "segment" && !named) {
      inner += `(${segment(options)})`;
    } else if (part.type === "wildcard") {
      const alone = previous === undefined || previous.type === "fixed" || previous.modifier !== "" || braces || part.prefix !== "";
      inner += !named && alone ? "*" : "(.*)";
    }
    if (part.type === "segment" && named && part.suffix !== "" && isNameCharacter(first(part.suffix), false)) inner += "\\";
    inner += escapePattern(part.suffix);
    text += `${braces ? `{${inner}}` : inner}${part.modifier}`;
  }
  return text;
}

/**
 * Compiles the pattern of one component. `encode` puts fixed text in the form it has in a URL; `options` are
 * { delimiter, prefix, ignoreCase }, the first two one character each or empty.
 * Returns { text, regExp, names, hasRegExpGroups }.
 */
internals.urlPattern.compile = (input, encode, options) => {
  const parts = new Parser(input, options, encode).parts();
  const source = regExpOf(parts, options);
  let regExp;
  try {
    regExp = new NativeRegExp(source, options.ignoreCase ? "vi" : "v");
  } catch {
    throw malformed(`"${input}" holds a group that is no regular expression`);
  }
  const names = [];
  let hasRegExpGroups = false;
  for (const { type, name } of parts) {
    if (type !== "fixed") names[names.length] = name;
    if (type === "regexp") hasRegExpGroups = true;
  }
  return { text: textOf(parts, options), regExp, names, hasRegExpGroups };
};
internals.urlPattern.escapePattern = escapePattern;
