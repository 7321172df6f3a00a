//! The settings of one program: the project's own, or a service.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use quire_config::{Compatibility, Environment, VarValue, Variable};
use quire_runtime::{Binding, Consumer};
use quire_server::DEFAULT_CPU_LIMIT;

use crate::bindings;
use crate::built::BuiltProgram;
use crate::calendar::today;
use crate::failure::Failure;
use crate::variables::{self, Secrets};

/// What a program is run with.
#[derive(Debug, Clone)]
pub struct ProgramSettings {
    /// The configuration file.
    pub file: Option<PathBuf>,
    pub compatibility: Compatibility,
    pub cpu_limit_ms: u64,
    pub subrequest_limit: u64,
    pub variables: IndexMap<String, Variable>,
    /// What `env` holds besides variables.
    pub bindings: Vec<Binding>,
    /// The queues that it reads from.
    pub consumers: Vec<Consumer>,
    /// The names of the bindings that the command line gave.
    pub given: Vec<String>,
    /// The variables of the configuration file alone.
    pub configured_variables: IndexMap<String, VarValue>,
    pub variable_files: Vec<PathBuf>,
    /// Files that would give variables if they were there, and those that do.
    pub variable_candidates: Vec<PathBuf>,
}

impl ProgramSettings {
    /// Those that an environment of a configuration file describes, with the variables of all sources.
    pub fn new(
        file: Option<PathBuf>,
        environment: Environment,
        compatibility: Compatibility,
        secrets: Secrets,
        variables: IndexMap<String, Variable>,
        bindings: Vec<Binding>,
    ) -> ProgramSettings {
        ProgramSettings {
            file,
            compatibility,
            cpu_limit_ms: environment
                .limits
                .cpu_ms
                .unwrap_or_else(default_cpu_limit_ms),
            subrequest_limit: environment
                .limits
                .subrequests
                .unwrap_or_else(default_subrequest_limit),
            variables,
            bindings,
            consumers: bindings::consumers(&environment),
            given: Vec::new(),
            configured_variables: environment.vars,
            variable_files: secrets.files,
            variable_candidates: secrets.candidates,
        }
    }

    /// Those of a service in a folder that `quire build` made.
    pub fn of_built(
        built: &BuiltProgram,
        folder: &Path,
        stored: IndexMap<String, String>,
    ) -> Result<ProgramSettings, Failure> {
        let secrets = Secrets::read(folder, None)?;
        let configured_variables = built.variables();
        Ok(ProgramSettings {
            file: None,
            compatibility: built.compatibility(),
            cpu_limit_ms: built.cpu_limit_ms,
            subrequest_limit: built.subrequest_limit,
            variables: variables::layered(
                IndexMap::new(),
                configured_variables.clone(),
                secrets.values,
                stored,
                Vec::new(),
            ),
            bindings: built.bindings.clone(),
            consumers: built.consumers.clone(),
            given: Vec::new(),
            configured_variables,
            variable_files: secrets.files,
            variable_candidates: secrets.candidates,
        })
    }

    /// The compatibility date; today where the project leaves it open, which means the newest behaviours.
    pub fn compatibility_date(&self) -> String {
        self.compatibility
            .date
            .map_or_else(today, |date| date.to_string())
    }
}

/// How many requests a request may send, as on the original's paid plans.
pub(crate) fn default_subrequest_limit() -> u64 {
    1000
}

fn default_cpu_limit_ms() -> u64 {
    u64::try_from(DEFAULT_CPU_LIMIT.as_millis()).unwrap_or(u64::MAX)
}
