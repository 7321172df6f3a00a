//! `quire queues`: what waits in queues, also while a server uses them.

use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

use anstyle::Style;
use clap::{Args, Subcommand};
use quire_store::queues::{Backlog, QueueDirectory};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::kv::confirm;
use crate::printer;
use crate::stored::StoredArguments;
use crate::table::Table;

#[derive(Debug, Clone, Args)]
pub struct QueuesArguments {
    #[command(subcommand)]
    command: QueuesCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum QueuesCommand {
    /// List the queues in which messages wait
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,

        #[command(flatten)]
        stored: StoredArguments,
    },
    /// Remove all messages that wait in a queue
    Purge {
        /// The name of the queue
        name: String,

        /// Do not ask whether it is meant
        #[arg(long, short)]
        force: bool,

        #[command(flatten)]
        stored: StoredArguments,
    },
}

pub fn run(arguments: QueuesArguments) -> Result<ExitCode, Failure> {
    match arguments.command {
        QueuesCommand::List { json, stored } => list(&stored, json)?,
        QueuesCommand::Purge {
            name,
            force,
            stored,
        } => purge(&stored, &name, force)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(stored: &StoredArguments, as_json: bool) -> Result<(), Failure> {
    let folder = stored.find()?.folder.join("queues");
    let backlogs = match folder.exists() {
        true => QueueDirectory::open(&folder)?.backlogs()?,
        false => Vec::new(),
    };
    if as_json {
        let queues: Value = backlogs.iter().map(described).collect();
        printer::line(format!("{queues:#}"));
        return Ok(());
    }
    let mut table = Table::new(["QUEUE", "MESSAGES", "BYTES", "OLDEST"]);
    for (queue, backlog) in &backlogs {
        let cells = [
            queue.clone(),
            backlog.count.to_string(),
            backlog.bytes.to_string(),
            age(backlog),
        ];
        table.row(cells.map(|cell| (cell, Style::new())));
    }
    match table.is_empty() {
        true => printer::line("no messages wait in any queue"),
        false => table.lines(0).iter().for_each(printer::line),
    }
    Ok(())
}

fn described((queue, backlog): &(String, Backlog)) -> Value {
    json!({
        "queue": queue,
        "backlogCount": backlog.count,
        "backlogBytes": backlog.bytes,
        "oldestMessageTimestamp": backlog.oldest,
    })
}

/// For how long the first message has waited.
fn age(backlog: &Backlog) -> String {
    let Some(sent) = backlog.oldest.and_then(|oldest| u64::try_from(oldest).ok()) else {
        return String::new();
    };
    let age = (UNIX_EPOCH + Duration::from_millis(sent)).elapsed();
    format!("{} s ago", age.unwrap_or_default().as_secs())
}

fn purge(stored: &StoredArguments, name: &str, force: bool) -> Result<(), Failure> {
    let folder = stored.find()?.folder.join("queues");
    let question = format!("Remove all messages that wait in the queue \"{name}\"?");
    if !force && !confirm(&question, "--force")? {
        return Ok(());
    }
    let removed = match folder.exists() {
        true => QueueDirectory::open(&folder)?.purge(name)?,
        false => 0,
    };
    printer::line(format!(
        "Removed {} from the queue \"{name}\"",
        crate::build::counted(removed, "message")
    ));
    Ok(())
}
