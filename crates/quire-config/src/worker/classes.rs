//! Which classes of Durable Objects a program exports, as its `migrations` have it.

use indexmap::IndexMap;

use crate::reader::{Reader, Table};

/// The classes that the migrations leave, with the kind of their storage.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectClasses {
    sqlite: IndexMap<String, bool>,
}

/// The keys of one migration.
const KEYS: [&str; 6] = [
    "deleted_classes",
    "new_classes",
    "new_sqlite_classes",
    "renamed_classes",
    "tag",
    "transferred_classes",
];

impl ObjectClasses {
    /// Whether objects of a class have SQL storage. Every class has that no migration says otherwise of: it is the
    /// storage that new classes are to have, and a program without a configuration has no migrations.
    pub fn has_sqlite(&self, class: &str) -> bool {
        self.sqlite.get(class).copied().unwrap_or(true)
    }

    /// The names of the classes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sqlite.keys().map(String::as_str)
    }

    /// Reads `migrations` and applies them in order.
    pub(crate) fn read(reader: &mut Reader, table: &Table<'_>) -> Self {
        let mut classes = Self::default();
        let migrations = reader.tables_at(table, "migrations").unwrap_or_default();
        for migration in &migrations {
            reader.warn_unknown(migration, &KEYS);
            reader.required_string(migration, "tag");
            classes.apply(reader, migration);
        }
        classes
    }

    /// The order within one migration is the original's.
    fn apply(&mut self, reader: &mut Reader, migration: &Table<'_>) {
        let strings = |reader: &mut Reader, key| reader.strings(migration, key).unwrap_or_default();
        for class in strings(reader, "deleted_classes") {
            if self.sqlite.shift_remove(&class).is_none() {
                refuse_unknown(reader, migration, "deleted_classes", &class);
            }
        }
        for renamed in reader
            .tables_at(migration, "renamed_classes")
            .unwrap_or_default()
        {
            reader.warn_unknown(&renamed, &["from", "to"]);
            let from = reader.required_string(&renamed, "from");
            let to = reader.required_string(&renamed, "to");
            let (Some(from), Some(to)) = (from, to) else {
                continue;
            };
            match self.sqlite.shift_remove(&from) {
                Some(sqlite) => {
                    self.sqlite.insert(to, sqlite);
                }
                None => refuse_unknown(reader, migration, "renamed_classes", &from),
            }
        }
        // Its objects come from another program, where they may be of either kind.
        for transferred in reader
            .tables_at(migration, "transferred_classes")
            .unwrap_or_default()
        {
            if let Some(to) = reader.required_string(&transferred, "to") {
                self.sqlite.insert(to, true);
            }
        }
        for (key, sqlite) in [("new_classes", false), ("new_sqlite_classes", true)] {
            for class in strings(reader, key) {
                if self.sqlite.insert(class.clone(), sqlite).is_some() {
                    let message =
                        format!("`{}` names `{class}`, which exists", migration.path(key));
                    report(reader, migration, key, message, "exists");
                }
            }
        }
    }
}

fn refuse_unknown(reader: &mut Reader, migration: &Table<'_>, key: &str, class: &str) {
    let message = format!(
        "`{}` names `{class}`, which no migration before it made",
        migration.path(key)
    );
    report(reader, migration, key, message, "unknown class");
}

fn report(reader: &mut Reader, migration: &Table<'_>, key: &str, message: String, label: &str) {
    let span = migration
        .get(key)
        .map_or(&migration.span, |node| &node.span);
    reader.error(span, message, label);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::{ConfigFormat, WorkerConfig};

    fn classes(migrations: &str) -> Result<Vec<(String, bool)>, String> {
        let text = format!("{{ \"migrations\": {migrations} }}");
        match WorkerConfig::parse(&text, "wrangler.json", ConfigFormat::Json) {
            Ok(parsed) => {
                let classes = parsed.config.classes;
                let list = classes
                    .names()
                    .map(|name| (name.to_owned(), classes.has_sqlite(name)));
                Ok(list.collect())
            }
            Err(errors) => Err(errors.to_string()),
        }
    }

    #[test]
    fn migrations_follow_each_other() {
        let found = classes(
            r#"[{ "tag": "v1", "new_classes": ["Old"], "new_sqlite_classes": ["A", "B"] },
                { "tag": "v2", "renamed_classes": [{ "from": "A", "to": "C" }], "deleted_classes": ["B"] }]"#,
        );
        let expected = [("Old".to_owned(), false), ("C".to_owned(), true)];
        assert_eq!(found.unwrap(), expected);
    }

    #[test]
    fn what_no_migration_mentions_has_sqlite() {
        let parsed = WorkerConfig::parse("", "wrangler.toml", ConfigFormat::Toml).unwrap();
        assert!(parsed.config.classes.has_sqlite("Any"));
    }

    #[test]
    fn migrations_that_contradict_themselves() {
        for (migrations, word) in [
            (r#"[{ "tag": "a", "deleted_classes": ["X"] }]"#, "`X`"),
            (
                r#"[{ "tag": "a", "renamed_classes": [{ "from": "X", "to": "Y" }] }]"#,
                "`X`",
            ),
            (r#"[{ "tag": "a", "new_classes": ["X", "X"] }]"#, "exists"),
            (r#"[{ "new_classes": ["X"] }]"#, "`tag`"),
            (r#"{}"#, "a list of tables"),
        ] {
            let error = classes(migrations).unwrap_err();
            assert!(error.contains(word), "{migrations}: {error}");
        }
    }
}
