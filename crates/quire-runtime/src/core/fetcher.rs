//! Who answers a program's requests besides the network: another program, an object, and whoever else stands behind a
//! binding.

use super::body::Body;
use super::error::OpError;
use super::outcome::Failure;
use futures_util::future::LocalBoxFuture;

/// How many programs may call each other in a row, as on the original.
const DEPTH_MAX: u32 = 32;

/// Somebody who answers requests. What it needs to know beyond the request is in the request's extensions, a [`Called`].
pub trait Fetcher {
    /// Answers a request.
    fn fetch(
        &self,
        request: http::Request<Body>,
    ) -> LocalBoxFuture<'static, Result<http::Response<Body>, Failure>>;
}

/// What goes along with a request from one program to another.
#[derive(Clone, Debug)]
pub struct Called {
    /// The URL as the caller wrote it.
    pub url: String,
    /// `request.cf`, as JSON.
    pub cf: Option<String>,
    /// How many programs called each other before this request.
    pub depth: u32,
}

/// The depth of what a request of this depth calls, unless it is too deep in already.
pub(crate) fn deeper(depth: u32) -> Result<u32, OpError> {
    if depth < DEPTH_MAX {
        return Ok(depth + 1);
    }
    Err(OpError::Error(
        "Subrequest depth limit exceeded. This request recursed through Workers too many times. This can happen e.g. if \
         you have a Worker or Durable Object that calls other Workers or objects recursively."
            .into(),
    ))
}
