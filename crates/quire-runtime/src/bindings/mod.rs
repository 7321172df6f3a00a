//! What `env` holds besides variables: a folder for each kind of binding, its JavaScript and its native half side by side.
//!
//! A [`Binding`] says which resource a name in `env` stands for. While a program is loaded, `bindings.js` makes an object of
//! each by the function that the kind's own file gave to `internals.bindings.define`.

mod analytics;
mod d1;
mod hyperdrive;
mod kv;
mod objects;
mod opened;
mod queues;
mod r2;
mod rate_limit;
mod remote;
mod service;
mod store_secret;
mod version;

use crate::core::realm::Realm;
pub(crate) use objects::{ObjectClass, storage};
pub use objects::{Objects, Placement};
pub use queues::Consumer;
pub(crate) use queues::Consumers;
use quire_jsc::Exception;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// A name in `env` and what it stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// The name in `env`.
    pub name: String,
    /// What the name stands for.
    #[serde(flatten)]
    pub resource: Resource,
}

/// What a binding stands for. JavaScript sees these fields as they are, in the object that `kind` is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Resource {
    /// Another program, or an entry point of it: what it exports answers requests and calls.
    Service {
        /// The name of the program. The project's own name stands for the project itself.
        script: String,
        /// The exported class to use instead of the default export.
        entrypoint: Option<String>,
        /// What the other program sees as `ctx.props`.
        props: Option<serde_json::Value>,
    },
    /// Objects of a class, each with its own state.
    DurableObject {
        /// The name of the program that exports the class; `None` for the one that has the binding.
        script: Option<String>,
        /// The name under which the class is exported.
        class: String,
        /// Whether the objects have `storage.sql`, by the migrations of the program that exports the class.
        sqlite: bool,
    },
    /// An SQL database.
    D1 {
        /// What selects the data.
        id: String,
    },
    /// A key-value namespace.
    Kv {
        /// What selects the data.
        id: String,
    },
    /// A queue that messages are sent to.
    Queue {
        /// The name of the queue.
        queue: String,
        /// Seconds to hold each message back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay: Option<u32>,
    },
    /// A bucket of objects.
    R2 {
        /// What selects the data.
        bucket: String,
    },
    /// Points of measurement, kept to be queried.
    Analytics {
        /// The dataset that points are written to.
        dataset: String,
    },
    /// A limit on how often something may happen.
    RateLimit {
        /// Limits of the same namespace count together.
        namespace: String,
        /// How often in a period.
        limit: u32,
        /// Seconds.
        period: u32,
    },
    /// A database of PostgreSQL or MySQL, to which the program connects by a driver of its own.
    Hyperdrive {
        /// The URL of the database.
        connection: Option<String>,
    },
    /// A secret of a store that several programs share.
    StoreSecret {
        /// The id of the store.
        store: String,
        /// The secret's name in it.
        secret: String,
        /// Its value; `None` if there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
    },
    /// Which version of the program this is.
    VersionMetadata {
        /// A UUID.
        id: String,
        /// When the version was made, as in ISO 8601.
        timestamp: String,
    },
    /// A service that only Cloudflare runs: every use says so.
    Remote {
        /// The key of the configuration, such as `vectorize`.
        service: String,
    },
}

/// Makes the bindings: native operations first, then the JavaScript halves. After the Web APIs, on which they stand.
pub(crate) fn install(realm: &Rc<Realm>) -> Result<(), Exception> {
    d1::install(realm);
    kv::install(realm);
    queues::install(realm);
    r2::install(realm);
    service::install(realm);
    analytics::install(realm);
    rate_limit::install(realm);
    objects::install(realm);
    let sources = [
        &[
            ("bindings/bindings.js", include_str!("bindings.js")),
            ("bindings/conversions.js", include_str!("conversions.js")),
        ],
        d1::SOURCES,
        kv::SOURCES,
        queues::SOURCES,
        r2::SOURCES,
        remote::SOURCES,
        service::SOURCES,
        analytics::SOURCES,
        hyperdrive::SOURCES,
        rate_limit::SOURCES,
        store_secret::SOURCES,
        version::SOURCES,
        objects::SOURCES,
        storage::SOURCES,
    ];
    storage::install(realm);
    for (name, source) in sources.into_iter().flatten() {
        realm.run_source(name, source)?;
    }
    Ok(())
}
