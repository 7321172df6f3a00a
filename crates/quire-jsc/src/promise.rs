//! Promises that Rust settles.

use crate::arguments::{Arg, IntoValue};
use crate::raw::*;
use crate::{Context, Exception, Value};
use std::ptr;

/// The right to settle a promise made by [`Context::promise`]. Dropped unused, the promise stays
/// pending for ever.
#[derive(Debug)]
pub struct Deferred {
    resolve: Value,
    reject: Value,
}

impl Context {
    /// A pending promise and the right to settle it.
    pub fn promise(&self) -> Result<(Value, Deferred), Exception> {
        let (mut resolve, mut reject) = (ptr::null_mut(), ptr::null_mut());
        let promise = self.enter(|context, exception| {
            // SAFETY: the context is live; the two places outlive the call.
            unsafe { JSObjectMakeDeferredPromise(context, &mut resolve, &mut reject, exception) }
                .cast_const()
        })?;
        let deferred = Deferred {
            resolve: Value::root(self, resolve),
            reject: Value::root(self, reject),
        };
        Ok((promise, deferred))
    }
}

impl Deferred {
    /// Fulfils the promise and runs what waits for it.
    pub fn resolve(self, value: impl IntoValue) -> Result<(), Exception> {
        let context = self.resolve.context();
        let value = Value::root(context, value.into_raw(context)?.0);
        self.resolve.call_and_forget(None, [Arg::Value(&value)])
    }

    /// The function that rejects the promise.
    pub fn rejecting(&self) -> &Value {
        &self.reject
    }

    /// Rejects the promise and runs what waits for it.
    pub fn reject(self, reason: &Value) -> Result<(), Exception> {
        self.reject.call_and_forget(None, [Arg::Value(reason)])
    }
}
