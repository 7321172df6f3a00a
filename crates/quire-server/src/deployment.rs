//! What is served.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use quire_routes::{RoutesRules, SiteRules};
use quire_runtime::Program;
use serde::{Deserialize, Serialize};

use crate::settings::DEFAULT_CPU_LIMIT;

/// One state of a project, complete: workers that are given the same deployment give the same answers.
///
/// It holds secrets (`Program::vars`). It reaches the workers over a socket, never by arguments or the environment.
#[derive(Clone, Serialize, Deserialize)]
pub struct Deployment {
    /// The project's name: services that bind the project call it by this.
    pub name: String,
    /// The functions; `None` for a project without any.
    pub program: Option<Program>,
    /// Other programs, which the project or one of them binds. Their names differ.
    pub services: Vec<ServiceProgram>,
    /// The directory of static files; `None` answers 404 for them.
    pub assets: Option<PathBuf>,
    /// Other directories that are part of the static files, by their paths there.
    pub mounted_assets: BTreeMap<String, PathBuf>,
    /// The rules of `_routes.json`; `None` lets every request enter the functions.
    pub routes_rules: Option<RoutesRules>,
    /// `_redirects` and `_headers`, for static files.
    pub site_rules: SiteRules,
    /// The project's directory, to show the source around an error; `None` shows none.
    pub project: Option<PathBuf>,
    /// The folder for what lasts, such as the cache; it is made when something is first kept there. `None` keeps nothing.
    pub data: Option<PathBuf>,
}

/// A program beside the project's own.
#[derive(Clone, Serialize, Deserialize)]
pub struct ServiceProgram {
    /// What bindings call it.
    pub name: String,
    /// The program. Its script hands its exports to `quire.worker`; it has no routes.
    pub program: Program,
}

impl Deployment {
    pub(crate) fn cpu_limit(&self) -> Duration {
        let services = self.services.iter().map(|service| &service.program);
        let limits = self.program.iter().chain(services);
        limits
            .map(|program| Duration::from_millis(program.cpu_limit_ms))
            .max()
            .unwrap_or(DEFAULT_CPU_LIMIT)
    }
}

// The derived form would print secrets.
impl std::fmt::Debug for Deployment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Deployment")
            .field("name", &self.name)
            .field("functions", &self.program.is_some())
            .field("services", &self.services.len())
            .field("assets", &self.assets)
            .field("project", &self.project)
            .finish_non_exhaustive()
    }
}
