// util.parseArgs()
const errors = require("internal/errors");
const { validateArray, validateBoolean, validateObject, validateOneOf, validateString } = require("internal/validators");

const own = (object, key) => (object !== undefined && object !== null && Object.hasOwn(object, key) ? object[key] : undefined);

function checkOptions(options) {
  validateObject(options, "options");
  for (const [name, option] of Object.entries(options)) {
    const at = `options.${name}`;
    validateObject(option, at);
    validateOneOf(own(option, "type"), `${at}.type`, ["string", "boolean"]);
    const short = own(option, "short");
    if (short !== undefined) {
      validateString(short, `${at}.short`);
      if (short.length !== 1) throw new errors.ERR_INVALID_ARG_VALUE(`${at}.short`, short, "must be a single character");
    }
    if (own(option, "multiple") !== undefined) validateBoolean(option.multiple, `${at}.multiple`);
    const value = own(option, "default");
    if (value !== undefined) {
      const check = option.type === "string" ? validateString : validateBoolean;
      if (option.multiple) {
        validateArray(value, `${at}.default`);
        value.forEach((item, i) => check(item, `${at}.default[${i}]`));
      } else check(value, `${at}.default`);
    }
  }
}

/** The arguments as tokens: options, positionals, the terminator. */
function tokenize(args, options) {
  const longName = (short) => Object.keys(options).find((name) => own(options[name], "short") === short) ?? short;
  const takesValue = (name) => own(options[name], "type") === "string";
  const tokens = [];
  const rest = [...args];
  // The place of the argument at hand; several short options in one argument share it.
  let index = -1;
  let grouped = 0;
  while (rest.length > 0) {
    const argument = rest.shift();
    if (grouped > 0) grouped--;
    else index++;
    if (argument === "--") {
      tokens.push({ kind: "option-terminator", index });
      for (const value of rest) tokens.push({ kind: "positional", index: ++index, value });
      break;
    }
    const next = rest[0];
    const canTake = next !== undefined && next !== null && (next === "-" || next.length > 0);
    if (/^-[^-]$/.test(argument)) {
      const name = longName(argument[1]);
      const inline = takesValue(name) && canTake;
      tokens.push({ kind: "option", name, rawName: argument, index, value: inline ? rest.shift() : undefined, inlineValue: inline ? false : undefined });
      if (inline) index++;
    } else if (/^-[^-]./.test(argument)) {
      // Several short options in one, of which the last may have its value in the same word.
      const expanded = [];
      for (let i = 1; i < argument.length; i++) {
        const name = longName(argument[i]);
        if (!takesValue(name) || i === argument.length - 1) expanded.push(`-${argument[i]}`);
        else {
          if (i === 1) {
            tokens.push({ kind: "option", name, rawName: `-${argument[i]}`, index, value: argument.slice(2), inlineValue: true });
          } else expanded.push(`-${argument.slice(i)}`);
          break;
        }
      }
      rest.unshift(...expanded);
      grouped = expanded.length;
    } else if (/^--[^=]+=/.test(argument) || (/^--/.test(argument) && argument.indexOf("=", 3) !== -1)) {
      const equals = argument.indexOf("=", 3);
      const name = argument.slice(2, equals);
      tokens.push({ kind: "option", name, rawName: `--${name}`, index, value: argument.slice(equals + 1), inlineValue: true });
    } else if (/^--./.test(argument)) {
      const name = argument.slice(2);
      const inline = takesValue(name) && canTake;
      tokens.push({ kind: "option", name, rawName: argument, index, value: inline ? rest.shift() : undefined, inlineValue: inline ? false : undefined });
      if (inline) index++;
    } else {
      tokens.push({ kind: "positional", index, value: argument });
    }
  }
  return tokens;
}

const shownName = (token, option) => {
  const short = own(option, "short");
  return `${short === undefined ? "" : `-${short}, `}--${token.name}`;
};

function checkToken(token, options, { strict, allowPositionals, allowNegative }) {
  if (!strict) return;
  const negated = allowNegative && token.name.startsWith("no-") ? token.name.slice(3) : undefined;
  const option = own(options, token.name) ?? (negated === undefined ? undefined : own(options, negated));
  if (option === undefined) throw new errors.ERR_PARSE_ARGS_UNKNOWN_OPTION(token.rawName, allowPositionals);
  const name = shownName(token, option);
  if (option.type === "string" && typeof token.value !== "string") {
    throw new errors.ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${name} <value>' argument missing`);
  }
  if (option.type === "boolean" && token.value !== undefined) {
    throw new errors.ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${name}' does not take an argument`);
  }
  if (token.inlineValue === false && token.value.startsWith("-") && token.value.length > 1) {
    const short = own(option, "short");
    const example = `${token.rawName.startsWith("--") ? token.rawName : short !== undefined ? `--${token.name}` : token.rawName}=-XYZ`;
    const more = token.rawName.startsWith("--") ? "" : ` or '${token.rawName}-XYZ'`;
    throw new errors.ERR_PARSE_ARGS_INVALID_OPTION_VALUE(
      `Option '${token.rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${token.rawName}'?\n` +
        `To specify an option argument starting with a dash use '${example}'${more}.`,
    );
  }
}

function parseArgs(config = { __proto__: null }) {
  validateObject(config, "config");
  const args = own(config, "args") ?? require("process").argv.slice(2);
  const strict = own(config, "strict") ?? true;
  const allowPositionals = own(config, "allowPositionals") ?? !strict;
  const allowNegative = own(config, "allowNegative") ?? false;
  const returnTokens = own(config, "tokens") ?? false;
  const options = own(config, "options") ?? { __proto__: null };
  validateArray(args, "args");
  for (const [name, value] of Object.entries({ strict, allowPositionals, tokens: returnTokens, allowNegative })) validateBoolean(value, name);
  checkOptions(options);

  const tokens = tokenize(args, options);
  const result = { values: { __proto__: null }, positionals: [] };
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (!allowPositionals) throw new errors.ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL(token.value);
      result.positionals.push(token.value);
    } else if (token.kind === "option") {
      checkToken(token, options, { strict, allowPositionals, allowNegative });
      if (token.name === "__proto__") continue;
      let { name } = token;
      let value = token.value ?? true;
      if (allowNegative && name.startsWith("no-") && token.value === undefined && own(options[name.slice(3)], "type") === "boolean") {
        name = name.slice(3);
        value = false;
        if (returnTokens) token.name = name;
      }
      if (own(own(options, name), "multiple")) (result.values[name] ??= []).push(value);
      else result.values[name] = value;
    }
  }
  for (const [name, option] of Object.entries(options)) {
    if (own(option, "default") !== undefined && !Object.hasOwn(result.values, name)) result.values[name] = option.default;
  }
  if (returnTokens) result.tokens = tokens;
  return result;
}

exports.parseArgs = parseArgs;
