//! Asymmetric keys in the hands of JavaScript: a function that gives the key's number, by which operations find it.
//! When the collector takes the function, the key goes too.

use super::keys::Key;
use crate::core::error::OpError;
use quire_jsc::{Call, Context, Exception, IntoValue, Value};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

// An engine and all its keys live on one thread.
thread_local! {
    static KEYS: RefCell<FxHashMap<u32, Rc<Key>>> = RefCell::default();
    static NEXT: Cell<u32> = const { Cell::new(1) };
}

/// Forgets its key when dropped.
struct Handle(u32);

impl Drop for Handle {
    fn drop(&mut self) {
        // At the thread's end the table may be gone already, and with it the key.
        let _ = KEYS.try_with(|keys| keys.borrow_mut().remove(&self.0));
    }
}

/// The function that JavaScript holds. It may be called from then on.
pub(crate) fn give(context: &Context, key: Key) -> Value {
    let number = NEXT.replace(NEXT.get().wrapping_add(1));
    KEYS.with_borrow_mut(|keys| keys.insert(number, Rc::new(key)));
    let handle = Handle(number);
    // The whole handle must move in, not only its number.
    context.function(move |_| {
        let Handle(number) = &handle;
        Ok(*number)
    })
}

/// The key whose number is an argument.
pub(crate) fn take(call: &Call<'_>, index: usize) -> Result<Rc<Key>, OpError> {
    let number = call.number(index)? as u32;
    KEYS.with_borrow(|keys| keys.get(&number).cloned())
        .ok_or_else(|| OpError::Type("the argument is not the number of a key".into()))
}

/// As a result of an operation a key becomes its function.
impl IntoValue for Key {
    fn into_raw(self, context: &Context) -> Result<quire_jsc::arguments::Raw, Exception> {
        give(context, self).into_raw(context)
    }
}
