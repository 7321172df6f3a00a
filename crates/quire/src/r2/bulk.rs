//! `quire r2 bulk`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use quire_store::r2::R2Put;
use serde::Deserialize;
use serde_json::Value;

use super::{PutOptions, R2Failure, begin_put, open_file, wait};
use crate::failure::Failure;
use crate::printer;

/// Writes that are begun before their outcomes are waited for.
const TOGETHER: usize = 256;

#[derive(Debug, Clone, Subcommand)]
pub enum BulkCommand {
    /// Store the files of a JSON array of { key, file }
    Put(PutArguments),
}

#[derive(Debug, Clone, Args)]
pub struct PutArguments {
    /// The bucket
    bucket: String,

    /// The JSON file
    #[arg(long, short, value_name = "FILE")]
    filename: PathBuf,

    /// How many uploads run at once, which is not of interest here
    #[arg(long, hide = true)]
    concurrency: Option<f64>,

    #[command(flatten)]
    options: PutOptions,
}

/// A file, and the key of the object that it becomes.
#[derive(Deserialize)]
struct Entry {
    key: String,
    file: PathBuf,
}

pub fn run(command: &BulkCommand) -> Result<(), Failure> {
    match command {
        BulkCommand::Put(arguments) => put(arguments),
    }
}

fn put(arguments: &PutArguments) -> Result<(), Failure> {
    let PutArguments {
        bucket, options, ..
    } = arguments;
    let entries = read(&arguments.filename)?;
    // All or nothing, as far as can be told before.
    for entry in &entries {
        open_file(&entry.file)?;
    }
    let store = options.common.open()?;
    let (count, class) = (entries.len(), options.shown_storage_class());
    printer::line(format!(
        "Starting bulk upload of {count} objects to bucket {bucket}{class}"
    ));
    for together in entries.chunks(TOGETHER) {
        let mut outcomes = Vec::new();
        for Entry { key, file } in together {
            let put = R2Put {
                bucket: bucket.clone(),
                key: key.clone(),
                metadata: options.metadata(),
                ..R2Put::default()
            };
            outcomes.push(begin_put(&store, put, &mut open_file(file)?, file)?);
        }
        for outcome in &outcomes {
            wait("put", outcome)?;
        }
    }
    printer::line(format!("Uploaded {count} objects."));
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Entry>, Failure> {
    let text = std::fs::read_to_string(file).map_err(Failure::read(file))?;
    let content = serde_json::from_str(text.trim_start_matches('\u{feff}'));
    let content: Value = content.map_err(|source| R2Failure::Json {
        file: file.to_owned(),
        source,
    })?;
    let Value::Array(entries) = content else {
        return Err(R2Failure::Entries(file.to_owned()).into());
    };
    let entries: Result<Vec<Entry>, _> = entries.into_iter().map(serde_json::from_value).collect();
    Ok(entries.map_err(|_| R2Failure::Entry(file.to_owned()))?)
}
