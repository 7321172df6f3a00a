//! Which folder is what.
//!
//! The original has one way: it is started in the project's folder, finds `functions/` there, and is told the output folder
//! or finds it in the configuration file. That works here too, but a project can also be named from outside, and a project
//! that names no output folder is looked at before giving up. [`Place::of`] and [`Place::output_folder`] hold the rules.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use quire_config::CONFIG_FILE_NAMES;

use crate::built;

/// Where build tools put a site, in the order in which they are looked for.
pub const USUAL_OUTPUT_FOLDERS: [&str; 4] = ["dist", "public", "build", "out"];

/// The file or folder whose presence is advanced mode.
pub const WORKER: &str = "_worker.js";

/// What the user named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder that `quire build` made.
    Built(PathBuf),
    /// A project with its sources.
    Sources(Sources),
}

/// A project's folder, and how to find its output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// The folder in which `functions/` lies.
    pub root: PathBuf,
    output: Output,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Output {
    /// This one, whatever the configuration file says.
    Given(PathBuf),
    /// As the configuration file says, else the project's folder itself.
    ConfiguredOrRoot,
    /// As the configuration file says, else a usual one, else the project's folder itself.
    UsualOrRoot,
    /// As the configuration file says, else a usual one, else none if there are functions.
    UsualOrNone,
    /// None: another server answers in place of static files.
    Elsewhere(Proxied),
}

/// What answers in place of static files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proxied {
    /// The server that a command starts.
    Command,
    /// A server that is there.
    Port,
}

/// What a project consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The project's folder. Paths in messages are relative to it.
    pub root: PathBuf,
    /// `functions/`, if there is one.
    pub functions: Option<PathBuf>,
    /// The module of advanced mode: `_worker.js`, or `_worker.js/index.js`. With it `functions/` means nothing.
    pub worker: Option<PathBuf>,
    /// The folder of static files, if there is one.
    pub assets: Option<PathBuf>,
    /// Whether another server answers in place of static files.
    pub proxied: bool,
}

impl Project {
    /// The `_worker.js` folder, if the program is one.
    pub fn worker_folder(&self) -> Option<PathBuf> {
        let folder = self.worker.as_deref()?.parent()?;
        (folder.file_name()? == WORKER).then(|| folder.to_owned())
    }
}

/// Why a folder cannot be served.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum ProjectError {
    #[error("`{}` does not exist", .0.display())]
    #[diagnostic(help(
        "build the site first, for example with `npm run build`, or name the folder that holds the built site"
    ))]
    Missing(PathBuf),

    #[error("`{}` is not a folder", .0.display())]
    #[diagnostic(help("name the folder that holds the built site, not a file in it"))]
    NotAFolder(PathBuf),

    #[error("the output folder `{}` does not exist; `pages_build_output_dir` in `{}` names it", .folder.display(), .config.display())]
    #[diagnostic(help(
        "build the site first, for example with `npm run build`, or correct `pages_build_output_dir`"
    ))]
    MissingOutput { folder: PathBuf, config: PathBuf },

    #[error("there is nothing to serve in `{}`: neither an output folder nor `functions/`", .0.display())]
    #[diagnostic(help(
        "build the site first, for example with `npm run build`; then name its folder (`quire dev dist`), or set \
         `pages_build_output_dir` in `wrangler.toml`, or let it be one of `dist`, `public`, `build` and `out`"
    ))]
    Nothing(PathBuf),

    #[error("both a folder of static files, `{}`, and a command were given; it is one or the other", .0.display())]
    #[diagnostic(help(
        "what no function answers comes either from the folder or from the server that the command starts: leave out the \
         folder (or `pages_build_output_dir` in the configuration), or the command"
    ))]
    FolderAndCommand(PathBuf),

    #[error("the folder `{}` has no `index.js`, the module that answers requests", .0.display())]
    #[diagnostic(help(
        "build the site again, or remove the folder to use `functions/` and static files alone"
    ))]
    WorkerWithoutIndex(PathBuf),

    #[error("the current folder cannot be told: {0}")]
    CurrentFolder(#[source] std::io::Error),
}

impl Place {
    /// What `directory`, as typed, means in the folder `current`.
    ///
    /// 1. A folder that `quire build` made is served as it is.
    /// 2. Another folder with `functions/` or a configuration file of its own is a project. Its output folder is the one its
    ///    configuration names, else the first of `dist`, `public`, `build` and `out`, else the folder itself (what is no
    ///    part of a site is never served).
    /// 3. Otherwise as in the original: the project is the current folder, and `directory` its output folder. Without
    ///    `directory` that is the one the configuration names, else the first of the four, else there are only functions.
    ///
    /// `.` is the case between: where the configuration names an output folder, `.` names the project; where it does
    /// not, the project's folder is the output folder, as in the original.
    pub fn of(directory: Option<&Path>, current: &Path) -> Result<Place, ProjectError> {
        let Some(directory) = directory else {
            if built::is_built(current) {
                return Ok(Place::Built(current.to_owned()));
            }
            return Ok(Place::sources(current, Output::UsualOrNone));
        };
        // A typed path stays as it was typed where it appears in messages.
        let path = current.join(directory);
        match std::fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(ProjectError::NotAFolder(directory.to_owned())),
            Err(_) => return Err(ProjectError::Missing(directory.to_owned())),
        }
        let path = path.canonicalize().unwrap_or(path);
        if built::is_built(&path) {
            return Ok(Place::Built(path));
        }
        if current.canonicalize().is_ok_and(|current| current == path) {
            return Ok(Place::sources(current, Output::ConfiguredOrRoot));
        }
        let has_config = CONFIG_FILE_NAMES
            .iter()
            .any(|name| path.join(name).is_file());
        if has_config || path.join("functions").is_dir() {
            return Ok(Place::sources(&path, Output::UsualOrRoot));
        }
        Ok(Place::sources(current, Output::Given(path)))
    }

    /// The project in the folder `current`, for which another server answers in place of static files.
    pub fn proxied(current: &Path, proxied: Proxied) -> Place {
        Place::sources(current, Output::Elsewhere(proxied))
    }

    fn sources(root: &Path, output: Output) -> Place {
        Place::Sources(Sources {
            root: root.to_owned(),
            output,
        })
    }
}

impl Sources {
    /// The project. `configured` is `pages_build_output_dir` with the configuration file that has it; the folder is
    /// relative to the file. `script` is where the module of advanced mode lies in the folder of static files.
    pub fn project(
        &self,
        configured: Option<(&str, &Path)>,
        script: &Path,
    ) -> Result<Project, ProjectError> {
        let functions = Some(self.root.join("functions")).filter(|folder| folder.is_dir());
        let assets = self.output_folder(configured, functions.is_some())?;
        let proxied = assets.is_none() && matches!(self.output, Output::Elsewhere(_));
        let worker = match &assets {
            Some(assets) => worker(assets.join(script))?,
            None if proxied => worker(self.root.join(script))?,
            None => None,
        };
        Ok(Project {
            root: self.root.clone(),
            functions,
            worker,
            assets,
            proxied,
        })
    }

    fn output_folder(
        &self,
        configured: Option<(&str, &Path)>,
        has_functions: bool,
    ) -> Result<Option<PathBuf>, ProjectError> {
        if let Output::Given(folder) = &self.output {
            return Ok(Some(folder.clone()));
        }
        if let Some((folder, config)) = configured {
            let folder = config.parent().unwrap_or(&self.root).join(folder);
            if self.output == Output::Elsewhere(Proxied::Command) {
                return Err(ProjectError::FolderAndCommand(folder));
            }
            return match std::fs::metadata(&folder) {
                Ok(metadata) if metadata.is_dir() => Ok(Some(folder)),
                Ok(_) => Err(ProjectError::NotAFolder(folder)),
                Err(_) => Err(ProjectError::MissingOutput {
                    folder,
                    config: config.to_owned(),
                }),
            };
        }
        let usual = || {
            let mut folders = USUAL_OUTPUT_FOLDERS.iter().map(|name| self.root.join(name));
            folders.find(|folder| folder.is_dir())
        };
        match &self.output {
            Output::Given(folder) => Ok(Some(folder.clone())),
            Output::Elsewhere(_) => Ok(None),
            Output::ConfiguredOrRoot => Ok(Some(self.root.clone())),
            Output::UsualOrRoot => Ok(Some(usual().unwrap_or_else(|| self.root.clone()))),
            Output::UsualOrNone => match usual() {
                Some(folder) => Ok(Some(folder)),
                None if has_functions => Ok(None),
                None => Err(ProjectError::Nothing(self.root.clone())),
            },
        }
    }
}

/// The module of advanced mode, if this is one or a folder with one.
fn worker(path: PathBuf) -> Result<Option<PathBuf>, ProjectError> {
    if path.is_file() {
        return Ok(Some(path));
    }
    if !path.is_dir() {
        return Ok(None);
    }
    let index = path.join("index.js");
    match index.is_file() {
        true => Ok(Some(index)),
        false => Err(ProjectError::WorkerWithoutIndex(path)),
    }
}

/// The folder for what lasts, of the project that `directory` means, as `quire dev` and `quire serve` find it.
pub fn data_folder(
    directory: Option<&Path>,
    persist_to: Option<&Path>,
) -> Result<PathBuf, ProjectError> {
    let current = current_folder()?;
    if let Some(folder) = persist_to {
        return Ok(current.join(folder));
    }
    let root = match Place::of(directory, &current)? {
        Place::Built(_) => current,
        Place::Sources(sources) => current.join(sources.root),
    };
    Ok(root.join(".quire/state"))
}

/// The folder the program was started in.
pub fn current_folder() -> Result<PathBuf, ProjectError> {
    std::env::current_dir().map_err(ProjectError::CurrentFolder)
}

/// `path` as short as it can be said in the folder `current`.
pub fn relative_to<'p>(path: &'p Path, current: &Path) -> &'p Path {
    match path.strip_prefix(current) {
        Ok(relative) if relative.as_os_str().is_empty() => Path::new("."),
        Ok(relative) => relative,
        Err(_) => path,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// A folder with empty files; a name that ends in `/` is a folder.
    fn folder(entries: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        for entry in entries {
            let target = path.join(entry);
            if entry.ends_with('/') {
                std::fs::create_dir_all(target).unwrap();
            } else {
                std::fs::create_dir_all(target.parent().unwrap()).unwrap();
                std::fs::write(target, "").unwrap();
            }
        }
        (folder, path)
    }

    /// Project and output folder, relative to `current`.
    fn found(
        current: &Path,
        directory: Option<&str>,
        configured: Option<(&str, &Path)>,
    ) -> (String, Option<String>) {
        let Place::Sources(sources) = Place::of(directory.map(Path::new), current).unwrap() else {
            panic!("not a project with sources");
        };
        let project = sources.project(configured, Path::new(WORKER)).unwrap();
        let name = |path: &Path| relative_to(path, current).display().to_string();
        (
            name(&project.root),
            project.assets.map(|assets| name(&assets)),
        )
    }

    fn some(root: &str, assets: &str) -> (String, Option<String>) {
        (root.to_owned(), Some(assets.to_owned()))
    }

    #[test]
    fn a_folder_that_build_made() {
        let (_keep, path) = folder(&["made/quire.json", "made/functions/x.js", "other/quire.json"]);
        std::fs::write(
            path.join("made/quire.json"),
            r#"{"format":1,"made_by":"quire 0"}"#,
        )
        .unwrap();
        assert_eq!(
            Place::of(Some(Path::new("made")), &path).unwrap(),
            Place::Built(path.join("made"))
        );
        assert_eq!(
            Place::of(None, &path.join("made")).unwrap(),
            Place::Built(path.join("made"))
        );
        assert_eq!(found(&path, Some("other"), None), some(".", "other"));
    }

    #[test]
    fn another_folder_is_a_project_by_its_functions_or_configuration() {
        let (_keep, path) = folder(&[
            "a/functions/",
            "a/out/",
            "a/build/",
            "b/wrangler.jsonc",
            "b/index.html",
            "c/functions/x.js",
            "c/site/",
            "c/dist/",
        ]);
        assert_eq!(found(&path, Some("a"), None), some("a", "a/build"));
        assert_eq!(found(&path, Some("b"), None), some("b", "b"));
        let config = path.join("c/wrangler.toml");
        assert_eq!(
            found(&path, Some("c"), Some(("site", &config))),
            some("c", "c/site")
        );
        let above = path.join("wrangler.toml");
        assert_eq!(
            found(&path, Some("c"), Some(("c/site", &above))),
            some("c", "c/site")
        );
    }

    #[test]
    fn as_in_the_original() {
        let (_keep, path) = folder(&[
            "functions/x.js",
            "web/index.html",
            "dist/",
            "public/",
            "wrangler.toml",
        ]);
        let config = path.join("wrangler.toml");
        assert_eq!(
            found(&path, Some("web"), Some(("dist", &config))),
            some(".", "web")
        );
        assert_eq!(
            found(&path, None, Some(("public", &config))),
            some(".", "public")
        );
        assert_eq!(found(&path, None, None), some(".", "dist"));
        assert_eq!(
            found(&path.join("dist"), Some("../web"), None).1.unwrap(),
            path.join("web").display().to_string()
        );
    }

    #[test]
    fn the_folder_itself() {
        let (_keep, path) = folder(&["functions/x.js", "public/", "index.html"]);
        assert_eq!(found(&path, Some("."), None), some(".", "."));
        let config = path.join("wrangler.toml");
        assert_eq!(
            found(&path, Some("."), Some(("public", &config))),
            some(".", "public")
        );
    }

    #[test]
    fn functions_alone() {
        let (_keep, path) = folder(&["functions/x.js"]);
        assert_eq!(found(&path, None, None), (".".to_owned(), None));
    }

    #[test]
    fn advanced_mode() {
        let (_keep, path) = folder(&[
            "functions/x.js",
            "file/_worker.js",
            "in/_worker.js/index.js",
        ]);
        for (folder, worker) in [
            ("file", Some("file/_worker.js")),
            ("in", Some("in/_worker.js/index.js")),
            (".", None),
        ] {
            let place = Place::of(Some(Path::new(folder)), &path).unwrap();
            let Place::Sources(sources) = place else {
                panic!("not a project with sources");
            };
            let project = sources.project(None, Path::new(WORKER)).unwrap();
            assert_eq!(project.worker, worker.map(|worker| path.join(worker)));
            let folder = (folder == "in").then(|| path.join("in/_worker.js"));
            assert_eq!(project.worker_folder(), folder);
        }
    }

    fn refused(
        current: &Path,
        directory: Option<&str>,
        configured: Option<(&str, &Path)>,
    ) -> String {
        let place = Place::of(directory.map(Path::new), current);
        let error = match place {
            Ok(Place::Sources(sources)) => {
                sources.project(configured, Path::new(WORKER)).unwrap_err()
            }
            Ok(built) => panic!("{built:?}"),
            Err(error) => error,
        };
        format!("{error}; {}", error.help().unwrap())
    }

    #[test]
    fn refusals_say_what_to_do() {
        let (_keep, path) = folder(&["sub/file.txt", "worker/_worker.js/main.js"]);
        let message = refused(&path, Some("dist"), None);
        assert!(
            message.contains("`dist`") && message.contains("npm run build"),
            "{message}"
        );
        assert!(refused(&path, Some("sub/file.txt"), None).contains("not a folder"));
        let message = refused(&path, None, None);
        assert!(
            message.contains("pages_build_output_dir") && message.contains("`public`"),
            "{message}"
        );
        let config = path.join("wrangler.toml");
        let message = refused(&path, None, Some(("dist", &config)));
        assert!(
            message.contains("dist`") && message.contains("wrangler.toml"),
            "{message}"
        );
        assert!(refused(&path, Some("worker"), None).contains("no `index.js`"));
    }
}
