//! quire-runtime
#![allow(dead_code)]
mod core;
mod web;
