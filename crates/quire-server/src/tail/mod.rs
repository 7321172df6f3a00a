//! Following what a running server answers and what its functions log.
//!
//! ```text
//! worker ── events ──> supervisor (`supervisor/hub.rs`) ── those that pass the filter ──> viewer ([`follow`])
//! ```
//!
//! Workers gather nothing before there is a viewer. A viewer connects to a socket in the folder for what lasts, sends its
//! [`Filter`] as a line of JSON and gets an [`Event`] a line.

mod event;
mod filter;
pub(crate) mod socket;

use std::io;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;

pub use event::{Event, Exception, LogMessage, Notice, Outcome, RequestEvent, ResponseEvent, Seen};
pub(crate) use filter::CLIENT_IP;
pub use filter::{Filter, HeaderFilter};

/// How many may follow a server at a time, as on the original.
pub const VIEWERS_MAX: usize = 10;

/// Why a server cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum TailError {
    /// There is none.
    #[error(
        "no server runs on the data in `{}`; start `quire serve` or `quire dev` there, or name its folder with `--persist-to`",
        .0.display()
    )]
    NoServer(PathBuf),
    /// It does not let this one.
    #[error("{0}")]
    Refused(String),
    /// The connection failed.
    #[error("the server cannot be followed: {0}")]
    Connection(#[from] io::Error),
}

/// What a server is asked or told in a line.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Greeting {
    /// The server sends events from now on.
    Welcome,
    /// It does not.
    Refused(String),
}

/// The events of a server as they happen.
#[derive(Debug)]
pub struct Events(Lines<BufReader<UnixStream>>);

/// Follows the server that runs on the data in a folder; of several, the one that was started last.
pub async fn follow(data: &Path, filter: &Filter) -> Result<Events, TailError> {
    for path in socket::all(data) {
        // What a killed server left behind takes no connections.
        let Ok(stream) = socket::connect(&path).await else {
            continue;
        };
        let mut stream = BufReader::new(stream);
        let mut line = serde_json::to_vec(filter).map_err(io::Error::from)?;
        line.push(b'\n');
        stream.write_all(&line).await?;
        let mut lines = stream.lines();
        let greeting = lines.next_line().await?.unwrap_or_default();
        return match serde_json::from_str(&greeting).map_err(io::Error::from)? {
            Greeting::Welcome => Ok(Events(lines)),
            Greeting::Refused(reason) => Err(TailError::Refused(reason)),
        };
    }
    Err(TailError::NoServer(data.to_owned()))
}

impl Events {
    /// The next event, as JSON; `None` when the server has stopped.
    pub async fn next(&mut self) -> io::Result<Option<String>> {
        self.0.next_line().await
    }
}
