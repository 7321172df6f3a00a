//! `quire d1`: SQL databases, also while a server uses them.

mod execute;
mod export;
mod migrations;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::channel;

use clap::{Args, Subcommand};
use miette::Diagnostic;
use quire_config::D1Database as Configured;
use quire_store::StoreError;
use quire_store::d1::{D1Answer, D1Database, D1Error, D1Query, SqlValue};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::printer;
use crate::stored::{Stored, StoredArguments};

#[derive(Debug, Clone, Args)]
pub struct D1Arguments {
    #[command(subcommand)]
    command: D1Command,
}

#[derive(Debug, Clone, Subcommand)]
enum D1Command {
    /// Run SQL, all of it or nothing
    Execute(execute::ExecuteArguments),
    /// Create, list and apply migrations
    #[command(subcommand)]
    Migrations(migrations::MigrationsCommand),
    /// Write a database as SQL
    Export(export::ExportArguments),
}

/// Why a command about databases did not do what it was asked for.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum D1Failure {
    #[error("Couldn't find a D1 DB with the name or binding '{0}' in the configuration")]
    #[diagnostic(help("`d1_databases` of wrangler.toml or wrangler.json names them"))]
    Unknown(String),

    #[error(transparent)]
    Store(#[from] StoreError),

    #[error(transparent)]
    Sql(#[from] D1Error),

    #[error("`{}` is a binary SQLite database file", .0.display())]
    #[diagnostic(help("write it as SQL first: `sqlite3 FILE .dump`"))]
    Binary(PathBuf),

    #[error("the migration's name must not have `/` or `\\` in it, found `{0}`")]
    MigrationName(String),

    #[error("cannot write `{}`: {source}", .path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },

    #[error("the migration {name} failed and had no effect: {source}")]
    #[diagnostic(help("those before it were applied; correct it and apply again"))]
    Migration { name: String, source: D1Error },

    #[error("the table {0} is virtual, which SQL cannot hold the content of")]
    Virtual(String),
}

/// A database that a command works on.
struct Opened {
    database: Arc<D1Database>,
    configured: Configured,
    stored: Stored,
}

fn open(name: &str, arguments: &StoredArguments) -> Result<Opened, Failure> {
    let stored = arguments.find()?;
    let known = &stored.environment.d1_databases;
    let found = known.iter().find(|database| {
        database.database_name.as_deref() == Some(name) || database.binding == name
    });
    let configured = found.ok_or_else(|| D1Failure::Unknown(name.to_owned()))?;
    let database = D1Database::open(&stored.folder.join("d1"), &configured.database_id);
    Ok(Opened {
        database: database.map_err(D1Failure::Store)?,
        configured: configured.clone(),
        stored,
    })
}

impl Opened {
    /// Says what is about to be worked on.
    fn announce(&self) {
        let Configured {
            binding,
            database_id,
            database_name,
            ..
        } = &self.configured;
        let name = database_name.as_deref().unwrap_or(binding);
        let folder = self.stored.folder.join("d1");
        let folder = folder.display();
        printer::line(format!(
            "Executing on local database {name} ({database_id}) from {folder}:"
        ));
    }

    /// Runs queries as one transaction.
    fn run(&self, queries: Vec<D1Query>) -> Result<Vec<D1Answer>, D1Error> {
        let (sender, outcome) = channel();
        let done = Box::new(move |result| drop(sender.send(result)));
        self.database.write(queries, done);
        let ended = || {
            D1Error::Store(StoreError::Closed {
                path: self.database.path().to_path_buf(),
            })
        };
        outcome.recv().unwrap_or_else(|_| Err(ended()))
    }
}

fn query(sql: impl Into<String>) -> D1Query {
    D1Query {
        sql: sql.into(),
        values: Vec::new(),
    }
}

/// A value as JSON has it.
fn json(value: &SqlValue) -> Value {
    match value {
        SqlValue::Null => Value::Null,
        SqlValue::Integer(value) => Value::from(*value),
        SqlValue::Real(value) if value.fract() == 0.0 && value.abs() < 1e15 => {
            Value::from(*value as i64)
        }
        SqlValue::Real(value) => Value::from(*value),
        SqlValue::Text(value) => Value::from(value.as_str()),
        SqlValue::Blob(bytes) => Value::from(bytes.as_slice()),
    }
}

/// Rows as objects.
fn objects(answer: &D1Answer) -> Value {
    let rows = answer.rows.rows.iter().map(|row| {
        let columns = answer.rows.columns.iter().cloned();
        Value::Object(columns.zip(row.iter().map(json)).collect::<Map<_, _>>())
    });
    Value::Array(rows.collect())
}

pub fn run(arguments: D1Arguments) -> Result<ExitCode, Failure> {
    match arguments.command {
        D1Command::Execute(arguments) => execute::run(&arguments),
        D1Command::Migrations(command) => migrations::run(&command).map(|()| ExitCode::SUCCESS),
        D1Command::Export(arguments) => export::run(&arguments).map(|()| ExitCode::SUCCESS),
    }
}
