//! What the user named, with the settings of all sources: command line, configuration file, files of variables, git.

use std::cell::OnceCell;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use indexmap::IndexMap;
use quire_config::{
    BindingFlag, Compatibility, CompatibilityDate, DevSettings, Environment, Severity, Strictness,
    Target, VarValue, Variable,
};
use quire_runtime::{Binding, Consumer};
use quire_server::DEFAULT_CPU_LIMIT;

use crate::arguments::{BindingFlags, ProjectArguments};
use crate::bindings::{self, Classes};
use crate::built::{self, Built, BuiltProgram};
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::git::Commit;
use crate::printer::{Notice, Warning};
use crate::project::{Place, Project, Proxied, WORKER, current_folder};
use crate::secret::{Stored, environment_name};
use crate::services::{self, Service, Services};
use crate::variables::{self, Secrets};

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
    version: Option<Version>,
    /// Asked of git once: a commit is no reason to start a running project anew.
    commit: OnceCell<Commit>,
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
    fn secrets(&self, folder: &Path) -> Result<Secrets, Failure> {
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
}

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

impl Selection {
    /// Finds the project and reads its settings.
    pub fn load(&self) -> Result<Loaded, Failure> {
        let place = match (self.proxied, &self.directory) {
            (Some(proxied), None) => Place::proxied(&self.current, proxied),
            (_, directory) => Place::of(directory.as_deref(), &self.current)?,
        };
        match place {
            Place::Built(folder) => self.load_built(&folder),
            Place::Sources(sources) => {
                let strictness = match self.purpose {
                    Purpose::Serve => Strictness::Fail,
                    Purpose::Dev | Purpose::Look => Strictness::Warn,
                };
                let configuration = Configuration::find(&sources.root, &self.current, strictness)?;
                configuration.check_named(self.own_file.as_deref(), &self.current)?;
                let project = sources.project(configuration.output_folder(), &self.script)?;
                let mut warnings = Vec::new();
                let settings = self.settings(&project, configuration, &mut warnings)?;
                self.check_flags(&settings, strictness, &mut warnings)?;
                Ok(Loaded {
                    origin: Origin::Sources(project),
                    settings,
                    warnings,
                })
            }
        }
    }

    fn settings(
        &self,
        project: &Project,
        configuration: Configuration,
        warnings: &mut Vec<Warning>,
    ) -> Result<Settings, Failure> {
        let secrets = self.secrets(configuration.folder(&project.root))?;
        let stored = self.stored(&project.root)?;
        let commit = self
            .commit
            .get_or_init(|| Commit::of(&project.root))
            .clone();
        let Configuration {
            file,
            config,
            warnings: problems,
        } = configuration;
        warnings.extend(
            problems
                .into_iter()
                .map(|problem| Box::new(problem) as Warning),
        );
        let resolved = config.environment(self.target());
        warnings.extend(
            resolved
                .warnings
                .into_iter()
                .map(|text| Box::new(Notice::warning(text)) as Warning),
        );
        let environment = resolved.environment;
        let base_name = || {
            project
                .root
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
        };
        let name = config
            .name
            .or_else(base_name)
            .unwrap_or_else(|| "project".to_owned());
        let bundles_worker = self
            .bundles_worker
            .unwrap_or(environment.no_bundle != Some(true));
        let flags = self.flags.environment();
        let services = Services::find(&project.root, &self.service_files, &self.current)?;
        let mut services =
            services.bound_by(&name, &config.classes, &[&environment, &flags], &stored)?;
        warnings.append(&mut services.warnings);
        let mut bindings = bindings::of(&environment, &services.classes);
        let mut variables = variables::all(
            &name,
            &commit,
            environment.vars.clone(),
            secrets.values.clone(),
            stored.of_program(""),
            self.bindings.clone(),
        );
        self.apply_flags(
            bindings::of(&flags, &services.classes),
            &mut bindings,
            &mut variables,
        );
        let compatibility = self.compatibility(environment.compatibility.clone());
        self.complete(&mut bindings, &stored);
        for service in &mut services.services {
            self.complete(&mut service.program.bindings, &stored);
        }
        Ok(Settings {
            name,
            commit,
            program: ProgramSettings {
                given: self.flags.names(),
                ..ProgramSettings::new(
                    file,
                    environment,
                    compatibility,
                    secrets,
                    variables,
                    bindings,
                )
            },
            services: services.services,
            service_candidates: services.candidates,
            bundles_worker,
            dev: config.dev,
        })
    }

    /// The secrets kept for a project in `root`, if it is to run.
    fn stored(&self, root: &Path) -> Result<Stored, Failure> {
        match &self.version {
            Some(_) => Ok(Stored::read(&self.data_folder(root), self.target())?),
            None => Ok(Stored::default()),
        }
    }

    /// Adds to bindings what only a running project gets.
    fn complete(&self, bindings: &mut [Binding], stored: &Stored) {
        if let Some(version) = &self.version {
            bindings::complete(bindings, stored, version);
        }
    }

    /// What the command line binds takes the place of everything of the same name.
    fn apply_flags(
        &self,
        given: Vec<Binding>,
        bindings: &mut Vec<Binding>,
        variables: &mut IndexMap<String, Variable>,
    ) {
        let is_given = |name: &str| given.iter().any(|binding| binding.name == name);
        variables.retain(|name, _| !is_given(name));
        bindings.retain(|binding| {
            !is_given(&binding.name) && !self.bindings.iter().any(|flag| flag.name == binding.name)
        });
        bindings.extend(given);
    }

    fn load_built(&self, folder: &Path) -> Result<Loaded, Failure> {
        let built = Built::open(folder)?;
        let secrets = self.secrets(folder)?;
        let stored = self.stored(&self.current)?;
        let manifest = &built.manifest;
        let flags = self.flags.environment();
        let configured_variables = manifest.program.variables();
        let mut bindings = manifest.program.bindings.clone();
        let mut variables = variables::all(
            &manifest.name,
            &manifest.commit,
            configured_variables.clone(),
            secrets.values,
            stored.of_program(""),
            self.bindings.clone(),
        );
        let given = bindings::of(&flags, &Classes::default());
        self.apply_flags(given, &mut bindings, &mut variables);
        self.complete(&mut bindings, &stored);
        let services = manifest.services.iter().map(|(name, built)| {
            let folder = folder.join(services::FOLDER).join(name);
            let mut program = ProgramSettings::of_built(built, &folder, stored.of_program(name))?;
            self.complete(&mut program.bindings, &stored);
            Ok(Service {
                name: name.clone(),
                entry: folder.join(built::SERVICE_SCRIPT),
                program,
            })
        });
        let services = services.collect::<Result<_, Failure>>()?;
        let settings = Settings {
            name: manifest.name.clone(),
            commit: manifest.commit.clone(),
            program: ProgramSettings {
                file: None,
                compatibility: self.compatibility(manifest.program.compatibility()),
                cpu_limit_ms: manifest.program.cpu_limit_ms,
                subrequest_limit: manifest.program.subrequest_limit,
                variables,
                bindings,
                consumers: Vec::new(),
                given: self.flags.names(),
                configured_variables,
                variable_files: secrets.files,
                variable_candidates: secrets.candidates,
            },
            services,
            service_candidates: Vec::new(),
            bundles_worker: true,
            dev: DevSettings::default(),
        };
        Ok(Loaded {
            origin: Origin::Built(Box::new(built)),
            settings,
            warnings: Vec::new(),
        })
    }

    /// The environment in force. `PAGES_ENVIRONMENT` chooses it as in the original's build.
    fn target(&self) -> Target {
        match self.purpose {
            Purpose::Dev => Target::Local,
            Purpose::Serve | Purpose::Look => match std::env::var("PAGES_ENVIRONMENT").as_deref() {
                Ok("preview") => Target::Preview,
                _ => Target::Production,
            },
        }
    }

    /// Checks the flags of the command line; those of a file were checked where they stand.
    fn check_flags(
        &self,
        settings: &Settings,
        strictness: Strictness,
        warnings: &mut Vec<Warning>,
    ) -> Result<(), Failure> {
        if self.compatibility_flags.is_empty() {
            return Ok(());
        }
        for (_, problem) in settings.program.compatibility.problems() {
            match problem.severity(strictness) {
                Severity::Error => return Err(problem.into()),
                Severity::Warning => warnings.push(Box::new(Notice::warning(problem.to_string()))),
            }
        }
        Ok(())
    }

    fn compatibility(&self, configured: Compatibility) -> Compatibility {
        Compatibility {
            date: self.compatibility_date.or(configured.date),
            flags: if self.compatibility_flags.is_empty() {
                configured.flags
            } else {
                self.compatibility_flags.clone()
            },
        }
    }
}

/// How many requests a request may send, as on the original's paid plans.
pub(crate) fn default_subrequest_limit() -> u64 {
    1000
}

fn default_cpu_limit_ms() -> u64 {
    u64::try_from(DEFAULT_CPU_LIMIT.as_millis()).unwrap_or(u64::MAX)
}

/// Which version of a project runs, as `version_metadata` tells.
#[derive(Debug, Clone)]
pub struct Version {
    /// A UUID.
    pub id: String,
    /// Date and time, as in ISO 8601.
    pub timestamp: String,
}

impl Version {
    /// Another one at every start.
    fn new() -> Version {
        let random = || RandomState::new().hash_one(0);
        let (high, low) = (random(), random());
        // The bits that say that the rest is random.
        let high = (high & !0xf000) | 0x4000;
        let low = (low & (u64::MAX >> 2)) | (1 << 63);
        let id = format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        );
        let now = since_1970();
        let seconds = now.as_secs() % 86_400;
        let timestamp = format!(
            "{}T{:02}:{:02}:{:02}.{:03}Z",
            today(),
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            now.subsec_millis()
        );
        Version { id, timestamp }
    }
}

pub fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// Today's date (UTC).
fn today() -> String {
    let (year, month, day) = civil(since_1970().as_secs() / 86_400);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Year, month and day of the Gregorian calendar, from days since 1970-01-01. Years are counted from March, so that
/// the leap day is a year's last.
pub fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year_of_era + next_year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_another_one_each_time() {
        let (one, other) = (Version::new(), Version::new());
        assert_ne!(one.id, other.id);
        assert_eq!(one.id.len(), 36);
        assert_eq!(&one.id[14..15], "4");
        assert!("89ab".contains(&one.id[19..20]), "{}", one.id);
        assert_eq!(one.timestamp.len(), "2026-06-01T00:00:00.000Z".len());
    }

    #[test]
    fn the_calendar() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_605), (2026, 6, 1));
        assert_eq!(civil(47_540), (2100, 2, 28));
        assert_eq!(civil(47_541), (2100, 3, 1));
    }
}
