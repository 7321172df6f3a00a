//! The state of Durable Objects: a SQLite database for each of them, and a journal that makes what all of them commit durable.

mod alarms;
mod authorizer;
mod error;
mod journal;
mod log;
mod namespace;
mod sql;
mod state;
mod statements;
mod values;
mod wal;

/// What keeps a program's SQL within bounds, for other stores too.
pub(crate) mod sandbox {
    pub(crate) use super::authorizer::Trust;
    pub(crate) use super::namespace::limit;
    pub(crate) use super::sql::{USE_TRANSACTIONS, controls_transactions};
    pub(crate) use super::statements::{first_word, is_empty, split};
}

pub use alarms::{Alarm, Alarms};
pub use error::ObjectError;
pub use log::Log;
pub use namespace::Namespace;
pub use sql::{SqlRows, SqlValue};
pub use state::ObjectState;
pub use values::KeyRange;
