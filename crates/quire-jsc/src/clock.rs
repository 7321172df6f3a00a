//! A cheaper clock for the engine's execution time limit.
//!
//! With a limit set, the engine reads the thread's processor time whenever it is entered, and every promise job is an
//! entry. On Linux that clock is a system call of about half a microsecond: a fifth of what a small request
//! costs altogether. Elapsed time is read without one, and JavaScript that runs in one stretch does nothing but use the
//! processor, so the two differ only on a machine that is overloaded.
//!
//! A program that exports this function to the libraries it loads (`--export-dynamic-symbol=clock_gettime`, as the
//! program `quire` is linked) answers the engine's question with elapsed time. All other clocks, and everybody in
//! a program that does not export it, get the real ones.

use crate::raw::dlsym;
use std::ffi::{c_int, c_void};
use std::mem;
use std::ptr;
use std::sync::OnceLock;

/// `CLOCK_MONOTONIC` and `CLOCK_THREAD_CPUTIME_ID` of Linux.
const ELAPSED: c_int = 1;
const THREAD_PROCESSOR: c_int = 3;

type ClockGettime = unsafe extern "C" fn(c_int, *mut c_void) -> c_int;

/// The C library's function, but the processor time of a thread is elapsed time.
///
/// # Safety
/// As for the C library's: `time` points to a `timespec` that may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut c_void) -> c_int {
    static REAL: OnceLock<Option<ClockGettime>> = OnceLock::new();
    let real = REAL.get_or_init(|| {
        /// `RTLD_NEXT`: the definition after this program's own.
        const NEXT: *mut c_void = ptr::without_provenance_mut(usize::MAX);
        // SAFETY: the C library defines this symbol with this signature.
        unsafe {
            let symbol = dlsym(NEXT, c"clock_gettime".as_ptr());
            (!symbol.is_null()).then(|| mem::transmute::<*mut c_void, ClockGettime>(symbol))
        }
    });
    let clock = match clock {
        THREAD_PROCESSOR => ELAPSED,
        other => other,
    };
    match real {
        // SAFETY: the caller's promise is passed on.
        Some(real) => unsafe { real(clock, time) },
        None => -1,
    }
}
