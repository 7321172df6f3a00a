//! A function on a stack of its own, which may wait in its middle while the engine's own stack goes on.
//!
//! For parsers that call back synchronously where JavaScript must be awaited: such a parser runs in a
//! [`Fiber`], its callbacks [suspend](Suspender::suspend) it, and JavaScript runs where it always does. The engine
//! neither scans nor knows a fiber's stack: entering the engine there panics.

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::ptr;
use std::rc::Rc;

const STACK_BYTES: usize = 512 * 1024;

/// Stacks of finished fibers that a thread keeps for the next ones.
const KEPT_STACKS_MAX: usize = 8;

thread_local! {
    /// The number of the fiber whose stack this thread is on; 0 on its own stack.
    static CURRENT: Cell<u64> = const { Cell::new(0) };
    static NEXT: Cell<u64> = const { Cell::new(1) };
    static KEPT_STACKS: RefCell<Vec<DefaultStack>> = const { RefCell::new(Vec::new()) };
}

/// Whether the caller runs on a fiber's stack.
pub(crate) fn on_fiber() -> bool {
    CURRENT.get() != 0
}

/// A function that runs on a stack of its own. Dropping it before it is done unwinds that stack.
pub struct Fiber<Input: 'static, Output: 'static, Return: 'static> {
    coroutine: Option<Coroutine<Input, Output, Return>>,
    number: u64,
}

/// What made [`Fiber::resume`] return.
#[derive(Debug)]
pub enum Step<Output, Return> {
    /// The function waits for its next input.
    Suspended(Output),
    /// The function returned.
    Done(Return),
}

/// By which the function of a fiber waits. Clones may be kept anywhere within the function.
pub struct Suspender<Input: 'static, Output: 'static> {
    link: Rc<Link<Input, Output>>,
    one_thread: PhantomData<*mut ()>,
}

struct Link<Input: 'static, Output: 'static> {
    /// Null when the function does not run any more.
    yielder: Cell<*const Yielder<Input, Output>>,
    number: u64,
}

impl<Input: 'static, Output: 'static> Clone for Suspender<Input, Output> {
    fn clone(&self) -> Self {
        Self {
            link: self.link.clone(),
            one_thread: PhantomData,
        }
    }
}

impl<Input: 'static, Output: 'static> Suspender<Input, Output> {
    /// Gives `output` to whoever resumed the fiber and waits to be resumed again.
    ///
    /// # Panics
    /// If the caller does not run on this fiber's stack.
    pub fn suspend(&self, output: Output) -> Input {
        let yielder = self.link.yielder.get();
        assert!(
            CURRENT.get() == self.link.number && !yielder.is_null(),
            "a fiber was suspended from outside"
        );
        // SAFETY: the pointer is cleared before the function that owns the yielder's place
        // returns, and this is the stack that the yielder belongs to.
        unsafe { &*yielder }.suspend(output)
    }
}

/// Clears the pointer when the function returns or unwinds.
struct Running<Input: 'static, Output: 'static>(Suspender<Input, Output>);

impl<Input: 'static, Output: 'static> Drop for Running<Input, Output> {
    fn drop(&mut self) {
        self.0.link.yielder.set(ptr::null());
    }
}

/// Restores the number of the stack that the thread was on.
struct Outer(u64);

impl Drop for Outer {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

impl<Input: 'static, Output: 'static, Return: 'static> Fiber<Input, Output, Return> {
    /// A fiber that will run `function` when it is first resumed.
    pub fn new(
        function: impl FnOnce(&Suspender<Input, Output>, Input) -> Return + 'static,
    ) -> std::io::Result<Self> {
        let number = NEXT.replace(NEXT.get() + 1);
        let stack = match KEPT_STACKS.with_borrow_mut(Vec::pop) {
            Some(stack) => stack,
            None => DefaultStack::new(STACK_BYTES)?,
        };
        let coroutine = Coroutine::with_stack(stack, move |yielder, input| {
            let running = Running(Suspender {
                link: Rc::new(Link {
                    yielder: Cell::new(ptr::from_ref(yielder)),
                    number,
                }),
                one_thread: PhantomData,
            });
            function(&running.0, input)
        });
        Ok(Self {
            coroutine: Some(coroutine),
            number,
        })
    }

    /// Runs the function until it waits or returns. A panic in it goes on in the caller.
    ///
    /// # Panics
    /// If the function has returned or is running.
    pub fn resume(&mut self, input: Input) -> Step<Output, Return> {
        let Some(coroutine) = &mut self.coroutine else {
            panic!("a fiber was resumed after its end");
        };
        let outer = Outer(CURRENT.replace(self.number));
        let result = coroutine.resume(input);
        drop(outer);
        match result {
            CoroutineResult::Yield(output) => Step::Suspended(output),
            CoroutineResult::Return(value) => {
                self.keep_stack();
                Step::Done(value)
            }
        }
    }

    fn keep_stack(&mut self) {
        let Some(coroutine) = self.coroutine.take() else {
            return;
        };
        let stack = coroutine.into_stack();
        KEPT_STACKS.with_borrow_mut(|kept| {
            if kept.len() < KEPT_STACKS_MAX {
                kept.push(stack);
            }
        });
    }

    /// Whether the function has returned.
    pub fn is_done(&self) -> bool {
        self.coroutine.is_none()
    }
}

impl<Input: 'static, Output: 'static, Return: 'static> Drop for Fiber<Input, Output, Return> {
    fn drop(&mut self) {
        // What unwinds below may ask whose stack it is on.
        let _outer = Outer(CURRENT.replace(self.number));
        self.coroutine = None;
    }
}

impl<Input: 'static, Output: 'static, Return: 'static> std::fmt::Debug
    for Fiber<Input, Output, Return>
{
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Fiber")
            .field("done", &self.is_done())
            .finish_non_exhaustive()
    }
}

impl<Input: 'static, Output: 'static> std::fmt::Debug for Suspender<Input, Output> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Suspender").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    fn suspended<Output, Return>(step: Step<Output, Return>) -> Output {
        match step {
            Step::Suspended(output) => output,
            Step::Done(_) => panic!("the fiber is done"),
        }
    }

    #[test]
    fn inputs_and_outputs_travel_and_closures_keep_the_suspender() {
        let mut fiber = Fiber::new(|suspender: &Suspender<u32, u32>, first| {
            let kept = suspender.clone();
            let callback: Box<dyn Fn(u32) -> u32> = Box::new(move |value| kept.suspend(value * 2));
            let second = callback(first);
            callback(second) + 100
        })
        .expect("memory for a stack");
        assert_eq!(suspended(fiber.resume(1)), 2);
        assert!(!on_fiber());
        assert_eq!(suspended(fiber.resume(5)), 10);
        assert!(matches!(fiber.resume(7), Step::Done(107)));
        assert!(fiber.is_done());
    }

    #[test]
    fn a_fiber_dropped_in_its_middle_unwinds() {
        struct Mark(Rc<Cell<bool>>);
        impl Drop for Mark {
            fn drop(&mut self) {
                self.0.set(true);
            }
        }
        let dropped = Rc::new(Cell::new(false));
        let mark = Mark(dropped.clone());
        let mut fiber = Fiber::new(move |suspender: &Suspender<(), ()>, ()| {
            let _mark = mark;
            suspender.suspend(());
        })
        .expect("memory for a stack");
        suspended(fiber.resume(()));
        assert!(!dropped.get());
        drop(fiber);
        assert!(dropped.get());
    }

    #[test]
    fn only_the_innermost_fiber_can_be_suspended() {
        let leaked: Rc<RefCell<Option<Suspender<(), ()>>>> = Rc::default();
        let outside = leaked.clone();
        let mut fiber = Fiber::new(move |suspender: &Suspender<(), ()>, ()| {
            *leaked.borrow_mut() = Some(suspender.clone());
            let outer = suspender.clone();
            let mut inner = Fiber::new(move |_: &Suspender<(), ()>, ()| {
                catch_unwind(AssertUnwindSafe(|| outer.suspend(()))).is_err()
            })
            .expect("memory for a stack");
            assert!(matches!(inner.resume(()), Step::Done(true)));
            suspender.suspend(());
        })
        .expect("memory for a stack");
        suspended(fiber.resume(()));
        let suspender = outside.take().expect("the fiber left its suspender");
        assert!(catch_unwind(AssertUnwindSafe(|| suspender.suspend(()))).is_err());
        assert!(matches!(fiber.resume(()), Step::Done(())));
        assert!(catch_unwind(AssertUnwindSafe(|| suspender.suspend(()))).is_err());
    }

    #[test]
    fn a_panic_reaches_who_resumed() {
        let mut fiber =
            Fiber::new(|_: &Suspender<(), ()>, ()| panic!("inside")).expect("memory for a stack");
        let step: Result<Step<(), ()>, _> = catch_unwind(AssertUnwindSafe(|| fiber.resume(())));
        assert!(step.is_err());
        assert!(!on_fiber());
    }

    #[test]
    fn the_engine_is_not_entered_from_a_fiber() {
        let context = crate::Context::new();
        let _kept = context.clone();
        let mut fiber = Fiber::new(move |_: &Suspender<(), ()>, ()| {
            catch_unwind(AssertUnwindSafe(|| context.evaluate("1", "one").is_ok())).is_err()
        })
        .expect("memory for a stack");
        let step: Step<(), bool> = fiber.resume(());
        assert!(matches!(step, Step::Done(true)));
    }
}
