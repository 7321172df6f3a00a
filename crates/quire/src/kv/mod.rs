//! `quire kv`: namespaces and their entries, also while a server uses them.

mod bulk;
mod key;
mod namespace;
mod rules;

pub use bulk::confirm;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use clap::{Args, Subcommand};
use miette::Diagnostic;
use quire_store::StoreError;
use quire_store::kv::{Done, KvDirectory, KvHead, KvStore, SMALL_BYTES_MAX};

use crate::failure::Failure;
use crate::stored::{Stored, StoredArguments};

#[derive(Debug, Clone, Args)]
pub struct KvArguments {
    #[command(subcommand)]
    command: KvCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum KvCommand {
    /// Create, list and delete namespaces
    #[command(subcommand)]
    Namespace(namespace::NamespaceCommand),
    /// Put, get, list and delete single keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Put, get and delete many keys, as a JSON file says
    #[command(subcommand)]
    Bulk(bulk::BulkCommand),
}

/// Which namespace.
#[derive(Debug, Clone, Args)]
struct Which {
    /// The namespace that the configuration binds to this name
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present = "namespace_id",
        conflicts_with = "namespace_id"
    )]
    binding: Option<String>,

    /// The namespace of this id
    #[arg(long, value_name = "ID")]
    namespace_id: Option<String>,

    /// Use the binding's `preview_id`
    #[arg(long, requires = "binding")]
    preview: bool,
}

/// Why a command about namespaces did not do what it was asked for.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum KvError {
    #[error(
        "no KV namespace with binding \"{0}\" was found in `kv_namespaces` of the configuration"
    )]
    #[diagnostic(help("check the binding's name, or use `--namespace-id`"))]
    Binding(String),

    #[error("the binding \"{0}\" has no `preview_id` in the configuration")]
    #[diagnostic(help("leave out `--preview` to use its `id`"))]
    PreviewId(String),

    #[error("no KV namespace named \"{0}\" was found")]
    #[diagnostic(help(
        "`quire kv namespace list` shows what there is; `--namespace-id` names one by its id"
    ))]
    Title(String),

    #[error("there is a KV namespace with the title \"{0}\" already")]
    #[diagnostic(help("`quire kv namespace list` shows its id; or choose another title"))]
    Exists(String),

    /// Worded as on the original.
    #[error("KV {method} failed: {text}")]
    Refused { method: &'static str, text: String },

    #[error(transparent)]
    Store(#[from] StoreError),

    #[error("--metadata must be {what}. Received: {received}")]
    Metadata {
        what: &'static str,
        received: String,
    },

    #[error("Unexpected JSON input from \"{}\".\n{expected}", .file.display())]
    Input { file: PathBuf, expected: String },

    #[error("`{}` is not valid JSON: {source}", .file.display())]
    Json {
        file: PathBuf,
        source: serde_json::Error,
    },

    #[error("{0}")]
    #[diagnostic(help("nobody can be asked here: use `{1}`"))]
    Unconfirmed(String, &'static str),
}

/// A namespace that a command works on.
struct Namespace {
    store: Arc<KvDirectory>,
    id: String,
    /// As messages have it.
    shown: String,
}

impl Which {
    fn id(&self, stored: &Stored) -> Result<String, KvError> {
        if let Some(id) = &self.namespace_id {
            return Ok(id.clone());
        }
        let name = self.binding.clone().unwrap_or_default();
        let mut known = stored.environment.kv_namespaces.iter();
        let Some(namespace) = known.find(|namespace| namespace.binding == name) else {
            return Err(KvError::Binding(name));
        };
        match (&namespace.preview_id, self.preview) {
            (_, false) => Ok(namespace.id.clone()),
            (Some(id), true) => Ok(id.clone()),
            (None, true) => Err(KvError::PreviewId(name)),
        }
    }

    fn open(&self, stored: &StoredArguments) -> Result<Namespace, Failure> {
        let stored = stored.find()?;
        let id = self.id(&stored)?;
        let shown = match &self.binding {
            Some(binding) => format!("binding: \"{binding}\" (id: \"{id}\")"),
            None => format!("id: \"{id}\""),
        };
        Ok(Namespace {
            store: open(&stored)?,
            id,
            shown,
        })
    }
}

fn open(stored: &Stored) -> Result<Arc<KvDirectory>, KvError> {
    Ok(KvDirectory::open(&stored.folder.join("kv"))?)
}

impl Namespace {
    /// Begins to store a value. The outcome comes later: many that are begun share one flush of the disk.
    fn put(
        &self,
        head: KvHead,
        value: Vec<u8>,
    ) -> Result<Receiver<Result<(), StoreError>>, StoreError> {
        let (done, outcome) = done();
        if value.len() <= SMALL_BYTES_MAX {
            self.store.put(head, value, done);
        } else {
            let mut draft = self.store.draft()?;
            draft.write(&value)?;
            draft.commit(head, done);
        }
        Ok(outcome)
    }

    fn delete(&self, key: String) -> Receiver<Result<(), StoreError>> {
        let (done, outcome) = done();
        self.store.delete(self.id.clone(), key, done);
        outcome
    }

    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Failure> {
        rules::check_key("GET", key)?;
        let found = self.store.find(&self.id, key, rules::now());
        let Some(entry) = found.map_err(KvError::Store)? else {
            return Ok(None);
        };
        let bytes = entry.value.into_bytes().map_err(KvError::Store)?;
        Ok(Some(bytes))
    }
}

fn done() -> (Done, Receiver<Result<(), StoreError>>) {
    let (sender, outcome) = channel();
    // The receiver waits, or the program is ending.
    (Box::new(move |result| drop(sender.send(result))), outcome)
}

/// Waits for all; the first failure counts.
fn wait(outcomes: Vec<Receiver<Result<(), StoreError>>>) -> Result<(), KvError> {
    for outcome in outcomes {
        if let Ok(result) = outcome.recv() {
            result?;
        }
    }
    Ok(())
}

pub fn run(arguments: KvArguments) -> Result<ExitCode, Failure> {
    match arguments.command {
        KvCommand::Namespace(command) => namespace::run(command)?,
        KvCommand::Key(command) => key::run(command)?,
        KvCommand::Bulk(command) => bulk::run(command)?,
    }
    Ok(ExitCode::SUCCESS)
}
