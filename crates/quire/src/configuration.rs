//! Finding and reading the configuration file.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use quire_config::{CONFIG_FILE_NAMES, ConfigFormat, Problem, ProjectConfig, Strictness};

use crate::failure::Failure;
use crate::project::relative_to;

/// Where build tools name a configuration that they generated.
pub const REDIRECT: &str = ".wrangler/deploy/config.json";

/// A project's configuration.
#[derive(Debug, Default)]
pub struct Configuration {
    /// The file; `None` if the project has none.
    pub file: Option<PathBuf>,
    /// What it says.
    pub config: ProjectConfig,
    /// What has no effect.
    pub warnings: Vec<Problem>,
}

/// Why a redirection cannot be followed.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{}` {reason}", .file.display())]
#[diagnostic(help(
    "a build tool wrote it: run the build again, or remove the file to use the project's own configuration"
))]
pub struct RedirectError {
    file: PathBuf,
    reason: String,
}

/// A configuration file on the command line that is not the project's.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("the first `--config` must be the project's own configuration file, not `{}`", .named.display())]
#[diagnostic(help(
    "it is read from its usual place: {own}; further ones are of services that the project binds"
))]
pub struct NamedFileError {
    named: PathBuf,
    own: String,
}

impl Configuration {
    /// Reads the configuration for a project in `root`.
    ///
    /// As in the original each name is looked for in the folder and all above it before the next name is, and a file
    /// without `pages_build_output_dir` may be some other program's: what a Pages project cannot have is then no error.
    pub fn find(
        root: &Path,
        current: &Path,
        strictness: Strictness,
    ) -> Result<Configuration, Failure> {
        let own = CONFIG_FILE_NAMES
            .iter()
            .find_map(|name| find_upwards(root, name));
        let Some(file) = redirected(root, own.as_deref())?.or(own) else {
            return Ok(Configuration::default());
        };
        let text = std::fs::read_to_string(&file).map_err(Failure::read(&file))?;
        let format = file
            .file_name()
            .and_then(|name| ConfigFormat::of(&name.to_string_lossy()));
        let format = format.unwrap_or(ConfigFormat::Json);
        let name = relative_to(&file, current).display().to_string();
        let mut parsed = ProjectConfig::parse(&text, &name, format, Strictness::Warn)?;
        if strictness == Strictness::Fail && parsed.config.pages_build_output_dir.is_some() {
            parsed = ProjectConfig::parse(&text, &name, format, strictness)?;
        }
        Ok(Configuration {
            file: Some(file),
            config: parsed.config,
            warnings: parsed.warnings,
        })
    }

    /// Checks that the first file that the command line names is the project's own: the only one that a Pages project has.
    pub fn check_named(&self, named: Option<&Path>, current: &Path) -> Result<(), NamedFileError> {
        let Some(named) = named else {
            return Ok(());
        };
        let canonical = |path: &Path| path.canonicalize().ok();
        let own = self.file.as_deref();
        let given = canonical(&current.join(named));
        if given.is_some() && given == own.and_then(canonical) {
            return Ok(());
        }
        Err(NamedFileError {
            named: named.to_owned(),
            own: match own {
                Some(file) => format!("`{}`", relative_to(file, current).display()),
                None => "there is none, and it would be `wrangler.toml`, `wrangler.json` or `wrangler.jsonc` in the \
                         project's folder or above it"
                    .to_owned(),
            },
        })
    }

    /// `pages_build_output_dir` with the file that it is relative to.
    pub fn output_folder(&self) -> Option<(&str, &Path)> {
        Some((
            self.config.pages_build_output_dir.as_deref()?,
            self.file.as_deref()?,
        ))
    }

    /// The folder in which files of variables lie: beside the configuration file.
    pub fn folder<'a>(&'a self, root: &'a Path) -> &'a Path {
        self.file.as_deref().and_then(Path::parent).unwrap_or(root)
    }
}

fn find_upwards(folder: &Path, name: &str) -> Option<PathBuf> {
    folder
        .ancestors()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The generated configuration that a build tool asks to be used.
fn redirected(root: &Path, own: Option<&Path>) -> Result<Option<PathBuf>, Failure> {
    let Some(file) = find_upwards(root, REDIRECT) else {
        return Ok(None);
    };
    let refuse = |reason: String| RedirectError {
        file: file.clone(),
        reason,
    };
    let text = std::fs::read_to_string(&file).map_err(Failure::read(&file))?;
    let content: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| refuse(format!("is not valid JSON: {error}")))?;
    let Some(target) = content
        .get("configPath")
        .and_then(serde_json::Value::as_str)
    else {
        return Err(refuse("has no `configPath`".to_owned()).into());
    };
    // `file` is three levels below the folder it stands for.
    let base = file.ancestors().nth(3).unwrap_or(root);
    if let Some(own) = own.filter(|own| own.parent() != Some(base)) {
        let reason = format!(
            "and `{}` are not of the same project, so it is not clear which counts",
            own.display()
        );
        return Err(refuse(reason).into());
    }
    let target = file.parent().unwrap_or(root).join(target);
    match target.canonicalize() {
        Ok(target) => Ok(Some(target)),
        Err(error) => Err(refuse(format!(
            "names `{}`, which cannot be read: {error}",
            target.display()
        ))
        .into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn write(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn name(root: &Path, from: &str) -> Option<String> {
        Configuration::find(&root.join(from), root, Strictness::Fail)
            .unwrap()
            .config
            .name
    }

    #[test]
    fn each_name_is_looked_for_upwards_before_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, "a/b/file", "");
        assert_eq!(name(root, "a/b"), None);
        write(root, "a/b/wrangler.toml", "name = \"toml\"");
        write(root, "a/wrangler.jsonc", "{ \"name\": \"jsonc\" } // above");
        assert_eq!(name(root, "a/b").as_deref(), Some("jsonc"));
        write(root, "wrangler.json", "{ \"name\": \"json\" }");
        assert_eq!(name(root, "a/b").as_deref(), Some("json"));
    }

    #[test]
    fn only_a_pages_configuration_is_held_to_the_rules() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(
            root,
            "wrangler.toml",
            "name = \"x\"\nmain = \"worker.js\"\n",
        );
        let found = Configuration::find(root, root, Strictness::Fail).unwrap();
        assert!(!found.warnings.is_empty());
        write(
            root,
            "wrangler.toml",
            "name = \"x\"\npages_build_output_dir = \"dist\"\nmain = \"worker.js\"\n",
        );
        let error = Configuration::find(root, root, Strictness::Fail)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("wrangler.toml:3:1: "), "{error}");
        let found = Configuration::find(root, root, Strictness::Warn).unwrap();
        assert_eq!(
            found.output_folder(),
            Some(("dist", root.join("wrangler.toml").as_path()))
        );
    }

    #[test]
    fn a_generated_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(
            root,
            REDIRECT,
            "{ \"configPath\": \"../../dist/wrangler.json\" }",
        );
        let error = Configuration::find(root, root, Strictness::Warn)
            .unwrap_err()
            .to_string();
        assert!(error.contains("dist/wrangler.json"), "{error}");
        write(root, "dist/wrangler.json", "{ \"name\": \"generated\" }");
        write(root, "wrangler.toml", "name = \"own\"");
        assert_eq!(name(root, "").as_deref(), Some("generated"));
        write(root, "sub/wrangler.json", "{}");
        assert!(Configuration::find(&root.join("sub"), root, Strictness::Warn).is_err());
        write(root, REDIRECT, "{}");
        assert!(Configuration::find(root, root, Strictness::Warn).is_err());
    }
}
