//! A project that is built again at every change.

use std::path::Path;

use quire_config::CONFIG_FILE_NAMES;
use quire_routes::RouteTable;
use quire_server::Deployment;
use quire_server::dev::{Build, BuildFailure, Watched};

use crate::built;
use crate::configuration::REDIRECT;
use crate::deployment::compile;
use crate::failure::Failure;
use crate::printer::{self, Notice, Warning};
use crate::project::{USUAL_OUTPUT_FOLDERS, WORKER};
use crate::settings::{Loaded, Origin, Purpose, Selection, Settings};
use crate::site_limits::SiteLimits;
use crate::{report, routes, site_rules, summary};

/// A project that is built again and again.
pub struct Developing {
    selection: Selection,
    /// What was found before the first build.
    loaded: Option<Loaded>,
    /// What answers in place of static files, for people.
    upstream: Option<String>,
    /// Whether open pages load themselves again.
    live_reload: bool,
    /// What to watch; what the last build that got so far said, and stays in force when the next gets less far.
    watched: Watched,
    /// The warnings that were printed last: the same ones at every save would hide new ones.
    told: String,
    is_first: bool,
}

impl Developing {
    pub fn new(
        selection: Selection,
        loaded: Loaded,
        upstream: Option<String>,
        live_reload: bool,
    ) -> Developing {
        Developing {
            selection,
            loaded: Some(loaded),
            upstream,
            live_reload,
            watched: Watched::default(),
            told: String::new(),
            is_first: true,
        }
    }

    pub async fn build(&mut self) -> Build {
        let outcome = self.attempt().await.map_err(|failure| {
            if let Failure::Bundle(errors) = &failure {
                self.watched.paths.extend(errors.watched.iter().cloned());
            }
            BuildFailure {
                terminal: printer::drawn_for_stderr(&failure),
                page: report::plain(&failure),
            }
        });
        self.is_first = false;
        Build {
            outcome,
            watched: self.watched.clone(),
        }
    }

    async fn attempt(&mut self) -> Result<Deployment, Failure> {
        let loaded = match self.loaded.take() {
            Some(loaded) => loaded,
            None => self.selection.load()?,
        };
        let current = self.selection.current.clone();
        let Loaded {
            origin,
            settings,
            mut warnings,
        } = loaded;
        self.watched = watched(&origin, &settings);
        if !self.live_reload {
            self.watched.pages.clear();
        }
        if settings.program.compatibility.date.is_none() {
            let notice = Notice::note(format!(
                "no compatibility date is set; today's behaviours are used ({})",
                settings.program.compatibility_date()
            ));
            let help = "set `compatibility_date` in `wrangler.toml`, or use `--compatibility-date`";
            warnings.push(Box::new(notice.with_help(help)));
        }
        let project = match &origin {
            Origin::Sources(project) => project.clone(),
            Origin::Built(built) => {
                self.tell(&origin, &settings, &built.manifest.routes, &warnings);
                return built::Built::clone(built)
                    .into_deployment(&settings, self.selection.data_folder(&current));
            }
        };
        let compiled = compile(&project, &settings, Purpose::Dev, &current).await?;
        self.watched.paths.extend(
            compiled
                .bundles()
                .flat_map(|bundle| bundle.watched.iter().cloned()),
        );
        warnings.extend(compiled.warnings(&project));
        warnings.extend(routes::warnings(&compiled.routes));
        if let Some(assets) = &project.assets {
            warnings.extend(SiteLimits::of(assets).warnings());
        }
        self.tell(&origin, &settings, &compiled.routes, &warnings);
        let data = self.selection.data_folder(&project.root);
        Ok(compiled.into_deployment(&project, &settings, Purpose::Dev, data))
    }

    /// Prints the summary at the first build, and warnings that are new.
    fn tell(
        &mut self,
        origin: &Origin,
        settings: &Settings,
        routes: &RouteTable,
        warnings: &[Warning],
    ) {
        if self.is_first {
            let upstream = self.upstream.as_deref();
            summary::print(origin, settings, routes, upstream, &self.selection.current);
        }
        let text: String = warnings
            .iter()
            .map(|warning| report::plain(warning.as_ref()))
            .collect();
        if text != self.told {
            printer::warnings(warnings);
            self.told = text;
        }
    }
}

/// The files that decide what a project is, whether they exist or not. What the functions import comes on top.
fn watched(origin: &Origin, settings: &Settings) -> Watched {
    let mut paths = settings.service_candidates.clone();
    let services = settings.services.iter().map(|service| &service.program);
    for program in services.chain([&settings.program]) {
        paths.extend(program.variable_candidates.iter().cloned());
        paths.extend(program.file.clone());
    }
    let mut add =
        |folder: &Path, names: &[&str]| paths.extend(names.iter().map(|name| folder.join(name)));
    let project = match origin {
        Origin::Sources(project) => project,
        Origin::Built(built) => {
            add(&built.folder, &site_rules::FILES);
            add(
                &built.folder,
                &[built::MANIFEST, built::SCRIPT, built::RULES, built::ASSETS],
            );
            return Watched {
                trees: Vec::new(),
                paths,
                pages: built.assets().into_iter().collect(),
            };
        }
    };
    add(&project.root, &CONFIG_FILE_NAMES);
    add(&project.root, &[REDIRECT]);
    match project.proxied {
        true => add(&project.root, &[WORKER]),
        false => add(&project.root, &USUAL_OUTPUT_FOLDERS),
    }
    if let Some(assets) = &project.assets {
        add(assets, &["_routes.json", WORKER]);
        add(assets, &site_rules::FILES);
        paths.push(assets.clone());
    }
    Watched {
        trees: match &project.worker {
            // Any file of such a folder can be imported.
            Some(_) => project.worker_folder().into_iter().collect(),
            None => vec![project.root.join("functions")],
        },
        paths,
        pages: project.assets.iter().cloned().collect(),
    }
}
