// node:v8, which can be imported but does nothing here.
return require("internal/stub")("v8", {
  functions: `deserialize getCppHeapStatistics getHeapCodeStatistics getHeapSnapshot getHeapStatistics
    isStringOneByteRepresentation queryObjects serialize setFlagsFromString setHeapSnapshotNearHeapLimit
    stopCoverage takeCoverage writeHeapSnapshot`,
  classes: "DefaultDeserializer DefaultSerializer Deserializer GCProfiler Serializer",
  objects: "promiseHooks startupSnapshot",
  values: {
    cachedDataVersionTag: () => 0,
    getHeapSpaceStatistics: () => [],
  },
});
