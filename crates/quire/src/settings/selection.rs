//! What the user named.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use quire_config::{BindingFlag, CompatibilityDate, Target};

use super::Version;
use crate::arguments::{BindingFlags, ProjectArguments};
use crate::failure::Failure;
use crate::git::Commit;
use crate::printer::{Notice, Warning};
use crate::project::{Proxied, WORKER, current_folder};
use crate::secret::environment_name;
use crate::variables::Secrets;

/// What a project is loaded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Development: the top level of the configuration, faults in it are warnings.
    Dev,
    /// Production: the configuration of `env.production`, if there is one, without faults.
    Serve,
    /// Only looking: the configuration of production, faults in it are warnings.
    Look,
}

/// What the command line says about a project.
#[derive(Debug, Clone)]
pub struct Selection {
    pub directory: Option<PathBuf>,
    pub purpose: Purpose,
    pub bindings: Vec<BindingFlag>,
    /// The other bindings that the command line gives.
    pub flags: BindingFlags,
    /// The project's own configuration file, if it is named.
    pub own_file: Option<PathBuf>,
    /// Configuration files of services.
    pub service_files: Vec<PathBuf>,
    pub compatibility_date: Option<CompatibilityDate>,
    pub compatibility_flags: Vec<String>,
    /// Whether the command line has `_worker.js` bundled; `None` if it does not say.
    pub bundles_worker: Option<bool>,
    /// The folder that relative paths start from.
    pub current: PathBuf,
    /// Where to keep what lasts, if not in the project's folder.
    pub persist_to: Option<PathBuf>,
    /// Files of variables, in place of those that are looked for.
    pub env_files: Vec<PathBuf>,
    /// What answers in place of static files.
    pub proxied: Option<Proxied>,
    /// Where the module of advanced mode lies in the folder of static files.
    pub script: PathBuf,
    /// Which version runs; `None` where the project is not to run. Without that no secret is read.
    pub(super) version: Option<Version>,
    /// Asked of git once: a commit is no reason to start a running project anew.
    pub(super) commit: OnceCell<Commit>,
}

impl Selection {
    pub fn new(arguments: &ProjectArguments, purpose: Purpose) -> Result<Selection, Failure> {
        Ok(Selection {
            directory: arguments.directory.clone(),
            purpose,
            bindings: Vec::new(),
            flags: BindingFlags::default(),
            own_file: arguments.config.first().cloned(),
            service_files: arguments.service_files().to_vec(),
            compatibility_date: arguments.compatibility_date,
            compatibility_flags: arguments.compatibility_flags.clone(),
            bundles_worker: arguments.bundling.bundles(),
            current: current_folder()?,
            persist_to: None,
            env_files: Vec::new(),
            proxied: None,
            script: WORKER.into(),
            version: None,
            commit: OnceCell::new(),
        })
    }

    /// Sets the folder for what lasts.
    #[must_use]
    pub fn with_persist_to(mut self, folder: Option<&Path>) -> Selection {
        self.persist_to = folder.map(|folder| self.current.join(folder));
        self
    }

    /// Sets the files of variables, in place of those that are looked for.
    #[must_use]
    pub fn with_env_files(mut self, files: &[PathBuf]) -> Selection {
        self.env_files = files.iter().map(|file| self.current.join(file)).collect();
        self
    }

    /// The secrets of a project whose files of variables would be in `folder`.
    pub(super) fn secrets(&self, folder: &Path) -> Result<Secrets, Failure> {
        match self.env_files.is_empty() {
            true => Secrets::read(folder, environment_name(self.target())),
            false => Secrets::read_files(&self.env_files),
        }
    }

    /// The folder for what lasts, of a project in `root`.
    pub fn data_folder(&self, root: &Path) -> PathBuf {
        match &self.persist_to {
            Some(folder) => folder.clone(),
            None => self.current.join(root).join(".quire/state"),
        }
    }

    /// The project is to run: it gets its secrets.
    #[must_use]
    pub fn for_running(mut self) -> Selection {
        self.version = Some(Version::new());
        self
    }

    /// Sets the bindings that the command line gives.
    #[must_use]
    pub fn with_flags(mut self, flags: &BindingFlags) -> Selection {
        self.flags = flags.clone();
        self
    }

    /// Adds the arguments of `--binding`. One that assigns nothing is skipped, as in the original, but not silently.
    #[must_use]
    pub fn with_bindings(mut self, arguments: &[String], warnings: &mut Vec<Warning>) -> Selection {
        for argument in arguments {
            match argument.parse() {
                Ok(binding) => self.bindings.push(binding),
                Err(error) => {
                    warnings.push(Box::new(Notice::warning(format!("{error}; it is skipped"))))
                }
            }
        }
        self
    }

    /// The environment in force. `PAGES_ENVIRONMENT` chooses it as in the original's build.
    pub(super) fn target(&self) -> Target {
        match self.purpose {
            Purpose::Dev => Target::Local,
            Purpose::Serve | Purpose::Look => match std::env::var("PAGES_ENVIRONMENT").as_deref() {
                Ok("preview") => Target::Preview,
                _ => Target::Production,
            },
        }
    }
}
