//! Between the workers of a server: requests to objects that live in another one.
//!
//! Each worker listens at a Unix socket of its own. HTTP/2 is what multiplexes and holds back: requests to one worker share a
//! connection and leave in the order in which they were made. What is said in it is `message`'s: a request or response with
//! whatever a program may put into it, and its body, or the messages of a WebSocket in both directions.

mod local_executor;
mod message;
pub(super) mod peer;
pub(super) mod server;
mod socket;
