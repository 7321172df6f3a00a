//! `quire analytics query`: questions to what functions wrote with `writeDataPoint`.

use std::process::ExitCode;

use anstyle::Style;
use quire_store::analytics::{Analytics, Answer, Cell};
use serde_json::{Map, Number, Value};

use crate::arguments::{AnalyticsArguments, AnalyticsCommand};
use crate::failure::Failure;
use crate::printer;
use crate::project::data_folder;
use crate::table::Table;

pub fn run(arguments: &AnalyticsArguments) -> Result<ExitCode, Failure> {
    let AnalyticsCommand::Query {
        sql,
        directory,
        persist_to,
        json,
    } = &arguments.command;
    let data = data_folder(directory.as_deref(), persist_to.as_deref())?;
    let answer = Analytics::query(&data.join("analytics"), sql)?;
    if *json {
        printer::line(rows(&answer));
    } else {
        let mut table = Table::new(&answer.columns);
        for row in &answer.rows {
            let cells = row.iter().map(|cell| (shown(cell), Style::new()));
            table.row(cells.collect::<Vec<_>>());
        }
        table.lines(0).iter().for_each(printer::line);
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
    }
}

fn rows(answer: &Answer) -> Value {
    let value = |cell: &Cell| match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => Value::from(*number),
        Cell::Number(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Cell::Text(text) => Value::from(text.as_str()),
    };
    let row = |row: &Vec<Cell>| {
        let values = answer.columns.iter().zip(row);
        let values = values.map(|(name, cell)| (name.clone(), value(cell)));
        Value::Object(values.collect::<Map<_, _>>())
    };
    answer.rows.iter().map(row).collect()
}
