// Sources that are evaluated when something first asks for what they define: see core/deferred.js.

const CLASSES = [
  "URLPattern", "TextEncoderStream", "TextDecoderStream", "MessageChannel", "MessagePort", "ByteLengthQueuingStrategy", "CountQueuingStrategy",
  "TransformStream", "TransformStreamDefaultController", "IdentityTransformStream", "FixedLengthStream", "CompressionStream",
  "DecompressionStream", "FormData", "CryptoKey", "SubtleCrypto", "EventSource", "HTMLRewriter", "WebSocketPair", "WebSocketRequestResponsePair",
];

test("what a program puts in the place of a global stays there", () => {
  // Defines WebSocket too.
  globalThis.WebSocket = "mine";
  const [client] = Object.values(new WebSocketPair());
  assertEquals([WebSocket, client.constructor.name], ["mine", "WebSocket"]);
  assertEquals(Object.getOwnPropertyDescriptor(globalThis, "WebSocket"), { value: "mine", writable: true, enumerable: false, configurable: true });
  Object.defineProperty(globalThis, "FormData", { value: "mine too", configurable: true });
  assertEquals([new Response(new URLSearchParams("a=b")).headers.get("content-type") !== null, FormData], [true, "mine too"]);
});

test("a descriptor tells of the value", () => {
  const { URLPattern: own } = Object.getOwnPropertyDescriptors(globalThis);
  for (const name of CLASSES.filter((name) => name !== "FormData")) {
    const descriptors = [Object.getOwnPropertyDescriptor(globalThis, name), Reflect.getOwnPropertyDescriptor(globalThis, name)];
    for (const descriptor of descriptors) {
      assertEquals(descriptor, { value: globalThis[name], writable: true, enumerable: false, configurable: true }, name);
    }
    assertEquals([typeof globalThis[name], globalThis[name].name], ["function", name]);
  }
  assertEquals(own.value, URLPattern);
});

test("the functions that give descriptors look like the engine's", () => {
  for (const [owner, name, length] of [[Object, "getOwnPropertyDescriptor", 2], [Object, "getOwnPropertyDescriptors", 1], [Reflect, "getOwnPropertyDescriptor", 2]]) {
    const { value, ...attributes } = Object.getOwnPropertyDescriptor(owner, name);
    assertEquals([value.name, value.length, attributes], [name, length, { writable: true, enumerable: false, configurable: true }]);
    assert(/^function \w*\(\) \{\s*\[native code\]\s*\}$/.test(String(value)), String(value));
    assertThrows(() => new value({}), TypeError);
    assert(!("prototype" in value));
  }
  assertEquals(Object.getOwnPropertyDescriptor("text", "length").value, 4);
  assertThrows(() => Object.getOwnPropertyDescriptor(undefined, "a"), TypeError);
  assertThrows(() => Reflect.getOwnPropertyDescriptor(1, "a"), TypeError);
  assertEquals(Object.keys(Object.getOwnPropertyDescriptors([1])), ["0", "length"]);
});
