// How much a stream takes in before it asks its source to wait.
const { ERR_INVALID_ARG_VALUE } = require("internal/errors");
const { validateInteger } = require("internal/validators");

let bytesDefault = 64 * 1024;
let objectsDefault = 16;

const getDefaultHighWaterMark = (objectMode) => (objectMode ? objectsDefault : bytesDefault);

function setDefaultHighWaterMark(objectMode, value) {
  validateInteger(value, "value", 0);
  if (objectMode) objectsDefault = value;
  else bytesDefault = value;
}

/** `sideKey` is the option that counts for this side of a duplex stream only. */
function highWaterMarkOf(objectMode, options, sideKey, isDuplex) {
  const given = options?.highWaterMark ?? (isDuplex ? options?.[sideKey] : undefined);
  if (given == null) return getDefaultHighWaterMark(objectMode);
  if (!Number.isInteger(given) || given < 0) {
    throw new ERR_INVALID_ARG_VALUE(isDuplex && options.highWaterMark == null ? `options.${sideKey}` : "options.highWaterMark", given);
  }
  return Math.floor(given);
}

return { getDefaultHighWaterMark, setDefaultHighWaterMark, highWaterMarkOf };
