// node:stream/consumers: all of a stream at once.
const { Buffer } = require("buffer");
const { Blob, TextDecoder } = globalThis;

async function blob(stream) {
  const parts = [];
  for await (const chunk of stream) parts.push(chunk);
  return new Blob(parts);
}

const arrayBuffer = async (stream) => (await blob(stream)).arrayBuffer();
const bytes = async (stream) => (await blob(stream)).bytes();
const buffer = async (stream) => Buffer.from(await arrayBuffer(stream));

async function text(stream) {
  const decoder = new TextDecoder();
  let result = "";
  for await (const chunk of stream) result += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  return result + decoder.decode();
}

const json = async (stream) => JSON.parse(await text(stream));

return { arrayBuffer, blob, buffer, bytes, text, json };
