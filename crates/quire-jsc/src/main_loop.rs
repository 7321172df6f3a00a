//! The engine's own events: results of its background compilers, timers of its collector.
//!
//! On Linux they arrive on the GLib main context that was the thread's default when the engine
//! first ran on it, so each thread gets one of its own before that.

use std::os::fd::RawFd;
use std::time::Duration;

/// When [`Context::run_pending`](crate::Context::run_pending) is due next.
#[derive(Debug, Default)]
pub struct Wakeups {
    /// Due as soon as one of these becomes readable.
    pub readable: Vec<RawFd>,
    /// Due after this time at the latest; `None` if only the descriptors matter.
    pub timeout: Option<Duration>,
}

/// What the engine of this thread waits for. Ask again after each
/// [`Context::run_pending`](crate::Context::run_pending).
pub fn engine_wakeups() -> Wakeups {
    imp::wakeups()
}

pub(crate) fn prepare_thread() {
    imp::prepare_thread();
}

pub(crate) fn run_pending() {
    imp::run_pending();
}

#[cfg(glib)]
mod imp {
    use super::Wakeups;
    use crate::raw::glib::*;
    use std::time::Duration;

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

    pub fn wakeups() -> Wakeups {
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
        Wakeups {
            readable: fds[..known]
                .iter()
                .filter(|fd| fd.events & G_IO_IN != 0)
                .map(|fd| fd.fd)
                .collect(),
            timeout: u64::try_from(timeout).ok().map(Duration::from_millis),
        }
    }
}

#[cfg(not(glib))]
mod imp {
    //! Other platforms' engines use the thread's native run loop, which needs no pumping for what
    //! quire uses; a periodic wake-up covers what it might.
    use super::Wakeups;
    use std::time::Duration;

    pub fn prepare_thread() {}
    pub fn run_pending() {}
    pub fn wakeups() -> Wakeups {
        Wakeups {
            readable: Vec::new(),
            timeout: Some(Duration::from_millis(50)),
        }
    }
}
