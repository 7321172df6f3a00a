//! quire-end-to-end
