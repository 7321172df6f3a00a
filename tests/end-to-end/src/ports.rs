//! Ports for the servers under test.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// A port that is free now, outside the range from which the system picks ports for clients.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Tests of different binaries run at the same time: each process starts elsewhere.
    let offset = (std::process::id() % 90) as u16 * 100;
    for _ in 0..5_000 {
        let port = 20_000 + (offset + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port between 20000 and 32000 is free on 127.0.0.1");
}
