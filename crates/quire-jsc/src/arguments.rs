//! What goes into the engine: arguments of calls and results of Rust functions.

use crate::raw::*;
use crate::string::EngineString;
use crate::{Context, Exception, Value};

/// An argument of a call into JavaScript.
pub enum Arg<'a> {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// A boolean
    Boolean(bool),
    /// A number
    Number(f64),
    /// A string
    String(&'a str),
    /// Any value of the same context
    Value(&'a Value),
}

impl<'a> From<Option<&'a str>> for Arg<'a> {
    /// `null` for none.
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Arg::Null, Arg::String)
    }
}

impl Arg<'_> {
    /// The bare value; the caller keeps it on the native stack.
    pub(crate) fn to_raw(&self, context: &Context) -> JSValueRef {
        match self {
            Arg::Undefined => ().into_raw(context).map(|raw| raw.0),
            Arg::Null => None::<()>.into_raw(context).map(|raw| raw.0),
            Arg::Boolean(value) => value.into_raw(context).map(|raw| raw.0),
            Arg::Number(value) => value.into_raw(context).map(|raw| raw.0),
            Arg::String(value) => value.into_raw(context).map(|raw| raw.0),
            Arg::Value(value) => Ok(value.raw()),
        }
        .unwrap_or(std::ptr::null())
    }
}

/// A bare engine value. It can be neither made nor used outside this crate.
#[derive(Clone, Copy)]
pub struct Raw(pub(crate) JSValueRef);

/// What a Rust function may return to JavaScript.
pub trait IntoValue {
    #[doc(hidden)]
    fn into_raw(self, context: &Context) -> Result<Raw, Exception>;
}

impl IntoValue for () {
    fn into_raw(self, context: &Context) -> Result<Raw, Exception> {
        // SAFETY: the context is live.
        Ok(Raw(unsafe { JSValueMakeUndefined(context.raw()) }))
    }
}

impl IntoValue for bool {
    fn into_raw(self, context: &Context) -> Result<Raw, Exception> {
        // SAFETY: the context is live.
        Ok(Raw(unsafe { JSValueMakeBoolean(context.raw(), self) }))
    }
}

impl IntoValue for &bool {
    fn into_raw(self, context: &Context) -> Result<Raw, Exception> {
        (*self).into_raw(context)
    }
}

impl IntoValue for f64 {
    fn into_raw(self, context: &Context) -> Result<Raw, Exception> {
        // SAFETY: the context is live.
        Ok(Raw(unsafe { JSValueMakeNumber(context.raw(), self) }))
    }
}

impl IntoValue for &f64 {
    fn into_raw(self, context: &Context) -> Result<Raw, Exception> {
        (*self).into_raw(context)
    }
}

macro_rules! integers {
    ($($name:ident),*) => { $(impl IntoValue for $name {
        fn into_raw(self, context: &Context) -> Result<Raw, Exception> {
            f64::from(self).into_raw(context)
        }
    })* };
}
integers!(u8, u16, u32, i32);

impl IntoValue for &str {
    fn into_raw(self, context: &Context) -> Result<Raw, Exception> {
        let string = EngineString::new(self);
        // SAFETY: context and string are live; the value keeps the characters.
        Ok(Raw(unsafe {
            JSValueMakeString(context.raw(), string.raw())
        }))
    }
}

impl IntoValue for &&str {
    fn into_raw(self, context: &Context) -> Result<Raw, Exception> {
        (*self).into_raw(context)
    }
}

impl IntoValue for String {
    fn into_raw(self, context: &Context) -> Result<Raw, Exception> {
        self.as_str().into_raw(context)
    }
}

/// A `Uint8Array` over the same memory.
impl IntoValue for Vec<u8> {
    fn into_raw(self, context: &Context) -> Result<Raw, Exception> {
        crate::bytes::uint8_array(context, self).map(Raw)
    }
}

/// The value, or `null`.
impl<T: IntoValue> IntoValue for Option<T> {
    fn into_raw(self, context: &Context) -> Result<Raw, Exception> {
        match self {
            Some(value) => value.into_raw(context),
            // SAFETY: the context is live.
            None => Ok(Raw(unsafe { JSValueMakeNull(context.raw()) })),
        }
    }
}

/// The collector may run between this call and the next use of the result, so the root of
/// `self` is given up only after the engine has the value on its own stack: see `function.rs`.
impl IntoValue for Value {
    fn into_raw(self, _: &Context) -> Result<Raw, Exception> {
        Ok(Raw(self.raw()))
    }
}

impl IntoValue for &Value {
    fn into_raw(self, _: &Context) -> Result<Raw, Exception> {
        Ok(Raw(self.raw()))
    }
}
