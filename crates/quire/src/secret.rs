//! `quire secret`: values for `env` that are kept encrypted in the data folder. `quire serve` gives them to the functions;
//! `quire dev` has `.dev.vars` for that, as on the original.

use std::io::{IsTerminal, Read as _};
use std::path::Path;
use std::process::ExitCode;

use indexmap::IndexMap;
use miette::Diagnostic;
use quire_config::Target;
use quire_store::secrets::{SecretError, SecretOwner, SecretStore, Secrets};

use crate::arguments::{SecretArguments, SecretCommand, SecretEnvironment, SecretScope};
use crate::failure::Failure;
use crate::printer;
use crate::project::data_folder;

/// Bytes of the longest value, as on the original.
const LONGEST_VALUE: usize = 5 * 1024;

/// Why a secret is not kept.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum SecretCommandError {
    #[error("`{0}` cannot be the name of a secret")]
    #[diagnostic(help("use letters, digits and underscores, the first no digit"))]
    Name(String),

    #[error("the name `ASSETS` is reserved for the project's own assets")]
    #[diagnostic(help("choose another name"))]
    Reserved,

    #[error("the value of `{0}` is empty")]
    #[diagnostic(help(
        "pipe it in, as in `printf %s \"$VALUE\" | quire secret put {0}`, or type it when asked"
    ))]
    Empty(String),

    #[error("the value of `{name}` has {length} bytes; a secret has {LONGEST_VALUE} at most")]
    TooLong { name: String, length: usize },

    #[error("the value on standard input is not text: {0}")]
    Input(#[source] std::io::Error),

    #[error("cannot ask for the value: {0}")]
    #[diagnostic(help("pipe the value in instead"))]
    Prompt(#[source] dialoguer::Error),

    #[error("there is no secret `{name}` {scope}")]
    #[diagnostic(help("`quire secret list` shows those that there are"))]
    Unknown { name: String, scope: String },
}

/// The name of the environment that a project runs in, which development is not.
pub fn environment_name(target: Target) -> Option<&'static str> {
    match target {
        Target::Local => None,
        Target::Preview => Some("preview"),
        Target::Production => Some("production"),
    }
}

/// The secrets that a running project gets.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    secrets: Secrets,
    environment: Option<&'static str>,
}

impl Stored {
    /// Reads those in a data folder.
    pub fn read(data: &Path, target: Target) -> Result<Stored, SecretError> {
        Ok(Stored {
            secrets: SecretStore::new(data).read()?,
            environment: environment_name(target),
        })
    }

    /// A program's, by name; none in development. The project's own program has an empty name.
    pub fn of_program(&self, program: &str) -> IndexMap<String, String> {
        let Some(environment) = self.environment else {
            return IndexMap::new();
        };
        let owner = SecretOwner::Program {
            environment: environment.to_owned(),
            program: program.to_owned(),
        };
        let values = self.secrets.of(&owner);
        values
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// One of a store of secrets.
    pub fn in_store(&self, store: &str, name: &str) -> Option<&str> {
        let owner = SecretOwner::Store(store.to_owned());
        self.secrets.get(&owner, name)
    }
}

impl SecretScope {
    fn owner(&self) -> SecretOwner {
        match &self.store {
            Some(id) => SecretOwner::Store(id.clone()),
            None => SecretOwner::Program {
                environment: self.environment().to_owned(),
                program: self.service.clone().unwrap_or_default(),
            },
        }
    }

    fn environment(&self) -> &'static str {
        match self.env {
            SecretEnvironment::Production => "production",
            SecretEnvironment::Preview => "preview",
        }
    }

    /// As in "a secret of the production environment".
    fn description(&self) -> String {
        match (&self.store, &self.service) {
            (Some(id), _) => format!("in the store `{id}`"),
            (None, None) => format!("in the {} environment", self.environment()),
            (None, Some(service)) => {
                format!(
                    "of service `{service}` in the {} environment",
                    self.environment()
                )
            }
        }
    }

    fn secrets(&self) -> Result<SecretStore, Failure> {
        let data = data_folder(self.directory.as_deref(), self.persist_to.as_deref())?;
        Ok(SecretStore::new(&data))
    }
}

pub fn run(arguments: &SecretArguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        SecretCommand::Put { name, scope } => {
            check_name(name, scope)?;
            let store = scope.secrets()?;
            let value = read_value(name)?;
            let replaced = store.put(scope.owner(), name, &value)?;
            let done = if replaced { "Replaced" } else { "Kept" };
            printer::line(format!(
                "{done} `{name}` {}; `quire serve` uses it from its next start",
                scope.description()
            ));
        }
        SecretCommand::List { scope } => {
            let secrets = scope.secrets()?.read()?;
            for (name, _) in secrets.of(&scope.owner()) {
                printer::line(name);
            }
        }
        SecretCommand::Delete { name, scope } => {
            if !scope.secrets()?.delete(&scope.owner(), name)? {
                return Err(SecretCommandError::Unknown {
                    name: name.clone(),
                    scope: scope.description(),
                }
                .into());
            }
            printer::line(format!("Deleted `{name}` {}", scope.description()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A name in `env` must be one that a program can write; in a store any text will do.
fn check_name(name: &str, scope: &SecretScope) -> Result<(), SecretCommandError> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let is_identifier = name.chars().all(fits) && !name.starts_with(|c: char| c.is_ascii_digit());
    match name {
        "ASSETS" if scope.store.is_none() => Err(SecretCommandError::Reserved),
        "" => Err(SecretCommandError::Name(name.to_owned())),
        _ if scope.store.is_none() && !is_identifier => {
            Err(SecretCommandError::Name(name.to_owned()))
        }
        _ => Ok(()),
    }
}

/// The value: what is piped in, or what is typed unseen. A line break at the end is no part of it.
fn read_value(name: &str) -> Result<String, SecretCommandError> {
    let mut stdin = std::io::stdin();
    let mut value = String::new();
    if stdin.is_terminal() {
        value = dialoguer::Password::new()
            .with_prompt(format!("Value of {name}"))
            .report(false)
            .interact()
            .map_err(SecretCommandError::Prompt)?;
    } else {
        stdin
            .read_to_string(&mut value)
            .map_err(SecretCommandError::Input)?;
    }
    let value = value.trim_end();
    match value.len() {
        0 => Err(SecretCommandError::Empty(name.to_owned())),
        length if length > LONGEST_VALUE => Err(SecretCommandError::TooLong {
            name: name.to_owned(),
            length,
        }),
        _ => Ok(value.to_owned()),
    }
}
