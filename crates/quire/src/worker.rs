//! `quire worker`: the process that answers requests. Only `quire dev` and `quire serve` start it.

use std::process::ExitCode;

/// Whether the command line asks for a worker, looked up without reading it in full.
pub fn is_asked_for() -> bool {
    std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == "worker")
}

pub fn run() -> ExitCode {
    quire_server::worker::main()
}
