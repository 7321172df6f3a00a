//! How a request ends: with a response, or with a failure that the server renders.

use crate::Body;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a request came to.
pub(crate) type Outcome = Result<http::Response<Body>, Failure>;

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The program threw, or returned something that is no response.
    Exception,
    /// Nothing was pending any more and there was no response.
    Hung,
    /// The program used more processor time than a request may.
    TimeLimit,
    /// The program asked for the static asset of the current request instead, by
    /// `passThroughOnException`, and that failed too.
    Asset,
    /// The runtime was stopped.
    Stopped,
}

/// Why a request has no response.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What kind of thing went wrong.
    pub kind: FailureKind,
    /// What the program threw, as text: `TypeError: x is not a function`.
    pub message: String,
    /// The message and the stack below it, positions in the project's own files.
    pub stack: Option<String>,
    /// What the program threw, for another program that called it: bytes that only JavaScript reads.
    pub thrown: Option<Vec<u8>>,
    /// What a caller is told besides.
    pub flags: Flags,
    /// The processor time that the program had used for the request.
    pub processor_time: Duration,
}

/// What another program that called learns of a failure besides what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    /// The program that was called threw it.
    pub remote: bool,
    /// The same call may well succeed on a new stub.
    pub retryable: bool,
    /// Too much was asked of an object.
    pub overloaded: bool,
    /// The object was reset.
    pub reset: bool,
}

impl Flags {
    /// As JavaScript is told.
    pub(crate) fn bits(self) -> u32 {
        u32::from(self.remote)
            | u32::from(self.retryable) << 1
            | u32::from(self.overloaded) << 2
            | u32::from(self.reset) << 3
    }
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            stack: None,
            thrown: None,
            flags: Flags {
                remote: true,
                ..Flags::default()
            },
            processor_time: Duration::ZERO,
        }
    }
}
