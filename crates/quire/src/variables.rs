//! The variables that functions see in `env`, from all places that set some.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use quire_config::{BindingFlag, VarValue, Variable, VariableLayers, expand_dotenv, parse_dotenv};

use crate::failure::Failure;
use crate::git::Commit;

/// Variables that are not for everybody's eyes.
#[derive(Debug, Default)]
pub struct Secrets {
    /// The variables; `None` if no file gives any.
    pub values: Option<IndexMap<String, String>>,
    /// The files they are from.
    pub files: Vec<PathBuf>,
    /// Files that would give variables if they were there, and those that do.
    pub candidates: Vec<PathBuf>,
}

impl Secrets {
    /// Reads `.dev.vars` in `folder`, or `.dev.vars.NAME` if there is one for the environment of that name. Without either
    /// `.env` and, each over those before it, `.env.local`, `.env.NAME` and `.env.NAME.local`, in which `${NAME}` stands
    /// for another value; `CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV=false` leaves these out, and
    /// `CLOUDFLARE_INCLUDE_PROCESS_ENV=true` adds the variables of this process.
    pub fn read(folder: &Path, environment: Option<&str>) -> Result<Secrets, Failure> {
        let switch = |name: &str| std::env::var(name).ok();
        Secrets::read_with(folder, environment, switch, std::env::vars_os())
    }

    /// Reads these files, the later over the earlier. One that is missing gives nothing, as in the original.
    pub fn read_files(files: &[PathBuf]) -> Result<Secrets, Failure> {
        let candidates = files.to_vec();
        let (files, values) = parse_those_there(candidates.clone())?;
        let values = expand_dotenv(&values, &IndexMap::new())?;
        Ok(Secrets {
            values: (!files.is_empty()).then_some(values),
            files,
            candidates,
        })
    }

    fn read_with(
        folder: &Path,
        environment: Option<&str>,
        switch: impl Fn(&str) -> Option<String>,
        process: impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)>,
    ) -> Result<Secrets, Failure> {
        let named = |name: &str| environment.map(|environment| format!("{name}.{environment}"));
        let dev_vars = named(".dev.vars")
            .into_iter()
            .chain([".dev.vars".to_owned()]);
        let dev_vars: Vec<PathBuf> = dev_vars.map(|name| folder.join(name)).collect();
        let env = [".env".to_owned(), ".env.local".to_owned()].into_iter();
        let env = env
            .chain(named(".env"))
            .chain(named(".env").map(|name| format!("{name}.local")));
        let env: Vec<PathBuf> = env.map(|name| folder.join(name)).collect();
        let candidates = [&dev_vars[..], &env].concat();
        for file in dev_vars {
            if let Some(text) = read_if_there(&file)? {
                return Ok(Secrets {
                    values: Some(parse_dotenv(&text)),
                    files: vec![file],
                    candidates,
                });
            }
        }
        let is = |name: &str, value: &str| {
            switch(name).is_some_and(|set| set.eq_ignore_ascii_case(value))
        };
        if is("CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV", "false") {
            return Ok(Secrets {
                candidates,
                ..Secrets::default()
            });
        }
        let (files, mut values) = parse_those_there(env)?;
        let includes_process = is("CLOUDFLARE_INCLUDE_PROCESS_ENV", "true");
        if includes_process {
            // What is no text cannot be a variable of a program.
            values.extend(process.filter_map(|(name, value)| {
                Some((name.into_string().ok()?, value.into_string().ok()?))
            }));
        }
        let values = expand_dotenv(&values, &IndexMap::new())?;
        let found = includes_process || !files.is_empty();
        Ok(Secrets {
            values: found.then_some(values),
            files,
            candidates,
        })
    }
}

/// Those of the files that exist, and what they say, the later over the earlier.
fn parse_those_there(
    files: Vec<PathBuf>,
) -> Result<(Vec<PathBuf>, IndexMap<String, String>), Failure> {
    let mut there = Vec::new();
    let mut values = IndexMap::new();
    for file in files {
        if let Some(text) = read_if_there(&file)? {
            values.extend(parse_dotenv(&text));
            there.push(file);
        }
    }
    Ok((there, values))
}

fn read_if_there(file: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::Read {
            path: file.to_owned(),
            source: error,
        }),
    }
}

/// What the platform sets.
fn injected(name: &str, commit: &Commit) -> IndexMap<String, String> {
    [
        ("CF_PAGES", "1".to_owned()),
        ("CF_PAGES_BRANCH", commit.branch.clone()),
        ("CF_PAGES_COMMIT_SHA", commit.sha.clone()),
        (
            "CF_PAGES_URL",
            format!("https://{}.{name}.pages.dev", commit.short_sha),
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// All variables of the project `name`, the later over the earlier: the platform's, the configuration file's, the secrets,
/// those kept by
/// `quire secret`, those of the command line.
pub fn all(
    name: &str,
    commit: &Commit,
    config: IndexMap<String, VarValue>,
    secrets: Option<IndexMap<String, String>>,
    stored: IndexMap<String, String>,
    flags: Vec<BindingFlag>,
) -> IndexMap<String, Variable> {
    layered(injected(name, commit), config, secrets, stored, flags)
}

/// The variables of all layers, the later over the earlier.
pub fn layered(
    injected: IndexMap<String, String>,
    config: IndexMap<String, VarValue>,
    secrets: Option<IndexMap<String, String>>,
    stored: IndexMap<String, String>,
    flags: Vec<BindingFlag>,
) -> IndexMap<String, Variable> {
    VariableLayers {
        injected,
        config,
        stored,
        secrets,
        flags,
    }
    .resolve()
}

/// The variables as a program gets them.
pub fn values(
    variables: &IndexMap<String, Variable>,
) -> serde_json::Map<String, serde_json::Value> {
    variables
        .iter()
        .map(|(name, variable)| (name.clone(), json(&variable.value)))
        .collect()
}

pub fn json(value: &VarValue) -> serde_json::Value {
    match value {
        VarValue::Text(text) => serde_json::Value::String(text.clone()),
        VarValue::Json(value) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(files: &[(&str, &str)], switches: &[(&str, &str)]) -> Secrets {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let switch = |name: &str| {
            let found = switches.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let process = [("PROCESS".into(), "of the process".into())];
        Secrets::read_with(folder.path(), None, switch, process.into_iter()).unwrap()
    }

    fn value(secrets: &Secrets, name: &str) -> Option<String> {
        secrets.values.as_ref()?.get(name).cloned()
    }

    #[test]
    fn dev_vars_leave_no_room_for_env_files() {
        let secrets = read(&[(".dev.vars", "A=dev ${B}"), (".env", "B=env")], &[]);
        assert_eq!(value(&secrets, "A").as_deref(), Some("dev ${B}"));
        assert_eq!(value(&secrets, "B"), None);
        assert_eq!(secrets.files.len(), 1);
    }

    #[test]
    fn env_files_are_merged_then_expanded() {
        let secrets = read(
            &[(".env", "E=one\nX=${E}2"), (".env.local", "E=local")],
            &[],
        );
        assert_eq!(value(&secrets, "X").as_deref(), Some("local2"));
        assert_eq!(value(&secrets, "PROCESS"), None);
        assert_eq!(secrets.files.len(), 2);
        assert!(read(&[], &[]).values.is_none());
    }

    #[test]
    fn files_of_an_environment() {
        let folder = tempfile::tempdir().unwrap();
        let read = || {
            Secrets::read_with(folder.path(), Some("preview"), |_| None, std::iter::empty())
                .unwrap()
        };
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(".env", "A=env\nB=env");
        write(".env.local", "A=local");
        write(".env.preview", "A=preview");
        write(".env.production", "A=production");
        assert_eq!(value(&read(), "A").as_deref(), Some("preview"));
        assert_eq!(value(&read(), "B").as_deref(), Some("env"));
        write(".env.preview.local", "A=preview.local");
        assert_eq!(value(&read(), "A").as_deref(), Some("preview.local"));
        write(".dev.vars", "A=vars\nB=vars");
        assert_eq!(value(&read(), "A").as_deref(), Some("vars"));
        write(".dev.vars.preview", "A=vars.preview");
        assert_eq!(value(&read(), "A").as_deref(), Some("vars.preview"));
        assert_eq!(value(&read(), "B"), None);
        assert_eq!(read().candidates.len(), 6);
    }

    #[test]
    fn switches_of_the_original() {
        let files = [(".env", "E=one")];
        assert!(
            read(
                &files,
                &[("CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV", "false")]
            )
            .values
            .is_none()
        );
        let secrets = read(&files, &[("CLOUDFLARE_INCLUDE_PROCESS_ENV", "true")]);
        assert_eq!(
            value(&secrets, "PROCESS").as_deref(),
            Some("of the process")
        );
        assert_eq!(value(&secrets, "E").as_deref(), Some("one"));
    }

    #[test]
    fn what_the_platform_sets_yields_to_everything() {
        let commit = Commit {
            branch: "main".into(),
            sha: "abcd".into(),
            short_sha: "ab".into(),
        };
        let config = [(
            "CF_PAGES_BRANCH".to_owned(),
            VarValue::Text("mine".to_owned()),
        )]
        .into();
        let values = values(&all(
            "site",
            &commit,
            config,
            None,
            IndexMap::new(),
            vec!["CF_PAGES=2".parse().unwrap()],
        ));
        assert_eq!(values["CF_PAGES"], "2");
        assert_eq!(values["CF_PAGES_BRANCH"], "mine");
        assert_eq!(values["CF_PAGES_COMMIT_SHA"], "abcd");
        assert_eq!(values["CF_PAGES_URL"], "https://ab.site.pages.dev");
    }
}
