//! `quire serve`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::{ListenArguments, ProjectArguments};

pub(super) const EXAMPLES: &str = "\
Examples:
  quire serve --ip 0.0.0.0 --port 80
  quire serve --port 443 --tls-cert site.pem --tls-key site.key
  quire serve release              What `quire build --outdir release` made
  quire serve dist --workers 4 -b API=http://10.0.0.5";

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
}
