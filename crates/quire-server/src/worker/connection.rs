//! What is known of one connection, shared by its socket, its requests and the sweep that ends idle ones.
//!
//! Slow and idle clients are found by a sweep a few times a second rather than by timers: a request costs two plain
//! stores instead of the registration of a timer. (Atomics, since hyper wants a socket that could move to another
//! thread when a connection changes its protocol; none ever does, so no operation needs more than relaxed order.)

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use slab::Slab;
use tokio::sync::Notify;

/// The time between two sweeps, and the unit of the clock that connections are measured by.
pub(crate) const TICK: Duration = Duration::from_millis(250);

/// While a worker drains, a request whose headers began to arrive may still become complete for so long.
const HEADERS_WHILE_DRAINING: Duration = Duration::from_secs(2);

/// How far the end of a connection has been asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum Ending {
    /// Not at all.
    No,
    /// After what is in flight.
    Graceful,
    /// At once.
    Now,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) peer: SocketAddr,
    clock: Arc<AtomicU32>,
    /// Requests whose answers are not sent in full.
    in_flight: AtomicU32,
    /// When it last became quiet, or when the headers it sends now began to arrive.
    since: AtomicU32,
    /// Whether headers are due: on a new connection, and once bytes arrive on a quiet one.
    headers_due: AtomicBool,
    ending: AtomicU8,
    waker: AtomicWaker,
}

impl Connection {
    /// Bytes came in.
    pub(crate) fn received(&self) {
        if self.in_flight.load(Relaxed) == 0 && !self.headers_due.load(Relaxed) {
            self.headers_due.store(true, Relaxed);
            self.since.store(self.clock.load(Relaxed), Relaxed);
        }
    }

    /// Ready when the connection is to end at once; arranges to be woken on any change of how it is to end.
    pub(crate) fn poll_abort(&self, context: &Context<'_>) -> Poll<()> {
        self.waker.register(context.waker());
        if self.ending.load(Relaxed) == Ending::Now as u8 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Whether HTTP is to end after what is in flight. A request that is on its way in counts: told to finish before it
    /// has seen one, hyper would close the connection without an answer.
    pub(crate) fn should_finish(&self) -> bool {
        self.ending.load(Relaxed) != Ending::No as u8 && !self.headers_due.load(Relaxed)
    }

    fn end(&self, how: Ending) {
        if self.ending.load(Relaxed) < how as u8 {
            self.ending.store(how as u8, Relaxed);
            self.waker.wake();
        }
    }
}

/// A request of a connection, from its headers to the last byte of its answer.
#[derive(Debug)]
pub(crate) struct InFlight(Arc<Connection>);

impl InFlight {
    pub(crate) fn new(connection: Arc<Connection>) -> Self {
        // Only this thread writes: load and store do for an increment.
        connection
            .in_flight
            .store(connection.in_flight.load(Relaxed) + 1, Relaxed);
        connection.headers_due.store(false, Relaxed);
        Self(connection)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0
            .in_flight
            .store(self.0.in_flight.load(Relaxed) - 1, Relaxed);
        self.0.since.store(self.0.clock.load(Relaxed), Relaxed);
    }
}

/// How long a connection may take over what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QuietLimits {
    /// For the headers of a request.
    pub headers: Duration,
    /// Between requests.
    pub idle: Duration,
}

/// All connections of a worker.
#[derive(Debug)]
pub(crate) struct Connections {
    all: RefCell<Slab<Arc<Connection>>>,
    clock: Arc<AtomicU32>,
    limits: QuietLimits,
    draining: Cell<bool>,
    /// Told whenever there is one less.
    closed: Notify,
}

impl Connections {
    pub(crate) fn new(limits: QuietLimits) -> Self {
        Self {
            all: RefCell::default(),
            clock: Arc::default(),
            limits,
            draining: Cell::new(false),
            closed: Notify::new(),
        }
    }

    /// Adds a connection; [`Connections::remove`] takes the number.
    pub(crate) fn add(&self, peer: SocketAddr) -> (usize, Arc<Connection>) {
        let connection = Arc::new(Connection {
            peer,
            clock: self.clock.clone(),
            in_flight: AtomicU32::new(0),
            since: AtomicU32::new(self.clock.load(Relaxed)),
            headers_due: AtomicBool::new(true),
            ending: AtomicU8::new(if self.draining.get() {
                Ending::Graceful
            } else {
                Ending::No
            } as u8),
            waker: AtomicWaker::new(),
        });
        (self.all.borrow_mut().insert(connection.clone()), connection)
    }

    pub(crate) fn remove(&self, number: usize) {
        self.all.borrow_mut().try_remove(number);
        self.closed.notify_waiters();
    }

    pub(crate) fn count(&self) -> usize {
        self.all.borrow().len()
    }

    /// Returns once there are fewer than `count`.
    pub(crate) async fn fewer_than(&self, count: usize) {
        loop {
            let closed = self.closed.notified();
            if self.count() < count {
                return;
            }
            closed.await;
        }
    }

    /// Asks all connections to end after what they have in flight.
    pub(crate) fn drain(&self) {
        self.draining.set(true);
        for (_, connection) in self.all.borrow().iter() {
            connection.end(Ending::Graceful);
        }
        self.sweep();
    }

    /// Moves the clock by a [`TICK`] and ends connections that were quiet for too long.
    pub(crate) fn tick(&self) {
        self.clock
            .store(self.clock.load(Relaxed).wrapping_add(1), Relaxed);
        self.sweep();
    }

    fn sweep(&self) {
        let now = self.clock.load(Relaxed);
        for (_, connection) in self.all.borrow().iter() {
            if connection.in_flight.load(Relaxed) > 0 {
                continue;
            }
            let limit = match (connection.headers_due.load(Relaxed), self.draining.get()) {
                (true, false) => self.limits.headers,
                (true, true) => self.limits.headers.min(HEADERS_WHILE_DRAINING),
                (false, false) => self.limits.idle,
                (false, true) => Duration::ZERO,
            };
            let quiet = TICK * now.wrapping_sub(connection.since.load(Relaxed));
            if quiet >= limit {
                connection.end(Ending::Now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn connections() -> Connections {
        Connections::new(QuietLimits {
            headers: TICK * 2,
            idle: TICK * 4,
        })
    }

    fn peer() -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, 1))
    }

    fn ended(connection: &Connection) -> bool {
        connection.ending.load(Relaxed) == Ending::Now as u8
    }

    #[test]
    fn a_connection_without_headers_ends_sooner_than_an_idle_one() {
        let connections = connections();
        let (_, silent) = connections.add(peer());
        let (_, idle) = connections.add(peer());
        drop(InFlight::new(idle.clone()));
        connections.tick();
        assert!(!ended(&silent));
        connections.tick();
        assert!(ended(&silent) && !ended(&idle));
        connections.tick();
        connections.tick();
        assert!(ended(&idle));
    }

    #[test]
    fn slow_headers_are_measured_from_their_first_byte() {
        let connections = connections();
        let (_, slow) = connections.add(peer());
        drop(InFlight::new(slow.clone()));
        connections.tick();
        connections.tick();
        slow.received();
        connections.tick();
        slow.received();
        assert!(!ended(&slow));
        connections.tick();
        assert!(ended(&slow));
    }

    #[test]
    fn a_request_in_flight_may_take_any_time() {
        let connections = connections();
        let (_, busy) = connections.add(peer());
        let in_flight = InFlight::new(busy.clone());
        connections.drain();
        for _ in 0..100 {
            busy.received();
            connections.tick();
        }
        assert!(busy.should_finish() && !ended(&busy));
        drop(in_flight);
        connections.tick();
        assert!(ended(&busy));
    }
}
