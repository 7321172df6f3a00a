//! The native operations behind `ctx.storage`. The first argument is always the storage's number.

use super::Storage;
use super::rows::{self, Encoder};
use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_jsc::{Call, IntoValue};
use quire_store::objects::{KeyRange, ObjectState, SqlValue};
use std::rc::Rc;

/// Adds the operations.
pub(crate) fn install(realm: &Realm) {
    op(realm, "storage_is_sqlite", |storage, _| Ok(storage.sqlite));
    op(realm, "storage_get", |storage, call| {
        let key = call.string(1)?;
        storage.with(|state| state.get(&key))
    });
    op(realm, "storage_put", |storage, call| {
        let (key, value) = (call.string(1)?, call.bytes(2)?);
        storage.with(|state| state.put(&key, &value))
    });
    op(realm, "storage_delete", |storage, call| {
        let key = call.string(1)?;
        storage.with(|state| state.delete(&key))
    });
    // (start, start after, end, prefix, reverse, limit): keys and values in turn
    op(realm, "storage_list", |storage, call| {
        let range = range(call)?;
        let entries = storage.with(|state| state.list(&range))?;
        let mut encoder = Encoder::new();
        encoder.array(entries.len() * 2, |encoder| {
            for (key, value) in &entries {
                encoder.text(key);
                encoder.bytes(value);
            }
        });
        Ok(encoder.finish())
    });
    // (also the alarm?)
    op(realm, "storage_delete_all", |storage, call| {
        storage.delete_all(call.boolean(1))
    });
    op(realm, "storage_get_alarm", |storage, _| {
        Ok(storage.alarm()?.map(|time| time as f64))
    });
    op(realm, "storage_set_alarm", |storage, call| {
        let time = (!call.is_nullish(1)).then(|| call.number(1)).transpose()?;
        storage.set_alarm(time.map(|time| time as i64))
    });
    // (lasting?)
    op(realm, "storage_begin", |storage, call| {
        storage.begin(call.boolean(1))
    });
    // (lasting?, keep?)
    op(realm, "storage_end", |storage, call| {
        storage.end(call.boolean(1), call.boolean(2))
    });
    // (SQL, values…)
    op(realm, "storage_sql", |storage, call| {
        let sql = call.string(1)?;
        let values = (2..call.len())
            .map(|index| sql_value(call, index))
            .collect::<Result<Vec<_>, _>>()?;
        let result = storage.with(|state| state.execute(&sql, &values))?;
        Ok(rows::encode(&result))
    });
    op(realm, "storage_size", |storage, _| {
        Ok(storage.with(ObjectState::database_size)? as f64)
    });
    realm.realm_async_op("storage_sync", |realm, call| {
        let durable = storage(realm, call)?.durable();
        Ok(async move {
            match durable {
                Some(durable) => durable.await.map_err(OpError::Error),
                None => Ok(()),
            }
        })
    });
}

fn op<R: IntoValue>(
    realm: &Realm,
    name: &str,
    run: impl Fn(&Storage, &Call<'_>) -> Result<R, OpError> + 'static,
) {
    realm.realm_op(name, move |realm, call| run(&*storage(realm, call)?, call));
}

fn storage(realm: &Realm, call: &Call<'_>) -> Result<Rc<Storage>, OpError> {
    let number = call.number(0)? as u64;
    realm.storages().get(number).ok_or_else(|| {
        OpError::Error(
            "The Durable Object's storage was closed, because the object was ended.".into(),
        )
    })
}

fn range(call: &Call<'_>) -> Result<KeyRange, OpError> {
    let text = |index| {
        (!call.is_nullish(index))
            .then(|| call.string(index))
            .transpose()
    };
    let limit = (!call.is_nullish(6)).then(|| call.number(6)).transpose()?;
    Ok(KeyRange {
        start: text(1)?,
        start_after: text(2)?,
        end: text(3)?,
        prefix: text(4)?,
        reverse: call.boolean(5),
        limit: limit.map(|limit| limit as u32),
    })
}

fn sql_value(call: &Call<'_>, index: usize) -> Result<SqlValue, OpError> {
    Ok(if call.is_nullish(index) {
        SqlValue::Null
    } else if call.is_string(index) {
        SqlValue::Text(call.string(index)?)
    } else if call.value(index).is_object() {
        SqlValue::Blob(call.bytes(index)?)
    } else {
        SqlValue::Real(call.number(index)?)
    })
}
