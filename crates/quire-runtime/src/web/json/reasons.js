// Says why a text is no JSON in V8's words: programs show these messages, and test for them.

/** Characters of the text that are shown on either side of one that cannot be. */
const CONTEXT = 10;
/** Values that someone took for JSON. */
const MISTAKEN = ["[object Object]", "undefined", "Infinity", "NaN"];
const { charCodeAt, slice, includes } = String.prototype;
const { includes: isAmong } = Array.prototype;
const { apply } = Reflect;

const END = -1;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

const isDigit = (code) => code >= 0x30 && code <= 0x39;
const isSpace = (code) => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
const isHex = (code) => isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);

/** Reads a text as far as it is JSON. Its methods give the reason why it is not, or null. */
class Reader {
  constructor(text) {
    this.text = text;
    this.position = 0;
  }

  at(position) {
    return position < this.text.length ? apply(charCodeAt, this.text, [position]) : END;
  }

  current() {
    return this.at(this.position);
  }

  skipSpace() {
    while (isSpace(this.current())) this.position++;
    return this.current();
  }

  /** A reason with its place. */
  here(reason, position = this.position) {
    let line = 1;
    let start = 0;
    for (let i = 0; i < position; i++) {
      const code = this.at(i);
      if (code === 0x0d && this.at(i + 1) === 0x0a) i++;
      if (code === 0x0a || code === 0x0d) {
        line++;
        start = i + 1;
      }
    }
    return `${reason} at position ${position} (line ${line} column ${position - start + 1})`;
  }

  /** What stands at the place is not what has to come; `expected` says what that is, where V8 does. */
  unexpected(expected) {
    const { text, position } = this;
    const code = this.current();
    if (apply(isAmong, MISTAKEN, [text])) return `"${text}" is not valid JSON`;
    if (expected !== undefined) return this.here(`${expected} in JSON`);
    if (code === END) return "Unexpected end of JSON input";
    if (code === QUOTE) return this.here("Unexpected string in JSON");
    if (isDigit(code) || code === MINUS) return this.here("Unexpected number in JSON");
    const token = apply(slice, text, [position, position + 1]);
    if (text.length <= 2 * CONTEXT) return `Unexpected token '${token}', "${text}" is not valid JSON`;
    const from = position < CONTEXT ? 0 : position - CONTEXT;
    const to = position + CONTEXT >= text.length ? text.length : position + CONTEXT;
    const shown = `${position >= CONTEXT ? "..." : ""}"${apply(slice, text, [from, to])}"${to < text.length ? "..." : ""}`;
    return `Unexpected token '${token}', ${shown} is not valid JSON`;
  }

  all() {
    const reason = this.value();
    if (reason !== null) return reason;
    if (this.skipSpace() === END) return null;
    return this.here("Unexpected non-whitespace character after JSON");
  }

  /** Values within values are kept on a list rather than the stack, which a deep text would exhaust. */
  value() {
    const around = [];
    for (;;) {
      const code = this.skipSpace();
      let reason = null;
      let opened = false;
      if (code === 0x7b || code === 0x5b) {
        const isObject = code === 0x7b;
        this.position++;
        if (this.skipSpace() === (isObject ? 0x7d : 0x5d)) {
          this.position++;
        } else {
          around[around.length] = isObject;
          opened = true;
          if (isObject) reason = this.name("Expected property name or '}'");
        }
      } else if (code === QUOTE) reason = this.string();
      else if (code === MINUS || isDigit(code)) reason = this.number();
      else if (code === 0x74) reason = this.word("true");
      else if (code === 0x66) reason = this.word("false");
      else if (code === 0x6e) reason = this.word("null");
      else reason = this.unexpected();
      if (reason !== null) return reason;
      if (opened) continue;
      // A value has ended, and with it perhaps some around it.
      for (;;) {
        if (around.length === 0) return null;
        const isObject = around[around.length - 1];
        const next = this.skipSpace();
        if (next === 0x2c) {
          this.position++;
          if (isObject) {
            const wrong = this.name("Expected double-quoted property name");
            if (wrong !== null) return wrong;
          }
          break;
        }
        if (next !== (isObject ? 0x7d : 0x5d)) {
          return this.unexpected(isObject ? "Expected ',' or '}' after property value" : "Expected ',' or ']' after array element");
        }
        this.position++;
        around.length--;
      }
    }
  }

  name(expected) {
    if (this.skipSpace() !== QUOTE) return this.unexpected(expected);
    const reason = this.string();
    if (reason !== null) return reason;
    if (this.skipSpace() !== 0x3a) return this.unexpected("Expected ':' after property name");
    this.position++;
    return null;
  }

  word(word) {
    for (let i = 0; i < word.length; i++, this.position++) {
      if (this.current() !== apply(charCodeAt, word, [i])) return this.unexpected();
    }
    return null;
  }

  string() {
    this.position++;
    for (;;) {
      const code = this.current();
      if (code === END) return this.here("Unterminated string in JSON");
      if (code < 0x20) return this.here("Bad control character in string literal in JSON");
      this.position++;
      if (code === QUOTE) return null;
      if (code !== BACKSLASH) continue;
      const escaped = this.current();
      if (escaped === END) return this.unexpected();
      if (escaped === 0x75) {
        for (let i = 1; i <= 4; i++) {
          if (!isHex(this.at(this.position + i))) return this.here("Bad Unicode escape in JSON", this.position + i);
        }
        this.position += 5;
      } else if (apply(includes, '"\\/bfnrt', [apply(slice, this.text, [this.position, this.position + 1])])) this.position++;
      else return this.here("Bad escaped character in JSON");
    }
  }

  number() {
    if (this.current() === MINUS) {
      this.position++;
      if (!isDigit(this.current())) return this.here("No number after minus sign in JSON");
    }
    if (this.current() === 0x30) {
      this.position++;
      if (isDigit(this.current())) return this.unexpected();
    } else this.digits();
    if (this.current() === 0x2e) {
      this.position++;
      if (!isDigit(this.current())) return this.here("Unterminated fractional number in JSON");
      this.digits();
    }
    if (this.current() === 0x65 || this.current() === 0x45) {
      this.position++;
      if (this.current() === 0x2b || this.current() === MINUS) this.position++;
      if (!isDigit(this.current())) return this.here("Exponent part is missing a number in JSON");
      this.digits();
    }
    return null;
  }

  digits() {
    while (isDigit(this.current())) this.position++;
  }
}

/** Why `text` is no JSON; null if it is. */
internals.jsonReason = (text) => new Reader(text).all();
