import add from "../data/add.wasm";
export const onRequest = async () => {
  const instance = await WebAssembly.instantiate(add);
  return Response.json({ module: add instanceof WebAssembly.Module, sum: instance.exports.add(2, 40) });
};
