//! Answers as JavaScript gets them: `{ "results": [{ "columns": …, "rows": …, "meta": … }, …] }` or `{ "error": … }`.

use quire_store::d1::{D1Answer, D1Outcome, SqlValue};
use serde_json::{Value as Json, json};
use std::fmt::Write;

pub(super) fn error(text: &str) -> String {
    json!({ "error": text }).to_string()
}

pub(super) fn text(outcome: &D1Outcome) -> String {
    let answers = match outcome {
        Ok(answers) => answers,
        Err(failure) => return error(&failure.to_string()),
    };
    let mut text = String::from("{\"results\":[");
    for (index, answer) in answers.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        push(&mut text, answer);
    }
    text.push_str("]}");
    text
}

fn push(text: &mut String, answer: &D1Answer) {
    let rows = &answer.rows;
    let _ = write!(text, "{{\"columns\":{},\"rows\":[", json!(rows.columns));
    for (index, row) in rows.rows.iter().enumerate() {
        text.push_str(if index == 0 { "[" } else { ",[" });
        for (index, value) in row.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { "," });
            push_value(text, value);
        }
        text.push(']');
    }
    let milliseconds = answer.duration.as_secs_f64() * 1000.0;
    let _ = write!(
        text,
        "],\"meta\":{{\"served_by\":\"quire.db\",\"served_by_primary\":true,\"total_attempts\":1,\
         \"timings\":{{\"sql_duration_ms\":{milliseconds}}},\"duration\":{milliseconds},\"changes\":{},\
         \"last_row_id\":{},\"changed_db\":{},\"size_after\":{},\"rows_read\":{},\"rows_written\":{}}}}}",
        answer.changes, answer.last_row_id, answer.changed, answer.size, rows.read, rows.written
    );
}

fn push_value(text: &mut String, value: &SqlValue) {
    let _ = match value {
        SqlValue::Null => write!(text, "null"),
        SqlValue::Integer(value) => write!(text, "{value}"),
        // What is no number is `null` in JSON.
        SqlValue::Real(value) => write!(text, "{}", Json::from(*value)),
        SqlValue::Text(value) => write!(text, "{}", Json::from(value.as_str())),
        SqlValue::Blob(bytes) => write!(text, "{}", json!(bytes)),
    };
}
