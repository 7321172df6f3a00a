//! House rules that a machine can check are tests of this package; it has no code of its own.
#![forbid(unsafe_code)]
