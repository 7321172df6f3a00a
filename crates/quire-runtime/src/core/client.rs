//! Who asks.

use std::net::{IpAddr, Ipv4Addr};

/// Who sent a request, and how.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// The address that the connection came from.
    pub ip: IpAddr,
    /// Whether the connection is encrypted, which makes the request's URL start `https:`.
    pub https: bool,
}

impl Default for Client {
    /// A client of this machine.
    fn default() -> Self {
        Self {
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            https: false,
        }
    }
}
