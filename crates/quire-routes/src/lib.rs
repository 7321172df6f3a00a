//! quire-routes
