//! `quire build`: a project into a folder that `quire serve` runs without the sources.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use miette::Diagnostic;
use quire_routes::RoutesRules;

use crate::arguments::BuildArguments;
use crate::built::{self, BuiltProgram, Manifest, Mark};
use crate::copy::{Copied, CopyError, copy_site};
use crate::deployment::{Compiled, compile};
use crate::failure::Failure;
use crate::printer::{self, Notice};
use crate::project::{Project, relative_to};
use crate::services;
use crate::settings::{Loaded, Origin, Purpose, Selection, Settings};
use crate::site_rules;

/// Why a build cannot be written.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum BuildError {
    #[error("`{}` is a folder that `quire build` made", .0.display())]
    #[diagnostic(help("name the project that it was made of"))]
    AlreadyBuilt(PathBuf),

    #[error("`{}` exists, and `quire build` did not make it", .0.display())]
    #[diagnostic(help("remove it, or choose another folder with `--outdir`"))]
    Occupied(PathBuf),

    #[error("cannot write `{}`: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },

    #[error(transparent)]
    Copy(#[from] CopyError),
}

pub fn run(arguments: &BuildArguments) -> Result<ExitCode, Failure> {
    let selection = Selection::new(&arguments.project, Purpose::Serve)?;
    let Loaded {
        origin,
        settings,
        warnings,
    } = selection.load()?;
    printer::warnings(&warnings);
    let project = match origin {
        Origin::Sources(project) => project,
        Origin::Built(built) => return Err(BuildError::AlreadyBuilt(built.folder).into()),
    };
    let compiled = crate::serve::runtime()?.block_on(compile(
        &project,
        &settings,
        Purpose::Serve,
        &selection.current,
    ))?;
    printer::warnings(&compiled.warnings(&project));
    let copied = Draft::create(&arguments.outdir)?.fill(&project, &settings, &compiled)?;
    for path in &copied.left_out {
        let path = relative_to(path, &selection.current).display().to_string();
        printer::diagnostic(&Notice::warning(format!(
            "`{path}` leads out of the folder of static files; it is left out"
        )));
    }
    printer::warnings(&copied.limits.warnings());
    let out = arguments.outdir.display();
    printer::line(format!(
        "Built {} and {} into `{out}`; serve it with `quire serve {out}`",
        match project.worker {
            Some(_) => "`_worker.js`".to_owned(),
            None => counted(compiled.routes.routes().len(), "route"),
        },
        counted(
            usize::try_from(copied.files).unwrap_or(usize::MAX),
            "static file"
        ),
    ));
    Ok(ExitCode::SUCCESS)
}

pub fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// A folder beside the one to write, which takes its place when complete: a build that fails changes nothing.
struct Draft {
    folder: PathBuf,
    target: PathBuf,
}

impl Draft {
    fn create(target: &Path) -> Result<Draft, BuildError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| BuildError::Write { path, source }
        };
        match std::fs::read_dir(target) {
            Ok(mut entries) => {
                if entries.next().is_some() && !built::is_built(target) {
                    return Err(BuildError::Occupied(target.to_owned()));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(target)(error)),
        }
        let target = std::path::absolute(target).map_err(failed(target))?;
        let parent = target.parent().unwrap_or(&target);
        std::fs::create_dir_all(parent).map_err(failed(parent))?;
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".quire-{}", std::process::id()));
        let folder = parent.join(name);
        std::fs::create_dir(&folder).map_err(failed(&folder))?;
        Ok(Draft { folder, target })
    }

    fn fill(
        self,
        project: &Project,
        settings: &Settings,
        compiled: &Compiled,
    ) -> Result<Copied, BuildError> {
        let mut copied = Copied::default();
        if let Some(assets) = &project.assets {
            let to = self.folder.join(built::ASSETS);
            std::fs::create_dir(&to).map_err(|source| BuildError::Write {
                path: to.clone(),
                source,
            })?;
            copied = copy_site(assets, &to, &[&self.folder, &self.target])?;
            for (path, folder) in compiled.mounted_assets() {
                let to = to.join(path);
                std::fs::create_dir_all(&to).map_err(|source| BuildError::Write {
                    path: to.clone(),
                    source,
                })?;
                copied += copy_site(&folder, &to, &[])?;
            }
            for name in site_rules::FILES {
                self.copy(&assets.join(name), name)?;
            }
        }
        if let Some(bundle) = &compiled.bundle {
            self.write(built::SCRIPT, &bundle.script)?;
            self.write(built::SOURCE_MAP, &bundle.source_map)?;
            let rules = match &compiled.rules {
                Some(own) => Some(own.text.clone()),
                None if project.worker.is_some() => None,
                None => Some(RoutesRules::generate(&compiled.routes).to_json()),
            };
            if let Some(rules) = rules {
                self.write(built::RULES, &rules)?;
            }
        }
        for (service, bundle) in &compiled.services {
            let folder = Path::new(services::FOLDER).join(&service.name);
            let path = self.folder.join(&folder);
            std::fs::create_dir_all(&path).map_err(|source| BuildError::Write { path, source })?;
            self.write(folder.join(built::SERVICE_SCRIPT), &bundle.script)?;
            self.write(folder.join(built::SERVICE_SOURCE_MAP), &bundle.source_map)?;
        }
        let services = compiled.services.iter().map(|(service, _)| service);
        let manifest = Manifest {
            mark: Mark::own(),
            name: settings.name.clone(),
            commit: settings.commit.clone(),
            program: BuiltProgram::of(&settings.program),
            services: services
                .map(|service| (service.name.clone(), BuiltProgram::of(&service.program)))
                .collect(),
            has_assets: project.assets.is_some(),
            has_worker: project.worker.is_some(),
            has_own_rules: compiled.rules.is_some(),
            routes: compiled.routes.clone(),
        };
        let manifest =
            serde_json::to_string_pretty(&manifest).map_err(|error| BuildError::Write {
                path: self.folder.join(built::MANIFEST),
                source: error.into(),
            })?;
        self.write(built::MANIFEST, &manifest)?;
        self.replace()?;
        Ok(copied)
    }

    fn write(&self, name: impl AsRef<Path>, content: &str) -> Result<(), BuildError> {
        let path = self.folder.join(name);
        std::fs::write(&path, content).map_err(|source| BuildError::Write { path, source })
    }

    /// Copies a file, if it is there.
    fn copy(&self, from: &Path, name: &str) -> Result<(), BuildError> {
        if !from.is_file() {
            return Ok(());
        }
        std::fs::copy(from, self.folder.join(name)).map_err(|source| BuildError::Write {
            path: self.folder.join(name),
            source,
        })?;
        Ok(())
    }

    fn replace(&self) -> Result<(), BuildError> {
        let failed = |source| BuildError::Write {
            path: self.target.clone(),
            source,
        };
        if self.target.exists() {
            let mut old = self.folder.clone().into_os_string();
            old.push("-old");
            std::fs::rename(&self.target, &old).map_err(failed)?;
            let replaced = std::fs::rename(&self.folder, &self.target);
            if replaced.is_err() {
                // Rather the old build than none; what is reported is the first failure.
                let _ = std::fs::rename(&old, &self.target);
            }
            replaced.map_err(failed)?;
            return std::fs::remove_dir_all(&old).map_err(failed);
        }
        std::fs::rename(&self.folder, &self.target).map_err(failed)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After success it is gone already.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
