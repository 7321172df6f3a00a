// AnalyticsEngineDataset: https://developers.cloudflare.com/analytics/analytics-engine/

const { encodeUtf8 } = internals.encoding;
const { isArray } = Array;
const viewOf = ArrayBuffer.isView;

const FROM_RUNTIME = Symbol("from the runtime");
const INDEXES_MAX = 1;
const INDEX_BYTES_MAX = 96;
const VALUES_MAX = 20;
const BLOB_BYTES_MAX = 16000;

const refused = (text) => new TypeError(`writeDataPoint(): ${text}`);

function list(event, name, max) {
  const values = event[name];
  if (values === undefined) return [];
  if (!isArray(values)) throw refused(`\`${name}\` must be an array.`);
  if (values.length > max) throw refused(`Maximum of ${max} ${name} supported.`);
  return values;
}

/** The bytes of a string or buffer. */
function bytesOf(value) {
  if (value === null || value === undefined) return new Uint8Array();
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (viewOf(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return encodeUtf8(`${value}`);
}

class AnalyticsEngineDataset {
  #dataset;

  constructor(token, dataset) {
    if (token !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#dataset = dataset;
  }

  writeDataPoint(event = {}) {
    internals.requireRequest();
    if (typeof event !== "object" || event === null) {
      throw new TypeError(
        "Failed to execute 'writeDataPoint' on 'AnalyticsEngine': parameter 1 is not of type 'AnalyticsEngineEvent'.",
      );
    }
    const indexes = list(event, "indexes", INDEXES_MAX).map(bytesOf);
    if (indexes.length > 0 && indexes[0].length > INDEX_BYTES_MAX) {
      throw refused(`Size of indexes[0] exceeds ${INDEX_BYTES_MAX} bytes).`);
    }
    const blobs = list(event, "blobs", VALUES_MAX).map(bytesOf);
    if (blobs.reduce((sum, blob) => sum + blob.length, 0) > BLOB_BYTES_MAX) {
      throw refused(`Cumulative size of blobs exceeds ${BLOB_BYTES_MAX} bytes).`);
    }
    const doubles = list(event, "doubles", VALUES_MAX).map(Number);
    ops.analytics_write(
      this.#dataset,
      JSON.stringify({
        index: (indexes[0] ?? new Uint8Array()).toHex(),
        blobs: blobs.map((blob) => blob.toHex()),
        // What JSON has no number for is nothing to add up either.
        doubles: doubles.map((double) => (Number.isFinite(double) ? double : 0)),
      }),
    );
  }
}

internals.defineClass(AnalyticsEngineDataset, "AnalyticsEngine");
internals.bindings.define("analytics", ({ dataset }) => new AnalyticsEngineDataset(FROM_RUNTIME, dataset));
