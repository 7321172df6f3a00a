// (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
const BYTES = Uint8Array.fromHex("0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b");

test("modules and instances", async () => {
  const module = new WebAssembly.Module(BYTES);
  assert(module instanceof WebAssembly.Module && module.constructor === WebAssembly.Module);
  assertEquals([WebAssembly.Module.name, WebAssembly.Module.length, WebAssembly.Module.exports(module)[0].name], ["Module", 1, "add"]);
  assertEquals(new WebAssembly.Instance(module).exports.add(2, 3), 5);
  assertEquals((await WebAssembly.instantiate(module)).exports.add(4, 3), 7);
  assertEquals((await WebAssembly.instantiate(BYTES)).instance.exports.add(1, 3), 4);
  assert((await WebAssembly.compile(BYTES)) instanceof WebAssembly.Module);
  class Mine extends WebAssembly.Module {}
  assert(new Mine(BYTES) instanceof Mine);
  assertThrows(() => WebAssembly.Module(BYTES), TypeError);
  assertThrows(() => new WebAssembly.Module(), TypeError);
  await assertRejects(WebAssembly.compile(Uint8Array.of(1)), WebAssembly.CompileError);
  await assertRejects(WebAssembly.compile(), TypeError);
});
