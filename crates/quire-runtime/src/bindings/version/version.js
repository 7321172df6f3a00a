// Which version of the program this is: https://developers.cloudflare.com/workers/runtime-apis/bindings/version-metadata/

internals.bindings.define("version_metadata", ({ id, timestamp }) => ({ id, tag: "", timestamp }));
