//! Durable Objects: namespaces and stubs for those who call, the host of the instances, the way between workers.
//!
//! * `id`, `namespace.js`, `stub.js`: what `env` holds.
//! * `host/`: the live instances of this worker; `state.js` and `host.js` are their JavaScript half.
//! * `link/`: requests to objects that live in another worker.

mod host;
mod id;
mod link;
pub(crate) mod storage;

use crate::bindings::service::exchange;
use crate::core::body::Body;
use crate::core::error::OpError;
use crate::core::fetcher::Fetcher;
use crate::core::outcome::Failure;
use crate::core::realm::Realm;
use crate::core::session::{self, Pipe};
use futures_util::future::LocalBoxFuture;
pub use host::{Objects, Placement};
use id::{IdError, IdSource, ObjectId};
use quire_jsc::Call;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// Evaluated after the bindings to services.
pub(super) const SOURCES: &[(&str, &str)] = &[
    (
        "bindings/objects/namespace.js",
        include_str!("namespace.js"),
    ),
    ("bindings/objects/stub.js", include_str!("stub.js")),
    ("bindings/objects/state.js", include_str!("state.js")),
    ("bindings/objects/sockets.js", include_str!("sockets.js")),
    ("bindings/objects/host.js", include_str!("host.js")),
];

/// Which object is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Address {
    /// The program that exports its class.
    pub(crate) program: String,
    /// The name of the export.
    pub(crate) class: String,
    pub(crate) id: ObjectId,
}

/// A class of objects that some program binds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ObjectClass {
    /// The program that exports it.
    pub(crate) program: String,
    pub(crate) class: String,
    pub(crate) sqlite: bool,
}

/// An object, for those who know its address, and its name if it was found by that.
struct ObjectFetcher {
    objects: Rc<Objects>,
    target: Target,
}

/// An object as its callers know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) address: Address,
    /// The name that the id was made from.
    pub(crate) name: Option<String>,
    /// Whether it has `storage.sql`.
    pub(crate) sqlite: bool,
}

impl Fetcher for ObjectFetcher {
    fn fetch(
        &self,
        request: http::Request<Body>,
    ) -> LocalBoxFuture<'static, Result<http::Response<Body>, Failure>> {
        Box::pin(self.objects.fetch(&self.target, request))
    }
}

impl From<IdError> for OpError {
    fn from(error: IdError) -> Self {
        Self::Type(error.to_string())
    }
}

pub(super) fn install(realm: &Realm) {
    // (program, class, name)
    realm.op("object_id_named", |call| {
        Ok(source(call)?.named(&call.string(2)?).to_string())
    });
    realm.op("object_id_unique", |call| {
        let unique = source(call)?.unique();
        let id = unique
            .map_err(|error| OpError::Error(format!("no random bytes can be had: {error}")))?;
        Ok(id.to_string())
    });
    // (program, class, text)
    realm.op("object_id_parse", |call| {
        Ok(source(call)?.parse(&call.string(2)?)?.to_string())
    });
    // (program, class, id, name, sqlite, …what `exchange` takes)
    realm.realm_async_op("object_fetch", |realm, call| {
        let objects = realm.objects();
        let target = target(call)?;
        exchange(realm, call, 5, Rc::new(ObjectFetcher { objects, target }))
    });
    // (program, class, id, name, sqlite): the number of a session with it, or `null` if the program does not run.
    realm.realm_op("object_session", |realm, call| {
        let request = realm.require_request()?;
        request.charge_subrequest()?;
        let target = target(call)?;
        let (near, far) = Pipe::pair();
        match realm.objects().session(&target, far) {
            Ok(()) => Ok(Some(session::adopt(realm, &request, near, false)? as f64)),
            Err(_) => Ok(None),
        }
    });
    host::install(realm);
}

fn source(call: &Call<'_>) -> Result<IdSource, OpError> {
    Ok(IdSource::new(&call.string(0)?, &call.string(1)?))
}

/// The object that the first five arguments name.
fn target(call: &Call<'_>) -> Result<Target, OpError> {
    Ok(Target {
        address: Address {
            program: call.string(0)?,
            class: call.string(1)?,
            id: call.string(2)?.parse()?,
        },
        name: (!call.is_nullish(3)).then(|| call.string(3)).transpose()?,
        sqlite: call.boolean(4),
    })
}
