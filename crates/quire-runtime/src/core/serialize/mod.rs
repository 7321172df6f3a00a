//! Values as bytes, for what is stored or goes to another program. JavaScript only.

use super::deferred::{self, When};
use super::realm::Realm;
use quire_jsc::Exception;
use std::rc::Rc;

#[cfg(test)]
mod tests;

/// Publishes `internals.serialize` and `internals.deserialize`. After all Web APIs, which say how their classes are written.
pub(crate) fn install(realm: &Rc<Realm>) -> Result<(), Exception> {
    deferred::evaluate(
        realm,
        &[When::Asked {
            globals: "",
            members: "serialize deserialize serializedTags",
            sources: &[
                ("core/serialize/writer.js", include_str!("writer.js")),
                ("core/serialize/reader.js", include_str!("reader.js")),
            ],
        }],
    )
}
