//! What an object asks of its host.

use super::Instance;
use super::sockets::{self, SOCKETS_MAX};
use crate::core::body_ops::handle;
use crate::core::error::OpError;
use crate::core::outcome::{Failure, FailureKind};
use crate::core::realm::Realm;
use crate::core::request::Resident;
use crate::web::websocket;
use quire_jsc::Call;
use std::rc::Rc;

pub(in super::super) fn install(realm: &Realm) {
    // (instance, function): has that called with a number when a critical section begins; no event is begun until it ends.
    realm.realm_op("object_block", |realm, call| {
        let instance = instance(realm, call)?;
        instance.map_or(Ok(()), |instance| instance.block(call.value(1)))
    });
    // (instance, the section's number)
    realm.realm_op("object_unblock", |realm, call| {
        let number = handle(call, 1)?;
        if let Some(instance) = instance(realm, call)? {
            instance.unblock(number);
        }
        Ok(())
    });
    // (instance): the critical section that runs, or 0.
    realm.realm_op("object_section", |realm, call| {
        let instance = instance(realm, call)?;
        Ok(instance.map_or(0.0, |instance| instance.section() as f64))
    });
    // (instance, critical section): a promise of when what began in that may go on.
    realm.realm_async_op("object_admission", |realm, call| {
        let section = handle(call, 1)?;
        let admission = instance(realm, call)?.and_then(|instance| instance.admission(section));
        Ok(async move {
            if let Some(admission) = admission {
                admission.await;
            }
            Ok(())
        })
    });
    // (instance, message, thrown, whether the object was reset rather than never made, whether an interrupted alarm is run again)
    realm.realm_op("object_end", |realm, call| {
        let mut failure = Failure::new(FailureKind::Exception, call.string(1)?);
        failure.thrown = (!call.is_nullish(2)).then(|| call.bytes(2)).transpose()?;
        failure.flags.remote = true;
        failure.flags.reset = call.boolean(3);
        let retries_alarm = call.boolean(4);
        if let Some(instance) = instance(realm, call)? {
            instance.reset(&failure, retries_alarm);
        }
        Ok(())
    });
    // (instance, whether it succeeded): whether the alarm failed for the last time.
    realm.realm_op("object_alarm_done", |realm, call| {
        let succeeded = call.boolean(1);
        let instance = instance(realm, call)?;
        Ok(instance.is_some_and(|instance| instance.alarm_done(succeeded)))
    });
    install_sockets(realm);
}

fn install_sockets(realm: &Realm) {
    // (instance, number of the socket's end, tags as JSON)
    realm.realm_op("object_socket_accept", |realm, call| {
        let Some(instance) = instance(realm, call)? else {
            return Ok(());
        };
        let (number, tags) = (handle(call, 1)?, call.string(2)?);
        let sockets = instance.sockets();
        if sockets.len() >= SOCKETS_MAX {
            return Err(OpError::Error(format!(
                "a Durable Object cannot have more than {SOCKETS_MAX} hibernatable WebSockets"
            )));
        }
        let endpoint = websocket::share(instance.context(), number)?;
        let tags = serde_json::from_str(&tags).unwrap_or_default();
        sockets.add(number, endpoint, tags);
        Ok(())
    });
    // (instance, tag or `null`): numbers, as JSON.
    realm.realm_op("object_sockets", |realm, call| {
        let tag = (!call.is_nullish(1)).then(|| call.string(1)).transpose()?;
        let sockets = sockets::of(realm, handle(call, 0)?);
        let numbers = sockets.map(|sockets| sockets.numbers(tag.as_deref()));
        Ok(format!("{:?}", numbers.unwrap_or_default()))
    });
    // (instance, socket): its tags as JSON; `null` if it is none.
    realm.realm_op("object_socket_tags", |realm, call| {
        let entry = entry(realm, call)?;
        Ok(entry.map(|entry| serde_json::json!(entry.tags()).to_string()))
    });
    realm.realm_op("object_socket_closed", |realm, call| {
        Ok(entry(realm, call)?.map_or(3.0, |entry| entry.closed()))
    });
    // (instance, socket, bytes)
    realm.realm_op("object_socket_attach", |realm, call| {
        if let Some(entry) = entry(realm, call)? {
            entry.set_attachment(call.bytes(2)?);
        }
        Ok(())
    });
    realm.realm_op("object_socket_attachment", |realm, call| {
        Ok(entry(realm, call)?.and_then(|entry| entry.attachment()))
    });
    realm.realm_op("object_socket_answered", |realm, call| {
        Ok(entry(realm, call)?.and_then(|entry| entry.answered()))
    });
    // (instance, socket): the object has dealt with its end.
    realm.realm_op("object_socket_end", |realm, call| {
        if let Some(sockets) = sockets::of(realm, handle(call, 0)?) {
            sockets.remove(handle(call, 1)?);
        }
        Ok(())
    });
    // (instance, request or `null`, response)
    realm.realm_op("object_auto_response", |realm, call| {
        let pair = match call.is_nullish(1) {
            true => None,
            false => Some((call.string(1)?, call.string(2)?)),
        };
        if let Some(sockets) = sockets::of(realm, handle(call, 0)?) {
            sockets.set_auto_response(pair);
        }
        Ok(())
    });
    // (instance): `[request, response]`, or `null`.
    realm.realm_op("object_auto_response_get", |realm, call| {
        let sockets = sockets::of(realm, handle(call, 0)?);
        let Some((request, response)) = sockets.and_then(|sockets| sockets.auto_response()) else {
            return Ok(None);
        };
        let context = realm.context();
        let pair = [context.string(&request), context.string(&response)];
        Ok(Some(context.array(&pair)?))
    });
}

/// The socket that the first two arguments name.
fn entry(realm: &Realm, call: &Call<'_>) -> Result<Option<Rc<sockets::Entry>>, OpError> {
    let number = handle(call, 1)?;
    Ok(sockets::of(realm, handle(call, 0)?).and_then(|sockets| sockets.entry(number)))
}

/// The instance that the first argument names, if it lives.
fn instance(realm: &Rc<Realm>, call: &Call<'_>) -> Result<Option<Rc<Instance>>, OpError> {
    Ok(Instance::numbered(realm, handle(call, 0)?))
}
