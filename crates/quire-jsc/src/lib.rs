//! quire-jsc
