//! What `fetch` does on the network, and how bodies stream through the runtime.
#![allow(clippy::unwrap_used, missing_docs)]

mod codings;
mod origin;
mod redirects;
mod requests;
mod site;
mod streaming;
mod tls;
mod trusted_tls;
