//! One virtual machine with one global object.

use crate::arguments::IntoValue;
use crate::raw::*;
use crate::string::EngineString;
use crate::{Arg, Call, Exception, Value, fiber, main_loop};
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::ffi::c_void;
use std::marker::PhantomData;
use std::ptr;
use std::rc::{Rc, Weak};
use std::time::Duration;

/// A JavaScript virtual machine with its global object. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct Context(Rc<Inner>);

pub(crate) struct Inner {
    group: JSContextGroupRef,
    global: JSGlobalContextRef,
    function_class: JSClassRef,
    /// Closures whose function objects were collected; dropped at the next call into the engine.
    buried: RefCell<Vec<Box<dyn Any>>>,
    /// How many buffers of the engine are lent out to Rust right now.
    memory_borrows: Cell<u32>,
    /// Set by the time limit's callback, until the outermost call into the engine returns.
    terminated: Cell<bool>,
    /// Calls into the engine that have not returned: Rust and JavaScript may call each other.
    depth: Cell<u32>,
    /// See [`Intrinsics`]; set once, right after the context is made.
    intrinsics: OnceCell<Intrinsics>,
    one_thread: PhantomData<*mut ()>,
}

/// Functions made before any program runs, so that none can change what they do. They are rooted
/// for the life of the context; as `Value`s they would keep it alive for ever.
struct Intrinsics {
    make_type_error: JSValueRef,
    data_view_parts: JSValueRef,
}

const MAKE_TYPE_ERROR: &str =
    "(() => { const Class = TypeError; return message => new Class(message); })()";

const DATA_VIEW_PARTS: &str = "(() => { \
     const getter = name => Object.getOwnPropertyDescriptor(DataView.prototype, name).get; \
     const call = Function.prototype.call, bind = call.bind.bind(call); \
     const buffer = bind(getter('buffer')), offset = bind(getter('byteOffset')), \
           length = bind(getter('byteLength')); \
     return view => [buffer(view), offset(view), length(view)]; })()";

/// What the engine's heap holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Bytes in use by live objects.
    pub heap_bytes: u64,
    /// Bytes that the heap has taken from the system.
    pub heap_capacity_bytes: u64,
    /// Bytes held by objects outside the heap, such as array buffers.
    pub extra_bytes: u64,
    /// Live objects.
    pub objects: u64,
}

impl Context {
    /// A new virtual machine.
    #[expect(
        clippy::new_without_default,
        reason = "starting an engine is not a default"
    )]
    pub fn new() -> Self {
        main_loop::prepare_thread();
        // SAFETY: group, context and class are released in `Inner::drop`.
        let context = unsafe {
            let group = JSContextGroupCreate();
            let global = JSGlobalContextCreateInGroup(group, ptr::null_mut());
            Self(Rc::new(Inner {
                group,
                global,
                function_class: crate::function::function_class(),
                buried: RefCell::default(),
                memory_borrows: Cell::new(0),
                terminated: Cell::new(false),
                depth: Cell::new(0),
                intrinsics: OnceCell::new(),
                one_thread: PhantomData,
            }))
        };
        context.load_intrinsics();
        context
    }

    fn load_intrinsics(&self) {
        let load = |script: &str| match self.evaluate(script, "quire:intrinsics") {
            Ok(function) => {
                // SAFETY: the value is live; this root stays as long as the context.
                unsafe { JSValueProtect(self.raw(), function.raw()) };
                function.raw()
            }
            Err(exception) => unreachable!("a constant script failed: {exception}"),
        };
        let intrinsics = Intrinsics {
            make_type_error: load(MAKE_TYPE_ERROR),
            data_view_parts: load(DATA_VIEW_PARTS),
        };
        if self.0.intrinsics.set(intrinsics).is_err() {
            unreachable!("intrinsics are loaded once");
        }
    }

    fn intrinsic(&self, which: fn(&Intrinsics) -> JSValueRef) -> Value {
        match self.0.intrinsics.get() {
            Some(intrinsics) => Value::root(self, which(intrinsics)),
            None => self.undefined(),
        }
    }

    pub(crate) fn raw(&self) -> JSContextRef {
        self.0.global.cast_const()
    }

    pub(crate) fn function_class(&self) -> JSClassRef {
        self.0.function_class
    }

    pub(crate) fn downgrade(&self) -> Weak<Inner> {
        Rc::downgrade(&self.0)
    }

    pub(crate) fn from_inner(inner: Rc<Inner>) -> Self {
        Self(inner)
    }

    /// Runs `call`, which may run JavaScript, and turns its exception into an error.
    pub(crate) fn enter_raw<R>(
        &self,
        call: impl FnOnce(JSContextRef, *mut JSValueRef) -> R,
    ) -> Result<R, Exception> {
        assert!(
            self.0.memory_borrows.get() == 0,
            "the engine was entered while its memory was borrowed"
        );
        assert!(
            !fiber::on_fiber(),
            "the engine was entered on the stack of a fiber"
        );
        self.0.drop_buried();
        let mut exception = ptr::null();
        self.0.depth.set(self.0.depth.get() + 1);
        let result = call(self.raw(), &mut exception);
        self.0.depth.set(self.0.depth.get() - 1);
        let terminated = match self.0.depth.get() {
            0 => self.0.terminated.take(),
            _ => self.0.terminated.get(),
        };
        if !exception.is_null() {
            return Err(Exception::new(Value::root(self, exception), terminated));
        }
        if terminated {
            // A promise job was stopped: the call itself had returned before.
            self.settle_termination();
            return Err(Exception::new(self.undefined(), true));
        }
        Ok(result)
    }

    /// A stop that hit a promise job stays pending in the engine and would stop the next entry
    /// too: gives it an empty one.
    fn settle_termination(&self) {
        if self.0.depth.get() > 0 {
            return;
        }
        let nothing = EngineString::new("0");
        let mut exception = ptr::null();
        // SAFETY: context and string are live.
        unsafe {
            JSEvaluateScript(
                self.raw(),
                nothing.raw(),
                ptr::null_mut(),
                ptr::null_mut(),
                1,
                &mut exception,
            );
        }
    }

    /// Like [`enter_raw`](Self::enter_raw), for calls that return a value.
    pub(crate) fn enter(
        &self,
        call: impl FnOnce(JSContextRef, *mut JSValueRef) -> JSValueRef,
    ) -> Result<Value, Exception> {
        self.enter_raw(call).map(|raw| Value::root(self, raw))
    }

    /// Locks the engine out until the guard is dropped.
    pub(crate) fn borrow_memory(&self) -> impl Drop + use<> {
        struct Guard(Rc<Inner>);
        impl Drop for Guard {
            fn drop(&mut self) {
                self.0.memory_borrows.set(self.0.memory_borrows.get() - 1);
            }
        }
        self.0.memory_borrows.set(self.0.memory_borrows.get() + 1);
        Guard(self.0.clone())
    }

    /// Evaluates a script. `name` stands for it in stack traces; lines count from 1.
    pub fn evaluate(&self, script: &str, name: &str) -> Result<Value, Exception> {
        let (script, name) = (EngineString::new(script), EngineString::new(name));
        self.enter(|context, exception| {
            // SAFETY: context and both strings are live.
            unsafe {
                JSEvaluateScript(
                    context,
                    script.raw(),
                    ptr::null_mut(),
                    name.raw(),
                    1,
                    exception,
                )
            }
        })
    }

    /// `globalThis`
    pub fn global(&self) -> Value {
        // SAFETY: the context is live.
        Value::root(self, unsafe { JSContextGetGlobalObject(self.raw()) })
    }

    /// `undefined`
    pub fn undefined(&self) -> Value {
        // SAFETY: the context is live; so in the functions below.
        Value::root(self, unsafe { JSValueMakeUndefined(self.raw()) })
    }

    /// `null`
    pub fn null(&self) -> Value {
        // SAFETY: as above.
        Value::root(self, unsafe { JSValueMakeNull(self.raw()) })
    }

    /// A boolean.
    pub fn boolean(&self, value: bool) -> Value {
        // SAFETY: as above.
        Value::root(self, unsafe { JSValueMakeBoolean(self.raw(), value) })
    }

    /// A number.
    pub fn number(&self, value: f64) -> Value {
        // SAFETY: as above.
        Value::root(self, unsafe { JSValueMakeNumber(self.raw(), value) })
    }

    /// A string.
    pub fn string(&self, text: &str) -> Value {
        let string = EngineString::new(text);
        // SAFETY: context and string are live.
        Value::root(self, unsafe { JSValueMakeString(self.raw(), string.raw()) })
    }

    /// A string from UTF-16, which may hold lone surrogates.
    pub fn string_utf16(&self, units: &[u16]) -> Value {
        let string = EngineString::from_utf16(units);
        // SAFETY: context and string are live.
        Value::root(self, unsafe { JSValueMakeString(self.raw(), string.raw()) })
    }

    /// A `Uint8Array` over the memory of `bytes`, without a copy.
    pub fn uint8_array(&self, bytes: Vec<u8>) -> Result<Value, Exception> {
        crate::bytes::uint8_array(self, bytes).map(|raw| Value::root(self, raw))
    }

    /// An array of the given values.
    pub fn array(&self, values: &[Value]) -> Result<Value, Exception> {
        // The vector is on the heap, where the collector does not look; `values` holds the roots.
        let raw: Vec<JSValueRef> = values.iter().map(Value::raw).collect();
        self.enter(|context, exception| {
            // SAFETY: the context and the values are live.
            unsafe { JSObjectMakeArray(context, raw.len(), raw.as_ptr(), exception) }.cast_const()
        })
    }

    /// An empty object.
    pub fn object(&self) -> Value {
        // SAFETY: without a class the engine makes a plain object.
        Value::root(self, unsafe {
            JSObjectMake(self.raw(), ptr::null_mut(), ptr::null_mut())
        })
    }

    /// Parses JSON; `None` if the text is malformed.
    pub fn parse_json(&self, text: &str) -> Option<Value> {
        let string = EngineString::new(text);
        // SAFETY: context and string are live.
        let raw = unsafe { JSValueMakeFromJSONString(self.raw(), string.raw()) };
        (!raw.is_null()).then(|| Value::root(self, raw))
    }

    /// An `Error` to throw.
    pub fn error(&self, message: &str) -> Exception {
        let message = self.string(message);
        let arguments = [message.raw()];
        let made = self.enter(|context, exception| {
            // SAFETY: context and message are live.
            unsafe { JSObjectMakeError(context, 1, arguments.as_ptr(), exception) }.cast_const()
        });
        made.map_or_else(|exception| exception, Exception::from)
    }

    /// A `TypeError` to throw.
    pub fn type_error(&self, message: &str) -> Exception {
        self.intrinsic(|intrinsics| intrinsics.make_type_error)
            .call(None, [Arg::String(message)])
            .map_or_else(|exception| exception, Exception::from)
    }

    /// A function from a `DataView` to `[buffer, byteOffset, byteLength]`; it throws for others.
    pub(crate) fn data_view_parts(&self) -> Value {
        self.intrinsic(|intrinsics| intrinsics.data_view_parts)
    }

    /// Stops any call into the engine whose JavaScript takes longer, in time of this thread's
    /// processor (or elapsed time, see `clock`); the call then fails with [`Exception::is_termination`]. The program cannot
    /// catch it. A chain of promise jobs, each short, is not stopped.
    pub fn set_time_limit(&self, limit: Duration) {
        // SAFETY: the callback gets a pointer to `Inner`, which outlives the group.
        unsafe {
            JSContextGroupSetExecutionTimeLimit(
                self.0.group,
                limit.as_secs_f64(),
                Some(time_is_up),
                Rc::as_ptr(&self.0).cast_mut().cast::<c_void>(),
            );
        }
    }

    /// Takes the limit of [`set_time_limit`](Self::set_time_limit) away.
    pub fn clear_time_limit(&self) {
        // SAFETY: the group is live.
        unsafe { JSContextGroupClearExecutionTimeLimit(self.0.group) }
    }

    /// Allows or refuses making code from strings: `eval`, `new Function` and its kin, which then throw an `EvalError` with
    /// this message.
    pub fn set_eval_enabled(&self, enabled: bool, message: &str) {
        let message = EngineString::new(message);
        // SAFETY: context and message are live; the engine copies the message.
        unsafe { JSGlobalContextSetEvalEnabled(self.0.global, enabled, message.raw()) }
    }

    /// Calls `report` with promise and reason of each promise that was rejected with nobody
    /// listening, once the promise jobs have run.
    pub fn on_unhandled_rejection(
        &self,
        report: impl Fn(Value, Value) + 'static,
    ) -> Result<(), Exception> {
        let function = self.function(move |call: &Call<'_>| {
            report(call.value(0), call.value(1));
            Ok(())
        });
        self.enter_raw(|_, exception| {
            // SAFETY: context and function are live; the engine keeps the function.
            unsafe {
                JSGlobalContextSetUnhandledRejectionCallback(
                    self.0.global,
                    function.raw().cast_mut(),
                    exception,
                );
            }
        })
    }

    /// Handles what the engine finished on its own threads; see
    /// [`engine_descriptor`](crate::engine_descriptor).
    pub fn run_pending(&self) {
        assert!(
            self.0.memory_borrows.get() == 0,
            "the engine was entered while its memory was borrowed"
        );
        self.0.drop_buried();
        main_loop::run_pending();
    }

    /// Collects garbage now. For tests and idle moments: it takes milliseconds.
    pub fn collect_garbage(&self) {
        // SAFETY: the context is live.
        unsafe { JSSynchronousGarbageCollectForDebugging(self.raw()) }
        self.0.drop_buried();
    }

    /// Tells the engine that this is a good moment to collect garbage.
    pub fn suggest_collection(&self) {
        // SAFETY: the context is live.
        unsafe { JSGarbageCollect(self.raw()) }
    }

    /// What the heap holds at present.
    pub fn memory(&self) -> Memory {
        // SAFETY: the context is live.
        let statistics = Value::root(self, unsafe { JSGetMemoryUsageStatistics(self.raw()) });
        let figure = |name: &str| {
            statistics
                .get(name)
                .and_then(|value| value.to_number())
                .unwrap_or(0.0) as u64
        };
        Memory {
            heap_bytes: figure("heapSize"),
            heap_capacity_bytes: figure("heapCapacity"),
            extra_bytes: figure("extraMemorySize"),
            objects: figure("objectCount"),
        }
    }
}

unsafe extern "C" fn time_is_up(_: JSContextRef, inner: *mut c_void) -> bool {
    // SAFETY: the pointer that `set_time_limit` passed; the context is running, so it is live.
    unsafe { &*inner.cast::<Inner>() }.terminated.set(true);
    true
}

impl Inner {
    pub(crate) fn bury(&self, closure: Box<dyn Any>) {
        self.buried.borrow_mut().push(closure);
    }

    fn drop_buried(&self) {
        if self.buried.borrow().is_empty() {
            return;
        }
        // Taken out first: dropping a closure may lead back here.
        drop(self.buried.take());
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // SAFETY: pairs with `Context::new`. Finalizers that run in here find the weak pointer
        // to `self` dead and drop their closures at once.
        unsafe {
            JSGlobalContextRelease(self.global);
            JSClassRelease(self.function_class);
            JSContextGroupRelease(self.group);
        }
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Context").finish_non_exhaustive()
    }
}

/// Converts for [`Value::set`] and results.
impl IntoValue for &String {
    fn into_raw(self, context: &Context) -> Result<crate::arguments::Raw, Exception> {
        self.as_str().into_raw(context)
    }
}
