//! The state of Durable Objects: a SQLite database for each of them.

mod alarms;
mod authorizer;
mod error;
mod log;
mod namespace;
mod sql;
mod state;
mod statements;
mod values;

pub use alarms::{Alarm, Alarms};
pub use error::ObjectError;
pub use log::Log;
pub use namespace::Namespace;
pub use sql::{SqlRows, SqlValue};
pub use state::ObjectState;
pub use values::KeyRange;
