//! A safe interface to the JavaScriptCore engine, through its C API.
//!
//! A [`Context`] is one virtual machine with one global object. It evaluates scripts to
//! [`Value`]s; Rust closures become functions ([`Context::function`]) whose arguments arrive in a
//! [`Call`]; work that finishes later settles a [`Deferred`] promise. A value that is thrown, in
//! either direction, travels as an [`Exception`].
//!
//! Three properties make the interface safe:
//!
//! * **One thread.** Every type here is neither `Send` nor `Sync`, so using an engine from another
//!   thread does not compile.
//! * **Roots.** The engine's collector scans the native stack but not the heap. Each [`Value`] is
//!   therefore registered with the collector for as long as it lives; bare references never leave
//!   this crate.
//! * **No re-entry while bytes are borrowed.** [`Value::with_bytes`] lends a buffer's memory; entering
//!   the engine meanwhile (which could free or move it) panics.
//!
//! Promise jobs (microtasks) run whenever the outermost call into the engine returns. Work that the
//! engine does on its own threads, such as compiling WebAssembly, finishes when
//! [`Context::run_pending`] is called; [`engine_descriptor`] and [`engine_timeout`] say when that is due.
//!
//! This is the only crate of the project with `unsafe` code.

#[doc(hidden)]
pub mod arguments;
mod bytes;
#[cfg(target_os = "linux")]
pub mod clock;
mod context;
mod exception;
mod fiber;
mod function;
mod main_loop;
pub mod memory;
mod promise;
mod raw;
mod string;
mod value;

pub use arguments::{Arg, IntoValue};
pub use bytes::SharedNumber;
pub use context::{Context, Memory};
pub use exception::Exception;
pub use fiber::{Fiber, Step, Suspender};
pub use function::Call;
pub use main_loop::{engine_descriptor, engine_timeout};
pub use promise::Deferred;
pub use value::Value;

/// Engine values stay on their thread.
///
/// ```compile_fail
/// let context = quire_jsc::Context::new();
/// std::thread::spawn(move || context.collect_garbage());
/// ```
///
/// ```compile_fail
/// let value = quire_jsc::Context::new().number(1.0);
/// std::thread::spawn(move || drop(value));
/// ```
#[cfg(doctest)]
struct OneThread;
