//! The engine's own events: results of its background compilers, timers of its collector.
//!
//! On Linux they arrive on the GLib main context that was the thread's default when the engine
//! first ran on it, so each thread gets one of its own before that.

use std::os::fd::OwnedFd;
use std::time::Duration;

/// A descriptor that becomes readable when the engine of this thread has something to handle; it
/// stays the same for the thread's life. `None` where the platform has none: then
/// [`engine_timeout`] bounds the wait.
pub fn engine_descriptor() -> Option<OwnedFd> {
    imp::descriptor()
}

/// After what time [`Context::run_pending`](crate::Context::run_pending) is due at the latest; ask
/// again after each. `None` if only the descriptor matters.
pub fn engine_timeout() -> Option<Duration> {
    imp::timeout()
}

pub(crate) fn prepare_thread() {
    imp::prepare_thread();
}

pub(crate) fn run_pending() {
    imp::run_pending();
}

#[cfg(glib)]
mod imp {
    use crate::raw::dlsym;
    use crate::raw::glib::*;
    use std::ffi::c_void;
    use std::os::fd::{BorrowedFd, OwnedFd};
    use std::sync::Once;
    use std::time::Duration;
    use std::{mem, ptr};

    /// Events handled in one go, so that a busy engine cannot keep the caller for ever.
    const EVENTS_MAX: usize = 256;
    /// Descriptors asked for: the context's own wake-up descriptor, with room to spare.
    const DESCRIPTORS_MAX: usize = 16;
    const G_IO_IN: u16 = 1;

    struct MainContext(*mut GMainContext);

    impl MainContext {
        fn new() -> Self {
            // SAFETY: a fresh context becomes this thread's default for the thread's whole life.
            unsafe {
                let context = g_main_context_new();
                g_main_context_push_thread_default(context);
                Self(context)
            }
        }
    }

    impl Drop for MainContext {
        fn drop(&mut self) {
            // SAFETY: pushed by this thread in `new`, and dropped by it when it ends.
            unsafe {
                g_main_context_pop_thread_default(self.0);
                g_main_context_unref(self.0);
            }
        }
    }

    thread_local! {
        static MAIN_CONTEXT: MainContext = MainContext::new();
    }

    pub fn prepare_thread() {
        MAIN_CONTEXT.with(|_| ());
        static ENGINE: Once = Once::new();
        ENGINE.call_once(announce_main_thread);
    }

    /// Tells the engine which thread is its main one. A browser does this as it starts; without it
    /// the first idle collection of the whole heap, some 30 seconds on, uses a null pointer.
    /// No C function does it, so the C++ one is looked up by name; an engine that has
    /// it no more is expected not to need it.
    fn announce_main_thread() {
        // SAFETY: the symbol, if there, is `void WTF::initializeMainThread()`, which may be called
        // once per process before the first virtual machine; this thread's context is in place.
        unsafe {
            let symbol = dlsym(ptr::null_mut(), c"_ZN3WTF20initializeMainThreadEv".as_ptr());
            if !symbol.is_null() {
                mem::transmute::<*mut c_void, unsafe extern "C" fn()>(symbol)();
            }
        }
    }

    pub fn run_pending() {
        MAIN_CONTEXT.with(|main| {
            for _ in 0..EVENTS_MAX {
                // SAFETY: the context is live and this thread's own.
                if unsafe { g_main_context_iteration(main.0, 0) } == 0 {
                    return;
                }
            }
        });
    }

    /// The timeout in milliseconds that GLib would poll with, and its first descriptor to read from.
    fn query() -> (i32, Option<i32>) {
        let mut fds = [GPollFD {
            fd: -1,
            events: 0,
            revents: 0,
        }; DESCRIPTORS_MAX];
        let mut timeout = -1;
        let count = MAIN_CONTEXT.with(|main| {
            let mut priority = 0;
            // SAFETY: the documented order acquire, prepare, query, check, release, on this
            // thread's own context; the array has the length that is passed.
            unsafe {
                if g_main_context_acquire(main.0) == 0 {
                    return 0;
                }
                g_main_context_prepare(main.0, &mut priority);
                let count = g_main_context_query(
                    main.0,
                    priority,
                    &mut timeout,
                    fds.as_mut_ptr(),
                    DESCRIPTORS_MAX as i32,
                );
                g_main_context_check(main.0, priority, fds.as_mut_ptr(), 0);
                g_main_context_release(main.0);
                count
            }
        });
        let known = usize::try_from(count).unwrap_or(0).min(DESCRIPTORS_MAX);
        let first = fds[..known].iter().find(|fd| fd.events & G_IO_IN != 0);
        (timeout, first.map(|fd| fd.fd))
    }

    /// A copy of the context's own wake-up descriptor.
    pub fn descriptor() -> Option<OwnedFd> {
        let fd = query().1?;
        // SAFETY: GLib keeps the descriptor open as long as the context, which is this thread's life.
        let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
        borrowed.try_clone_to_owned().ok()
    }

    pub fn timeout() -> Option<Duration> {
        u64::try_from(query().0).ok().map(Duration::from_millis)
    }
}

#[cfg(not(glib))]
mod imp {
    //! Other platforms' engines use the thread's native run loop, which needs no pumping for what
    //! quire uses; a periodic wake-up covers what it might.
    use std::os::fd::OwnedFd;
    use std::time::Duration;

    pub fn prepare_thread() {}
    pub fn run_pending() {}
    pub fn descriptor() -> Option<OwnedFd> {
        None
    }
    pub fn timeout() -> Option<Duration> {
        Some(Duration::from_millis(50))
    }
}
