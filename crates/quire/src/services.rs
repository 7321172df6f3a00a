//! Services: other programs that a project binds. Each is a Worker of its own, with its own settings, and runs beside the
//! project in the same processes.
//!
//! They lie in `services/<name>/` in the project's folder, with a configuration file that names the module (`main`) or with
//! an `index` module, or anywhere else, if the command line names their configuration file. Only those are run that the
//! project binds, or that one of them does, and those that read from a queue.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use miette::Diagnostic;
use quire_config::{
    CONFIG_FILE_NAMES, ConfigFormat, Environment, ObjectClasses, ResolvedEnvironment, WorkerConfig,
};

use crate::bindings::{self, Classes};
use crate::failure::Failure;
use crate::printer::{Notice, Warning};
use crate::project::relative_to;
use crate::secret::Stored;
use crate::settings::ProgramSettings;
use crate::variables::{self, Secrets};

/// The folder of services in a project's folder.
pub const FOLDER: &str = "services";

/// The modules that a folder's program may be without a configuration, in the order in which they are looked for.
const MODULES: [&str; 6] = [
    "index.ts",
    "index.js",
    "index.mjs",
    "src/index.ts",
    "src/index.js",
    "src/index.mjs",
];

/// A service that runs.
#[derive(Debug, Clone)]
pub struct Service {
    /// What bindings call it.
    pub name: String,
    /// The module whose exports are the program.
    pub entry: PathBuf,
    pub program: ProgramSettings,
}

/// Why a service cannot be used.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum ServiceError {
    #[error("the service in `{}` has no program", .0.display())]
    #[diagnostic(help(
        "name its module as `main` in `wrangler.toml`, or let it be `index.ts` or `index.js`, there or in `src/`"
    ))]
    NoModule(PathBuf),

    #[error("`{}`, which is `main` of `{}`, does not exist", .module.display(), .file.display())]
    MissingModule { module: PathBuf, file: PathBuf },

    #[error("two services are called `{name}`: those in `{}` and `{}`", .first.display(), .second.display())]
    #[diagnostic(help("give one of them another `name` in its configuration file"))]
    SameName {
        name: String,
        first: PathBuf,
        second: PathBuf,
    },

    #[error("`{name}` cannot be the name of a service (in `{}`)", .folder.display())]
    #[diagnostic(help("use letters, digits, dashes and underscores"))]
    Name { name: String, folder: PathBuf },

    #[error("the services `{first}` and `{second}` both read from the queue `{queue}`")]
    #[diagnostic(help(
        "a queue has one consumer; take `{queue}` out of `queues.consumers` of one of them"
    ))]
    SameQueue {
        queue: String,
        first: String,
        second: String,
    },

    #[error("the configuration file `{}` is of no kind that is known", .0.display())]
    #[diagnostic(help("name a `wrangler.toml`, `wrangler.json` or `wrangler.jsonc`"))]
    UnknownFormat(PathBuf),
}

/// A service that was found, bound or not.
#[derive(Debug)]
struct Found {
    name: String,
    folder: PathBuf,
    file: Option<PathBuf>,
    config: WorkerConfig,
    warnings: Vec<Warning>,
    entry: PathBuf,
    /// Whether the command line names it.
    is_named: bool,
}

/// All services that there are.
#[derive(Debug)]
pub struct Services {
    found: Vec<Found>,
    /// The folder of services.
    folder: PathBuf,
}

/// The services that a project binds.
#[derive(Debug)]
pub struct Bound {
    pub services: Vec<Service>,
    pub classes: Classes,
    pub warnings: Vec<Warning>,
    /// Files that would be services, or settings of theirs, if they were there.
    pub candidates: Vec<PathBuf>,
}

impl Services {
    /// Looks for the services of a project in `root`, and reads those whose configuration files are given.
    pub fn find(root: &Path, files: &[PathBuf], current: &Path) -> Result<Services, Failure> {
        let folder = root.join(FOLDER);
        let mut services = Services {
            found: Vec::new(),
            folder,
        };
        for file in files {
            let file = current.join(file);
            let folder = file.parent().unwrap_or(current).to_owned();
            services.add(Found::read(folder, Some(file), true, current)?)?;
        }
        let mut folders: Vec<PathBuf> = match std::fs::read_dir(&services.folder) {
            Ok(entries) => entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|path| path.is_dir())
                .collect(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(source) => {
                let path = services.folder;
                return Err(Failure::Read { path, source });
            }
        };
        folders.sort();
        for folder in folders {
            let file = CONFIG_FILE_NAMES.iter().map(|name| folder.join(name));
            let file = file.into_iter().find(|file| file.is_file());
            let is_named = |known: &Found| known.file.is_some() && known.file == file;
            // A folder without a program, such as one of common modules, is no service.
            if services.found.iter().any(is_named)
                || (file.is_none() && module_in(&folder).is_none())
            {
                continue;
            }
            services.add(Found::read(folder, file, false, current)?)?;
        }
        Ok(services)
    }

    fn add(&mut self, found: Found) -> Result<(), ServiceError> {
        if let Some(other) = self.found.iter().find(|other| other.name == found.name) {
            return Err(ServiceError::SameName {
                name: found.name,
                first: other.folder.clone(),
                second: found.folder,
            });
        }
        self.found.push(found);
        Ok(())
    }

    /// Those that a project called `project` binds in `environments`, and those that they bind. `own` are the classes of
    /// the project's own program.
    pub fn bound_by(
        self,
        project: &str,
        own: &ObjectClasses,
        environments: &[&Environment],
        stored: &Stored,
    ) -> Result<Bound, Failure> {
        let mut bound = Bound {
            services: Vec::new(),
            classes: Classes {
                own: own.clone(),
                of_programs: [(project.to_owned(), own.clone())].into(),
            },
            warnings: Vec::new(),
            candidates: vec![self.folder.clone()],
        };
        let mut running = Vec::new();
        let mut asked: HashSet<String> = [project.to_owned()].into();
        let mut pending: VecDeque<String> = environments
            .iter()
            .flat_map(|environment| bindings::scripts(environment))
            .chain(self.consumers())
            .collect();
        while let Some(name) = pending.pop_front() {
            if !asked.insert(name.clone()) {
                continue;
            }
            let Some((index, resolved)) = self.program(&name) else {
                self.missing(&name, &mut bound);
                continue;
            };
            let classes = self.found[index].config.classes.clone();
            bound.classes.of_programs.insert(name.clone(), classes);
            pending.extend(bindings::scripts(&resolved.environment));
            running.push((name, index, resolved));
        }
        let mut found: Vec<Option<Found>> = self.found.into_iter().map(Some).collect();
        for (name, index, resolved) in running {
            // The same program may run in several environments; what it says about itself is said once.
            let Some(known) = &mut found[index] else {
                continue;
            };
            bound.warnings.append(&mut known.warnings);
            known.is_named = false;
            let service = known.service(name, resolved, stored, &mut bound)?;
            bound.add(service)?;
        }
        for unused in found.into_iter().flatten().filter(|found| found.is_named) {
            let notice = Notice::warning(format!(
                "the service `{}` is not started: nothing binds it",
                unused.name
            ));
            bound.warnings.push(Box::new(notice));
        }
        Ok(bound)
    }

    /// The services that read from queues, whether anybody binds them or not.
    fn consumers(&self) -> Vec<String> {
        let consumes = |found: &&Found| {
            let resolved = found.config.environment(None);
            resolved.is_some_and(|resolved| !resolved.environment.queue_consumers.is_empty())
        };
        let consumers = self.found.iter().filter(consumes);
        consumers.map(|found| found.name.clone()).collect()
    }

    /// The service that runs under a name, with the settings for it: `name`, or `name-environment`.
    fn program(&self, name: &str) -> Option<(usize, ResolvedEnvironment)> {
        let of = |found: &Found| match name.strip_prefix(&found.name)? {
            "" => found.config.environment(None),
            rest => found.config.environment(Some(rest.strip_prefix('-')?)),
        };
        let exact = self.found.iter().position(|found| found.name == name);
        let mut indices = exact.into_iter().chain(0..self.found.len());
        indices.find_map(|index| Some((index, of(&self.found[index])?)))
    }

    /// A program that is bound and not there may come any time; until then using it is an error.
    fn missing(&self, name: &str, bound: &mut Bound) {
        let folder = self.folder.join(name);
        let notice = Notice::warning(format!(
            "there is no service `{name}`: what is bound to it answers with an error"
        ));
        let help = format!(
            "put its program into `{FOLDER}/{name}/`, or name its configuration file with `--config`, after the project's own"
        );
        bound.warnings.push(Box::new(notice.with_help(help)));
        bound.candidates.push(folder.clone());
        let names = CONFIG_FILE_NAMES.iter().chain(&MODULES);
        bound.candidates.extend(names.map(|name| folder.join(name)));
    }
}

impl Bound {
    fn add(&mut self, service: Service) -> Result<(), ServiceError> {
        for consumer in &service.program.consumers {
            let reads = |other: &&Service| {
                let consumers = &mut other.program.consumers.iter();
                consumers.any(|known| known.queue == consumer.queue)
            };
            if let Some(other) = self.services.iter().find(reads) {
                return Err(ServiceError::SameQueue {
                    queue: consumer.queue.clone(),
                    first: other.name.clone(),
                    second: service.name,
                });
            }
        }
        self.services.push(service);
        Ok(())
    }
}

impl Found {
    fn read(
        folder: PathBuf,
        file: Option<PathBuf>,
        is_named: bool,
        current: &Path,
    ) -> Result<Found, Failure> {
        let mut config = WorkerConfig::default();
        let mut warnings: Vec<Warning> = Vec::new();
        if let Some(file) = &file {
            let text = std::fs::read_to_string(file).map_err(Failure::read(file))?;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let format =
                ConfigFormat::of(&name).ok_or_else(|| ServiceError::UnknownFormat(file.clone()))?;
            let shown = relative_to(file, current).display().to_string();
            let parsed = WorkerConfig::parse(&text, &shown, format)?;
            config = parsed.config;
            let problems = parsed.warnings.into_iter();
            warnings.extend(problems.map(|problem| Box::new(problem) as Warning));
        }
        let shown = || relative_to(&folder, current).to_owned();
        let entry = match (&config.main, &file) {
            (Some(main), Some(file)) => {
                let module = folder.join(main);
                if !module.is_file() {
                    return Err(ServiceError::MissingModule {
                        module: relative_to(&module, current).to_owned(),
                        file: relative_to(file, current).to_owned(),
                    }
                    .into());
                }
                module
            }
            _ => module_in(&folder).ok_or_else(|| ServiceError::NoModule(shown()))?,
        };
        let base_name = || {
            let absolute = std::path::absolute(&folder).unwrap_or_else(|_| folder.clone());
            let name = absolute.file_name().unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let name = config.name.clone().unwrap_or_else(base_name);
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if name.is_empty() || !name.bytes().all(fits) {
            let folder = shown();
            return Err(ServiceError::Name { name, folder }.into());
        }
        Ok(Found {
            name,
            folder,
            file,
            config,
            warnings,
            entry,
            is_named,
        })
    }

    /// The program under the name `name` with the settings of an environment.
    fn service(
        &self,
        name: String,
        resolved: ResolvedEnvironment,
        stored: &Stored,
        bound: &mut Bound,
    ) -> Result<Service, Failure> {
        let environment = resolved.environment;
        let notices = resolved.warnings.into_iter().map(Notice::warning);
        let named = notices.map(|notice| Box::new(notice.about(&name)) as Warning);
        bound.warnings.extend(named);
        let names = CONFIG_FILE_NAMES.iter().chain(&MODULES);
        bound
            .candidates
            .extend(names.map(|name| self.folder.join(name)));
        bound.candidates.extend(self.file.clone());
        let suffix = name.strip_prefix(&self.name);
        let environment_name = suffix.and_then(|suffix| suffix.strip_prefix('-'));
        let secrets = Secrets::read(&self.folder, environment_name)?;
        let variables = variables::layered(
            IndexMap::new(),
            environment.vars.clone(),
            secrets.values.clone(),
            stored.of_program(&name),
            Vec::new(),
        );
        let classes = Classes {
            own: self.config.classes.clone(),
            of_programs: bound.classes.of_programs.clone(),
        };
        let bindings = bindings::of(&environment, &classes);
        let compatibility = environment.compatibility.clone();
        Ok(Service {
            name,
            entry: self.entry.clone(),
            program: ProgramSettings::new(
                self.file.clone(),
                environment,
                compatibility,
                secrets,
                variables,
                bindings,
            ),
        })
    }
}

/// The module that a folder's program is without a configuration.
fn module_in(folder: &Path) -> Option<PathBuf> {
    let mut modules = MODULES.iter().map(|name| folder.join(name));
    modules.find(|module| module.is_file())
}
