#![allow(clippy::unwrap_used)]

mod answers;
mod changes;
mod containment;
mod rules;
mod site;
