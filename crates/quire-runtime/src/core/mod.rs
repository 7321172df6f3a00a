//! The runtime's core: the realm and its operations, requests and their lifetimes, bodies, the
//! chain of handlers, and the program that they come from.

pub(crate) mod error;
pub(crate) mod event_loop;
pub(crate) mod realm;
pub(crate) mod request;
