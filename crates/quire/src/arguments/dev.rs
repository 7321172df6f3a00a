//! `quire dev`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use quire_config::LocalProtocol;

use super::{ListenArguments, ProjectArguments};

pub(super) const EXAMPLES: &str = "\
Examples:
  quire dev                        The output folder is named by the configuration file, or found
  quire dev dist                   ./dist, with the Functions of ./functions
  quire dev ../site --port 3000    The project in another folder
  quire dev -b API=http://localhost:9000 DEBUG=1
  quire dev -- npm run dev         What no function answers comes from the server that the command starts";

#[derive(Debug, Clone, Args)]
pub struct DevArguments {
    #[command(flatten)]
    pub project: ProjectArguments,
    #[command(flatten)]
    pub listen: ListenArguments,

    /// Load open pages again when static files or functions change
    #[arg(long)]
    pub live_reload: bool,

    /// Speak plain HTTP, or HTTPS with a certificate made for this machine [default: http]
    #[arg(long, value_enum, value_name = "PROTOCOL")]
    pub local_protocol: Option<Protocol>,

    /// The certificate for HTTPS, and those that vouch for it, instead of one made here
    #[arg(long, value_name = "FILE", requires = "https_key_path")]
    pub https_cert_path: Option<PathBuf>,

    /// The certificate's private key
    #[arg(long, value_name = "FILE", requires = "https_cert_path")]
    pub https_key_path: Option<PathBuf>,

    /// Listen to keys, if this runs in a terminal
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub show_interactive_dev_session: Option<bool>,

    /// Where `_worker.js` lies in the folder of static files
    #[arg(long, value_name = "FILE", hide = true)]
    pub script_path: Option<PathBuf>,

    /// The port for debuggers of the original: there is none here
    #[arg(long, value_name = "PORT", hide = true)]
    pub inspector_port: Option<u16>,

    /// Options that the original tries out; see `Arguments::read`.
    #[arg(skip)]
    pub experimental: Vec<String>,

    /// Pass what no function answers to the server on this port of this machine, in place of static files
    #[arg(long, value_name = "PORT")]
    pub proxy: Option<u16>,

    /// A command that starts a server, which answers what no function does, in place of static files
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// What development speaks, by the names of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Protocol {
    Http,
    Https,
}

impl From<Protocol> for LocalProtocol {
    fn from(protocol: Protocol) -> LocalProtocol {
        match protocol {
            Protocol::Http => LocalProtocol::Http,
            Protocol::Https => LocalProtocol::Https,
        }
    }
}
