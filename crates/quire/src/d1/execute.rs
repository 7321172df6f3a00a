//! `quire d1 execute`

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use comfy_table::Table;
use quire_store::d1::{D1Answer, D1Query, SqlValue, statements};
use serde_json::json;

use super::{D1Failure, StoredArguments, objects, open, query};
use crate::failure::Failure;
use crate::printer;

#[derive(Debug, Clone, Args)]
pub struct ExecuteArguments {
    /// The database's name or binding
    database: String,

    /// The SQL
    #[arg(
        long,
        value_name = "SQL",
        required_unless_present = "file",
        conflicts_with = "file"
    )]
    command: Option<String>,

    /// A file of SQL
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Print JSON and nothing else
    #[arg(long)]
    json: bool,

    /// Do not ask anything, as always
    #[arg(id = "yes", long = "yes", short = 'y', hide = true)]
    _yes: bool,

    #[command(flatten)]
    stored: StoredArguments,
}

pub fn run(arguments: &ExecuteArguments) -> Result<ExitCode, Failure> {
    let opened = open(&arguments.database, &arguments.stored)?;
    let sql = match (&arguments.command, &arguments.file) {
        (Some(sql), _) => sql.clone(),
        (None, Some(file)) => read(file)?,
        (None, None) => String::new(),
    };
    if !arguments.json {
        opened.announce();
    }
    let answers = match opened.run(queries(&sql)) {
        Ok(answers) => answers,
        Err(error) if arguments.json => {
            let text = error.to_string();
            printer::line(format!("{:#}", json!({ "error": { "text": text } })));
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(D1Failure::Sql(error).into()),
    };
    if !arguments.json {
        let count = answers.len();
        let commands = if count == 1 { "command" } else { "commands" };
        printer::line(format!("{count} {commands} executed successfully."));
    }
    if !arguments.json && std::io::stdout().is_terminal() {
        answers.iter().for_each(print_table);
    } else {
        let printed: Vec<_> = answers
            .iter()
            .map(|answer| {
                let duration = answer.duration.as_millis() as u64;
                json!({ "results": objects(answer), "success": true, "meta": { "duration": duration } })
            })
            .collect();
        printer::line(format!("{:#}", json!(printed)));
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(file).map_err(Failure::read(file))?;
    if bytes.starts_with(b"SQLite format 3") {
        return Err(D1Failure::Binary(file.to_owned()).into());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A query for each statement of a text. A transaction around all of them is left out: they are one anyway.
pub(super) fn queries(sql: &str) -> Vec<D1Query> {
    let mut found = statements(sql);
    let word = |statement: Option<&&str>| {
        let words = statement.and_then(|statement| statement.split_whitespace().next());
        words.map(|word| word.trim_end_matches(';').to_ascii_uppercase())
    };
    let begins = word(found.first()).as_deref() == Some("BEGIN");
    let ends = matches!(word(found.last()).as_deref(), Some("COMMIT" | "END"));
    if begins && ends && found.len() >= 2 {
        found.remove(0);
        found.pop();
    }
    found
        .into_iter()
        .map(|statement| query(statement.trim()))
        .collect()
}

fn print_table(answer: &D1Answer) {
    if answer.rows.rows.is_empty() {
        return;
    }
    let mut table = Table::new();
    table.set_header(&answer.rows.columns);
    for row in &answer.rows.rows {
        table.add_row(row.iter().map(shown));
    }
    printer::line(table);
}

fn shown(value: &SqlValue) -> String {
    match value {
        SqlValue::Null => "null".to_owned(),
        SqlValue::Text(text) => text.clone(),
        other => super::json(other).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<String> {
        queries(sql).into_iter().map(|query| query.sql).collect()
    }

    #[test]
    fn a_query_for_each_statement() {
        assert_eq!(
            texts("SELECT ';'; -- a;\nSELECT 2;"),
            ["SELECT ';';", "-- a;\nSELECT 2;"]
        );
        assert_eq!(texts("BEGIN TRANSACTION; SELECT 1; COMMIT;"), ["SELECT 1;"]);
        assert_eq!(texts("BEGIN; SELECT 1"), ["BEGIN;", "SELECT 1"]);
        assert_eq!(texts("-- nothing\n"), [""; 0]);
    }
}
