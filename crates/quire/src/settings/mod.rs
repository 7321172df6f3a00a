//! What the user named, with the settings of all sources: command line, configuration file, files of variables, git.
//!
//! `selection` is what the command line says, `load` finds the project and reads its settings, `program` are those of one
//! program, `version` tells starts apart.

mod load;
mod program;
mod selection;
mod version;

use std::path::PathBuf;

use quire_config::DevSettings;

use crate::built::Built;
use crate::git::Commit;
use crate::printer::Warning;
use crate::project::Project;
use crate::services::Service;
pub use program::ProgramSettings;
pub(crate) use program::default_subrequest_limit;
pub use selection::{Purpose, Selection};
pub use version::Version;

/// A project, or what was built of one, with its settings.
#[derive(Debug)]
pub struct Loaded {
    pub origin: Origin,
    pub settings: Settings,
    pub warnings: Vec<Warning>,
}

/// Where code and files are from.
#[derive(Debug)]
pub enum Origin {
    /// From a project's sources.
    Sources(Project),
    /// From a folder that `quire build` made.
    Built(Box<Built>),
}

impl Origin {
    /// Whether a `_worker.js` answers instead of functions.
    pub fn has_worker(&self) -> bool {
        match self {
            Origin::Sources(project) => project.worker.is_some(),
            Origin::Built(built) => built.manifest.has_worker,
        }
    }
}

/// The settings of a project, all sources put together.
#[derive(Debug, Clone)]
pub struct Settings {
    pub name: String,
    pub commit: Commit,
    pub program: ProgramSettings,
    /// The other programs that it binds, and those that they bind.
    pub services: Vec<Service>,
    /// Files that would be services if they were there.
    pub service_candidates: Vec<PathBuf>,
    /// Whether a `_worker.js` is bundled.
    pub bundles_worker: bool,
    pub dev: DevSettings,
}
