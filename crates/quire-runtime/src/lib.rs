//! The runtime that Pages Functions run in: JavaScriptCore with the Web APIs of Workers.
//!
//! A worker process has one [`Runtime`], on one thread. [`Runtime::start`] evaluates a bundled
//! [`Program`]; [`Runtime::handle`] takes a request and the chain of handlers that quire-routes found
//! for it. JavaScript is entered once per request (`core/chain.js`); what it starts, such as a fetch or a
//! timer, is a tokio task that enters it again when done. The response's body streams back:
//! bytes that the program does not look at never pass through JavaScript.
//!
//! * `core/`: the realm (engine and native operations), requests and their lifetimes, bodies, the
//!   chain of handlers.
//! * `web/<api>/`: one Web API each, its JavaScript half and its native half side by side.
//! * `bindings/<kind>/`: what `env` holds besides variables, one kind of binding each.
//! * `node/<module>/`: Node.js's modules, loaded when a program imports them.

#![forbid(unsafe_code)]

mod bindings;
mod core;
mod node;
mod web;

pub use crate::bindings::{Binding, Consumer, Objects, Placement, Resource};
pub use crate::core::body::{Body, BodyError};
pub use crate::core::client::Client;
pub use crate::core::event::is_method;
pub use crate::core::fetcher::{Called, Fetcher};
pub use crate::core::outcome::{Failure, FailureKind};
pub use crate::core::program::{HANDLER_LIMIT_MS, Program};
pub use crate::core::programs::Programs;
pub use crate::core::request_log::{LogLine, Logged, RequestLog};
pub use crate::core::runtime::{
    AssetRequest, AssetService, AssetSource, Engine, Runtime, Services, StartError,
};
pub use crate::web::fetch::{Upstream, UpstreamPlace};
pub use crate::web::websocket::Upgrade;
pub use quire_jsc::memory::release_unused;
