//! Durable Objects: namespaces and stubs for those who call, the host of the instances, the way between workers.
//!
//! * `id`, `namespace.js`, `stub.js`: what `env` holds.
//! * `host/`: the live instances of this worker; `state.js` and `host.js` are their JavaScript half.
//! * `link/`: requests to objects that live in another worker.

mod host;
mod id;
mod link;
pub(crate) mod storage;

use crate::bindings::service::exchange_of;
use crate::core::body::Body;
use crate::core::error::OpError;
use crate::core::fetcher::Fetcher;
use crate::core::outcome::Failure;
use crate::core::realm::Realm;
use crate::core::session::{self, Pipe};
use crate::web::fetch::RequestHead;
use futures_util::future::LocalBoxFuture;
pub use host::{Objects, Placement};
use id::{IdError, IdSource, ObjectId};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
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

/// The classes that a program knows objects of; JavaScript names them by their place in the list.
type Classes = Rc<RefCell<Vec<Known>>>;

struct Known {
    class: ObjectClass,
    ids: IdSource,
}

pub(super) fn install(realm: &Realm) {
    let classes = Classes::default();
    // (program, class, sqlite): the number of the class
    let known = classes.clone();
    realm.op("object_class", move |call| {
        let class = ObjectClass {
            program: call.string(0)?,
            class: call.string(1)?,
            sqlite: call.boolean(2),
        };
        let mut known = known.borrow_mut();
        let place = known.iter().position(|known| known.class == class);
        let place = place.unwrap_or_else(|| {
            let ids = IdSource::new(&class.program, &class.class);
            known.push(Known { class, ids });
            known.len() - 1
        });
        Ok(place as f64)
    });
    install_ids(realm, &classes);
    // (target and head, body): see `exchange_of`
    let known = classes.clone();
    realm.realm_async_op("object_fetch", move |realm, call| {
        let objects = realm.objects();
        let text = call.string(0)?;
        let (target, head) = read_target(&known, &text)?;
        let head = RequestHead::parse(head)?;
        let fetcher = Rc::new(ObjectFetcher { objects, target });
        exchange_of(realm, head, call, 1, fetcher)
    });
    // (target): the number of a session with it, or `null` if the program does not run.
    realm.realm_op("object_session", move |realm, call| {
        let request = realm.require_request()?;
        request.charge_subrequest()?;
        let (target, _) = read_target(&classes, &call.string(0)?)?;
        let (near, far) = Pipe::pair();
        match realm.objects().session(&target, far) {
            Ok(()) => Ok(Some(session::adopt(realm, &request, near, false)? as f64)),
            Err(_) => Ok(None),
        }
    });
    host::install(realm);
}

fn install_ids(realm: &Realm, classes: &Classes) {
    // (class, name)
    let known = classes.clone();
    realm.op("object_id_named", move |call| {
        let name = call.string(1)?;
        with_class(&known, call.number(0)? as usize, |known| {
            Ok(known.ids.named(&name).to_string())
        })
    });
    let known = classes.clone();
    realm.op("object_id_unique", move |call| {
        with_class(&known, call.number(0)? as usize, |known| {
            let unique = known.ids.unique();
            let id = unique
                .map_err(|error| OpError::Error(format!("no random bytes can be had: {error}")))?;
            Ok(id.to_string())
        })
    });
    // (class, text)
    let known = classes.clone();
    realm.op("object_id_parse", move |call| {
        let text = call.string(1)?;
        with_class(&known, call.number(0)? as usize, |known| {
            Ok(known.ids.parse(&text)?.to_string())
        })
    });
}

fn with_class<R>(
    classes: &Classes,
    number: usize,
    run: impl FnOnce(&Known) -> Result<R, OpError>,
) -> Result<R, OpError> {
    match classes.borrow().get(number) {
        Some(known) => run(known),
        None => Err(OpError::Error("there is no such class of objects".into())),
    }
}

/// The object that a text begins with, and the rest. It has a line each for the number of its class, its id, and `=` and its name, in which line
/// feeds are `\n` and backslashes are doubled; nothing if it has none.
fn read_target<'a>(classes: &Classes, text: &'a str) -> Result<(Target, &'a str), OpError> {
    let malformed = || OpError::Type("the address of an object is malformed".into());
    let mut lines = text.splitn(4, '\n');
    let class = lines.next().and_then(|line| line.parse().ok());
    let id = lines.next().ok_or_else(malformed)?.parse()?;
    let name = lines.next().ok_or_else(malformed)?;
    let rest = lines.next().unwrap_or_default();
    with_class(classes, class.ok_or_else(malformed)?, |known| {
        let target = Target {
            address: Address {
                program: known.class.program.clone(),
                class: known.class.class.clone(),
                id,
            },
            name: name.strip_prefix('=').map(unescaped),
            sqlite: known.class.sqlite,
        };
        Ok((target, rest))
    })
}

fn unescaped(name: &str) -> String {
    let mut unescaped = String::with_capacity(name.len());
    let mut characters = name.chars();
    while let Some(character) = characters.next() {
        unescaped.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                _ => '\\',
            },
            other => other,
        });
    }
    unescaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_on_one_line() {
        for (escaped, name) in [
            ("a", "a"),
            ("", ""),
            ("a\\nb", "a\nb"),
            ("a\\\\nb\\\\", "a\\nb\\"),
        ] {
            assert_eq!(unescaped(escaped), name);
        }
    }
}
