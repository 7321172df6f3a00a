//! quire
