#![allow(clippy::unwrap_used)]

mod answers;
mod changes;
mod containment;
mod forms;
mod rules;
mod site;
