//! `quire r2`: objects of buckets, also while a server uses them.

mod bulk;
mod object;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use clap::{Args, Subcommand};
use miette::Diagnostic;
use quire_store::r2::{Done, R2Directory, R2Error, R2Metadata, R2Object, R2Put, R2Store};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::stored::StoredArguments;

/// Bytes that are read at a time.
const PIECE_BYTES: usize = 256 * 1024;

#[derive(Debug, Clone, Args)]
pub struct R2Arguments {
    #[command(subcommand)]
    command: R2Command,
}

#[derive(Debug, Clone, Subcommand)]
enum R2Command {
    /// Put, get and delete single objects
    #[command(subcommand)]
    Object(object::ObjectCommand),
    /// Put many objects, as a JSON file says
    #[command(subcommand)]
    Bulk(bulk::BulkCommand),
}

/// What belongs to the objects that are put, and where the buckets are.
#[derive(Debug, Clone, Args)]
struct PutOptions {
    /// The media type of the content
    #[arg(long, alias = "ct", value_name = "TYPE")]
    content_type: Option<String>,

    /// How the content is to be presented
    #[arg(long, alias = "cd", value_name = "VALUE")]
    content_disposition: Option<String>,

    /// How the content is encoded
    #[arg(long, alias = "ce", value_name = "CODING")]
    content_encoding: Option<String>,

    /// The language of the content
    #[arg(long, alias = "cl", value_name = "LANGUAGE")]
    content_language: Option<String>,

    /// How the content may be cached
    #[arg(long, alias = "cc", value_name = "DIRECTIVES")]
    cache_control: Option<String>,

    /// From when on the content is stale, in milliseconds since 1970
    #[arg(long, value_name = "TIME")]
    expires: Option<i64>,

    /// The kind of storage, which is kept and otherwise means nothing here
    #[arg(long, short, value_name = "CLASS")]
    storage_class: Option<String>,

    #[command(flatten)]
    common: Common,
}

/// What all commands take.
#[derive(Debug, Clone, Args)]
struct Common {
    /// Where the bucket is, which is always here
    #[arg(long, short = 'J', hide = true)]
    jurisdiction: Option<String>,

    /// Do not ask about catalogues, which there are none of here
    #[arg(long, short = 'y', hide = true)]
    force: bool,

    #[command(flatten)]
    stored: StoredArguments,
}

/// Why a command about objects did not do what it was asked for.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum R2Failure {
    #[error("The object path must be in the form of {{bucket}}/{{key}} you provided {0}")]
    #[diagnostic(help(
        "the bucket is `bucket_name` of the configuration; all behind the first `/` is the key"
    ))]
    Path(String),

    #[error("The specified key does not exist.")]
    NoSuchKey,

    /// Worded as on the original.
    #[error("{operation}: {error} ({})", .error.code())]
    Refused {
        operation: &'static str,
        error: R2Error,
    },

    #[error("cannot write `{}`: {source}", .path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },

    #[error("The file \"{}\" is not a valid JSON.", .file.display())]
    Json {
        file: PathBuf,
        #[source]
        source: serde_json::Error,
    },

    #[error("Each entry in the file \"{}\" must be an object with \"key\" and \"file\" string properties.", .0.display())]
    Entry(PathBuf),

    #[error("The file \"{}\" must contain an array of entries.", .0.display())]
    Entries(PathBuf),
}

/// Makes an error of the store one of this command.
fn refused(operation: &'static str) -> impl FnOnce(R2Error) -> R2Failure {
    move |error| R2Failure::Refused { operation, error }
}

impl Common {
    fn open(&self) -> Result<Arc<R2Directory>, Failure> {
        let folder = self.stored.find()?.folder.join("r2");
        let store = R2Directory::open(&folder).map_err(R2Error::from);
        Ok(store.map_err(refused("open"))?)
    }
}

impl PutOptions {
    /// What belongs to an object, as functions would have given it.
    fn metadata(&self) -> R2Metadata {
        let mut http = Map::new();
        for (name, value) in [
            ("contentType", &self.content_type),
            ("contentLanguage", &self.content_language),
            ("contentDisposition", &self.content_disposition),
            ("contentEncoding", &self.content_encoding),
            ("cacheControl", &self.cache_control),
        ] {
            if let Some(value) = value {
                http.insert(name.to_owned(), Value::from(value.as_str()));
            }
        }
        if let Some(time) = self.expires {
            http.insert("cacheExpiry".to_owned(), Value::from(time));
        }
        R2Metadata {
            http: Value::Object(http).to_string(),
            storage_class: self.storage_class.clone().unwrap_or_default(),
            ..R2Metadata::default()
        }
    }

    /// As messages have it.
    fn shown_storage_class(&self) -> String {
        let class = self.storage_class.as_ref();
        class.map_or_else(String::new, |class| format!(" with {class} storage class"))
    }
}

/// The outcome of a write.
type Outcome = Receiver<Result<Option<R2Object>, R2Error>>;

/// Begins to store what a reader gives. The outcome comes later: many that are begun share one flush of the disk.
fn begin_put(
    store: &R2Directory,
    put: R2Put,
    content: &mut dyn Read,
    read_from: &Path,
) -> Result<Outcome, Failure> {
    let mut draft = store.draft(None, None).map_err(refused("put"))?;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match content.read(&mut piece).map_err(Failure::read(read_from))? {
            0 => break,
            count => draft.write(&piece[..count]).map_err(refused("put"))?,
        }
    }
    let (done, outcome) = done();
    draft.put(put, done);
    Ok(outcome)
}

fn open_file(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(Failure::read(path))
}

fn done<T: Send + 'static>() -> (Done<T>, Receiver<Result<T, R2Error>>) {
    let (sender, outcome) = channel();
    // The receiver waits, or the program is ending.
    (Box::new(move |result| drop(sender.send(result))), outcome)
}

fn wait<T>(
    operation: &'static str,
    outcome: &Receiver<Result<T, R2Error>>,
) -> Result<(), R2Failure> {
    match outcome.recv() {
        Ok(Err(error)) => Err(refused(operation)(error)),
        _ => Ok(()),
    }
}

pub fn run(arguments: R2Arguments) -> Result<ExitCode, Failure> {
    match arguments.command {
        R2Command::Object(command) => object::run(command)?,
        R2Command::Bulk(command) => bulk::run(&command)?,
    }
    Ok(ExitCode::SUCCESS)
}
