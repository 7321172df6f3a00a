//! Critical sections of an object, which `blockConcurrencyWhile` and transactions are: while one runs, nothing else goes on.
//!
//! Sections begin one behind the other, or one within the other. What was begun in a section, or in one within it, may go on while it
//! is the innermost that runs; everything else waits, be it new events or what older ones waited for.

use quire_jsc::Value;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How deep sections may be nested, as on the original.
const DEPTH_MAX: usize = 64;

/// No section: what numbers of sections are compared with.
pub(super) const OUTSIDE: u64 = 0;

/// The sections of one object.
pub(super) struct Sections {
    /// How long a section may take.
    time_max: Duration,
    /// Numbers grow with each section that begins, so those of nested ones are greater.
    last: Cell<u64>,
    /// The innermost last.
    running: RefCell<Vec<Running>>,
    waiting: RefCell<VecDeque<Waiting>>,
    ended: Notify,
    watched: Cell<bool>,
}

struct Running {
    number: u64,
    until: Instant,
}

struct Waiting {
    /// The section that it is to be a part of.
    within: u64,
    begin: Value,
}

impl Sections {
    pub(super) fn new(time_max: Duration) -> Self {
        Self {
            time_max,
            last: Cell::new(OUTSIDE),
            running: RefCell::default(),
            waiting: RefCell::default(),
            ended: Notify::new(),
            watched: Cell::new(false),
        }
    }

    /// The innermost section that runs.
    pub(super) fn current(&self) -> u64 {
        self.running
            .borrow()
            .last()
            .map_or(OUTSIDE, |section| section.number)
    }

    /// Adds a section within the current one; `begin` is to be called when [`next`](Self::next) gives it. `false` if it would be too deep.
    pub(super) fn add(&self, begin: Value) -> bool {
        if self.running.borrow().len() >= DEPTH_MAX {
            return false;
        }
        let within = self.current();
        self.waiting
            .borrow_mut()
            .push_back(Waiting { within, begin });
        true
    }

    /// Begins the next section that may begin now: its number, and what is to be called.
    pub(super) fn next(&self) -> Option<(u64, Value)> {
        let current = self.current();
        let mut waiting = self.waiting.borrow_mut();
        // One that was to be a part of a section that is over is a part of what that was within.
        let first = (waiting.iter()).position(|section| current <= section.within)?;
        let section = waiting.remove(first)?;
        let number = self.last.get() + 1;
        self.last.set(number);
        self.running.borrow_mut().push(Running {
            number,
            until: Instant::now() + self.time_max,
        });
        Some((number, section.begin))
    }

    /// Ends a section.
    pub(super) fn end(&self, number: u64) {
        self.running
            .borrow_mut()
            .retain(|section| section.number != number);
        self.ended.notify_waiters();
    }

    /// Whether none runs or is to begin.
    pub(super) fn is_empty(&self) -> bool {
        self.running.borrow().is_empty() && self.waiting.borrow().is_empty()
    }

    /// None runs or begins any more: what waits for one waits for ever.
    pub(super) fn clear(&self) {
        let waiting = self.waiting.take();
        drop(waiting);
    }

    /// Waits until what was begun in a section may go on; `None` if it may now.
    pub(super) fn admission(
        self: &Rc<Self>,
        section: u64,
    ) -> Option<impl Future<Output = ()> + use<>> {
        (self.current() > section).then(|| {
            let this = self.clone();
            async move {
                while this.current() > section {
                    this.ended.notified().await;
                }
            }
        })
    }

    /// Ready when a section has taken too long. At most one is to wait for that; `None` if somebody does.
    pub(super) fn timeout(self: &Rc<Self>) -> Option<impl Future<Output = bool> + use<>> {
        if self.watched.replace(true) {
            return None;
        }
        let this = self.clone();
        Some(async move {
            // The outermost one began first.
            let first = || Some(this.running.borrow().first()?.until);
            while let Some(until) = first() {
                if until <= Instant::now() {
                    return true;
                }
                tokio::time::sleep_until(until).await;
            }
            this.watched.set(false);
            false
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use futures_util::FutureExt;
    use quire_jsc::Context;

    const TIME_MAX: Duration = Duration::from_secs(1000);

    fn begin(sections: &Sections) -> Option<u64> {
        sections.next().map(|(number, _)| number)
    }

    #[test]
    fn sections_begin_one_behind_the_other_or_within_each_other() {
        let context = Context::new();
        let sections = Rc::new(Sections::new(TIME_MAX));
        let add = || assert!(sections.add(context.number(0.0)));
        add();
        add();
        assert!(!sections.is_empty());
        let first = begin(&sections).unwrap();
        assert_eq!(begin(&sections), None, "the second is not within the first");
        add();
        let nested = begin(&sections).unwrap();
        assert_eq!(sections.current(), nested);
        let mut outer = Box::pin(sections.admission(first).unwrap());
        let mut outside = Box::pin(sections.admission(OUTSIDE).unwrap());
        assert!(sections.admission(nested).is_none());
        sections.end(nested);
        assert!(outer.as_mut().now_or_never().is_some());
        assert!(
            sections.admission(nested).is_none(),
            "it went on after its end"
        );
        sections.end(first);
        let second = begin(&sections).unwrap();
        assert!(sections.admission(first).is_some());
        sections.end(second);
        assert!(outside.as_mut().now_or_never().is_some());
        assert!(sections.is_empty());
    }

    #[test]
    fn one_within_a_section_that_is_over_still_begins() {
        let context = Context::new();
        let sections = Rc::new(Sections::new(TIME_MAX));
        assert!(sections.add(context.number(0.0)));
        let outer = begin(&sections).unwrap();
        assert!(sections.add(context.number(0.0)));
        sections.end(outer);
        assert!(begin(&sections).is_some());
    }

    #[test]
    fn sections_are_not_nested_without_end() {
        let context = Context::new();
        let sections = Sections::new(TIME_MAX);
        for _ in 0..DEPTH_MAX {
            assert!(sections.add(context.number(0.0)));
            begin(&sections).unwrap();
        }
        assert!(!sections.add(context.number(0.0)));
    }

    #[tokio::test]
    async fn a_section_has_its_time() {
        let context = Context::new();
        let sections = Rc::new(Sections::new(Duration::from_millis(10)));
        assert!(sections.add(context.number(0.0)));
        let short = begin(&sections).unwrap();
        let timeout = sections.timeout().unwrap();
        assert!(sections.timeout().is_none());
        sections.end(short);
        assert!(!timeout.await);
        assert!(sections.add(context.number(0.0)));
        begin(&sections).unwrap();
        assert!(sections.timeout().unwrap().await);
    }
}
