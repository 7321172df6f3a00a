// addAbortSignal(signal, stream).
const { AbortError, ERR_INVALID_ARG_TYPE } = require("internal/errors");
const { validateAbortSignal } = require("internal/validators");
const { isNodeStream } = require("internal/stream/kinds");
const finished = require("internal/stream/finished");

function watch(signal, stream) {
  if (typeof signal !== "object" || signal === null || !("aborted" in signal)) return stream;
  const onAbort = () => stream.destroy(new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) {
    onAbort();
  } else {
    signal.addEventListener("abort", onAbort, { once: true });
    finished(stream, () => signal.removeEventListener("abort", onAbort));
  }
  return stream;
}

function addAbortSignal(signal, stream) {
  validateAbortSignal(signal, "signal");
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  if (!isNodeStream(stream)) throw new ERR_INVALID_ARG_TYPE("stream", "Stream", stream);
  return watch(signal, stream);
}

return { watch, addAbortSignal };
