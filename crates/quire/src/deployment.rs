//! From a project's sources, or from what was built of them, to what a server serves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quire_bundle::{
    ASSET_FOLDERS_PREFIX, Bundle, BundleInput, Program as Code, bundle, functions_files,
};
use quire_routes::{RouteOptions, RouteTable, RoutesRules, RuleProblem, SiteRules};
use quire_runtime::Program;
use quire_server::{Deployment, ServiceProgram};

use crate::built::Built;
use crate::failure::Failure;
use crate::printer::{Notice, Warning};
use crate::project::{Project, relative_to};
use crate::services::Service;
use crate::settings::{ProgramSettings, Purpose, Settings};
use crate::site_rules;
use crate::variables;

/// The flag that restores the original's order where an `index` and a catch-all compete.
pub const CATCHALL_FLAG: &str = "pages_catchall_shadows_index";

/// What was compiled from a project's sources.
#[derive(Debug)]
pub struct Compiled {
    pub routes: RouteTable,
    /// `None` without routes and `_worker.js`.
    pub bundle: Option<Bundle>,
    /// The programs beside the project's own.
    pub services: Vec<(Service, Bundle)>,
    pub rules: Option<ProjectRules>,
    /// `_redirects` and `_headers`.
    pub site_rules: SiteRules,
    /// Lines of theirs that make no rule.
    pub rule_problems: Vec<RuleProblem>,
}

/// A project's own `_routes.json`.
#[derive(Debug, Clone)]
pub struct ProjectRules {
    pub text: String,
    pub rules: RoutesRules,
}

/// The routes of a project's functions; none without `functions/` and in advanced mode.
pub fn routes(project: &Project, settings: &Settings) -> Result<RouteTable, Failure> {
    let (Some(functions), None) = (&project.functions, &project.worker) else {
        return Ok(RouteTable::default());
    };
    let files = functions_files(functions)?;
    let options = RouteOptions {
        catchall_shadows_index: settings.program.compatibility.has(CATCHALL_FLAG),
    };
    Ok(RouteTable::from_files(&files, &options)?)
}

/// The `_routes.json` in the folder of static files. Without functions it means nothing and is not read.
///
/// A project without the file needs no rules: the router knows without entering JavaScript that no function wants a path.
/// The platform generates rules all the same (and `quire build` writes them, for use there); they match by case and the
/// router does not, so that `/API/x` would be static there and a function in development. Here it is the same
/// function in `dev` and `serve`, as in the original's development server.
pub fn project_rules(
    project: &Project,
    routes: &RouteTable,
    current: &Path,
) -> Result<Option<ProjectRules>, Failure> {
    let has_program = project.worker.is_some() || !routes.is_empty();
    let file = match &project.assets {
        Some(assets) if has_program => assets.join("_routes.json"),
        _ => return Ok(None),
    };
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Failure::Read { path: file, source }),
    };
    let rules = RoutesRules::parse(&relative_to(&file, current).display().to_string(), &text)?;
    Ok(Some(ProjectRules { text, rules }))
}

/// Compiles a project's functions.
pub async fn compile(
    project: &Project,
    settings: &Settings,
    purpose: Purpose,
    current: &Path,
) -> Result<Compiled, Failure> {
    let routes = routes(project, settings)?;
    let rules = project_rules(project, &routes, current)?;
    let mode = match purpose {
        Purpose::Dev => quire_bundle::Mode::Development,
        Purpose::Serve | Purpose::Look => quire_bundle::Mode::Production,
    };
    let bundled = async |code: Code, settings: &ProgramSettings| {
        let node_compat = settings.compatibility.has_node();
        bundle(&BundleInput {
            project_dir: project.root.clone(),
            program: code,
            mode,
            minify: false,
            node_compat,
            async_hooks: node_compat || settings.compatibility.has("nodejs_als"),
            define: Vec::new(),
        })
        .await
    };
    let bundle = match (&project.worker, &project.functions) {
        (Some(worker), _) => {
            let code = Code::Worker {
                entry: worker.clone(),
                modules: project.worker_folder(),
                bundled: settings.bundles_worker,
            };
            Some(bundled(code, &settings.program).await?)
        }
        (None, Some(functions)) if !routes.is_empty() => {
            let code = Code::Functions {
                dir: functions.clone(),
                handlers: routes.handlers().cloned().collect(),
            };
            Some(bundled(code, &settings.program).await?)
        }
        _ => None,
    };
    let mut services = Vec::new();
    for service in &settings.services {
        let code = Code::Service {
            entry: service.entry.clone(),
        };
        let bundle = bundled(code, &service.program).await?;
        services.push((service.clone(), bundle));
    }
    let (site_rules, rule_problems) = match &project.assets {
        Some(assets) => site_rules::read(assets, current)?,
        None => Default::default(),
    };
    Ok(Compiled {
        routes,
        bundle,
        services,
        rules,
        site_rules,
        rule_problems,
    })
}

impl Compiled {
    /// The bundles of all programs.
    pub fn bundles(&self) -> impl Iterator<Item = &Bundle> {
        let services = self.services.iter().map(|(_, bundle)| bundle);
        self.bundle.iter().chain(services)
    }

    /// What the author should know although it worked.
    pub fn warnings(&self, project: &Project) -> Vec<Warning> {
        let problems = self.bundles().flat_map(|bundle| &bundle.warnings);
        let mut warnings: Vec<Warning> = problems
            .map(|problem| Box::new(problem.clone()) as Warning)
            .collect();
        if project.worker.is_some() && project.functions.is_some() {
            let notice =
                Notice::warning("`functions/` is ignored: `_worker.js` answers all requests")
                    .with_help("remove one of the two");
            warnings.push(Box::new(notice));
        } else if self.routes.is_empty() && project.functions.is_some() {
            let notice = Notice::warning(
                "no file in `functions/` exports a handler; only static files are served",
            )
            .with_help("export a function named `onRequest`, `onRequestGet`, `onRequestPost`, …");
            warnings.push(Box::new(notice));
        }
        let has_asset_folders = self
            .bundles()
            .any(|bundle| !bundle.asset_folders.is_empty());
        if project.assets.is_none() && has_asset_folders {
            let notice = Notice::warning(
                "the functions import static files with `assets:`; without an output folder none are served",
            )
            .with_help("name an output folder, be it an empty one");
            warnings.push(Box::new(notice));
        }
        let problems = self.rule_problems.iter().cloned();
        warnings.extend(problems.map(|problem| Box::new(problem) as Warning));
        warnings
    }

    /// The folders that the project's own program imports with `assets:`, by their paths in the site. A service has no site.
    pub fn mounted_assets(&self) -> BTreeMap<String, PathBuf> {
        let folders = self.bundle.iter().flat_map(|bundle| &bundle.asset_folders);
        folders
            .map(|folder| {
                let path = format!("{ASSET_FOLDERS_PREFIX}/{}", folder.name);
                (path, folder.path.clone())
            })
            .collect()
    }

    /// What a server serves.
    pub fn into_deployment(
        self,
        project: &Project,
        settings: &Settings,
        purpose: Purpose,
        data: PathBuf,
    ) -> Deployment {
        let mounted_assets = self.mounted_assets();
        let routes = self.routes;
        let own = self.bundle.map(|bundle| {
            program(
                bundle.script,
                Some(bundle.source_map),
                routes,
                &settings.program,
            )
        });
        let services = self.services.into_iter().map(|(service, bundle)| {
            let source_map = Some(bundle.source_map);
            let routes = RouteTable::default();
            ServiceProgram {
                program: program(bundle.script, source_map, routes, &service.program),
                name: service.name,
            }
        });
        Deployment {
            name: settings.name.clone(),
            program: own,
            services: services.collect(),
            assets: project.assets.clone(),
            mounted_assets,
            routes_rules: self.rules.map(|rules| rules.rules),
            site_rules: self.site_rules,
            // Source code is for the developer's eyes.
            project: (purpose == Purpose::Dev).then(|| project.root.clone()),
            data: Some(data),
        }
    }
}

impl Built {
    /// What a server serves.
    pub fn into_deployment(
        self,
        settings: &Settings,
        data: PathBuf,
    ) -> Result<Deployment, Failure> {
        let rules = self.rules()?;
        let assets = self.assets();
        // What is wrong with a line was said when the folder was made.
        let (site_rules, _) = site_rules::read(&self.folder, &self.folder)?;
        let own = match self.code()? {
            Some((script, source_map)) => {
                let routes = self.manifest.routes.clone();
                Some(program(script, source_map, routes, &settings.program))
            }
            None => None,
        };
        let services = settings.services.iter().map(|service| {
            let (script, source_map) = self.service(&service.name)?;
            let routes = RouteTable::default();
            Ok(ServiceProgram {
                name: service.name.clone(),
                program: program(script, source_map, routes, &service.program),
            })
        });
        Ok(Deployment {
            name: settings.name.clone(),
            program: own,
            services: services.collect::<Result<_, Failure>>()?,
            assets,
            // They were copied into the folder of static files.
            mounted_assets: BTreeMap::new(),
            routes_rules: rules,
            site_rules,
            project: None,
            data: Some(data),
        })
    }
}

fn program(
    script: String,
    source_map: Option<String>,
    routes: RouteTable,
    settings: &ProgramSettings,
) -> Program {
    Program {
        script,
        source_map,
        routes,
        vars: variables::values(&settings.variables),
        bindings: settings.bindings.clone(),
        consumers: settings.consumers.clone(),
        compatibility_date: settings.compatibility_date(),
        compatibility_flags: settings.compatibility.flags.clone(),
        cpu_limit_ms: settings.cpu_limit_ms,
        subrequest_limit: settings.subrequest_limit,
        handler_limit_ms: quire_runtime::HANDLER_LIMIT_MS,
    }
}
