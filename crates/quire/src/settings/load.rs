//! From what the user named to the settings of all sources.

use std::path::Path;

use indexmap::IndexMap;
use quire_config::{Compatibility, DevSettings, Severity, Strictness, Variable};
use quire_runtime::Binding;

use super::{Loaded, Origin, ProgramSettings, Purpose, Selection, Settings};
use crate::bindings::{self, Classes};
use crate::built::{self, Built};
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::git::Commit;
use crate::printer::{Notice, Warning};
use crate::project::{Place, Project};
use crate::secret::Stored;
use crate::services::{self, Service, Services};
use crate::variables;

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
