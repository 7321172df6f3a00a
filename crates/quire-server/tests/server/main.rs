//! A supervisor with real worker processes, spoken to over real connections.
//!
//! The workers are this test program once more, told by an argument to run the test `support::worker_process` alone,
//! which is a worker's main function when the environment says so.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod development;
mod failures;
mod lifecycle;
mod limits;
mod observing;
mod reload;
mod requests;
mod support;
