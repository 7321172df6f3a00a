//! Modules that a program names only when it runs: `import(path)`.
//!
//! What such an import means elsewhere than in a `_worker.js` folder is a module of the runtime. In such a folder every file is a
//! module of the program, found by its path; so a program that computes what it imports gets all of them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostics::Problem;
use crate::entry::literal;
use crate::plugin::is_module;

/// What `import` becomes.
const IMPORT_FUNCTION: &str = "__quire_import";
/// The object of the program's modules: functions that import one, by its path.
const FILES: &str = "__quire_files";

/// A module of a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ModuleFile {
    /// Its path in the folder, with `/` between names.
    pub key: String,
    pub path: PathBuf,
}

/// Every module in `folder`, at any depth. Symbolic links are not followed.
pub(crate) fn files(folder: &Path) -> Result<Vec<ModuleFile>, Problem> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Problem::error(format!(
            "cannot read the directory `{}`: {error}",
            path.display()
        ))
    };
    let mut files = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(directory) = pending.pop() {
        let entries = fs::read_dir(&directory).map_err(|error| unreadable(&directory, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&directory, error))?;
            let kind = entry
                .file_type()
                .map_err(|error| unreadable(&directory, error))?;
            let path = entry.path();
            if kind.is_dir() {
                pending.push(path);
            } else if kind.is_file() && is_module(&path) {
                let relative = path.strip_prefix(folder).unwrap_or(&path);
                let names = relative.components();
                let names: Vec<_> = names
                    .map(|name| name.as_os_str().to_string_lossy())
                    .collect();
                files.push(ModuleFile {
                    key: names.join("/"),
                    path,
                });
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// The text of the module that makes `files` known.
pub(crate) fn register(files: &[ModuleFile]) -> String {
    let mut text = format!("Object.assign({FILES}, {{\n");
    for ModuleFile { key, path } in files {
        let path = literal(&path.to_string_lossy());
        text.push_str(&format!("  {}: () => import({path}),\n", literal(key)));
    }
    text.push_str("});\n");
    text
}

/// What stands for `import` in the module `importer` of a folder, or in another program.
pub(crate) fn import_function(importer: Option<&str>) -> String {
    match importer {
        Some(importer) => format!("{IMPORT_FUNCTION}({})", literal(importer)),
        None => IMPORT_FUNCTION.to_owned(),
    }
}

/// What a script that computes imports has to begin with.
pub(crate) fn prologue(in_folder: bool) -> String {
    if !in_folder {
        return format!(
            " const {IMPORT_FUNCTION} = async (specifier) => quire.module(`${{specifier}}`);"
        );
    }
    // A name without dots is relative to the importer too, as in the original.
    format!(
        " const {FILES} = {{ __proto__: null }}, {IMPORT_FUNCTION} = (importer) => async (specifier) => {{ \
         specifier = `${{specifier}}`; \
         const path = specifier.startsWith(\"/\") ? [] : importer.split(\"/\").slice(0, -1); \
         for (const name of specifier.split(\"/\")) {{ \
         if (name === \"..\") path.pop(); else if (name !== \"\" && name !== \".\") path.push(name); }} \
         const load = {FILES}[path.join(\"/\")]; \
         return load === undefined ? quire.module(specifier) : load(); }};"
    )
}
