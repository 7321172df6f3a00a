//! What makes a project's imports mean what they mean on the original: the rolldown plugin.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rolldown::plugin::{
    HookLoadArgs, HookLoadOutput, HookLoadReturn, HookResolveIdArgs, HookResolveIdOutput,
    HookResolveIdReturn, HookUsage, Plugin, PluginContext, SharedLoadPluginContext,
};
use rolldown_common::side_effects::HookSideEffects;
use rolldown_common::{ImportKind, ModuleType, ResolvedExternal};
use rolldown_resolver::ResolveError;

use crate::asset_folders::{self, AssetFolder};
use crate::builtin::runtime_module;
use crate::diagnostics::Problem;
use crate::entry::{ENTRY, MODULES, literal};
use crate::modules::{ModuleFile, register};
use crate::source::{decode, path_hash, relative_to};

/// Ids of modules that are no files start with this, as rolldown's own do.
const ENTRY_ID: &str = "\0quire:entry";
const MODULES_ID: &str = "\0quire:modules";
const REQUIRE_PREFIX: &str = "\0quire:require:";

/// What was learnt while rolldown read the modules.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Every file that went in.
    pub files: BTreeSet<PathBuf>,
    /// Files that become a constant of the wrapper, by the identifier of that constant.
    pub binaries: BTreeMap<String, Binary>,
    /// Imports of the runtime's modules.
    pub runtime_imports: BTreeSet<OutsideImport>,
    /// Imports of packages that were not found. Rolldown reports these too, but as warnings, which it drops when there
    /// is an error as well.
    pub missing_packages: BTreeSet<OutsideImport>,
    /// Imports of URLs.
    pub remote_imports: BTreeSet<OutsideImport>,
    /// Imports of a program that is not bundled which only a bundler could follow.
    pub unbundled_imports: BTreeSet<OutsideImport>,
    /// Folders of static files that are imported with `assets:`.
    pub asset_folders: BTreeSet<AssetFolder>,
    /// What to say about a file that could not be loaded, by its path.
    pub unloadable: BTreeMap<String, Problem>,
}

impl Findings {
    /// Whether any module of the program imports this one of the runtime.
    pub(crate) fn imports_module(&self, name: &str) -> bool {
        self.runtime_imports
            .iter()
            .any(|import| import.module == name)
    }
}

#[derive(Debug)]
pub(crate) struct Binary {
    pub wasm: bool,
    pub bytes: Vec<u8>,
}

/// An import of something that is no file of the project.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OutsideImport {
    pub module: String,
    pub importer: String,
}

/// What may be imported in a program that is not bundled, besides modules of the runtime.
#[derive(Debug)]
pub(crate) enum OwnFiles {
    /// Nothing: it is one file.
    One,
    /// The files of this folder.
    Folder(PathBuf),
}

impl OwnFiles {
    fn contain(&self, specifier: &str, importer: &Path) -> bool {
        let OwnFiles::Folder(folder) = self else {
            return false;
        };
        let target = importer.parent().map(|parent| parent.join(specifier));
        let target = target.and_then(|target| target.canonicalize().ok());
        specifier.starts_with('.') && target.is_some_and(|target| target.starts_with(folder))
    }
}

#[derive(Debug)]
pub(crate) struct ProjectPlugin {
    /// Text of the generated entry.
    pub entry: String,
    /// What can be imported by a computed name.
    pub modules: Vec<ModuleFile>,
    pub project: PathBuf,
    /// The files of a program that is not bundled.
    pub own_files: Option<OwnFiles>,
    pub node_compat: bool,
    pub findings: Arc<Mutex<Findings>>,
}

impl ProjectPlugin {
    fn findings(&self) -> MutexGuard<'_, Findings> {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the runtime has this module by this very name.
    fn has_as_it_is(&self, specifier: &str) -> bool {
        specifier.starts_with("cloudflare:") || (self.node_compat && specifier.starts_with("node:"))
    }

    fn resolve(
        &self,
        specifier: &str,
        importer: Option<&str>,
        kind: ImportKind,
    ) -> Option<HookResolveIdOutput> {
        if specifier == ENTRY && importer.is_none() {
            return Some(HookResolveIdOutput::from_id(ENTRY_ID));
        }
        if specifier == MODULES && importer == Some(ENTRY_ID) {
            return Some(HookResolveIdOutput::from_id(MODULES_ID));
        }
        if let (Some(own), Some(importer)) = (&self.own_files, importer)
            && !importer.starts_with('\0')
            && !self.has_as_it_is(specifier)
            && !own.contain(specifier, file_of(importer))
        {
            self.findings().unbundled_imports.insert(OutsideImport {
                module: specifier.to_owned(),
                importer: importer.to_owned(),
            });
            // Whether it can be found is another matter.
            return Some(outside(specifier));
        }
        if let Some(module) = runtime_module(specifier, self.node_compat) {
            if let Some(importer) = importer.filter(|importer| !importer.starts_with('\0')) {
                self.findings().runtime_imports.insert(OutsideImport {
                    module: module.clone(),
                    importer: importer.to_owned(),
                });
            }
            if kind == ImportKind::Require {
                return Some(HookResolveIdOutput::from_id(format!(
                    "{REQUIRE_PREFIX}{module}"
                )));
            }
            // Left as an import in rolldown's output; `finish` turns it into a call of `quire.module`.
            return Some(outside(&module));
        }
        if let Some(folder) = asset_folders::imported(specifier, importer) {
            return Some(HookResolveIdOutput::from_id(asset_folders::id(&folder)));
        }
        if ["http:", "https:", "//"]
            .iter()
            .any(|scheme| specifier.starts_with(scheme))
        {
            let importer = importer.unwrap_or_default().to_owned();
            self.findings().remote_imports.insert(OutsideImport {
                module: specifier.to_owned(),
                importer,
            });
        }
        // The resolver reads `?` and `#` as query and fragment, but both may stand in the name of a function's file.
        if matches!(importer, Some(ENTRY_ID | MODULES_ID)) && specifier.contains(['?', '#']) {
            return Some(HookResolveIdOutput::from_id(specifier));
        }
        None
    }

    fn load(&self, id: &str) -> anyhow::Result<Option<HookLoadOutput>> {
        if id == ENTRY_ID {
            return Ok(Some(code(self.entry.clone(), ModuleType::Js)));
        }
        if id == MODULES_ID {
            return Ok(Some(code(register(&self.modules), ModuleType::Js)));
        }
        if let Some(module) = id.strip_prefix(REQUIRE_PREFIX) {
            // `require` of a Node module gives its default export, which is what `module.exports` is there.
            let text = format!(
                "const runtimeModule = quire.module({});\nmodule.exports = \"default\" in runtimeModule ? runtimeModule.default : runtimeModule;\n",
                literal(module)
            );
            return Ok(Some(code(text, ModuleType::Js)));
        }
        if let Some(path) = asset_folders::path_of(id) {
            let folder = AssetFolder::new(path, &self.project);
            let text = asset_folders::module(&folder);
            self.findings().asset_folders.insert(folder);
            return Ok(Some(code(text, ModuleType::Js)));
        }
        if id.starts_with('\0') || id.starts_with("rolldown:") {
            return Ok(None);
        }

        let path = file_of(id);
        self.findings().files.insert(path.to_owned());
        let label = relative_to(&self.project, path);
        let refuse = |problem: Problem| {
            // Rolldown passes on that it failed but not why, so the reason is kept for when it comes back.
            let error = anyhow::Error::msg(problem.message.clone());
            self.findings().unloadable.insert(id.to_owned(), problem);
            error
        };
        let Some(kind) = kind_of(path) else {
            return Err(refuse(no_loader(&label)));
        };
        let bytes = fs::read(path)
            .map_err(|error| refuse(Problem::error(format!("cannot read `{label}`: {error}"))))?;
        let output = match kind {
            Kind::Binary { wasm } => {
                let name = constant_name(&label, wasm);
                self.findings()
                    .binaries
                    .insert(name.clone(), Binary { wasm, bytes });
                HookLoadOutput {
                    side_effects: Some(HookSideEffects::False),
                    ..code(format!("export default {name};\n"), ModuleType::Js)
                }
            }
            Kind::Source(ModuleType::Text) => code(
                String::from_utf8_lossy(&bytes).into_owned(),
                ModuleType::Text,
            ),
            Kind::Source(module_type) => code(decode(bytes, &label).map_err(refuse)?, module_type),
        };
        Ok(Some(output))
    }
}

impl Plugin for ProjectPlugin {
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("quire")
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::ResolveId | HookUsage::Load
    }

    async fn resolve_id(
        &self,
        context: &PluginContext,
        args: &HookResolveIdArgs<'_>,
    ) -> HookResolveIdReturn {
        if let Some(specifier) = args
            .specifier
            .strip_suffix("?module")
            .filter(|rest| rest.ends_with(".wasm"))
        {
            // The same file with and without the suffix is the same module.
            let resolved = context.resolve(specifier, args.importer, None).await?;
            return Ok(resolved.ok().map(HookResolveIdOutput::from_resolved_id));
        }
        if let Some(resolved) = self.resolve(args.specifier, args.importer, args.kind) {
            return Ok(Some(resolved));
        }
        // A `require` or an `import()` may be there to fail; rolldown knows.
        let is_package = !args.specifier.starts_with(['.', '/', '\0']);
        if let Some(importer) = args
            .importer
            .filter(|_| is_package && args.kind == ImportKind::Import)
        {
            // Resolved again by rolldown itself, from the same cache.
            let resolved = context
                .resolve(args.specifier, Some(importer), None)
                .await?;
            if matches!(resolved, Err(ResolveError::NotFound(_))) {
                self.findings().missing_packages.insert(OutsideImport {
                    module: args.specifier.to_owned(),
                    importer: importer.to_owned(),
                });
            }
        }
        Ok(None)
    }

    async fn load(
        &self,
        _context: SharedLoadPluginContext,
        args: &HookLoadArgs<'_>,
    ) -> HookLoadReturn {
        // Read here, not by rolldown: its reads take a thread of the blocking pool each.
        self.load(args.id)
    }
}

enum Kind {
    Source(ModuleType),
    Binary { wasm: bool },
}

fn kind_of(path: &Path) -> Option<Kind> {
    let extension = path.extension()?.to_str()?;
    Some(match extension {
        "js" | "mjs" | "cjs" | "jsx" => Kind::Source(ModuleType::Jsx),
        "ts" | "mts" | "cts" => Kind::Source(ModuleType::Ts),
        "tsx" => Kind::Source(ModuleType::Tsx),
        "json" => Kind::Source(ModuleType::Json),
        "txt" | "html" | "sql" => Kind::Source(ModuleType::Text),
        "wasm" => Kind::Binary { wasm: true },
        "bin" => Kind::Binary { wasm: false },
        _ => return None,
    })
}

/// Whether a file of a `_worker.js` folder is a module of the program.
pub(crate) fn is_module(path: &Path) -> bool {
    match kind_of(path) {
        Some(Kind::Source(ModuleType::Text) | Kind::Binary { .. }) => true,
        Some(Kind::Source(ModuleType::Jsx)) => path
            .extension()
            .is_some_and(|extension| extension == "js" || extension == "mjs"),
        _ => false,
    }
}

/// The file behind a module id, which may carry a query.
pub(crate) fn file_of(id: &str) -> &Path {
    let path = Path::new(id);
    match id.split_once('?') {
        Some((before, _)) if !path.exists() => Path::new(before),
        _ => path,
    }
}

fn no_loader(label: &str) -> Problem {
    let what = match Path::new(label)
        .extension()
        .and_then(|extension| extension.to_str())
    {
        Some(extension) => format!("files with the extension `.{extension}` cannot be imported"),
        None => "files without an extension cannot be imported".to_owned(),
    };
    Problem::error(format!("cannot import `{label}`: {what}")).with_help(
        "a program can import JavaScript, TypeScript and JSON, .txt .html .sql (as a string), .wasm and .bin; \
         files for the browser belong into the output directory",
    )
}

/// An identifier that depends on nothing but the path, so that equal projects give equal scripts.
fn constant_name(label: &str, wasm: bool) -> String {
    let kind = if wasm { "wasm" } else { "binary" };
    format!("__quire_{kind}_{}", path_hash(label))
}

/// A module that is left as an import in rolldown's output.
fn outside(module: &str) -> HookResolveIdOutput {
    HookResolveIdOutput {
        id: module.into(),
        external: Some(ResolvedExternal::Bool(true)),
        ..Default::default()
    }
}

fn code(text: String, module_type: ModuleType) -> HookLoadOutput {
    HookLoadOutput {
        code: text.into(),
        module_type: Some(module_type),
        ..Default::default()
    }
}
