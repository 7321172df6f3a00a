//! The part of JavaScriptCore's C interface that this crate uses, as `JavaScriptCore/*.h` declares it.
//!
//! Four functions stand in private headers but are exported by every port: the execution time
//! limit, the callback for unhandled rejections, the switch for `eval` and the memory statistics.

#![allow(non_camel_case_types, non_snake_case)]

use std::ffi::{c_char, c_int, c_uint, c_void};

/// A C structure of which only pointers are ever seen.
macro_rules! opaque {
    ($($name:ident),*) => { $(#[repr(C)] pub struct $name { _private: [u8; 0] })* };
}
opaque!(
    OpaqueContextGroup,
    OpaqueContext,
    OpaqueString,
    OpaqueClass,
    OpaqueValue
);

pub type JSContextGroupRef = *const OpaqueContextGroup;
pub type JSContextRef = *const OpaqueContext;
pub type JSGlobalContextRef = *mut OpaqueContext;
pub type JSStringRef = *mut OpaqueString;
pub type JSClassRef = *mut OpaqueClass;
pub type JSValueRef = *const OpaqueValue;
pub type JSObjectRef = *mut OpaqueValue;

pub type CallAsFunction = unsafe extern "C" fn(
    JSContextRef,
    JSObjectRef,
    JSObjectRef,
    usize,
    *const JSValueRef,
    *mut JSValueRef,
) -> JSValueRef;
pub type Finalize = unsafe extern "C" fn(JSObjectRef);
pub type BytesDeallocator = unsafe extern "C" fn(*mut c_void, *mut c_void);
pub type ShouldTerminate = unsafe extern "C" fn(JSContextRef, *mut c_void) -> bool;

/// `JSClassDefinition`; the callbacks that are never set are plain pointers.
#[repr(C)]
pub struct JSClassDefinition {
    pub version: c_int,
    pub attributes: c_uint,
    pub className: *const c_char,
    pub parentClass: JSClassRef,
    pub staticValues: *const c_void,
    pub staticFunctions: *const c_void,
    pub initialize: *const c_void,
    pub finalize: Option<Finalize>,
    pub hasProperty: *const c_void,
    pub getProperty: *const c_void,
    pub setProperty: *const c_void,
    pub deleteProperty: *const c_void,
    pub getPropertyNames: *const c_void,
    pub callAsFunction: Option<CallAsFunction>,
    pub callAsConstructor: *const c_void,
    pub hasInstance: *const c_void,
    pub convertToType: *const c_void,
}

pub const CLASS_ATTRIBUTE_NO_AUTOMATIC_PROTOTYPE: c_uint = 1 << 1;

pub type JSTypedArrayType = c_int;
pub const TYPED_ARRAY_UINT8: JSTypedArrayType = 3;
pub const TYPED_ARRAY_FLOAT64: JSTypedArrayType = 8;
pub const TYPED_ARRAY_ARRAY_BUFFER: JSTypedArrayType = 9;
pub const TYPED_ARRAY_NONE: JSTypedArrayType = 10;

pub const PROPERTY_DONT_ENUM: c_uint = 1 << 2;

#[cfg(target_os = "linux")]
unsafe extern "C" {
    pub fn madvise(start: *mut c_void, length: usize, advice: c_int) -> c_int;
}

unsafe extern "C" {
    pub fn JSContextGroupCreate() -> JSContextGroupRef;
    pub fn JSContextGroupRelease(group: JSContextGroupRef);
    pub fn JSContextGroupSetExecutionTimeLimit(
        group: JSContextGroupRef,
        seconds: f64,
        callback: Option<ShouldTerminate>,
        context: *mut c_void,
    );
    pub fn JSContextGroupClearExecutionTimeLimit(group: JSContextGroupRef);
    pub fn JSGlobalContextCreateInGroup(
        group: JSContextGroupRef,
        class: JSClassRef,
    ) -> JSGlobalContextRef;
    pub fn JSGlobalContextRelease(context: JSGlobalContextRef);
    pub fn JSGlobalContextSetUnhandledRejectionCallback(
        context: JSGlobalContextRef,
        function: JSObjectRef,
        exception: *mut JSValueRef,
    );
    pub fn JSGlobalContextSetEvalEnabled(
        context: JSGlobalContextRef,
        enabled: bool,
        message: JSStringRef,
    );
    pub fn JSContextGetGlobalObject(context: JSContextRef) -> JSObjectRef;
    pub fn JSEvaluateScript(
        context: JSContextRef,
        script: JSStringRef,
        this: JSObjectRef,
        url: JSStringRef,
        line: c_int,
        exception: *mut JSValueRef,
    ) -> JSValueRef;
    pub fn JSGetMemoryUsageStatistics(context: JSContextRef) -> JSObjectRef;
    pub fn JSGarbageCollect(context: JSContextRef);
    pub fn JSSynchronousGarbageCollectForDebugging(context: JSContextRef);

    pub fn JSClassCreate(definition: *const JSClassDefinition) -> JSClassRef;
    pub fn JSClassRelease(class: JSClassRef);
    pub fn JSObjectMake(
        context: JSContextRef,
        class: JSClassRef,
        private: *mut c_void,
    ) -> JSObjectRef;
    pub fn JSObjectGetPrivate(object: JSObjectRef) -> *mut c_void;
    pub fn JSObjectSetPrivate(object: JSObjectRef, private: *mut c_void) -> bool;
    pub fn JSObjectMakeArray(
        context: JSContextRef,
        count: usize,
        values: *const JSValueRef,
        exception: *mut JSValueRef,
    ) -> JSObjectRef;
    pub fn JSObjectMakeError(
        context: JSContextRef,
        count: usize,
        arguments: *const JSValueRef,
        exception: *mut JSValueRef,
    ) -> JSObjectRef;
    pub fn JSObjectMakeDeferredPromise(
        context: JSContextRef,
        resolve: *mut JSObjectRef,
        reject: *mut JSObjectRef,
        exception: *mut JSValueRef,
    ) -> JSObjectRef;
    pub fn JSObjectGetProperty(
        context: JSContextRef,
        object: JSObjectRef,
        name: JSStringRef,
        exception: *mut JSValueRef,
    ) -> JSValueRef;
    pub fn JSObjectSetProperty(
        context: JSContextRef,
        object: JSObjectRef,
        name: JSStringRef,
        value: JSValueRef,
        attributes: c_uint,
        exception: *mut JSValueRef,
    );
    pub fn JSObjectGetPropertyAtIndex(
        context: JSContextRef,
        object: JSObjectRef,
        index: c_uint,
        exception: *mut JSValueRef,
    ) -> JSValueRef;
    pub fn JSObjectIsFunction(context: JSContextRef, object: JSObjectRef) -> bool;
    pub fn JSObjectCallAsFunction(
        context: JSContextRef,
        function: JSObjectRef,
        this: JSObjectRef,
        count: usize,
        arguments: *const JSValueRef,
        exception: *mut JSValueRef,
    ) -> JSValueRef;

    pub fn JSValueIsUndefined(context: JSContextRef, value: JSValueRef) -> bool;
    pub fn JSValueIsNull(context: JSContextRef, value: JSValueRef) -> bool;
    pub fn JSValueIsString(context: JSContextRef, value: JSValueRef) -> bool;
    pub fn JSValueIsObject(context: JSContextRef, value: JSValueRef) -> bool;
    pub fn JSValueIsArray(context: JSContextRef, value: JSValueRef) -> bool;
    pub fn JSValueMakeUndefined(context: JSContextRef) -> JSValueRef;
    pub fn JSValueMakeNull(context: JSContextRef) -> JSValueRef;
    pub fn JSValueMakeBoolean(context: JSContextRef, value: bool) -> JSValueRef;
    pub fn JSValueMakeNumber(context: JSContextRef, value: f64) -> JSValueRef;
    pub fn JSValueMakeString(context: JSContextRef, string: JSStringRef) -> JSValueRef;
    pub fn JSValueMakeFromJSONString(context: JSContextRef, string: JSStringRef) -> JSValueRef;
    pub fn JSValueToBoolean(context: JSContextRef, value: JSValueRef) -> bool;
    pub fn JSValueToNumber(
        context: JSContextRef,
        value: JSValueRef,
        exception: *mut JSValueRef,
    ) -> f64;
    pub fn JSValueToStringCopy(
        context: JSContextRef,
        value: JSValueRef,
        exception: *mut JSValueRef,
    ) -> JSStringRef;
    pub fn JSValueProtect(context: JSContextRef, value: JSValueRef);
    pub fn JSValueUnprotect(context: JSContextRef, value: JSValueRef);

    pub fn JSStringCreateWithCharacters(characters: *const u16, count: usize) -> JSStringRef;
    pub fn JSStringCreateWithUTF8CString(string: *const c_char) -> JSStringRef;
    pub fn JSStringRelease(string: JSStringRef);
    pub fn JSStringGetLength(string: JSStringRef) -> usize;
    pub fn JSStringGetCharactersPtr(string: JSStringRef) -> *const u16;

    pub fn JSValueGetTypedArrayType(
        context: JSContextRef,
        value: JSValueRef,
        exception: *mut JSValueRef,
    ) -> JSTypedArrayType;
    pub fn JSObjectMakeTypedArray(
        context: JSContextRef,
        kind: JSTypedArrayType,
        length: usize,
        exception: *mut JSValueRef,
    ) -> JSObjectRef;
    pub fn JSObjectMakeTypedArrayWithBytesNoCopy(
        context: JSContextRef,
        kind: JSTypedArrayType,
        bytes: *mut c_void,
        length: usize,
        deallocator: BytesDeallocator,
        deallocator_context: *mut c_void,
        exception: *mut JSValueRef,
    ) -> JSObjectRef;
    pub fn JSObjectGetTypedArrayBytesPtr(
        context: JSContextRef,
        object: JSObjectRef,
        exception: *mut JSValueRef,
    ) -> *mut c_void;
    pub fn JSObjectGetTypedArrayByteLength(
        context: JSContextRef,
        object: JSObjectRef,
        exception: *mut JSValueRef,
    ) -> usize;
    pub fn JSObjectGetTypedArrayByteOffset(
        context: JSContextRef,
        object: JSObjectRef,
        exception: *mut JSValueRef,
    ) -> usize;
    pub fn JSObjectGetArrayBufferBytesPtr(
        context: JSContextRef,
        object: JSObjectRef,
        exception: *mut JSValueRef,
    ) -> *mut c_void;
    pub fn JSObjectGetArrayBufferByteLength(
        context: JSContextRef,
        object: JSObjectRef,
        exception: *mut JSValueRef,
    ) -> usize;
}

unsafe extern "C" {
    /// `dlfcn.h`; a null handle searches all loaded libraries.
    pub fn dlsym(handle: *mut c_void, symbol: *const c_char) -> *mut c_void;
}

#[cfg(glib)]
pub mod glib {
    //! GLib's main context, as `glib/gmain.h` declares it.
    use std::ffi::c_int;

    opaque!(GMainContext);

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct GPollFD {
        pub fd: c_int,
        pub events: u16,
        pub revents: u16,
    }

    unsafe extern "C" {
        pub fn g_main_context_new() -> *mut GMainContext;
        pub fn g_main_context_unref(context: *mut GMainContext);
        pub fn g_main_context_push_thread_default(context: *mut GMainContext);
        pub fn g_main_context_pop_thread_default(context: *mut GMainContext);
        pub fn g_main_context_acquire(context: *mut GMainContext) -> c_int;
        pub fn g_main_context_release(context: *mut GMainContext);
        pub fn g_main_context_iteration(context: *mut GMainContext, may_block: c_int) -> c_int;
        pub fn g_main_context_prepare(context: *mut GMainContext, priority: *mut c_int) -> c_int;
        pub fn g_main_context_query(
            context: *mut GMainContext,
            max_priority: c_int,
            timeout: *mut c_int,
            fds: *mut GPollFD,
            fd_count: c_int,
        ) -> c_int;
        pub fn g_main_context_check(
            context: *mut GMainContext,
            max_priority: c_int,
            fds: *mut GPollFD,
            fd_count: c_int,
        ) -> c_int;
    }
}
