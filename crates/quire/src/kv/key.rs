//! `quire kv key`

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use quire_store::kv::{KvHead, KvListing, KvStore};
use serde_json::{Map, Value};

use super::{KvError, StoredArguments, Which, rules, wait};
use crate::failure::Failure;
use crate::printer;

#[derive(Debug, Clone, Subcommand)]
pub enum KeyCommand {
    /// Store a value
    Put(PutArguments),
    /// Print a value, byte by byte
    Get(GetArguments),
    /// Print the keys as JSON
    List(ListArguments),
    /// Remove a key
    Delete(DeleteArguments),
}

#[derive(Debug, Clone, Args)]
pub struct PutArguments {
    /// The key
    key: String,

    /// The value
    #[arg(required_unless_present = "path", conflicts_with = "path")]
    value: Option<String>,

    /// Store what is in this file
    #[arg(long, value_name = "FILE")]
    path: Option<PathBuf>,

    /// After how many seconds the entry is gone
    #[arg(long, value_name = "SECONDS")]
    ttl: Option<i64>,

    /// From which second since 1970 on the entry is gone
    #[arg(long, value_name = "TIME")]
    expiration: Option<i64>,

    /// A JSON object that belongs to the entry
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,

    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    stored: StoredArguments,
}

#[derive(Debug, Clone, Args)]
pub struct GetArguments {
    /// The key
    key: String,

    /// Print it as text, with a line feed behind
    #[arg(long)]
    text: bool,

    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    stored: StoredArguments,
}

#[derive(Debug, Clone, Args)]
pub struct ListArguments {
    /// Only keys that begin with this
    #[arg(long)]
    prefix: Option<String>,

    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    stored: StoredArguments,
}

#[derive(Debug, Clone, Args)]
pub struct DeleteArguments {
    /// The key
    key: String,

    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    stored: StoredArguments,
}

pub fn run(command: KeyCommand) -> Result<(), Failure> {
    match command {
        KeyCommand::Put(arguments) => put(arguments),
        KeyCommand::Get(arguments) => get(&arguments),
        KeyCommand::List(arguments) => list(arguments),
        KeyCommand::Delete(arguments) => delete(arguments),
    }
}

fn put(arguments: PutArguments) -> Result<(), Failure> {
    let metadata = arguments
        .metadata
        .as_deref()
        .map(read_metadata)
        .transpose()?;
    let namespace = arguments.which.open(&arguments.stored)?;
    let with = metadata.as_ref().map_or_else(String::new, |metadata| {
        format!(" with metadata \"{metadata}\"")
    });
    let (key, shown) = (&arguments.key, &namespace.shown);
    let value = match (&arguments.path, arguments.value) {
        (Some(path), _) => {
            let value = std::fs::read(path).map_err(Failure::read(path))?;
            let path = path.display();
            printer::line(format!(
                "Writing the contents of {path} to the key \"{key}\" on namespace {shown}{with}."
            ));
            value
        }
        (None, value) => {
            let value = value.unwrap_or_default();
            printer::line(format!(
                "Writing the value \"{value}\" to key \"{key}\" on namespace {shown}{with}."
            ));
            value.into_bytes()
        }
    };
    rules::check_key("PUT", key)?;
    rules::check_value(&value)?;
    let head = KvHead {
        namespace: namespace.id.clone(),
        key: key.clone(),
        expires: rules::expires(arguments.expiration, arguments.ttl)?,
        metadata: rules::metadata(metadata.as_ref())?,
    };
    let outcome = namespace.put(head, value).map_err(KvError::Store)?;
    Ok(wait(vec![outcome])?)
}

fn read_metadata(text: &str) -> Result<Value, KvError> {
    let wrong = |what| KvError::Metadata {
        what,
        received: text.to_owned(),
    };
    match serde_json::from_str::<Value>(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(wrong("a JSON object")),
        Err(_) => Err(wrong("valid JSON")),
    }
}

fn get(arguments: &GetArguments) -> Result<(), Failure> {
    let namespace = arguments.which.open(&arguments.stored)?;
    match namespace.get(&arguments.key)? {
        None => printer::line("Value not found"),
        Some(value) if arguments.text => printer::line(String::from_utf8_lossy(&value)),
        Some(value) => {
            let mut output = std::io::stdout().lock();
            // Nobody is left to be told that the output is gone.
            let _ = output.write_all(&value).and_then(|()| output.flush());
        }
    }
    Ok(())
}

fn list(arguments: ListArguments) -> Result<(), Failure> {
    const TOGETHER: usize = 1000;
    let namespace = arguments.which.open(&arguments.stored)?;
    let mut listing = KvListing {
        namespace: namespace.id.clone(),
        prefix: arguments.prefix.unwrap_or_default(),
        after: None,
        limit: TOGETHER,
    };
    let mut entries = Vec::new();
    loop {
        let page = namespace.store.list(&listing, rules::now());
        let page = page.map_err(KvError::Store)?;
        listing.after = page.keys.last().map(|key| key.name.as_bytes().to_vec());
        for key in page.keys {
            let mut entry = Map::new();
            entry.insert("name".into(), key.name.into());
            if let Some(expires) = key.expires {
                entry.insert("expiration".into(), expires.into());
            }
            let metadata = key
                .metadata
                .and_then(|text| serde_json::from_str(&text).ok());
            if let Some(metadata) = metadata {
                entry.insert("metadata".into(), metadata);
            }
            entries.push(Value::Object(entry));
        }
        if page.complete {
            break;
        }
    }
    printer::line(format!("{:#}", Value::Array(entries)));
    Ok(())
}

fn delete(arguments: DeleteArguments) -> Result<(), Failure> {
    let namespace = arguments.which.open(&arguments.stored)?;
    let (key, shown) = (arguments.key, &namespace.shown);
    printer::line(format!("Deleting the key \"{key}\" on namespace {shown}."));
    rules::check_key("DELETE", &key)?;
    Ok(wait(vec![namespace.delete(key)])?)
}
