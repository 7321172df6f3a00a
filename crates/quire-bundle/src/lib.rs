//! quire-bundle
