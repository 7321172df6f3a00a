//! Whoever is not concerned by a fault must not notice it.

use std::time::{Duration, Instant};

use crate::server::Server;
use crate::wire::{Answer, Request};

const ROUNDS: usize = 15;
const SLOWEST: Duration = Duration::from_secs(5);

/// Sends `bad`, and while it runs asks for `/ok` (a Function that answers `ok`) and `/static.txt` (`static`), which must keep
/// answering. Gives the answer to `bad`; an error if the connection broke.
pub fn while_others_are_served(server: &Server, bad: &Request) -> std::io::Result<Answer> {
    std::thread::scope(|scope| {
        let running = scope.spawn(|| bad.send(server.address()));
        // The bad request must have begun: only then do the others come beside it.
        std::thread::sleep(Duration::from_millis(200));
        for round in 0..ROUNDS {
            assert_serves_others(server, &format!("in round {round} beside {bad:?}"));
            std::thread::sleep(Duration::from_millis(20));
        }
        running
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Asks once for `/ok` and `/static.txt`; panics if either is slow or wrong.
pub fn assert_serves_others(server: &Server, when: &str) {
    for (target, wanted) in [("/ok", "ok"), ("/static.txt", "static")] {
        let started = Instant::now();
        let answer = Request::get(target)
            .patience(SLOWEST)
            .send(server.address())
            .unwrap_or_else(|error| {
                panic!(
                    "no answer to `{target}` {when}: {error}\n{}",
                    server.printed()
                )
            });
        assert!(
            answer.status == 200 && answer.text() == wanted,
            "`{target}` {when}: {answer:?}\n{}",
            server.printed()
        );
        assert!(
            started.elapsed() < SLOWEST,
            "`{target}` took {:?} {when}",
            started.elapsed()
        );
    }
}
