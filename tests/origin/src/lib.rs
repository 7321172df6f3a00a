//! quire-origin
