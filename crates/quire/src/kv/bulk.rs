//! `quire kv bulk`

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use base64::Engine;
use clap::{Args, Subcommand};
use dialoguer::Confirm;
use quire_store::kv::KvHead;
use serde_json::{Map, Value, json};

use super::{KvError, StoredArguments, Which, rules, wait};
use crate::failure::Failure;
use crate::printer::{self, Notice};

/// Faults of a file that are listed; more are `...`.
const FAULTS_MAX: usize = 12;

/// Writes that are begun before their outcomes are waited for.
const TOGETHER: usize = 256;

#[derive(Debug, Clone, Subcommand)]
pub enum BulkCommand {
    /// Store what a JSON array of { key, value, expiration?, expiration_ttl?, metadata?, base64? } says
    Put(PutArguments),
    /// Print the values of a JSON array of keys
    Get(GetArguments),
    /// Remove a JSON array of keys
    Delete(DeleteArguments),
}

#[derive(Debug, Clone, Args)]
pub struct PutArguments {
    /// The JSON file
    filename: PathBuf,

    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    stored: StoredArguments,
}

#[derive(Debug, Clone, Args)]
pub struct GetArguments {
    /// The JSON file: keys, or objects with the key as `name`
    filename: PathBuf,

    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    stored: StoredArguments,
}

#[derive(Debug, Clone, Args)]
pub struct DeleteArguments {
    /// The JSON file: keys, or objects with the key as `name`
    filename: PathBuf,

    /// Do not ask whether it is meant
    #[arg(long, short)]
    force: bool,

    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    stored: StoredArguments,
}

pub fn run(command: BulkCommand) -> Result<(), Failure> {
    match command {
        BulkCommand::Put(arguments) => put(&arguments),
        BulkCommand::Get(arguments) => get(&arguments),
        BulkCommand::Delete(arguments) => delete(&arguments),
    }
}

fn read(file: &Path) -> Result<Value, Failure> {
    let text = std::fs::read_to_string(file).map_err(Failure::read(file))?;
    let parsed = serde_json::from_str(text.trim_start_matches('\u{feff}'));
    let parsed = parsed.map_err(|source| KvError::Json {
        file: file.to_owned(),
        source,
    })?;
    Ok(parsed)
}

fn put(arguments: &PutArguments) -> Result<(), Failure> {
    let file = &arguments.filename;
    let namespace = arguments.which.open(&arguments.stored)?;
    let content = read(file)?;
    let (entries, strange) = entries(&content).map_err(|expected| KvError::Input {
        file: file.clone(),
        expected,
    })?;
    if !strange.is_empty() {
        let file = file.display();
        printer::diagnostic(&Notice::warning(format!(
            "Unexpected key-value properties in \"{file}\".\n{}",
            strange.join("\n")
        )));
    }
    for together in entries.chunks(TOGETHER) {
        let mut outcomes = Vec::new();
        for entry in together {
            rules::check_key("PUT", entry.key)?;
            rules::check_value(&entry.value)?;
            let head = KvHead {
                namespace: namespace.id.clone(),
                key: entry.key.to_owned(),
                expires: rules::expires(entry.expiration, entry.ttl)?,
                metadata: rules::metadata(entry.metadata)?,
            };
            outcomes.push(
                namespace
                    .put(head, entry.value.clone())
                    .map_err(KvError::Store)?,
            );
        }
        wait(outcomes)?;
    }
    printer::line("Success!");
    Ok(())
}

/// What is to be stored.
#[derive(Debug)]
struct Entry<'v> {
    key: &'v str,
    value: Vec<u8>,
    expiration: Option<i64>,
    ttl: Option<i64>,
    metadata: Option<&'v Value>,
}

const KNOWN: [&str; 6] = [
    "key",
    "value",
    "expiration",
    "expiration_ttl",
    "metadata",
    "base64",
];

/// The entries, and what is not understood of them; else what was expected.
fn entries(content: &Value) -> Result<(Vec<Entry<'_>>, Vec<String>), String> {
    let Some(items) = content.as_array() else {
        let kind = match content {
            Value::String(_) => "string",
            Value::Number(_) => "number",
            Value::Bool(_) => "boolean",
            _ => "object",
        };
        return Err(format!(
            "Expected an array of key-value objects but got type \"{kind}\"."
        ));
    };
    let (mut entries, mut faults, mut strange) = (Vec::new(), Vec::new(), Vec::new());
    for (index, item) in items.iter().enumerate() {
        match entry(item) {
            Some(entry) => entries.push(entry),
            None => note(&mut faults, || {
                format!("The item at index {index} is {item}")
            }),
        }
        let unknown: Vec<&String> = item
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .filter(|name| !KNOWN.contains(&name.as_str()))
            .collect();
        if !unknown.is_empty() {
            note(&mut strange, || {
                format!(
                    "The item at index {index} contains unexpected properties: {}.",
                    json!(unknown)
                )
            });
        }
    }
    match faults.is_empty() {
        true => Ok((entries, strange)),
        false => Err(format!(
            "Each item in the array should be an object that matches:\n\ninterface KeyValue {{\n  key: string;\n  \
             value: string;\n  expiration?: number;\n  expiration_ttl?: number;\n  metadata?: object;\n  \
             base64?: boolean;\n}}\n\n{}",
            faults.join("\n")
        )),
    }
}

fn note(list: &mut Vec<String>, text: impl FnOnce() -> String) {
    match list.len() {
        length if length < FAULTS_MAX => list.push(text()),
        FAULTS_MAX => list.push("...".to_owned()),
        _ => {}
    }
}

fn entry(item: &Value) -> Option<Entry<'_>> {
    let text = item.get("value")?.as_str()?;
    let value = match item.get("base64") {
        None | Some(Value::Bool(false)) => text.as_bytes().to_vec(),
        Some(Value::Bool(true)) => {
            let engine = base64::engine::general_purpose::STANDARD;
            engine.decode(text.trim()).ok()?
        }
        Some(_) => return None,
    };
    let number = |name| match item.get(name) {
        None => Some(None),
        Some(value) => value.as_f64().map(|number| Some(number as i64)),
    };
    Some(Entry {
        key: item.get("key")?.as_str()?,
        value,
        expiration: number("expiration")?,
        ttl: number("expiration_ttl")?,
        metadata: item.get("metadata"),
    })
}

/// The keys of a file.
fn keys(file: &Path) -> Result<Vec<String>, Failure> {
    let content = read(file)?;
    let wrong = |expected| KvError::Input {
        file: file.to_owned(),
        expected,
    };
    let Some(items) = content.as_array() else {
        return Err(wrong(format!("Expected an array of strings but got:\n{content}")).into());
    };
    let (mut keys, mut faults) = (Vec::new(), Vec::new());
    for (index, item) in items.iter().enumerate() {
        match item.as_str().or_else(|| item.get("name")?.as_str()) {
            Some(key) => keys.push(key.to_owned()),
            None => {
                let kind = match item {
                    Value::Number(_) => "number",
                    Value::Bool(_) => "boolean",
                    _ => "object",
                };
                faults.push(format!(
                    "The item at index {index} is type: \"{kind}\" - {item}"
                ));
            }
        }
    }
    if !faults.is_empty() {
        let expected = "Expected an array of strings or objects with a \"name\" key.";
        return Err(wrong(format!("{expected}\n{}", faults.join("\n"))).into());
    }
    Ok(keys)
}

fn get(arguments: &GetArguments) -> Result<(), Failure> {
    let namespace = arguments.which.open(&arguments.stored)?;
    let mut found = Map::new();
    for key in keys(&arguments.filename)? {
        let value = namespace.get(&key)?;
        let value = value.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        found.insert(key, json!({ "value": value }));
    }
    printer::line(format!("{:#}", Value::Object(found)));
    Ok(())
}

fn delete(arguments: &DeleteArguments) -> Result<(), Failure> {
    let namespace = arguments.which.open(&arguments.stored)?;
    let file = arguments.filename.display();
    let question = format!(
        "Are you sure you want to delete all the keys read from \"{file}\" from kv-namespace {}?",
        namespace.shown
    );
    if !arguments.force && !confirm(&question, "--force")? {
        printer::line(format!("Not deleting keys read from \"{file}\"."));
        return Ok(());
    }
    let keys = keys(&arguments.filename)?;
    for key in &keys {
        rules::check_key("DELETE", key)?;
    }
    wait(keys.into_iter().map(|key| namespace.delete(key)).collect())?;
    printer::line("Success!");
    Ok(())
}

/// Asks whether something is meant; `option` says so where nobody can be asked.
pub fn confirm(question: &str, option: &'static str) -> Result<bool, KvError> {
    let unconfirmed = || KvError::Unconfirmed(question.to_owned(), option);
    if !std::io::stdin().is_terminal() {
        return Err(unconfirmed());
    }
    let asked = Confirm::new()
        .with_prompt(question)
        .default(false)
        .interact();
    asked.map_err(|_| unconfirmed())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn files_of_entries() {
        let content = json!([
            { "key": "a", "value": "v", "metadata": { "m": 1 }, "expiration_ttl": 100 },
            { "key": "b", "value": "aGk=", "base64": true, "extra": 1 },
        ]);
        let (read, strange) = entries(&content).unwrap();
        assert_eq!(read[0].key, "a");
        assert_eq!(
            (read[0].ttl, read[0].metadata),
            (Some(100), Some(&json!({ "m": 1 })))
        );
        assert_eq!(read[1].value, b"hi");
        assert_eq!(
            strange,
            ["The item at index 1 contains unexpected properties: [\"extra\"]."]
        );
        for (content, said) in [
            (json!({}), "but got type \"object\""),
            (
                json!([{ "key": 1, "value": "x" }]),
                "The item at index 0 is {\"key\":1",
            ),
            (json!([{ "key": "a", "value": 1 }]), "The item at index 0"),
            (
                json!([{ "key": "a", "value": "!", "base64": true }]),
                "The item at index 0",
            ),
        ] {
            assert!(entries(&content).unwrap_err().contains(said), "{content}");
        }
        let many = Value::Array(vec![json!(1); 100]);
        assert!(entries(&many).unwrap_err().ends_with("\n..."));
    }
}
