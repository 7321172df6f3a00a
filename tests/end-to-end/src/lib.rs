//! What the end-to-end tests share. They start the real program on a project, talk to it with real clients, and stop it.
//!
//! - [`Server`] is the program under test; [`Project`] a project written for one test; [`origin::RunningOrigin`] the backend
//!   behind a proxying project.
//! - [`Request`] speaks HTTP/1.1 byte by byte, so that a test can send what no proper client would.
//! - [`expected`] compares answers with recorded ones; the program `record` (in `src/bin`) records them from the original.
//!
//! `QUIRE_BIN` names the program to test; without it the workspace's own is built. `QUIRE_TEST_WRANGLER` names a `wrangler` to
//! run the same tests against instead, where it can pass them: that proves the tests.

mod browser;
pub mod bystanders;
pub mod clients;
pub mod expected;
pub mod memory;
pub mod origin;
pub mod packages;
mod ports;
pub mod processes;
mod program;
mod project;
mod server;
mod wire;

pub use browser::Browser;
pub use program::{quire, run};
pub use project::{Project, checkout, example, fixture};
pub use server::{Command, Server, is_wrangler, wrangler_data};
pub use wire::{Answer, Request, raw, raw_answer};
