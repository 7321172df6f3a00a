// The tokens of a pattern string (URL Pattern Standard §2.1). Positions count code points.
const NativeTypeError = TypeError;
const { from } = Array;
const { apply } = Reflect;
const { exec } = RegExp.prototype;

const nameStart = /[$_\p{ID_Start}]/u;
const namePart = /[$\u200c\u200d\p{ID_Continue}]/u;
const isNameCharacter = (character, first) => apply(exec, first ? nameStart : namePart, [character]) !== null;
const isAscii = (character) => character.length === 1 && character.charCodeAt(0) < 0x80;

const single = { __proto__: null, "*": "asterisk", "+": "modifier", "?": "modifier", "{": "open", "}": "close" };

const malformed = (what) => new NativeTypeError(`Failed to construct URLPattern: ${what}`);

// The index behind the `)` that closes the group which begins before `start`; -1 if what is between is no group.
function endOfGroup(characters, start) {
  let depth = 1;
  let i = start;
  for (; i < characters.length; i++) {
    const character = characters[i];
    if (!isAscii(character) || (i === start && character === "?")) return -1;
    if (character === "\\") {
      i++;
      if (i >= characters.length || !isAscii(characters[i])) return -1;
    } else if (character === ")") {
      depth--;
      if (depth === 0) return i === start ? -1 : i + 1;
    } else if (character === "(") {
      depth++;
      // Only groups that capture nothing: the numbers of the others belong to the pattern.
      if (characters[i + 1] !== "?") return -1;
    }
  }
  return -1;
}

/**
 * Returns { characters, tokens }, each token as { type, index, value }. What cannot be a token becomes one of type
 * `invalid` if `lenient`, else throws.
 */
function tokenize(input, lenient) {
  const characters = from(input);
  const tokens = [];
  let i = 0;
  const add = (type, value, next) => {
    tokens[tokens.length] = { type, index: i, value };
    i = next;
  };
  const refuse = (what) => {
    if (!lenient) throw malformed(`${what} in "${input}"`);
    add("invalid", characters[i], i + 1);
  };
  while (i < characters.length) {
    const character = characters[i];
    const type = single[character];
    if (type !== undefined) {
      add(type, character, i + 1);
    } else if (character === "\\") {
      if (i === characters.length - 1) refuse("nothing follows the last backslash");
      else add("escaped", characters[i + 1], i + 2);
    } else if (character === ":") {
      let end = i + 1;
      while (end < characters.length && isNameCharacter(characters[end], end === i + 1)) end++;
      if (end === i + 1) refuse("a name is missing after a colon");
      else add("name", characters.slice(i + 1, end).join(""), end);
    } else if (character === "(") {
      const end = endOfGroup(characters, i + 1);
      if (end === -1) refuse("a group is not valid");
      else add("regexp", characters.slice(i + 1, end - 1).join(""), end);
    } else {
      add("character", character, i + 1);
    }
  }
  add("end", "", i);
  return { characters, tokens };
}

internals.urlPattern = { tokenize, isNameCharacter, malformed };
