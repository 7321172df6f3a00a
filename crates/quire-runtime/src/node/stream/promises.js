// node:stream/promises.
const { validateBoolean, validateObject } = require("internal/validators");
const { isIterable, isNodeStream, isWebStream } = require("internal/stream/kinds");
const { pipelineOf } = require("internal/stream/pipeline");
const finishedWithCallback = require("internal/stream/finished");

function pipeline(...streams) {
  return new Promise((resolve, reject) => {
    let options;
    const last = streams.at(-1);
    if (last && typeof last === "object" && !isNodeStream(last) && !isIterable(last) && !isWebStream(last)) {
      options = streams.pop();
    }
    pipelineOf(streams, (error, value) => (error ? reject(error) : resolve(value)), { signal: options?.signal, end: options?.end });
  });
}

function finished(stream, options = {}) {
  if (options !== null) validateObject(options, "options");
  if (options?.cleanup != null) validateBoolean(options.cleanup, "cleanup");
  return new Promise((resolve, reject) => {
    const cleanup = finishedWithCallback(stream, options, (error) => {
      if (options?.cleanup) cleanup();
      if (error) reject(error);
      else resolve();
    });
  });
}

return { finished, pipeline };
