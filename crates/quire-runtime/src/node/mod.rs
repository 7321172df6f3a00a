//! Node.js's built-in modules, as programs with `nodejs_compat` import them.
//!
//! A module is the body of `function (globalThis, internals, ops, require, exports)`, evaluated when something first imports
//! it: it fills `exports`, or returns the module's value. Names under `internal/` can only be required by other modules here.

mod crypto;
mod zlib;

use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_jsc::{Call, Exception, Value};
use std::rc::Rc;

/// A module or a part of one.
struct Module {
    name: &'static str,
    /// The source's path from this crate's `src`
    path: &'static str,
    source: &'static str,
    /// Registers the native operations that the source uses.
    install: fn(&Rc<Realm>),
}

/// `"name" "path from this folder" [install function];`
macro_rules! modules {
    ($($name:literal $path:literal $($install:path)?;)*) => {
        &[$(Module {
            name: $name,
            path: concat!("node/", $path),
            source: include_str!($path),
            install: modules!(@install $($install)?),
        }),*]
    };
    (@install) => { |_| {} };
    (@install $install:path) => { $install };
}

/// Every module, one a line.
const MODULES: &[Module] = modules! {
    "internal/errors" "errors/errors.js";
    "internal/argument-errors" "errors/argument-errors.js";
    "internal/validators" "errors/validators.js";
    "internal/events/emitter" "events/emitter.js";
    "internal/events/iteration" "events/iteration.js";
    "events" "events/events.js";
    "internal/path/flavour" "path/flavour.js";
    "internal/path/win32" "path/win32.js";
    "path" "path/path.js";
    "path/posix" "path/posix-module.js";
    "path/win32" "path/win32-module.js";
    "querystring" "querystring/querystring.js";
    "internal/url/domain" "url/domain.js";
    "internal/url/legacy" "url/legacy.js";
    "internal/url/resolve" "url/resolve.js";
    "url" "url/url.js";
    "internal/stream/abort-signal" "stream/abort-signal.js";
    "internal/stream/compose" "stream/compose.js";
    "internal/stream/destroy" "stream/destroy.js";
    "internal/stream/duplex-from" "stream/duplex-from.js";
    "internal/stream/duplex-pair" "stream/duplex-pair.js";
    "internal/stream/duplex" "stream/duplex.js";
    "internal/stream/finished" "stream/finished.js";
    "internal/stream/from" "stream/from.js";
    "internal/stream/high-water-mark" "stream/high-water-mark.js";
    "internal/stream/kinds" "stream/kinds.js";
    "internal/stream/legacy" "stream/legacy.js";
    "internal/stream/node-to-web" "stream/node-to-web.js";
    "internal/stream/operators" "stream/operators.js";
    "internal/stream/pipe" "stream/pipe.js";
    "internal/stream/pipeline" "stream/pipeline.js";
    "internal/stream/readable-buffer" "stream/readable-buffer.js";
    "internal/stream/readable-events" "stream/readable-events.js";
    "internal/stream/readable" "stream/readable.js";
    "internal/stream/transform" "stream/transform.js";
    "internal/stream/two-errors" "stream/two-errors.js";
    "internal/stream/web-to-node" "stream/web-to-node.js";
    "internal/stream/writable-buffer" "stream/writable-buffer.js";
    "internal/stream/writable" "stream/writable.js";
    "stream" "stream/stream.js";
    "stream/promises" "stream/promises.js";
    "stream/consumers" "stream/consumers.js";
    "stream/web" "stream/web.js";
    "_stream_duplex" "stream/alias-duplex.js";
    "_stream_passthrough" "stream/alias-passthrough.js";
    "_stream_readable" "stream/alias-readable.js";
    "_stream_transform" "stream/alias-transform.js";
    "_stream_writable" "stream/alias-writable.js";
    "internal/zlib/constants" "zlib/constants.js";
    "internal/zlib/base" "zlib/base.js";
    "internal/zlib/classes" "zlib/classes.js";
    "zlib" "zlib/zlib.js" zlib::install;
    "internal/buffer/encodings" "buffer/encodings.js";
    "internal/buffer/fast" "buffer/fast.js";
    "internal/buffer/methods" "buffer/methods.js";
    "internal/buffer/numbers" "buffer/numbers.js";
    "internal/buffer/search" "buffer/search.js";
    "buffer" "buffer/buffer.js";
    "internal/async-context" "async_hooks/context.js";
    "async_hooks" "async_hooks/async-hooks.js";
    "timers" "timers/timers.js";
    "timers/promises" "timers/promises.js";
    "process" "process/process.js";
    "diagnostics_channel" "diagnostics_channel/diagnostics-channel.js";
    "internal/util/arguments" "util/arguments.js";
    "internal/util/comparison" "util/comparison.js";
    "internal/util/mime" "util/mime.js";
    "internal/util/promises" "util/promises.js";
    "internal/util/system-errors" "util/system-errors.js";
    "internal/util/text" "util/text.js";
    "util" "util/util.js";
    "sys" "util/sys.js";
    "util/types" "util/types.js";
    "internal/assert/assertion-error" "assert/assertion-error.js";
    "assert" "assert/assert.js";
    "assert/strict" "assert/strict.js";
    "internal/os/constants" "os/constants.js";
    "os" "os/os.js";
    "console" "console/console.js";
    "constants" "constants/constants.js";
    "module" "module/module.js";
    "perf_hooks" "perf_hooks/perf-hooks.js";
    "punycode" "punycode/punycode.js";
    "internal/stub" "stubs/stub.js";
    "child_process" "stubs/child-process.js";
    "cluster" "stubs/cluster.js";
    "dgram" "stubs/dgram.js";
    "domain" "stubs/domain.js";
    "repl" "stubs/repl.js";
    "sqlite" "stubs/sqlite.js";
    "trace_events" "stubs/trace-events.js";
    "tty" "stubs/tty.js";
    "v8" "stubs/v8.js";
    "vm" "stubs/vm.js";
    "wasi" "stubs/wasi.js";
    "worker_threads" "stubs/worker-threads.js";
    "inspector" "stubs/inspector.js";
    "inspector/promises" "stubs/inspector-promises.js";
    "http2" "stubs/http2.js";
    "internal/http/client" "http/client.js";
    "readline" "stubs/readline.js";
    "readline/promises" "stubs/readline-promises.js";
    "test" "stubs/test.js";
    "fs" "stubs/fs.js";
    "fs/promises" "stubs/fs-promises.js";
    "string_decoder" "string_decoder/string-decoder.js";
    "internal/crypto/calls" "crypto/calls.js";
    "internal/crypto/hashing" "crypto/hashing.js";
    "internal/crypto/random" "crypto/random.js";
    "internal/crypto/derivation" "crypto/derivation.js";
    "internal/crypto/keys" "crypto/keys.js";
    "internal/crypto/crypto-key" "crypto/crypto-key.js";
    "internal/crypto/generation" "crypto/generation.js";
    "internal/crypto/signing" "crypto/signing.js";
    "internal/crypto/ciphers" "crypto/ciphers.js";
    "internal/crypto/agreement" "crypto/agreement.js";
    "internal/crypto/certificates" "crypto/certificates.js";
    "crypto" "crypto/crypto.js" crypto::install;
    "internal/stub/tables" "stubs/tables.js";
    "internal/stub/agent" "stubs/agent.js";
    "internal/stub/ip" "stubs/ip.js";
    "tls" "stubs/tls.js";
    "dns" "stubs/dns.js";
    "dns/promises" "stubs/dns-promises.js";
    "http" "stubs/http.js";
    "https" "stubs/https.js";
    "_http_agent" "stubs/old-http-agent.js";
    "_http_client" "stubs/old-http-client.js";
    "_http_common" "stubs/old-http-common.js";
    "_http_incoming" "stubs/old-http-incoming.js";
    "_http_outgoing" "stubs/old-http-outgoing.js";
    "_http_server" "stubs/old-http-server.js";
    "_stream_wrap" "stubs/old-stream-wrap.js";
    "_tls_common" "stubs/old-tls-common.js";
    "_tls_wrap" "stubs/old-tls-wrap.js";
    "net" "stubs/net.js";
};

/// Makes the modules loadable; evaluates none of them.
pub(crate) fn install(realm: &Rc<Realm>) -> Result<(), Exception> {
    // (name) → the module's function; undefined if there is no such module
    realm.realm_op(
        "node_load",
        |realm, call: &Call<'_>| -> Result<Option<Value>, OpError> {
            let name = call.string(0)?;
            let Some(module) = MODULES.iter().find(|module| module.name == name) else {
                return Ok(None);
            };
            (module.install)(realm);
            let parameters = "globalThis, internals, ops, require, exports";
            Ok(Some(realm.source_function(
                parameters,
                module.path,
                module.source,
            )?))
        },
    );
    // () → all names that programs may use, a line each
    realm.op("node_names", |_| {
        let names = MODULES.iter().map(|module| module.name);
        let public: Vec<_> = names
            .filter(|name| !name.starts_with("internal/"))
            .collect();
        Ok(public.join("\n"))
    });
    // (name) → whether there is such a module
    realm.op("node_has", |call| {
        let name = call.string(0)?;
        Ok(MODULES.iter().any(|module| module.name == name))
    });
    realm.run_source("node/modules.js", include_str!("modules.js"))
}
