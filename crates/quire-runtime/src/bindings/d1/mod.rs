//! `D1Database`, on quire-store's SQL databases.

mod answers;
mod queries;

use crate::bindings::opened::Opened;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_jsc::{Call, Value};
use quire_store::d1::{D1Database, D1Outcome, D1Query, Done};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::oneshot;

pub(super) const SOURCES: &[(&str, &str)] = &[("bindings/d1/d1.js", include_str!("d1.js"))];

/// A database of the program: its id, and once it was used the database itself.
struct Bound {
    id: String,
    open: Opened<D1Database>,
}

/// The databases of a program; JavaScript names them by their place in the list.
type Databases = Rc<RefCell<Vec<Bound>>>;

pub(super) fn install(realm: &Realm) {
    let databases = Databases::default();
    // (id) → number
    let bound = databases.clone();
    realm.op("d1_open", move |call| {
        let mut bound = bound.borrow_mut();
        let id = call.string(0)?;
        // A program may be given the same database with every call.
        let known = bound.iter().position(|known| known.id == id);
        let number = known.unwrap_or(bound.len());
        if known.is_none() {
            let open = Opened::default();
            bound.push(Bound { id, open });
        }
        Ok(number as f64)
    });
    // (database, queries as JSON, whether with `meta`) → the answers as JSON, or a promise of that
    realm.realm_op("d1_query", move |realm, call| {
        realm.require_request()?.charge_subrequest()?;
        let database = database(realm, &databases, call)?;
        let queries = match queries::read(&call.string(1)?) {
            Ok(queries) => queries,
            Err(text) => return Ok(realm.context().string(&answers::error(&text))),
        };
        let meta = call.boolean(2);
        match database.read_at_once(&queries, meta) {
            Some(outcome) => Ok(realm.context().string(&answers::text(&outcome, meta))),
            None => later(realm, database, queries, meta),
        }
    });
}

/// A promise of the answers to queries that write, or take long.
fn later(
    realm: &Rc<Realm>,
    database: Arc<D1Database>,
    queries: Vec<D1Query>,
    meta: bool,
) -> Result<Value, OpError> {
    let request = realm.require_request()?;
    realm.promise_of(async move {
        // What a Durable Object wrote before is durable when this has an effect.
        request.outgoing().await?;
        let (sender, outcome) = oneshot::channel::<D1Outcome>();
        tokio::task::spawn_blocking(move || {
            // Nobody waits any more when the request has ended.
            let done: Done = Box::new(move |outcome| drop(sender.send(outcome)));
            match database.read(&queries, meta) {
                Some(outcome) => done(outcome),
                None => database.write(queries, done),
            }
        });
        Ok(match outcome.await {
            Ok(outcome) => answers::text(&outcome, meta),
            Err(_) => answers::error("the program is ending"),
        })
    })
}

fn database(
    realm: &Realm,
    databases: &Databases,
    call: &Call<'_>,
) -> Result<Arc<D1Database>, OpError> {
    let number = call.number(0)? as usize;
    let databases = databases.borrow();
    let Some(bound) = databases.get(number) else {
        return Err(OpError::Error("there is no such database".into()));
    };
    let open = |folder: &Path| D1Database::open(folder, &bound.id);
    let opened = bound.open.get(realm, "d1", open);
    opened.map_err(|error| OpError::Error(format!("D1_ERROR: {error}")))
}
