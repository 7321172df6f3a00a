//! `assets:` imports: a folder of static files beside the code, which answers requests as a handler.
//!
//! The folder stays where it is. The server serves it below [`PREFIX`] and the name that this module gives it.

use std::path::{Path, PathBuf};

use crate::entry::literal;
use crate::plugin::file_of;
use crate::source::{path_hash, relative_to};

/// Where such folders appear among the static files of the site, as on the original.
pub const PREFIX: &str = "cdn-cgi/pages-plugins";

/// What an import of a folder starts with.
pub(crate) const SCHEME: &str = "assets:";

/// Ids of the modules made for folders start with this.
const ID_PREFIX: &str = "\0quire:assets:";

/// A folder of static files that the program imports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AssetFolder {
    /// Its name below [`PREFIX`]. It depends on nothing but the path in the project, so that equal projects give equal scripts.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl AssetFolder {
    pub(crate) fn new(path: &Path, project: &Path) -> AssetFolder {
        AssetFolder {
            name: path_hash(&relative_to(project, path)),
            path: path.to_owned(),
        }
    }
}

/// The folder that `specifier` means in the file `importer`; `None` if it is no such import, or there is no such folder.
pub(crate) fn imported(specifier: &str, importer: Option<&str>) -> Option<PathBuf> {
    let folder = specifier.strip_prefix(SCHEME)?;
    let importer = file_of(importer?);
    let path = importer.parent()?.join(folder).canonicalize().ok()?;
    path.is_dir().then_some(path)
}

/// The id of the module for a folder.
pub(crate) fn id(folder: &Path) -> String {
    format!("{ID_PREFIX}{}", folder.display())
}

/// The folder a module was made for.
pub(crate) fn path_of(id: &str) -> Option<&Path> {
    id.strip_prefix(ID_PREFIX).map(Path::new)
}

/// The module: a handler that asks for the rest of the path in the folder.
pub(crate) fn module(folder: &AssetFolder) -> String {
    let place = literal(&format!("/{PREFIX}/{}/", folder.name));
    format!(
        "export function onRequest({{ request, env, functionPath }}) {{\n\
         \x20 const url = new URL(request.url);\n\
         \x20 url.pathname = {place} + url.pathname.replace(functionPath, \"\").replace(/^\\//, \"\");\n\
         \x20 return env.ASSETS.fetch(new Request(url, request));\n\
         }}\n"
    )
}
