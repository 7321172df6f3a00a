//! The modules the runtime provides instead of a file.

/// Node's built-in modules that exist without the `node:` prefix.
const NODE: [&str; 68] = [
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "inspector/promises",
    "module",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "sys",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
    "_http_agent",
    "_http_client",
    "_http_common",
    "_http_incoming",
    "_http_outgoing",
    "_http_server",
    "_stream_duplex",
    "_stream_passthrough",
    "_stream_readable",
    "_stream_transform",
    "_stream_wrap",
    "_stream_writable",
    "_tls_common",
    "_tls_wrap",
];

/// Whether a bare specifier such as `fs` names a module of Node.
pub(crate) fn is_node_builtin(specifier: &str) -> bool {
    NODE.contains(&specifier)
}

/// The name to ask the runtime for, if `specifier` is for the runtime to answer.
pub(crate) fn runtime_module(specifier: &str, node_compat: bool) -> Option<String> {
    if specifier.starts_with("cloudflare:") || specifier.starts_with("node:") {
        return Some(specifier.to_owned());
    }
    // Without the flag a bare name means an npm package, of which several have such names (`buffer`, `events`).
    (node_compat && is_node_builtin(specifier)).then(|| format!("node:{specifier}"))
}
