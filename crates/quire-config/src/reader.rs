//! Access to the fields of a document, which reports what is missing, of the wrong type, or unknown.

use std::ops::Range;

use crate::document::{Entry, Kind, Node};
use crate::problem::{Problem, Severity, Source};
use crate::project::Strictness;

/// Collects the problems of one file.
pub(crate) struct Reader {
    source: Source,
    strictness: Strictness,
    problems: Vec<Problem>,
}

/// A table of the document with its name, such as `env.preview.kv_namespaces[0]`; empty for the whole document.
#[derive(Clone)]
pub(crate) struct Table<'a> {
    pub(crate) name: String,
    pub(crate) span: Range<usize>,
    pub(crate) entries: &'a [Entry],
}

impl<'a> Table<'a> {
    pub(crate) fn get(&self, key: &str) -> Option<&'a Node> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    /// The full name of one of its keys.
    pub(crate) fn path(&self, key: &str) -> String {
        if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        }
    }
}

impl Reader {
    pub(crate) fn new(source: Source, strictness: Strictness) -> Self {
        Self {
            source,
            strictness,
            problems: Vec::new(),
        }
    }

    pub(crate) fn strictness(&self) -> Strictness {
        self.strictness
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    pub(crate) fn error(&mut self, span: &Range<usize>, message: String, label: impl Into<String>) {
        self.problems.push(Problem::new(
            Severity::Error,
            &self.source,
            span.clone(),
            message,
            label.into(),
        ));
    }

    pub(crate) fn warn(
        &mut self,
        span: &Range<usize>,
        message: String,
        label: impl Into<String>,
        help: Option<String>,
    ) {
        self.report(Severity::Warning, span, message, label.into(), help);
    }

    /// Reports what a deployment would refuse: an error, or a warning where that is enough.
    pub(crate) fn refuse(
        &mut self,
        span: &Range<usize>,
        message: String,
        label: impl Into<String>,
        help: Option<String>,
    ) {
        let severity = match self.strictness {
            Strictness::Fail => Severity::Error,
            Strictness::Warn => Severity::Warning,
        };
        self.report(severity, span, message, label.into(), help);
    }

    pub(crate) fn report(
        &mut self,
        severity: Severity,
        span: &Range<usize>,
        message: String,
        label: String,
        help: Option<String>,
    ) {
        let mut problem = Problem::new(severity, &self.source, span.clone(), message, label);
        if let Some(help) = help {
            problem = problem.with_help(help);
        }
        self.problems.push(problem);
    }

    fn wrong_type(&mut self, node: &Node, path: &str, expected: &str) {
        let message = format!("`{path}` must be {expected}, found {}", node.description());
        self.error(&node.span, message, format!("expected {expected}"));
    }

    pub(crate) fn table<'a>(&mut self, node: &'a Node, path: &str) -> Option<Table<'a>> {
        let Kind::Table(entries) = &node.kind else {
            if path.is_empty() {
                let message = format!(
                    "a configuration must be a table, found {}",
                    node.description()
                );
                self.error(&node.span, message, "expected a table");
            } else {
                self.wrong_type(node, path, "a table");
            }
            return None;
        };
        Some(Table {
            name: path.to_owned(),
            span: node.span.clone(),
            entries,
        })
    }

    /// The table under a key, if the key is there.
    pub(crate) fn table_at<'a>(&mut self, table: &Table<'a>, key: &str) -> Option<Table<'a>> {
        table
            .get(key)
            .and_then(|node| self.table(node, &table.path(key)))
    }

    /// The tables of the list under a key; `None` without the key.
    pub(crate) fn tables_at<'a>(&mut self, table: &Table<'a>, key: &str) -> Option<Vec<Table<'a>>> {
        let node = table.get(key)?;
        let path = table.path(key);
        let Kind::Array(items) = &node.kind else {
            self.wrong_type(node, &path, "a list of tables");
            return Some(Vec::new());
        };
        let tables = items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| self.table(item, &format!("{path}[{index}]")));
        Some(tables.collect())
    }

    pub(crate) fn string(&mut self, table: &Table<'_>, key: &str) -> Option<String> {
        let node = table.get(key)?;
        match &node.kind {
            Kind::String(text) => Some(text.clone()),
            _ => {
                self.wrong_type(node, &table.path(key), "a string");
                None
            }
        }
    }

    /// A string that must be there and say something.
    pub(crate) fn required_string(&mut self, table: &Table<'_>, key: &str) -> Option<String> {
        self.require(table, key, "a string")?;
        let text = self.string(table, key)?;
        if text.trim().is_empty() {
            let message = format!("`{}` must not be empty", table.path(key));
            let span = table.get(key).map_or(&table.span, |node| &node.span);
            self.error(span, message, "empty");
            return None;
        }
        Some(text)
    }

    pub(crate) fn boolean(&mut self, table: &Table<'_>, key: &str) -> Option<bool> {
        let node = table.get(key)?;
        match node.kind {
            Kind::Boolean(value) => Some(value),
            _ => {
                self.wrong_type(node, &table.path(key), "`true` or `false`");
                None
            }
        }
    }

    /// A whole number of the given range.
    pub(crate) fn integer<N: TryFrom<i64>>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        expected: &str,
    ) -> Option<N> {
        let node = table.get(key)?;
        let number = match node.kind {
            Kind::Integer(value) => N::try_from(value).ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong_type(node, &table.path(key), expected);
        }
        number
    }

    /// A number that must be there.
    pub(crate) fn required_integer<N: TryFrom<i64>>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        expected: &str,
    ) -> Option<N> {
        self.require(table, key, expected)?;
        self.integer(table, key, expected)
    }

    /// A table that must be there.
    pub(crate) fn required_table<'a>(&mut self, table: &Table<'a>, key: &str) -> Option<Table<'a>> {
        self.require(table, key, "a table")?;
        self.table_at(table, key)
    }

    fn require(&mut self, table: &Table<'_>, key: &str, expected: &str) -> Option<()> {
        if table.get(key).is_none() {
            let message = format!("`{}` lacks `{key}`, {expected}", table.name);
            self.error(&table.span, message, format!("`{key}` is missing"));
            return None;
        }
        Some(())
    }

    pub(crate) fn strings(&mut self, table: &Table<'_>, key: &str) -> Option<Vec<String>> {
        let node = table.get(key)?;
        let path = table.path(key);
        let Kind::Array(items) = &node.kind else {
            self.wrong_type(node, &path, "a list of strings");
            return None;
        };
        let mut strings = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match &item.kind {
                Kind::String(text) => strings.push(text.clone()),
                _ => self.wrong_type(item, &format!("{path}[{index}]"), "a string"),
            }
        }
        Some(strings)
    }

    /// A value as JSON, for what a program gets to see. TOML's dates and infinities are not.
    pub(crate) fn json(&mut self, node: &Node, path: &str) -> Option<serde_json::Value> {
        use serde_json::Value;
        Some(match &node.kind {
            Kind::Null => Value::Null,
            Kind::Boolean(value) => Value::Bool(*value),
            Kind::Integer(value) => Value::from(*value),
            Kind::Float(value) => match serde_json::Number::from_f64(*value) {
                Some(number) => Value::Number(number),
                None => {
                    self.wrong_type(node, path, "a string or JSON");
                    return None;
                }
            },
            Kind::String(text) => Value::String(text.clone()),
            Kind::Datetime(_) => {
                self.wrong_type(node, path, "a string or JSON");
                return None;
            }
            Kind::Array(items) => {
                let mut array = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    array.push(self.json(item, &format!("{path}[{index}]"))?);
                }
                Value::Array(array)
            }
            Kind::Table(entries) => {
                let mut object = serde_json::Map::new();
                for entry in entries {
                    object.insert(
                        entry.key.clone(),
                        self.json(&entry.value, &format!("{path}.{}", entry.key))?,
                    );
                }
                Value::Object(object)
            }
        })
    }

    /// Warns of keys that nothing reads.
    pub(crate) fn warn_unknown(&mut self, table: &Table<'_>, known: &[&str]) {
        for entry in table.entries {
            if !known.contains(&entry.key.as_str()) {
                self.warn_unknown_key(table, entry, known);
            }
        }
    }

    pub(crate) fn warn_unknown_key(&mut self, table: &Table<'_>, entry: &Entry, known: &[&str]) {
        let message = format!(
            "unknown key `{}`, which has no effect",
            table.path(&entry.key)
        );
        let help = closest(&entry.key, known).map(|name| format!("did you mean `{name}`?"));
        self.warn(&entry.key_span, message, "unknown", help);
    }
}

/// The name that differs from what was written by at most a third of its letters.
fn closest<'a>(written: &str, names: &[&'a str]) -> Option<&'a str> {
    names
        .iter()
        .map(|name| (distance(written, name), *name))
        .filter(|(distance, name)| *distance * 3 <= name.len())
        .min()
        .map(|(_, name)| name)
}

/// The number of letters to insert, remove or replace to turn one text into the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, from) in left.chars().take(64).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, to) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions() {
        let names = ["compatibility_date", "compatibility_flags", "vars", "name"];
        assert_eq!(
            closest("compatability_date", &names),
            Some("compatibility_date")
        );
        assert_eq!(closest("var", &names), Some("vars"));
        assert_eq!(closest("something_else", &names), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
