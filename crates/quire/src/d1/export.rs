//! `quire d1 export`

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use quire_store::d1::SqlValue;

use super::{D1Failure, Opened, StoredArguments, open, query};
use crate::failure::Failure;
use crate::printer;

#[derive(Debug, Clone, Args)]
pub struct ExportArguments {
    /// The database's name or binding
    database: String,

    /// The file to write
    #[arg(long, value_name = "FILE")]
    output: PathBuf,

    /// Only this table; several may be given
    #[arg(long, value_name = "TABLE")]
    table: Vec<String>,

    /// Leave the schema out
    #[arg(long)]
    no_schema: bool,

    /// Leave the rows out
    #[arg(long)]
    no_data: bool,

    #[command(flatten)]
    stored: StoredArguments,
}

pub fn run(arguments: &ExportArguments) -> Result<(), Failure> {
    let opened = open(&arguments.database, &arguments.stored)?;
    printer::line(format!(
        "Exporting SQL to {}...",
        arguments.output.display()
    ));
    let text = dump(&opened, arguments)?;
    std::fs::write(&arguments.output, text).map_err(|source| D1Failure::Write {
        path: arguments.output.clone(),
        source,
    })?;
    printer::line("Done!");
    Ok(())
}

fn dump(opened: &Opened, arguments: &ExportArguments) -> Result<String, D1Failure> {
    let wanted = |name: &str| {
        arguments.table.is_empty() || arguments.table.iter().any(|table| table == name)
    };
    let mut text = String::from("PRAGMA defer_foreign_keys=TRUE;\n");
    let schema = opened.run(vec![
        query("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT NULL ORDER BY tbl_name = 'sqlite_sequence', rowid"),
        query("SELECT name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger', 'view') AND sql NOT NULL ORDER BY type"),
    ])?;
    let entries = |index: usize| {
        let rows = schema.get(index).map(|answer| answer.rows.rows.as_slice());
        rows.unwrap_or_default()
            .iter()
            .filter_map(|row| match row.as_slice() {
                [SqlValue::Text(name), SqlValue::Text(sql)] => Some((name.as_str(), sql.as_str())),
                _ => None,
            })
    };
    for (name, sql) in entries(0).filter(|(name, _)| wanted(name)) {
        let head = sql.get(..20).unwrap_or_default().to_ascii_uppercase();
        if head == "CREATE VIRTUAL TABLE" {
            return Err(D1Failure::Virtual(name.to_owned()));
        }
        match name {
            "sqlite_sequence" if !arguments.no_schema => {
                text.push_str("DELETE FROM sqlite_sequence;\n")
            }
            "sqlite_sequence" => {}
            _ if name.starts_with("sqlite_") => continue,
            _ if !arguments.no_schema => {
                let _ = writeln!(text, "{sql};");
            }
            _ => {}
        }
        if !arguments.no_data {
            push_rows(&mut text, opened, name)?;
        }
    }
    if !arguments.no_schema {
        for (_, sql) in entries(1).filter(|(name, _)| wanted(name)) {
            let _ = writeln!(text, "{sql};");
        }
    }
    Ok(text)
}

fn quoted_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn push_rows(text: &mut String, opened: &Opened, table: &str) -> Result<(), D1Failure> {
    let table = quoted_name(table);
    let answers = opened.run(vec![query(format!("SELECT * FROM {table}"))])?;
    for answer in &answers {
        let columns: Vec<String> = answer
            .rows
            .columns
            .iter()
            .map(|name| quoted_name(name))
            .collect();
        let columns = columns.join(",");
        for row in &answer.rows.rows {
            let cells: Vec<String> = row.iter().map(literal).collect();
            let _ = writeln!(
                text,
                "INSERT INTO {table} ({columns}) VALUES({});",
                cells.join(",")
            );
        }
    }
    Ok(())
}

/// A value as SQL has it. A statement stays on one line, so that `exec` can run it too.
fn literal(value: &SqlValue) -> String {
    match value {
        SqlValue::Null => "NULL".to_owned(),
        SqlValue::Integer(value) => value.to_string(),
        SqlValue::Real(value) if value.is_infinite() => {
            (if *value > 0.0 { "9e999" } else { "-9e999" }).to_owned()
        }
        SqlValue::Real(value) => format!("{value:?}"),
        SqlValue::Blob(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("X'{digits}'")
        }
        SqlValue::Text(text) => {
            let mut quoted = format!("'{}'", text.replace('\'', "''"));
            for (letter, mark, code) in [('\r', "\\r", 13), ('\n', "\\n", 10)] {
                if quoted.contains(letter) {
                    // A mark that the text does not have.
                    let mut mark = mark.to_owned();
                    while quoted.contains(&mark) {
                        mark.insert(0, '\\');
                    }
                    quoted = format!(
                        "replace({},'{mark}',char({code}))",
                        quoted.replace(letter, &mark)
                    );
                }
            }
            quoted
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_sql() {
        for (value, expected) in [
            (SqlValue::Null, "NULL"),
            (SqlValue::Integer(-5), "-5"),
            (SqlValue::Real(2.0), "2.0"),
            (SqlValue::Real(f64::INFINITY), "9e999"),
            (SqlValue::Blob(vec![0, 255]), "X'00ff'"),
            (SqlValue::Text("it's".into()), "'it''s'"),
            (
                SqlValue::Text("a\nb".into()),
                "replace('a\\nb','\\n',char(10))",
            ),
            (
                SqlValue::Text("a\\n\nb".into()),
                "replace('a\\n\\\\nb','\\\\n',char(10))",
            ),
        ] {
            assert_eq!(literal(&value), expected);
        }
    }
}
