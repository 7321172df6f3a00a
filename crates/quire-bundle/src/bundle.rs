//! One build, from the project's files to a script.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use quire_routes::HandlerRef;
use rolldown::{BundleOutput, Bundler};
use rolldown_common::Output;
use rolldown_error::BuildDiagnostic;
use rolldown_sourcemap::{SourceMap, empty_sourcemap};

use crate::asset_folders::AssetFolder;
use crate::diagnostics::{BundleErrors, Problem, Severity, in_order};
use crate::entry::{functions_entry, worker_entry};
use crate::exports::no_default_export;
use crate::finish::finish;
use crate::modules::{self, ModuleFile};
use crate::options::{Settings, TreeShaking, settings};
use crate::plugin::{Findings, OwnFiles, ProjectPlugin};
use crate::source::relative_to;
use crate::translate::Translator;

/// Far beyond any build. A task of rolldown that panics leaves it waiting for that task's answer; this ends the wait.
const LIMIT: Duration = Duration::from_secs(30);

/// What to bundle and how.
#[derive(Debug, Clone)]
pub struct BundleInput {
    /// The project's root: paths in messages and in the source map are relative to it.
    pub project_dir: PathBuf,
    /// What the script consists of.
    pub program: Program,
    /// What `process.env.NODE_ENV` says.
    pub mode: Mode,
    /// Whether to shorten the code. Names of functions and classes are kept all the same.
    pub minify: bool,
    /// Whether the compatibility flag `nodejs_compat` is on.
    pub node_compat: bool,
    /// Whether `node:async_hooks` can be imported: by `nodejs_compat`, or by `nodejs_als` alone.
    pub async_hooks: bool,
    /// Expressions to replace by others, such as `("__VERSION__", "\"1.0\"")`; they win over the built-in ones.
    pub define: Vec<(String, String)>,
}

/// The kinds of program a project can have.
#[derive(Debug, Clone)]
pub enum Program {
    /// File-routed handlers.
    Functions {
        /// The `functions/` directory.
        dir: PathBuf,
        /// The handlers the routes refer to, with files relative to `dir`.
        handlers: Vec<HandlerRef>,
    },
    /// A module whose exports are the entry points.
    Service {
        /// The module, such as `src/index.ts`.
        entry: PathBuf,
    },
    /// A `_worker.js`: a module whose default export answers all requests.
    Worker {
        /// The module: `_worker.js`, or `_worker.js/index.js`.
        entry: PathBuf,
        /// The folder every file of which is a module of the program: a `_worker.js` folder.
        modules: Option<PathBuf>,
        /// Whether imports are followed: of packages, and of files outside the folder of modules.
        bundled: bool,
    },
}

/// What the build is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Serving and deploying.
    #[default]
    Production,
    /// The development server.
    Development,
}

/// The result of a build.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// One JavaScript expression: an async function that takes the `quire` object and calls `quire.register` or `quire.worker`.
    pub script: String,
    /// Source map of `script` (JSON, version 3, with the sources' text).
    pub source_map: String,
    /// Every file that went in, and the `tsconfig.json` that applied.
    pub watched: Vec<PathBuf>,
    /// Folders of static files that the script asks for, below `cdn-cgi/pages-plugins/` and their names.
    pub asset_folders: Vec<AssetFolder>,
    /// What the author should know although it worked.
    pub warnings: Vec<Problem>,
}

/// Bundles a project.
///
/// Needs a tokio runtime of either flavour with the time driver: rolldown spawns a task for each module. On a
/// current-thread runtime the modules are read and parsed one after the other; linking and printing use rayon's global
/// pool (one thread per core, parked when idle) in both cases. Files are read on the runtime's own threads, so the
/// blocking pool stays empty.
pub async fn bundle(input: &BundleInput) -> Result<Bundle, BundleErrors> {
    let project = canonical(&input.project_dir)?;
    let modules = match &input.program {
        Program::Worker { modules, .. } => modules.as_deref().map(canonical).transpose()?,
        Program::Functions { .. } | Program::Service { .. } => None,
    };
    let mut site = Site {
        project,
        modules,
        computed: Vec::new(),
    };
    let first = attempt(input, &site).await?;
    match (&site.modules, first.computes_imports) {
        // Which modules they are is only known at run time, so all of them have to be there.
        (Some(folder), true) => {
            site.computed = modules::files(folder)?;
            Ok(attempt(input, &site).await?.bundle)
        }
        _ => Ok(first.bundle),
    }
}

/// Where the program's files are.
struct Site {
    project: PathBuf,
    /// The folder of modules.
    modules: Option<PathBuf>,
    /// Those of them that can be imported by computed names.
    computed: Vec<ModuleFile>,
}

struct Attempt {
    bundle: Bundle,
    /// Whether it imports what is only known when it runs.
    computes_imports: bool,
}

async fn attempt(input: &BundleInput, site: &Site) -> Result<Attempt, BundleErrors> {
    let project = &site.project;
    let entry = match &input.program {
        Program::Functions { dir, handlers } => functions_entry(&canonical(dir)?, handlers),
        Program::Service { entry } => worker_entry(&canonical(entry)?, false),
        Program::Worker { entry, .. } => {
            worker_entry(&canonical(entry)?, !site.computed.is_empty())
        }
    };
    let first = build(input, site, &entry, TreeShaking::On).await;
    // Rolldown loses a module that is only kept because a direct `eval` might use it. It finds it again when it keeps all.
    let built = match first.result {
        Err(Failure::Fault(_)) => build(input, site, &entry, TreeShaking::Off).await,
        _ => first,
    };

    let findings = built.findings;
    let watched: Vec<PathBuf> = findings
        .files
        .iter()
        .cloned()
        .chain(built.tsconfig)
        .collect();
    let translator = Translator {
        project,
        node_compat: input.node_compat,
        async_hooks: input.async_hooks,
        findings: &findings,
    };
    let mut problems = built.warnings;
    problems.extend(translator.runtime_imports());
    problems.extend(translator.unbundled_imports());
    if let Program::Worker { entry, .. } = &input.program {
        problems.extend(no_default_export(&canonical(entry)?, project));
    }
    problems.extend(translator.missing_imports());
    let mut finished = None;
    match built.result {
        Ok(output) => {
            problems.extend(translator.problems(output.warnings));
            // Unresolved imports would only fail again, in words that say less.
            if !has_errors(&problems) {
                let replaces_env = findings.imports_module("cloudflare:workers")
                    && ["withEnv", "withExports"]
                        .iter()
                        .any(|name| output.code.contains(name));
                let keeps_context = findings.imports_module("node:async_hooks") || replaces_env;
                let modules = site.modules.as_deref();
                let modules = modules.map(|folder| relative_to(project, folder));
                match finish(
                    &output.code,
                    output.map,
                    &findings.binaries,
                    keeps_context,
                    modules.as_deref(),
                ) {
                    Ok(script) => finished = Some(script),
                    Err(found) => problems.extend(found),
                }
            }
        }
        Err(Failure::Errors(errors)) => problems.extend(translator.problems(errors)),
        Err(Failure::Fault(message)) => problems.push(Problem::error(message).with_help(
            "this is a fault of the bundler; please report it with the project that causes it",
        )),
    }

    let problems = in_order(problems);
    match finished {
        Some(finished) if !has_errors(&problems) => {
            let bundle = Bundle {
                // Tree shaking may have dropped the import.
                asset_folders: (findings.asset_folders.iter())
                    .filter(|folder| finished.script.contains(&folder.name))
                    .cloned()
                    .collect(),
                script: finished.script,
                source_map: finished.source_map,
                watched,
                warnings: problems,
            };
            Ok(Attempt {
                bundle,
                computes_imports: finished.computes_imports,
            })
        }
        _ => Err(BundleErrors { problems, watched }),
    }
}

/// One run of rolldown.
struct Build {
    result: Result<Chunk, Failure>,
    findings: Findings,
    /// What was found while the settings were made.
    warnings: Vec<Problem>,
    tsconfig: Option<PathBuf>,
}

struct Chunk {
    code: String,
    map: SourceMap,
    warnings: Vec<BuildDiagnostic>,
}

enum Failure {
    /// The project's.
    Errors(Vec<BuildDiagnostic>),
    /// Rolldown's.
    Fault(String),
}

async fn build(input: &BundleInput, site: &Site, entry: &str, tree_shaking: TreeShaking) -> Build {
    let findings = Arc::new(Mutex::new(Findings::default()));
    let plugin = ProjectPlugin {
        entry: entry.to_owned(),
        modules: site.computed.clone(),
        own_files: own_files(&input.program, site.modules.as_deref()),
        project: site.project.clone(),
        node_compat: input.node_compat,
        findings: Arc::clone(&findings),
    };
    let mut warnings = Vec::new();
    let Settings { options, tsconfig } =
        settings(input, &site.project, tree_shaking, &mut warnings);
    let result = match Bundler::with_plugins(options, vec![Arc::new(plugin)]) {
        Ok(mut bundler) => {
            let building = AssertUnwindSafe(bundler.generate()).catch_unwind();
            match tokio::time::timeout(LIMIT, building).await {
                Ok(Ok(Ok(output))) => single_chunk(output),
                Ok(Ok(Err(errors))) => Err(Failure::Errors(errors.into_vec())),
                Ok(Err(_)) => Err(Failure::Fault("the bundler crashed".to_owned())),
                Err(_) => Err(Failure::Fault(format!(
                    "the bundler did not finish within {} s",
                    LIMIT.as_secs()
                ))),
            }
        }
        Err(errors) => Err(Failure::Errors(errors.into_vec())),
    };
    let findings = std::mem::take(&mut *findings.lock().unwrap_or_else(PoisonError::into_inner));
    Build {
        result,
        findings,
        warnings,
        tsconfig,
    }
}

/// What a program consists of that is not bundled.
fn own_files(program: &Program, modules: Option<&Path>) -> Option<OwnFiles> {
    match program {
        Program::Worker { bundled: false, .. } => Some(match modules {
            Some(folder) => OwnFiles::Folder(folder.to_owned()),
            None => OwnFiles::One,
        }),
        Program::Worker { .. } | Program::Service { .. } | Program::Functions { .. } => None,
    }
}

fn has_errors(problems: &[Problem]) -> bool {
    problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
}

/// Symbolic links on the way to the project would make its files look as if they were elsewhere.
fn canonical(path: &Path) -> Result<PathBuf, Problem> {
    path.canonicalize()
        .map_err(|error| Problem::error(format!("cannot find `{}`: {error}", path.display())))
}

fn single_chunk(output: BundleOutput) -> Result<Chunk, Failure> {
    let mut chunks: Vec<_> = output
        .assets
        .into_iter()
        .filter_map(|output| match output {
            Output::Chunk(chunk) => Some(chunk),
            Output::Asset(_) => None,
        })
        .collect();
    match (chunks.pop(), chunks.is_empty()) {
        (Some(chunk), true) => Ok(Chunk {
            code: chunk.code.clone(),
            map: chunk.map.clone().unwrap_or_else(empty_sourcemap),
            warnings: output.warnings,
        }),
        _ => Err(Failure::Fault(
            "the bundler did not produce one script".to_owned(),
        )),
    }
}
