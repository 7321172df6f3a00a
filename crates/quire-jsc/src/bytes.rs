//! Typed arrays and array buffers, without copying their memory.

use crate::raw::*;
use crate::{Context, Exception, Value, memory};
use std::cell::Cell;
use std::ffi::c_void;
use std::rc::Rc;

/// A `Uint8Array` that owns `bytes`.
pub(crate) fn uint8_array(context: &Context, mut bytes: Vec<u8>) -> Result<JSValueRef, Exception> {
    if bytes.is_empty() {
        return context
            .enter_raw(|context, exception| {
                // SAFETY: the context is live.
                unsafe { JSObjectMakeTypedArray(context, TYPED_ARRAY_UINT8, 0, exception) }
            })
            .map(|object| object.cast_const());
    }
    if bytes.capacity() - bytes.len() > memory::spare_max(bytes.len()) {
        bytes.shrink_to_fit();
    }
    let owner = Box::new(bytes);
    let (pointer, length) = (owner.as_ptr().cast_mut().cast::<c_void>(), owner.len());
    let owner = Box::into_raw(owner).cast::<c_void>();
    context
        .enter_raw(|context, exception| {
            // SAFETY: the memory stays until the engine calls `free_bytes`, which it does once,
            // also when making the array fails.
            unsafe {
                JSObjectMakeTypedArrayWithBytesNoCopy(
                    context,
                    TYPED_ARRAY_UINT8,
                    pointer,
                    length,
                    free_bytes,
                    owner,
                    exception,
                )
            }
        })
        .map(|object| object.cast_const())
}

unsafe extern "C" fn free_bytes(_bytes: *mut c_void, owner: *mut c_void) {
    // SAFETY: `owner` is the box that `uint8_array` leaked, and this is called once.
    let owner = unsafe { Box::from_raw(owner.cast::<Vec<u8>>()) };
    memory::give_back(*owner);
}

/// A number in memory that Rust and JavaScript share: setting it costs a store, reading it from JavaScript a load, where
/// a call between the two costs a hundred times as much.
#[derive(Debug)]
pub struct SharedNumber(Rc<Cell<f64>>);

impl SharedNumber {
    /// Changes what JavaScript reads.
    pub fn set(&self, value: f64) {
        self.0.set(value);
    }
}

impl Context {
    /// A `Float64Array` of one element and the right to set that. JavaScript must only read it.
    pub fn shared_number(&self) -> Result<(Value, SharedNumber), Exception> {
        let number = Rc::new(Cell::new(0.0));
        let pointer = number.as_ptr().cast::<c_void>();
        let owner = Rc::into_raw(number.clone()).cast_mut().cast::<c_void>();
        let array = self.enter(|context, exception| {
            // SAFETY: the memory stays until the engine calls `free_number`, which it does once, also when making the
            // array fails. Rust accesses it through a `Cell` only, on the thread of the engine.
            unsafe {
                JSObjectMakeTypedArrayWithBytesNoCopy(
                    context,
                    TYPED_ARRAY_FLOAT64,
                    pointer,
                    size_of::<f64>(),
                    free_number,
                    owner,
                    exception,
                )
            }
            .cast_const()
        })?;
        Ok((array, SharedNumber(number)))
    }
}

unsafe extern "C" fn free_number(_bytes: *mut c_void, owner: *mut c_void) {
    // SAFETY: `owner` is the reference that `shared_number` leaked, and this is called once, by the engine's thread.
    drop(unsafe { Rc::from_raw(owner.cast_const().cast::<Cell<f64>>()) });
}

/// Lends the memory of an `ArrayBuffer` or view, with the engine locked out.
pub(crate) fn with_bytes<R>(
    context: &Context,
    raw: JSValueRef,
    read: impl FnOnce(&mut [u8]) -> R,
) -> Result<R, Exception> {
    let (pointer, length) = locate(context, raw)?;
    let _borrow = context.borrow_memory();
    if length == 0 {
        return Ok(read(&mut []));
    }
    // SAFETY: the engine gave this memory for `raw`, which the caller keeps alive. While the
    // guard lives the engine is not entered, so nothing can detach, resize or touch the buffer.
    let bytes = unsafe { std::slice::from_raw_parts_mut(pointer, length) };
    Ok(read(bytes))
}

fn locate(context: &Context, raw: JSValueRef) -> Result<(*mut u8, usize), Exception> {
    // SAFETY: context and value are live.
    if !unsafe { JSValueIsObject(context.raw(), raw) } {
        return Err(not_bytes(context));
    }
    let object = raw.cast_mut();
    let kind = context.enter_raw(|context, exception| {
        // SAFETY: context and value are live.
        unsafe { JSValueGetTypedArrayType(context, raw, exception) }
    })?;
    match kind {
        TYPED_ARRAY_ARRAY_BUFFER => context.enter_raw(|context, exception| {
            // SAFETY: the object is an ArrayBuffer.
            unsafe {
                (
                    JSObjectGetArrayBufferBytesPtr(context, object, exception).cast::<u8>(),
                    JSObjectGetArrayBufferByteLength(context, object, exception),
                )
            }
        }),
        TYPED_ARRAY_NONE => locate_data_view(context, &Value::root(context, raw)),
        _ => context.enter_raw(|context, exception| {
            // SAFETY: the object is a typed array; its pointer is that of the whole buffer, and
            // the engine keeps offset and length within it.
            unsafe {
                let start = JSObjectGetTypedArrayBytesPtr(context, object, exception).cast::<u8>();
                let length = JSObjectGetTypedArrayByteLength(context, object, exception);
                if start.is_null() || length == 0 {
                    return (std::ptr::null_mut(), 0);
                }
                let offset = JSObjectGetTypedArrayByteOffset(context, object, exception);
                (start.add(offset), length)
            }
        }),
    }
}

/// The C API does not know `DataView`; its accessors throw for anything that only looks like one.
fn locate_data_view(context: &Context, view: &Value) -> Result<(*mut u8, usize), Exception> {
    let parts = context
        .data_view_parts()
        .call(None, [crate::Arg::Value(view)])
        .map_err(|_| not_bytes(context))?;
    let (start, buffer_length) = locate(context, parts.get_index(0)?.raw())?;
    let offset = parts.get_index(1)?.to_number()? as usize;
    let length = parts.get_index(2)?.to_number()? as usize;
    if offset
        .checked_add(length)
        .is_none_or(|end| end > buffer_length)
    {
        return Err(not_bytes(context));
    }
    // SAFETY: offset and length were just checked against the buffer.
    Ok((unsafe { start.add(offset) }, length))
}

fn not_bytes(context: &Context) -> Exception {
    context.type_error("the value is neither an ArrayBuffer nor a view of one")
}

impl Value {
    /// Whether this is an `ArrayBuffer`, typed array or (with `get` on it unmodified) `DataView`.
    pub fn is_bytes(&self) -> bool {
        locate(self.context(), self.raw()).is_ok()
    }

    /// Lends the bytes of an `ArrayBuffer`, typed array or `DataView`; a `TypeError` for anything
    /// else. The engine must not be entered meanwhile; doing so panics.
    pub fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> Result<R, Exception> {
        with_bytes(self.context(), self.raw(), |bytes| read(bytes))
    }
}
