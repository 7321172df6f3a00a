//! What `WorkerQueue` asks for.

use super::{Store, done, now, numbers};
use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_jsc::{Call, Value};
use quire_store::queues::{Backlog, Format, NewMessage};

pub(super) fn install(realm: &Realm) {
    let store = Store::default();
    // (method, queue, messages: format, bytes and milliseconds of delay of each in turn) → the backlog before
    let used = store.clone();
    realm.realm_outgoing_op("queue_send", move |realm, call| {
        let (method, queue) = (call.string(0)?, call.string(1)?);
        let messages = messages(call)?;
        let store = used
            .open(realm)
            .map_err(|reason| failed(&method, &reason))?;
        let realm = realm.clone();
        Ok(async move {
            let (done, sent) = done();
            store.send(&queue, messages, now(), done);
            let before = sent.await.map_err(|reason| failed(&method, &reason))?;
            realm.programs().announce(&queue);
            array(&realm, &before)
        })
    });
    // (queue) → the backlog
    realm.realm_op("queue_metrics", move |realm, call| {
        realm.require_request()?.charge_subrequest()?;
        let method = "metrics";
        let store = store
            .open(realm)
            .map_err(|reason| failed(method, &reason))?;
        let backlog = store.backlog(&call.string(0)?);
        let backlog = backlog.map_err(|error| failed(method, &error.to_string()))?;
        array(realm, &backlog)
    });
}

fn messages(call: &Call<'_>) -> Result<Vec<NewMessage>, OpError> {
    let given = call.value(2);
    let length = given.get("length")?.to_number()? as u32;
    let message = |index| {
        Ok(NewMessage {
            format: Format::of(given.get_index(index)?.to_number()? as u8),
            body: given.get_index(index + 1)?.with_bytes(<[u8]>::to_vec)?,
            delay: given.get_index(index + 2)?.to_number()? as i64,
        })
    };
    (0..length).step_by(3).map(message).collect()
}

fn array(realm: &Realm, backlog: &Backlog) -> Result<Value, OpError> {
    let context = realm.context();
    let numbers = numbers(backlog).map(|number| context.number(number));
    Ok(context.array(&numbers)?)
}

fn failed(method: &str, reason: &str) -> OpError {
    OpError::Error(format!("Queue {method} failed: {reason}"))
}
