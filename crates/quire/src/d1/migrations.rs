//! `quire d1 migrations`

use std::fs;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use comfy_table::Table;
use quire_store::d1::SqlValue;

use super::execute::queries;
use super::{D1Failure, Opened, StoredArguments, open, query};
use crate::calendar;
use crate::failure::Failure;
use crate::printer;

const FOLDER: &str = "migrations";
const TABLE: &str = "d1_migrations";

#[derive(Debug, Clone, Subcommand)]
pub enum MigrationsCommand {
    /// Write a file for a new migration
    Create(CreateArguments),
    /// Show the migrations that are to be applied
    List(DatabaseArguments),
    /// Apply the migrations that were not, one after the other
    Apply(DatabaseArguments),
}

#[derive(Debug, Clone, Args)]
pub struct CreateArguments {
    /// The database's name or binding
    database: String,

    /// What the migration does
    message: String,

    #[command(flatten)]
    stored: StoredArguments,
}

#[derive(Debug, Clone, Args)]
pub struct DatabaseArguments {
    /// The database's name or binding
    database: String,

    #[command(flatten)]
    stored: StoredArguments,
}

pub fn run(command: &MigrationsCommand) -> Result<(), Failure> {
    match command {
        MigrationsCommand::Create(arguments) => create(arguments),
        MigrationsCommand::List(arguments) => list(arguments),
        MigrationsCommand::Apply(arguments) => apply(arguments),
    }
}

fn folder(opened: &Opened) -> PathBuf {
    let name = opened.configured.migrations_dir.as_deref();
    opened.stored.project.join(name.unwrap_or(FOLDER))
}

/// The table of what was applied, as SQL has its name.
fn table(opened: &Opened) -> String {
    let name = opened.configured.migrations_table.as_deref();
    format!("\"{}\"", name.unwrap_or(TABLE).replace('"', "\"\""))
}

/// The number at the beginning of a name.
fn number(name: &str) -> u64 {
    let digits = name.split(|letter: char| !letter.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// All migrations, in the order of their numbers.
fn names(opened: &Opened) -> Vec<String> {
    let entries = fs::read_dir(folder(opened)).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".sql"))
        .collect();
    names.sort_by(|one, other| (number(one), one).cmp(&(number(other), other)));
    names
}

/// The migrations that were not applied.
fn pending(opened: &Opened) -> Result<Vec<String>, Failure> {
    let table = table(opened);
    let prepared = opened.run(vec![
        query(format!(
            "CREATE TABLE IF NOT EXISTS {table} (\n\tid INTEGER PRIMARY KEY AUTOINCREMENT,\n\tname TEXT UNIQUE,\n\t\
             applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL\n)"
        )),
        query(format!("SELECT name FROM {table}")),
    ]);
    let answers = prepared.map_err(D1Failure::Sql)?;
    let applied: Vec<&SqlValue> = (answers.iter())
        .flat_map(|answer| answer.rows.rows.iter().flatten())
        .collect();
    let mut names = names(opened);
    names.retain(|name| !applied.contains(&&SqlValue::Text(name.clone())));
    Ok(names)
}

fn create(arguments: &CreateArguments) -> Result<(), Failure> {
    let opened = open(&arguments.database, &arguments.stored)?;
    let message = &arguments.message;
    if message.contains(['/', '\\']) {
        return Err(D1Failure::MigrationName(message.clone()).into());
    }
    let last = names(&opened).iter().map(|name| number(name)).max();
    let number = format!("{:04}", last.unwrap_or(0) + 1);
    let name = format!("{number}_{}.sql", message.replace(' ', "_"));
    let path = folder(&opened).join(&name);
    let time = calendar::now();
    let write = || {
        fs::create_dir_all(folder(&opened))?;
        fs::write(&path, format!("-- Migration number: {number} \t {time}\n"))
    };
    write().map_err(|source| D1Failure::Write {
        path: path.clone(),
        source,
    })?;
    printer::line(format!("Successfully created Migration '{name}'!\n"));
    printer::line(format!(
        "The migration is available for editing here\n{}",
        path.display()
    ));
    Ok(())
}

fn print_names(header: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let mut table = Table::new();
    table.set_header(header.to_vec());
    rows.for_each(|row| {
        table.add_row(row);
    });
    printer::line(table);
}

fn list(arguments: &DatabaseArguments) -> Result<(), Failure> {
    let opened = open(&arguments.database, &arguments.stored)?;
    let pending = pending(&opened)?;
    if pending.is_empty() {
        printer::line("No migrations to apply!");
        return Ok(());
    }
    printer::line("Migrations to be applied:");
    print_names(&["Name"], pending.into_iter().map(|name| vec![name]));
    Ok(())
}

fn apply(arguments: &DatabaseArguments) -> Result<(), Failure> {
    let opened = open(&arguments.database, &arguments.stored)?;
    let pending = pending(&opened)?;
    if pending.is_empty() {
        printer::line("No migrations to apply!");
        return Ok(());
    }
    printer::line("Migrations to be applied:");
    print_names(&["name"], pending.iter().map(|name| vec![name.clone()]));
    opened.announce();
    let table = table(&opened);
    for name in &pending {
        let path = folder(&opened).join(name);
        let sql = fs::read_to_string(&path).map_err(Failure::read(&path))?;
        let mut steps = queries(&sql);
        steps.push(query(format!(
            "INSERT INTO {table} (name) VALUES ('{}')",
            name.replace('\'', "''")
        )));
        if let Err(source) = opened.run(steps) {
            let name = name.clone();
            return Err(D1Failure::Migration { name, source }.into());
        }
        printer::line(format!("applied {name}"));
    }
    print_names(
        &["name", "status"],
        pending
            .iter()
            .map(|name| vec![name.clone(), "applied".to_owned()]),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_names() {
        assert_eq!(number("0012_x.sql"), 12);
        assert_eq!(number("x.sql"), 0);
        assert_eq!(number("7.sql"), 7);
    }
}
