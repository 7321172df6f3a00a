//! The runtime's core: the realm and its operations, requests and their lifetimes, bodies, the
//! chain of handlers, and the program that they come from.

pub(crate) mod bodies;
pub(crate) mod body;
pub(crate) mod body_ops;
mod chains;
pub(crate) mod client;
pub(crate) mod coding;
pub(crate) mod compatibility;
pub(crate) mod deferred;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod event_loop;
pub(crate) mod fetcher;
pub(crate) mod header_lines;
pub(crate) mod idle;
pub(crate) mod outcome;
pub(crate) mod program;
pub(crate) mod programs;
pub(crate) mod realm;
mod recent_heads;
pub(crate) mod request;
pub(crate) mod request_log;
pub(crate) mod request_ops;
pub(crate) mod resources;
pub(crate) mod respond;
pub(crate) mod runtime;
pub(crate) mod segments;
pub(crate) mod serialize;
pub(crate) mod session;
pub(crate) mod sink;
pub(crate) mod source_map;
pub(crate) mod tee;
