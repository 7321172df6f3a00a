//! The Web APIs, one folder each: its JavaScript half, its native half, its tests.

mod abort;
mod events;

#[cfg(test)]
mod javascript_tests;

use crate::core::realm::Realm;
use quire_jsc::Exception;
use std::rc::Rc;

/// Makes the Web APIs: native operations first, then the JavaScript halves, of which each may use
/// those before it.
pub(crate) fn install(realm: &Rc<Realm>) -> Result<(), Exception> {
    for (name, source) in [events::SOURCES, abort::SOURCES].into_iter().flatten() {
        realm.run_source(name, source)?;
    }
    Ok(())
}
