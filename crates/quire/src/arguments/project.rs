//! Which project a command is about.

use std::path::PathBuf;

use clap::Args;
use quire_config::CompatibilityDate;

/// Which project, and how it is compiled. All commands take these.
#[derive(Debug, Clone, Args)]
pub struct ProjectArguments {
    /// The output folder (its Functions are in ./functions), a project's folder, or a folder made by `quire build`
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,

    /// Behave as of this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub compatibility_date: Option<CompatibilityDate>,

    /// Switch behaviours on or off, instead of the flags in the configuration file
    #[arg(long, alias = "compatibility-flag", value_name = "FLAG", num_args = 1..)]
    pub compatibility_flags: Vec<String>,

    /// The project's own configuration file, then those of services in other folders
    #[arg(long, short, value_name = "FILE", num_args = 1)]
    pub config: Vec<PathBuf>,

    #[command(flatten)]
    pub refused: RefusedArguments,
}

impl ProjectArguments {
    /// The configuration files of services.
    pub fn service_files(&self) -> &[PathBuf] {
        self.config.get(1..).unwrap_or_default()
    }
}

/// Options of other commands of the original, which its `pages dev` refuses as well.
#[derive(Debug, Clone, Args)]
pub struct RefusedArguments {
    #[arg(long, short = 'e', hide = true, num_args = 0..=1, default_missing_value = "")]
    env: Option<String>,
    #[arg(long, hide = true)]
    node_compat: bool,
}

impl RefusedArguments {
    pub(super) fn reason(&self) -> Option<&'static str> {
        if self.env.is_some() {
            Some(
                "`--env` is not for Pages projects: the top level of the configuration is used in development, \
                 `env.production` for serving",
            )
        } else if self.node_compat {
            Some("`--node-compat` is no more: use `--compatibility-flags nodejs_compat`")
        } else {
            None
        }
    }
}
