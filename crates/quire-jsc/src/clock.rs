//! The clocks that the engine reads, answered by this program.
//!
//! # A cheaper one for the execution time limit
//!
//! With a limit set, the engine reads the thread's processor time whenever it is entered, and every promise job is an
//! entry. On Linux that clock is a system call of about half a microsecond: a fifth of what a small request
//! costs altogether. Elapsed time is read without one, and JavaScript that runs in one stretch does nothing but use the
//! processor, so the two differ only on a machine that is overloaded.
//!
//! # One that stands still
//!
//! While a program's modules are evaluated, outside of any request, its clocks show the epoch ([`stop`]). The engine reads
//! the time of day by `clock_gettime`, in other builds of it by `gettimeofday`. `Date` itself stays the engine's own, as fast
//! as ever and the same object for those who kept it.
//!
//! A program that exports these functions to the libraries it loads (`--export-dynamic-symbol=clock_gettime` and
//! `gettimeofday`, as the program `quire` is linked) answers the engine's questions. All other clocks, and everybody in a
//! program that does not export them, get the real ones.

use crate::raw::dlsym;
use std::cell::Cell;
use std::ffi::{CStr, c_int, c_long, c_void};
use std::mem;
use std::ptr;
use std::sync::OnceLock;
use std::time::Duration;

/// `CLOCK_REALTIME`, `CLOCK_MONOTONIC` and `CLOCK_THREAD_CPUTIME_ID` of Linux.
const TIME_OF_DAY: c_int = 0;
const ELAPSED: c_int = 1;
const THREAD_PROCESSOR: c_int = 3;

type ClockGettime = unsafe extern "C" fn(c_int, *mut c_void) -> c_int;

/// The C library's function, but the processor time of a thread is elapsed time, and the time of day may stand still.
///
/// # Safety
/// As for the C library's: `time` points to a `timespec` that may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut c_void) -> c_int {
    if clock == TIME_OF_DAY && STOPPED.get() && !time.is_null() {
        // SAFETY: the caller's promise; a `timespec` consists of two `long`s.
        unsafe { time.cast::<[c_long; 2]>().write([0, 0]) };
        return 0;
    }
    let real = real_clock_gettime();
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

fn real_clock_gettime() -> Option<ClockGettime> {
    static REAL: OnceLock<Option<ClockGettime>> = OnceLock::new();
    *REAL.get_or_init(|| {
        // SAFETY: the C library defines this symbol with this signature.
        next(c"clock_gettime")
            .map(|symbol| unsafe { mem::transmute::<*mut c_void, ClockGettime>(symbol) })
    })
}

/// The processor time that this thread has used. A system call of about half a microsecond.
pub fn thread_time() -> Option<Duration> {
    let real = real_clock_gettime()?;
    let mut time = [0 as c_long; 2];
    // SAFETY: a `timespec` consists of two `long`s.
    let failed = unsafe { real(THREAD_PROCESSOR, time.as_mut_ptr().cast()) };
    let [seconds, nanoseconds] = time;
    (failed == 0).then(|| {
        Duration::from_secs(seconds.unsigned_abs())
            + Duration::from_nanos(nanoseconds.unsigned_abs())
    })
}

/// This symbol's definition after the program's own.
fn next(symbol: &CStr) -> Option<*mut c_void> {
    /// `RTLD_NEXT`
    const NEXT: *mut c_void = ptr::without_provenance_mut(usize::MAX);
    // SAFETY: the name is a C string.
    let address = unsafe { dlsym(NEXT, symbol.as_ptr()) };
    (!address.is_null()).then_some(address)
}

thread_local! {
    static STOPPED: Cell<bool> = const { Cell::new(false) };
}

/// While this lives, the time of day stands at the epoch for this thread, where the program exports the functions.
#[derive(Debug)]
pub struct Stopped(());

/// Stops the time of day for this thread.
pub fn stop() -> Stopped {
    STOPPED.set(true);
    Stopped(())
}

impl Drop for Stopped {
    fn drop(&mut self) {
        STOPPED.set(false);
    }
}

type Gettimeofday = unsafe extern "C" fn(*mut [c_long; 2], *mut c_void) -> c_int;

/// The C library's function, but for a thread whose clock is stopped the epoch.
///
/// # Safety
/// As for the C library's: `time` points to a `timeval` that may be written, which consists of two `long`s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gettimeofday(time: *mut [c_long; 2], zone: *mut c_void) -> c_int {
    if STOPPED.get() && !time.is_null() {
        // SAFETY: the caller's promise.
        unsafe { time.write([0, 0]) };
        return 0;
    }
    static REAL: OnceLock<Option<Gettimeofday>> = OnceLock::new();
    let real = REAL.get_or_init(|| {
        // SAFETY: the C library defines this symbol with this signature.
        next(c"gettimeofday")
            .map(|symbol| unsafe { mem::transmute::<*mut c_void, Gettimeofday>(symbol) })
    });
    match real {
        // SAFETY: the caller's promise is passed on.
        Some(real) => unsafe { real(time, zone) },
        None => -1,
    }
}
