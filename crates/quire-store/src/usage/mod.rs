//! How much a server is used: requests of each day and route, and the count that a daily limit goes by.
//!
//! - [`DailyCounter`] is exact whatever happens: it decides whether a function may run.
//! - [`Usage`] is for people: the server writes sums to it every second.

mod counter;
mod day;
mod requests;
#[cfg(test)]
mod tests;

pub use counter::DailyCounter;
pub use day::Day;
pub use requests::{DayUsage, RouteUsage, Usage};
