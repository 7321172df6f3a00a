//! Which data the commands about stored data mean: those of the project that they are started in.

use std::path::PathBuf;

use clap::Args;
use miette::Diagnostic;
use quire_config::{Environment, Strictness, Target};

use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::project::current_folder;

/// Where the data are.
#[derive(Debug, Clone, Args)]
pub struct StoredArguments {
    /// The folder for what lasts [default: .quire/state in the project's folder]
    #[arg(long, alias = "data-dir", value_name = "FOLDER")]
    persist_to: Option<PathBuf>,

    /// The environment of the configuration file whose bindings are meant
    #[arg(long, short, value_name = "ENVIRONMENT")]
    env: Option<String>,

    /// Use the data on this machine, as always
    #[arg(id = "local", long = "local", hide = true)]
    _local: bool,

    /// Use the data in a Cloudflare account, which quire cannot
    #[arg(long, hide = true, conflicts_with = "local")]
    remote: bool,
}

/// Why it is not clear which data are meant.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum StoredError {
    #[error("`--remote` means data in a Cloudflare account, which quire has none of")]
    #[diagnostic(help("leave it out to use the data on this machine"))]
    Remote,

    #[error("there is no environment `{0}` in the configuration")]
    #[diagnostic(help("a Pages project has `production` and `preview`"))]
    Environment(String),
}

/// The data of a project, and what its configuration binds.
#[derive(Debug)]
pub struct Stored {
    /// The folder for what lasts.
    pub folder: PathBuf,
    /// What the configuration binds.
    pub environment: Environment,
    /// The folder of the configuration file; the current one without a file.
    pub project: PathBuf,
}

impl StoredArguments {
    /// Finds them. The configuration is looked for in the current folder and above it.
    pub fn find(&self) -> Result<Stored, Failure> {
        if self.remote {
            return Err(StoredError::Remote.into());
        }
        let current = current_folder()?;
        let configuration = Configuration::find(&current, &current, Strictness::Warn)?;
        let project = configuration.folder(&current).to_owned();
        let target = match self.env.as_deref() {
            None => Target::Local,
            Some("production") => Target::Production,
            Some("preview") => Target::Preview,
            Some(other) => return Err(StoredError::Environment(other.to_owned()).into()),
        };
        let own = project.join(".quire/state");
        Ok(Stored {
            folder: (self.persist_to.as_ref()).map_or(own, |folder| current.join(folder)),
            environment: configuration.config.environment(target).environment,
            project,
        })
    }
}
