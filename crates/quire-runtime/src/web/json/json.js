// JSON.parse that gives V8's reasons for what is no JSON; the engine's own words are others. What is JSON costs one more call.
const { parse } = JSON;
const { isError } = Error;
const { getPrototypeOf, defineProperty } = Object;
const syntaxError = SyntaxError.prototype;

const parsing = {
  parse(text, reviver) {
    const source = typeof text === "string" ? text : `${text}`;
    try {
      return reviver === undefined ? parse(source) : parse(source, reviver);
    } catch (error) {
      if (isError(error) && getPrototypeOf(error) === syntaxError) {
        // A reviver may have thrown it.
        const reason = internals.jsonReason(source);
        if (reason !== null) defineProperty(error, "message", { value: reason });
      }
      throw error;
    }
  },
};
defineProperty(JSON, "parse", { value: parsing.parse });
