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
    pub bundling: BundlingFlags,

    #[command(flatten)]
    pub refused: RefusedArguments,
}

impl ProjectArguments {
    /// The configuration files of services.
    pub fn service_files(&self) -> &[PathBuf] {
        self.config.get(1..).unwrap_or_default()
    }
}

/// Whether a `_worker.js` is bundled. Functions always are.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct BundlingFlags {
    /// Bundle `_worker.js` with what it imports (the default)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", conflicts_with = "no_bundle", hide_possible_values = true)]
    bundle: Option<bool>,

    /// Run `_worker.js` as it is, and refuse what only a bundler could import
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    no_bundle: Option<bool>,
}

impl BundlingFlags {
    /// What the command line says about bundling, if anything.
    pub fn bundles(self) -> Option<bool> {
        self.bundle.or(self.no_bundle.map(|no_bundle| !no_bundle))
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
