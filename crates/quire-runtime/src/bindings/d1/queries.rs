//! Queries as JavaScript hands them over: `[{ "sql": …, "params": […] }, …]`.

use quire_store::d1::{D1Query, SqlValue};
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
struct Query {
    sql: String,
    #[serde(default)]
    params: Vec<Json>,
}

/// Reads queries. Those that consist of comments alone are left out.
pub(super) fn read(text: &str) -> Result<Vec<D1Query>, String> {
    let queries: Vec<Query> =
        serde_json::from_str(text).map_err(|_| "a statement has no text".to_owned())?;
    let mut read = Vec::with_capacity(queries.len());
    for Query { sql, params } in queries {
        if has_statement(&sql) {
            let values = params.into_iter().map(value).collect::<Result<_, _>>()?;
            read.push(D1Query { sql, values });
        }
    }
    match read.is_empty() {
        true => Err("No SQL statements detected.".to_owned()),
        false => Ok(read),
    }
}

fn has_statement(sql: &str) -> bool {
    sql.lines().any(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with("--")
    })
}

fn value(param: Json) -> Result<SqlValue, String> {
    match param {
        Json::Null => Ok(SqlValue::Null),
        Json::Bool(value) => Ok(SqlValue::Real(f64::from(u8::from(value)))),
        Json::Number(value) => Ok(SqlValue::Real(value.as_f64().unwrap_or_default())),
        Json::String(value) => Ok(SqlValue::Text(value)),
        Json::Array(bytes) => {
            let byte = |value: &Json| value.as_f64().map(|byte| byte as i64 as u8);
            let bytes = bytes.iter().map(byte).collect::<Option<_>>();
            bytes
                .map(SqlValue::Blob)
                .ok_or_else(|| "a value is a list of other things than bytes".to_owned())
        }
        Json::Object(_) => Err("a value is an object".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_json_has_for_them() {
        let read = read(
            r#"[{"sql":" -- only\n"},{"sql":"a","params":[1,null,"t",[0,255,300],[]]},{"sql":"b"}]"#,
        );
        let values = vec![
            SqlValue::Real(1.0),
            SqlValue::Null,
            SqlValue::Text("t".into()),
            SqlValue::Blob(vec![0, 255, 44]),
            SqlValue::Blob(Vec::new()),
        ];
        let query = |sql: &str, values| D1Query {
            sql: sql.into(),
            values,
        };
        assert_eq!(read, Ok(vec![query("a", values), query("b", Vec::new())]));
        assert!(super::read(r#"[{"sql":" -- only"}]"#).is_err());
        assert!(super::read("[]").is_err() && super::read("[{}]").is_err());
        assert!(super::read(r#"[{"sql":"a","params":[{}]}]"#).is_err());
    }
}
