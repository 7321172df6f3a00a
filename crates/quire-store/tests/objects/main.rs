//! The state of Durable Objects.

#![allow(clippy::unwrap_used)]

mod alarms;
mod bodies;
mod failures;
mod kills;
mod power_cuts;
mod properties;
mod sql;
mod support;
mod values;
