//! Node.js's built-in modules, as programs with `nodejs_compat` import them.
//!
//! A module is the body of `function (globalThis, internals, ops, require, exports)`, evaluated when something first imports
//! it: it fills `exports`, or returns the module's value. Names under `internal/` can only be required by other modules here.

mod compatibility;

pub(crate) use compatibility::NodeCompatibility;

use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_jsc::{Arg, Call, Exception, Value};
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
    // (name) → whether there is such a module
    realm.op("node_has", |call| {
        let name = call.string(0)?;
        Ok(MODULES.iter().any(|module| module.name == name))
    });
    realm.run_source("node/modules.js", include_str!("modules.js"))
}

/// Gives a program what its compatibility date and flags ask for, before it is loaded.
pub(crate) fn enable(realm: &Realm, compatibility: &NodeCompatibility) -> Result<(), Exception> {
    let settings = serde_json::json!({
        "modules": compatibility.modules,
        "asyncHooks": compatibility.async_hooks,
        "globals": compatibility.globals,
        "populateEnvironment": compatibility.populate_environment,
        "fullProcess": compatibility.full_process,
        "timerObjects": compatibility.timer_objects,
    });
    realm
        .internal("node")?
        .get("enable")?
        .call_and_forget(None, [Arg::String(&settings.to_string())])
}
