//! quire-assets
