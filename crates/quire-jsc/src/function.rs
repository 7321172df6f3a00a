//! Rust closures as JavaScript functions.

use crate::arguments::{IntoValue, Raw};
use crate::context::Inner;
use crate::raw::*;
use crate::value::{raw_to_number, raw_to_text};
use crate::{Context, Exception, Value};
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::rc::Weak;

/// The arguments of a call from JavaScript to Rust. Missing arguments read as `undefined`.
pub struct Call<'a> {
    context: &'a Context,
    arguments: &'a [JSValueRef],
    /// What an absent argument reads as.
    undefined: JSValueRef,
}

impl Call<'_> {
    /// The calling context.
    pub fn context(&self) -> &Context {
        self.context
    }

    /// How many arguments were given.
    pub fn len(&self) -> usize {
        self.arguments.len()
    }

    /// Whether no argument was given.
    pub fn is_empty(&self) -> bool {
        self.arguments.is_empty()
    }

    fn raw(&self, index: usize) -> JSValueRef {
        self.arguments.get(index).copied().unwrap_or(self.undefined)
    }

    /// An argument as it is.
    pub fn value(&self, index: usize) -> Value {
        Value::root(self.context, self.raw(index))
    }

    /// `String(argument)`
    pub fn string(&self, index: usize) -> Result<String, Exception> {
        raw_to_text(self.context, self.raw(index))
    }

    /// `Number(argument)`
    pub fn number(&self, index: usize) -> Result<f64, Exception> {
        raw_to_number(self.context, self.raw(index))
    }

    /// `Boolean(argument)`
    pub fn boolean(&self, index: usize) -> bool {
        // SAFETY: context and argument are live during the call.
        unsafe { JSValueToBoolean(self.context.raw(), self.raw(index)) }
    }

    /// Whether the argument is `undefined` or `null`.
    pub fn is_nullish(&self, index: usize) -> bool {
        // SAFETY: context and argument are live during the call.
        unsafe {
            JSValueIsUndefined(self.context.raw(), self.raw(index))
                || JSValueIsNull(self.context.raw(), self.raw(index))
        }
    }

    /// Whether the argument is a string.
    pub fn is_string(&self, index: usize) -> bool {
        // SAFETY: context and argument are live during the call.
        unsafe { JSValueIsString(self.context.raw(), self.raw(index)) }
    }

    /// A copy of the bytes of an `ArrayBuffer`, typed array or `DataView`; a `TypeError` for
    /// anything else.
    pub fn bytes(&self, index: usize) -> Result<Vec<u8>, Exception> {
        self.with_bytes(index, <[u8]>::to_vec)
    }

    /// Lends the bytes of an `ArrayBuffer`, typed array or `DataView`; a `TypeError` for
    /// anything else. The engine must not be entered meanwhile; doing so panics.
    pub fn with_bytes<R>(
        &self,
        index: usize,
        read: impl FnOnce(&[u8]) -> R,
    ) -> Result<R, Exception> {
        crate::bytes::with_bytes(self.context, self.raw(index), |bytes| read(bytes))
    }

    /// Lends the bytes of an `ArrayBuffer` or view for writing, as [`with_bytes`](Self::with_bytes).
    pub fn with_bytes_mut<R>(
        &self,
        index: usize,
        write: impl FnOnce(&mut [u8]) -> R,
    ) -> Result<R, Exception> {
        crate::bytes::with_bytes(self.context, self.raw(index), write)
    }
}

type Body = dyn Fn(&Call<'_>) -> Result<Raw, Exception>;

/// What a function object points to: its closure and the way back to its context.
struct Function {
    context: Weak<Inner>,
    body: Box<Body>,
}

impl Context {
    /// A function that runs `body`. What `body` returns as an error is thrown; a panic in it is
    /// caught and thrown as an `Error`.
    pub fn function<R: IntoValue>(
        &self,
        body: impl Fn(&Call<'_>) -> Result<R, Exception> + 'static,
    ) -> Value {
        let function = Box::new(Function {
            context: self.downgrade(),
            body: Box::new(move |call| {
                let result = body(call)?;
                // A returned `Value` loses its root here. Nothing allocates in the engine until
                // the caller below hands the bare value back, so it cannot be collected before.
                result.into_raw(call.context)
            }),
        });
        // SAFETY: the class is live as long as the context; its finalizer takes the box back.
        let object = unsafe {
            JSObjectMake(
                self.raw(),
                self.function_class(),
                Box::into_raw(function).cast::<c_void>(),
            )
        };
        Value::root(self, object)
    }
}

/// The class of all function objects of one context.
pub(crate) fn function_class() -> JSClassRef {
    let definition = JSClassDefinition {
        version: 0,
        attributes: CLASS_ATTRIBUTE_NO_AUTOMATIC_PROTOTYPE,
        className: c"Function".as_ptr(),
        parentClass: ptr::null_mut(),
        staticValues: ptr::null(),
        staticFunctions: ptr::null(),
        initialize: ptr::null(),
        finalize: Some(finalize),
        hasProperty: ptr::null(),
        getProperty: ptr::null(),
        setProperty: ptr::null(),
        deleteProperty: ptr::null(),
        getPropertyNames: ptr::null(),
        callAsFunction: Some(call_as_function),
        callAsConstructor: ptr::null(),
        hasInstance: ptr::null(),
        convertToType: ptr::null(),
    };
    // SAFETY: the definition is complete and copied by the engine.
    unsafe { JSClassCreate(&definition) }
}

unsafe extern "C" fn call_as_function(
    raw_context: JSContextRef,
    function: JSObjectRef,
    _this: JSObjectRef,
    count: usize,
    arguments: *const JSValueRef,
    exception: *mut JSValueRef,
) -> JSValueRef {
    // SAFETY: the engine passes the context that is running and an object of our class, whose
    // private pointer is the box of `Context::function` until it is finalized.
    let (undefined, function) = unsafe {
        (
            JSValueMakeUndefined(raw_context),
            JSObjectGetPrivate(function).cast::<Function>().as_ref(),
        )
    };
    let Some((function, inner)) = function.and_then(|f| Some((f, f.context.upgrade()?))) else {
        return undefined;
    };
    let context = Context::from_inner(inner);
    let arguments = match count {
        0 => &[],
        // SAFETY: the engine passes `count` live values.
        _ => unsafe { std::slice::from_raw_parts(arguments, count) },
    };
    let call = Call {
        context: &context,
        arguments,
        undefined,
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| (function.body)(&call)));
    let thrown = match outcome {
        Ok(Ok(Raw(value))) => return value,
        Ok(Err(thrown)) => thrown,
        Err(_) => context.error("a function of the host panicked; its log has the details"),
    };
    if !exception.is_null() {
        // SAFETY: the engine passes a place for the exception; the value moves to its stack.
        unsafe { *exception = thrown.value().raw() };
    }
    undefined
}

/// Runs inside the collector, where the engine must not be entered: the closure, which may hold
/// rooted values, is only handed to the context to be dropped at the next call into it.
unsafe extern "C" fn finalize(object: JSObjectRef) {
    // SAFETY: as in `call_as_function`; after this the object is gone, so the box has one owner.
    let function = unsafe {
        let private = JSObjectGetPrivate(object).cast::<Function>();
        if private.is_null() {
            return;
        }
        JSObjectSetPrivate(object, ptr::null_mut());
        Box::from_raw(private)
    };
    match function.context.upgrade() {
        Some(inner) => inner.bury(function),
        // The whole context is going away; every `Value` holds it, so the closure holds none.
        None => drop(function),
    }
}
