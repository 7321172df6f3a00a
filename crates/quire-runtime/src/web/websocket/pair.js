// WebSocketPair: two sockets that are connected with each other. And WebSocketRequestResponsePair, for bindings that answer by themselves.

const { webSocket } = internals;
const NativeTypeError = TypeError;

class WebSocketPair {
  constructor() {
    const [first, second] = ops.websocket_pair();
    this[0] = webSocket.create(first);
    this[1] = webSocket.create(second);
  }

  *[Symbol.iterator]() {
    yield this[0];
    yield this[1];
  }
}

class WebSocketRequestResponsePair {
  #request;
  #response;

  constructor(request, response) {
    if (arguments.length < 2) {
      throw new NativeTypeError(`Failed to construct 'WebSocketRequestResponsePair': constructor parameter ${arguments.length + 1} is not of type 'string'.`);
    }
    this.#request = `${request}`;
    this.#response = `${response}`;
  }

  get request() {
    if (!(#request in this)) throw internals.illegalInvocation();
    return this.#request;
  }

  get response() {
    if (!(#request in this)) throw internals.illegalInvocation();
    return this.#response;
  }
}

internals.defineClass(WebSocketPair, "WebSocketPair");
internals.defineClass(WebSocketRequestResponsePair, "WebSocketRequestResponsePair");
internals.expose("WebSocketPair", WebSocketPair);
internals.expose("WebSocketRequestResponsePair", WebSocketRequestResponsePair);
