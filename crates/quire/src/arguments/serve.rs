//! `quire serve`.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use quire_server::{AccessLog, BeyondLimit, DailyLimit};

use super::{LOCALHOST, ListenArguments, ProjectArguments, listen_ip};

pub(super) const EXAMPLES: &str = "\
Examples:
  quire serve --ip 0.0.0.0 --port 80
  quire serve --port 443 --tls-cert site.pem --tls-key site.key
  quire serve release              What `quire build --outdir release` made
  quire serve dist --workers 4 -b API=http://10.0.0.5
  quire serve --daily-requests 100000 --fail closed";

#[derive(Debug, Clone, Args)]
pub struct ServeArguments {
    #[command(flatten)]
    pub project: ProjectArguments,
    #[command(flatten)]
    pub listen: ListenArguments,

    /// How many processes share the work [default: one per core]
    #[arg(long, value_name = "N")]
    pub workers: Option<NonZeroUsize>,

    /// Speak HTTPS with this certificate (PEM, with those that vouch for it); it is read again when it changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// The certificate's private key
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// Print a line for every request
    #[arg(long)]
    pub log_requests: bool,

    /// Let at most so many requests a day enter functions; Cloudflare's free plan has 100000. The day is that of UTC
    #[arg(long, value_name = "N")]
    pub daily_requests: Option<u64>,

    /// What the other requests get: static files, as if there were no functions and no middleware, or error 1027
    #[arg(long, value_enum, default_value = "open", requires = "daily_requests")]
    pub fail: Fail,

    /// Write a line of JSON for every request to a file, or to standard output with `-`
    #[arg(long, value_name = "FILE")]
    pub access_log: Option<PathBuf>,

    /// Give the server's numbers at this port, at `/metrics`, as Prometheus reads them
    #[arg(long, value_name = "PORT")]
    pub metrics_port: Option<u16>,

    /// The address of that port; `*` or 0.0.0.0 for all [default: localhost]
    #[arg(long, value_name = "ADDRESS", value_parser = listen_ip, requires = "metrics_port")]
    pub metrics_ip: Option<IpAddr>,
}

/// What happens when the daily limit is reached, by the names of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fail {
    Open,
    Closed,
}

impl ServeArguments {
    pub fn daily_limit(&self) -> Option<DailyLimit> {
        let requests = self.daily_requests?;
        let beyond = match self.fail {
            Fail::Open => BeyondLimit::Open,
            Fail::Closed => BeyondLimit::Closed,
        };
        Some(DailyLimit { requests, beyond })
    }

    /// Where requests are written; a path is one in the folder `current`.
    pub fn access_log(&self, current: &Path) -> Option<AccessLog> {
        let file = self.access_log.as_ref()?;
        Some(match file.as_os_str() == "-" {
            true => AccessLog::Stdout,
            false => AccessLog::File(current.join(file)),
        })
    }

    pub fn metrics_address(&self) -> Option<SocketAddr> {
        let port = self.metrics_port?;
        Some(SocketAddr::new(self.metrics_ip.unwrap_or(LOCALHOST), port))
    }
}
