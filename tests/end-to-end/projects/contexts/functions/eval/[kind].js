import { attempt } from "../../source/outcome.js";

const AsyncFunction = (async () => {}).constructor;
const GeneratorFunction = function* () {}.constructor;
const kinds = {
  indirect: () => void (0, eval)("1 + 1"),
  direct: () => void eval("1 + 1"),
  "not-a-string": () => void (0, eval)({}),
  "new-function": () => void new Function("return 1"),
  function: () => void Function("a", "return a"),
  async: () => void new AsyncFunction("return 1"),
  generator: () => void new GeneratorFunction("yield 1"),
  constructor: () => void (() => {}).constructor("return 1"),
};
export const onRequest = ({ params }) => new Response(attempt(kinds[params.kind]));
