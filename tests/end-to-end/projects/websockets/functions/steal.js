export function onRequest() {
  try {
    globalThis.someonesSocket.send("x");
    return new Response("it was sent");
  } catch (error) {
    return new Response(`${error}`);
  }
}
