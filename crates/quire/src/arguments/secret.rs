//! `quire secret`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

pub(super) const EXAMPLES: &str = "\
Examples:
  quire secret put API_KEY                  Asks for the value
  printf %s \"$KEY\" | quire secret put API_KEY --env preview
  quire secret list
  quire secret delete API_KEY

In development, `.dev.vars` gives the secrets.";

#[derive(Debug, Clone, Args)]
pub struct SecretArguments {
    #[command(subcommand)]
    pub command: SecretCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub enum SecretCommand {
    /// Keep a secret; its value is read from standard input, or asked for
    Put {
        /// The name in `env`
        name: String,
        #[command(flatten)]
        scope: SecretScope,
    },
    /// List the names
    List {
        #[command(flatten)]
        scope: SecretScope,
    },
    /// Forget a secret
    Delete {
        /// The name in `env`
        name: String,
        #[command(flatten)]
        scope: SecretScope,
    },
}

/// Whose secrets are meant.
#[derive(Debug, Clone, Args)]
pub struct SecretScope {
    /// The project's folder, as for `quire serve`
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,

    /// The environment
    #[arg(long, short, value_enum, default_value = "production")]
    pub env: SecretEnvironment,

    /// A service's secrets instead of the project's
    #[arg(long, value_name = "NAME", conflicts_with = "store")]
    pub service: Option<String>,

    /// A secret store's (`secrets_store_secrets` binds them), whatever the environment
    #[arg(long, value_name = "STORE_ID")]
    pub store: Option<String>,

    /// The folder for what lasts [default: .quire/state in the project's folder]
    #[arg(long, alias = "data-dir", value_name = "FOLDER")]
    pub persist_to: Option<PathBuf>,
}

/// The environments of a Pages project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SecretEnvironment {
    Production,
    Preview,
}
