//! What can go wrong with a server as a whole. What goes wrong with one request is an answer to it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::tls::TlsError;

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Another program has the port.
    #[error(
        "port {} is already in use on {}; choose another with `--port`, or stop the program that listens there",
        .0.port(), .0.ip()
    )]
    AddressInUse(SocketAddr),

    /// The port is for privileged programs.
    #[error("no permission to listen on port {}; choose one above 1023 with `--port`", .0.port())]
    PortNotPermitted(SocketAddr),

    /// The address belongs to no interface.
    #[error("{} is not an address of this machine; choose another with `--ip`", .0.ip())]
    AddressNotAvailable(SocketAddr),

    /// Any other trouble with the listening socket.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },

    /// The certificate for encrypted connections cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The metrics cannot be given at their address.
    #[error(
        "cannot listen on {address} for the metrics: {source}; choose another with `--metrics-port`"
    )]
    Metrics {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },

    /// A worker process could not be started.
    #[error("cannot start a worker process: {0}; check the limits on processes and open files")]
    Spawn(#[source] io::Error),

    /// There is no place for the sockets by which workers find each other.
    #[error(
        "cannot make a private folder in the folder for temporary files: {0}; set `TMPDIR` to one that can be written to"
    )]
    RunFolder(#[source] io::Error),

    /// Signals could not be taken over.
    #[error("cannot receive the signals that stop the server: {0}")]
    Signals(#[source] io::Error),

    /// The deployment cannot run.
    #[error(transparent)]
    Start(#[from] StartFailure),

    /// A directory cannot be watched.
    #[error("cannot watch `{}` for changes: {reason}; a system limit on watched files may be reached", .path.display())]
    Watch {
        /// The directory or file.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },

    /// The first build of a project failed; the report has been printed.
    #[error("the build failed")]
    Build,
}

/// Why a deployment cannot run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartFailure {
    /// What happened, in a line.
    pub message: String,
    /// Where in the functions, in terms of the source files.
    pub stack: Option<String>,
}

impl StartFailure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            stack: None,
        }
    }
}

impl fmt::Display for StartFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        match &self.stack {
            // A stack begins with the error's own text.
            Some(stack) => write!(formatter, "\n{stack}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for StartFailure {}

/// Why a reload changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The new deployment cannot run; the old one keeps serving.
    #[error(transparent)]
    Start(#[from] StartFailure),

    /// A newer reload took its place.
    #[error("a newer reload took the place of this one")]
    Superseded,

    /// The server stops or has stopped.
    #[error("the server is stopping")]
    Stopping,
}
