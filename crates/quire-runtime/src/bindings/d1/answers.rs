//! Answers as JavaScript gets them: `{ "results": [{ "columns": …, "rows": …, "meta": … }, …] }` or `{ "error": … }`. `meta` is there
//! if it was asked for.

use quire_store::d1::{D1Answer, D1Outcome, SqlValue};
use serde_json::{Value as Json, json};
use std::fmt::Write;

pub(super) fn error(text: &str) -> String {
    json!({ "error": text }).to_string()
}

pub(super) fn text(outcome: &D1Outcome, meta: bool) -> String {
    let answers = match outcome {
        Ok(answers) => answers,
        Err(failure) => return error(&failure.to_string()),
    };
    let mut text = String::from("{\"results\":[");
    for (index, answer) in answers.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        push(&mut text, answer, meta);
    }
    text.push_str("]}");
    text
}

fn push(text: &mut String, answer: &D1Answer, meta: bool) {
    let rows = &answer.rows;
    text.push_str("{\"columns\":[");
    for (index, column) in rows.columns.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        push_text(text, column);
    }
    text.push_str("],\"rows\":[");
    for (index, row) in rows.rows.iter().enumerate() {
        text.push_str(if index == 0 { "[" } else { ",[" });
        for (index, value) in row.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { "," });
            push_value(text, value);
        }
        text.push(']');
    }
    text.push(']');
    if meta {
        push_meta(text, answer);
    }
    text.push('}');
}

fn push_meta(text: &mut String, answer: &D1Answer) {
    let rows = &answer.rows;
    let milliseconds = answer.duration.as_secs_f64() * 1000.0;
    let _ = write!(
        text,
        ",\"meta\":{{\"served_by\":\"quire.db\",\"served_by_primary\":true,\"total_attempts\":1,\
         \"timings\":{{\"sql_duration_ms\":{milliseconds}}},\"duration\":{milliseconds},\"changes\":{},\
         \"last_row_id\":{},\"changed_db\":{},\"size_after\":{},\"rows_read\":{},\"rows_written\":{}}}",
        answer.changes, answer.last_row_id, answer.changed, answer.size, rows.read, rows.written
    );
}

fn push_value(text: &mut String, value: &SqlValue) {
    let _ = match value {
        SqlValue::Null => write!(text, "null"),
        SqlValue::Integer(value) => write!(text, "{value}"),
        // What is no number is `null` in JSON.
        SqlValue::Real(value) => write!(text, "{}", Json::from(*value)),
        SqlValue::Text(value) => return push_text(text, value),
        SqlValue::Blob(bytes) => write!(text, "{}", json!(bytes)),
    };
}

fn push_text(text: &mut String, value: &str) {
    // Most texts have nothing to escape.
    if value
        .bytes()
        .any(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
    {
        let _ = write!(text, "{}", Json::from(value));
    } else {
        text.push('"');
        text.push_str(value);
        text.push('"');
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use quire_store::d1::SqlRows;

    #[test]
    fn answers_are_json() {
        let texts = [
            "",
            "plain",
            "a \"quote\"",
            "back\\slash",
            "line\n\0",
            "é 🦀",
        ];
        let answer = D1Answer {
            rows: SqlRows {
                columns: vec!["a".into(), "\"b\"".into()],
                rows: texts
                    .map(|text| vec![SqlValue::Text(text.into()), SqlValue::Blob(vec![0, 255])])
                    .into(),
                ..SqlRows::default()
            },
            changes: 1,
            last_row_id: -2,
            changed: true,
            size: 4096,
            duration: std::time::Duration::from_millis(3),
        };
        let outcome = Ok(vec![answer.clone(), answer]);
        let read = |meta| -> Json { serde_json::from_str(&text(&outcome, meta)).unwrap() };
        let (plain, full) = (read(false), read(true));
        for (index, text) in texts.iter().enumerate() {
            let expected = json!([text, [0, 255]]);
            assert_eq!(plain["results"][1]["rows"][index], expected);
            assert_eq!(full["results"][0]["rows"][index], expected);
        }
        assert_eq!(plain["results"][0]["columns"], json!(["a", "\"b\""]));
        assert_eq!(plain["results"][0]["meta"], Json::Null);
        assert_eq!(full["results"][1]["meta"]["duration"], 3.0);
        assert_eq!(full["results"][1]["meta"]["last_row_id"], -2);
    }
}
