//! What is special about `WebAssembly` in Workers; the engine has the rest. JavaScript, on operations of web/timers.

use crate::core::realm::Realm;

/// Evaluated after web/timers.
pub(crate) const SOURCES: &[(&str, &str)] = &[("web/wasm/wasm.js", include_str!("wasm.js"))];

pub(crate) fn install(realm: &Realm) {
    // () → whether code may come from bytes when the program runs
    realm.realm_op("wasm_compile_in_handlers", |realm, _| {
        Ok(realm.compatibility().has("wasm_compile_in_handlers"))
    });
}
