//! What is special about `WebAssembly` in Workers; the engine has the rest. JavaScript, on operations of web/timers.

/// Evaluated after web/timers.
pub(crate) const SOURCES: &[(&str, &str)] = &[("web/wasm/wasm.js", include_str!("wasm.js"))];
