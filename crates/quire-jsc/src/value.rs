//! Values that the collector keeps for as long as Rust holds them.

use crate::arguments::{Arg, IntoValue, Raw};
use crate::raw::*;
use crate::string::EngineString;
use crate::{Context, Exception};
use std::ptr;

/// A JavaScript value, kept alive until dropped.
///
/// A value holds its [`Context`]; a value captured by a closure given to [`Context::function`]
/// therefore keeps that context alive for the rest of the thread.
pub struct Value {
    context: Context,
    raw: JSValueRef,
}

impl Value {
    /// Roots a bare value of `context`.
    pub(crate) fn root(context: &Context, raw: JSValueRef) -> Self {
        // SAFETY: `raw` came from this context and is still on the caller's stack.
        unsafe { JSValueProtect(context.raw(), raw) };
        Self {
            context: context.clone(),
            raw,
        }
    }

    pub(crate) fn raw(&self) -> JSValueRef {
        self.raw
    }

    fn object(&self) -> Result<JSObjectRef, Exception> {
        if self.is_object() {
            Ok(self.raw.cast_mut())
        } else {
            Err(self.context.type_error("the value is not an object"))
        }
    }

    /// The context that the value belongs to.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Whether this is `undefined`.
    pub fn is_undefined(&self) -> bool {
        // SAFETY: context and value are live; so in the five functions below.
        unsafe { JSValueIsUndefined(self.context.raw(), self.raw) }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        // SAFETY: as above.
        unsafe { JSValueIsNull(self.context.raw(), self.raw) }
    }

    /// Whether this is `undefined` or `null`.
    pub fn is_nullish(&self) -> bool {
        self.is_undefined() || self.is_null()
    }

    /// Whether this is a string (not a `String` object).
    pub fn is_string(&self) -> bool {
        // SAFETY: as above.
        unsafe { JSValueIsString(self.context.raw(), self.raw) }
    }

    /// Whether this is an object, functions included.
    pub fn is_object(&self) -> bool {
        // SAFETY: as above.
        unsafe { JSValueIsObject(self.context.raw(), self.raw) }
    }

    /// Whether this is an array.
    pub fn is_array(&self) -> bool {
        // SAFETY: as above.
        unsafe { JSValueIsArray(self.context.raw(), self.raw) }
    }

    /// Whether this can be called.
    pub fn is_function(&self) -> bool {
        // SAFETY: the value is an object when the second call is reached.
        self.is_object() && unsafe { JSObjectIsFunction(self.context.raw(), self.raw.cast_mut()) }
    }

    /// `Boolean(value)`
    pub fn to_boolean(&self) -> bool {
        // SAFETY: context and value are live.
        unsafe { JSValueToBoolean(self.context.raw(), self.raw) }
    }

    /// `Number(value)`; an error is what a conversion method of the value threw.
    pub fn to_number(&self) -> Result<f64, Exception> {
        raw_to_number(&self.context, self.raw)
    }

    /// `String(value)`; an error is what a conversion method of the value threw, or the
    /// `TypeError` for a symbol. Lone surrogates become U+FFFD.
    pub fn to_text(&self) -> Result<String, Exception> {
        raw_to_text(&self.context, self.raw)
    }

    /// Reads a property.
    pub fn get(&self, name: &str) -> Result<Value, Exception> {
        let object = self.object()?;
        let name = EngineString::new(name);
        self.context.enter(|context, exception| {
            // SAFETY: context, object and name are live.
            unsafe { JSObjectGetProperty(context, object, name.raw(), exception) }
        })
    }

    /// Reads an element of an array or array-like object.
    pub fn get_index(&self, index: u32) -> Result<Value, Exception> {
        let object = self.object()?;
        self.context.enter(|context, exception| {
            // SAFETY: context and object are live.
            unsafe { JSObjectGetPropertyAtIndex(context, object, index, exception) }
        })
    }

    /// Sets a property.
    pub fn set(&self, name: &str, value: impl IntoValue) -> Result<(), Exception> {
        self.set_with_attributes(name, value, 0)
    }

    /// Sets a property that loops over the object's keys do not see.
    pub fn set_hidden(&self, name: &str, value: impl IntoValue) -> Result<(), Exception> {
        self.set_with_attributes(name, value, PROPERTY_DONT_ENUM)
    }

    fn set_with_attributes(
        &self,
        name: &str,
        value: impl IntoValue,
        attributes: u32,
    ) -> Result<(), Exception> {
        let object = self.object()?;
        let name = EngineString::new(name);
        let Raw(value) = value.into_raw(&self.context)?;
        self.context
            .enter_raw(|context, exception| {
                // SAFETY: context, object and name are live; the value is on this stack.
                unsafe {
                    JSObjectSetProperty(context, object, name.raw(), value, attributes, exception)
                }
            })
            .map(drop)
    }

    /// Calls the value as a function. Before this returns, and if it is the outermost call into the
    /// engine, promise jobs run until none is left.
    pub fn call<const N: usize>(
        &self,
        this: Option<&Value>,
        arguments: [Arg<'_>; N],
    ) -> Result<Value, Exception> {
        self.call_raw(this, arguments)
            .map(|raw| Value::root(&self.context, raw))
    }

    /// Like [`call`](Self::call), for when the result does not matter.
    pub fn call_and_forget<const N: usize>(
        &self,
        this: Option<&Value>,
        arguments: [Arg<'_>; N],
    ) -> Result<(), Exception> {
        self.call_raw(this, arguments).map(drop)
    }

    fn call_raw<const N: usize>(
        &self,
        this: Option<&Value>,
        arguments: [Arg<'_>; N],
    ) -> Result<JSValueRef, Exception> {
        let function = self.object()?;
        let mut raw = [ptr::null(); N];
        for (raw, argument) in raw.iter_mut().zip(&arguments) {
            *raw = argument.to_raw(&self.context);
        }
        let this = this
            .filter(|value| value.is_object())
            .map_or(ptr::null_mut(), |value| value.raw.cast_mut());
        self.context.enter_raw(|context, exception| {
            // SAFETY: the function and `this` are rooted objects; the arguments are in an array
            // on this stack frame, where the collector finds them.
            unsafe { JSObjectCallAsFunction(context, function, this, N, raw.as_ptr(), exception) }
        })
    }
}

pub(crate) fn raw_to_number(context: &Context, raw: JSValueRef) -> Result<f64, Exception> {
    context.enter_raw(|context, exception| {
        // SAFETY: context and value are live.
        unsafe { JSValueToNumber(context, raw, exception) }
    })
}

pub(crate) fn raw_to_text(context: &Context, raw: JSValueRef) -> Result<String, Exception> {
    let string = context.enter_raw(|context, exception| {
        // SAFETY: context and value are live.
        unsafe { JSValueToStringCopy(context, raw, exception) }
    })?;
    // SAFETY: without an exception the engine returned a string that is now ours.
    Ok(unsafe { EngineString::adopt(string) }.to_text())
}

impl Clone for Value {
    fn clone(&self) -> Self {
        Self::root(&self.context, self.raw)
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        // SAFETY: pairs with the JSValueProtect of `root`; the context is live, `self` holds it.
        unsafe { JSValueUnprotect(self.context.raw(), self.raw) }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Value")
            .field(&self.to_text().unwrap_or_default())
            .finish()
    }
}
