//! The JavaScript halves of APIs, and when they are evaluated: as the engine starts, or when a program first asks for what
//! they define. Most programs use few of the APIs, and evaluating all of them is most of what starting an engine takes.

use super::realm::Realm;
use quire_jsc::{Arg, Exception};
use std::rc::Rc;

/// Sources: their paths from this crate's `src`, and their texts.
pub(crate) type Sources = &'static [(&'static str, &'static str)];

/// When sources are evaluated.
#[derive(Clone, Copy)]
pub(crate) enum When {
    /// At once.
    Now(Sources),
    /// When something asks for what they define.
    Asked {
        /// Names of globals, apart by spaces.
        globals: &'static str,
        /// Names of members of `internals`, apart by spaces; members of members have a dot.
        members: &'static str,
        sources: Sources,
    },
}

/// Makes [`evaluate`] possible.
pub(crate) fn install(realm: &Rc<Realm>) -> Result<(), Exception> {
    // (group, index) → the function that a source is, null after the last one
    realm.realm_op("deferred_source", |realm, call| {
        let (group, index) = (call.number(0)? as usize, call.number(1)? as usize);
        let source = realm.deferred().borrow().get(group).copied();
        match source.and_then(|sources| sources.get(index)) {
            Some((name, source)) => {
                let function = realm.source_function(Realm::SOURCE_PARAMETERS, name, source)?;
                Ok(Some(function))
            }
            None => Ok(None),
        }
    });
    realm.run_source("core/deferred.js", include_str!("deferred.js"))
}

/// Evaluates or defers what is in `order`. What comes first may be used by what comes later; what is deferred, only when it is
/// needed and not by the top level of a source that is not.
pub(crate) fn evaluate(realm: &Rc<Realm>, order: &[When]) -> Result<(), Exception> {
    let defer = realm.internal("defer")?;
    for when in order {
        match when {
            When::Now(sources) => {
                for (name, source) in *sources {
                    realm.run_source(name, source)?;
                }
            }
            When::Asked {
                globals,
                members,
                sources,
            } => {
                let number = realm.deferred().borrow().len();
                realm.deferred().borrow_mut().push(*sources);
                defer.call_and_forget(
                    None,
                    [
                        Arg::Number(number as f64),
                        Arg::String(globals),
                        Arg::String(members),
                    ],
                )?;
            }
        }
    }
    Ok(())
}

/// What comes after sees the globals that are there now as the runtime's own, whatever a program puts in their place.
pub(crate) fn finish(realm: &Rc<Realm>) -> Result<(), Exception> {
    realm.internal("finishDeferring")?.call_and_forget(None, [])
}
