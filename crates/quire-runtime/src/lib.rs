//! quire-runtime
