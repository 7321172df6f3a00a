//! Bundles small projects on disk and reads the result as a parser does; no engine runs it here.
#![allow(clippy::unwrap_used)]

mod asset_folders;
mod errors;
mod exports;
mod imports;
mod output;
mod project;
mod scanner;
mod source_map;
mod stack;
mod suspension;
mod worker;
