//! Where to listen, and what is said while serving.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use quire_server::{DEFAULT_PORT, LogLevel};

use super::BindingFlags;

/// Where to listen, and what the functions see. `dev` and `serve` take these.
#[derive(Debug, Clone, Args)]
pub struct ListenArguments {
    /// The address to listen on; `*` or 0.0.0.0 for all [default: localhost]
    #[arg(long, value_name = "ADDRESS", value_parser = listen_ip)]
    pub ip: Option<IpAddr>,

    /// The port to listen on; 0 for any free one [default: 8788]
    #[arg(long)]
    pub port: Option<u16>,

    /// Set variables; they win over those of files
    #[arg(long, short, value_name = "NAME=VALUE", num_args = 1..)]
    pub binding: Vec<String>,

    /// Read variables from this file, and not from `.dev.vars` and `.env`; later ones win
    #[arg(long, value_name = "FILE", num_args = 1)]
    pub env_file: Vec<PathBuf>,

    #[command(flatten)]
    pub flags: BindingFlags,

    /// The folder for what lasts, such as the cache [default: .quire/state in the project's folder]
    #[arg(long, alias = "data-dir", value_name = "FOLDER")]
    pub persist_to: Option<PathBuf>,

    /// The least severe output to show
    #[arg(long, value_enum, default_value = "log")]
    pub log_level: Level,
}

/// The log levels, by the names of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    Debug,
    Info,
    Log,
    Warn,
    Error,
    None,
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> LogLevel {
        match level {
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Log => LogLevel::Log,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
            Level::None => LogLevel::None,
        }
    }
}

/// Reads the argument of `--ip`, or `dev.ip` of a configuration file.
pub fn listen_ip(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(LOCALHOST),
        "*" => Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        _ => {
            let address = text.trim_start_matches('[').trim_end_matches(']');
            address
                .parse()
                .map_err(|_| "write an IP address, `localhost` or `*`".to_owned())
        }
    }
}

/// The address to listen on unless something says otherwise: nobody else can reach it.
pub const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The port to listen on unless something says otherwise.
pub const PORT: u16 = DEFAULT_PORT;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn addresses() {
        for (text, address) in [
            ("localhost", "127.0.0.1"),
            ("127.0.0.2", "127.0.0.2"),
            ("*", "0.0.0.0"),
            ("::1", "::1"),
            ("[::1]", "::1"),
        ] {
            assert_eq!(listen_ip(text).unwrap().to_string(), address);
        }
        assert!(listen_ip("example.com").is_err());
    }
}
