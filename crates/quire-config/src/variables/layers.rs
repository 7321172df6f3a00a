//! Which of several values of a variable counts.

use indexmap::IndexMap;

use super::BindingFlag;
use crate::project::VarValue;

/// All places that give variables, each overriding the ones before it.
#[derive(Debug, Clone, Default)]
pub struct VariableLayers {
    /// What the platform sets, such as `CF_PAGES`.
    pub injected: IndexMap<String, String>,
    /// `vars` of the configuration file.
    pub config: IndexMap<String, VarValue>,
    /// The content of `.dev.vars`, or of the `.env` files after expansion: `None` if there is no such file.
    pub secrets: Option<IndexMap<String, String>>,
    /// Kept encrypted in the data folder.
    pub stored: IndexMap<String, String>,
    /// Given on the command line.
    pub flags: Vec<BindingFlag>,
}

/// Where a variable's value is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableSource {
    /// The platform.
    Injected,
    /// The configuration file.
    Config,
    /// A file of secrets.
    Secrets,
    /// The data folder, encrypted.
    Stored,
    /// The command line.
    Flag,
}

impl VariableSource {
    /// Whether the value is not to be shown.
    pub fn is_hidden(self) -> bool {
        matches!(self, Self::Secrets | Self::Stored | Self::Flag)
    }
}

/// A variable as a program sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// The value.
    pub value: VarValue,
    /// Where it is from.
    pub source: VariableSource,
}

impl VariableLayers {
    /// The value of every variable.
    pub fn resolve(self) -> IndexMap<String, Variable> {
        let text = |source| {
            move |(name, value)| {
                (
                    name,
                    Variable {
                        value: VarValue::Text(value),
                        source,
                    },
                )
            }
        };
        let mut variables = IndexMap::new();
        variables.extend(
            self.injected
                .into_iter()
                .map(text(VariableSource::Injected)),
        );
        variables.extend(self.config.into_iter().map(|(name, value)| {
            (
                name,
                Variable {
                    value,
                    source: VariableSource::Config,
                },
            )
        }));
        variables.extend(
            self.secrets
                .into_iter()
                .flatten()
                .map(text(VariableSource::Secrets)),
        );
        variables.extend(self.stored.into_iter().map(text(VariableSource::Stored)));
        variables.extend(
            self.flags
                .into_iter()
                .map(|flag| (flag.name, flag.value))
                .map(text(VariableSource::Flag)),
        );
        variables
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_layer_counts() {
        let texts = |names: &[&str], value: &str| -> IndexMap<String, String> {
            names
                .iter()
                .map(|name| ((*name).to_owned(), value.to_owned()))
                .collect()
        };
        let mut config: IndexMap<String, VarValue> = texts(&["B", "C", "D"], "config")
            .into_iter()
            .map(|(name, value)| (name, VarValue::Text(value)))
            .collect();
        config.insert(
            "J".to_owned(),
            VarValue::Json(serde_json::json!({"a": [1]})),
        );
        let layers = VariableLayers {
            injected: texts(&["A", "B", "C", "D"], "injected"),
            config,
            secrets: Some(texts(&["C", "D", "S"], "secrets")),
            stored: texts(&["D", "S"], "stored"),
            flags: vec![BindingFlag {
                name: "D".to_owned(),
                value: "flag".to_owned(),
            }],
        };
        let resolved = layers.resolve();
        let text = |value: &str| VarValue::Text(value.to_owned());
        for (name, value, source) in [
            ("A", text("injected"), VariableSource::Injected),
            ("B", text("config"), VariableSource::Config),
            ("C", text("secrets"), VariableSource::Secrets),
            ("S", text("stored"), VariableSource::Stored),
            ("D", text("flag"), VariableSource::Flag),
            (
                "J",
                VarValue::Json(serde_json::json!({"a": [1]})),
                VariableSource::Config,
            ),
        ] {
            assert_eq!(
                resolved.get(name),
                Some(&Variable { value, source }),
                "{name}"
            );
            assert_eq!(source.is_hidden(), matches!(name, "C" | "D" | "S"));
        }
        assert_eq!(resolved.len(), 6);
    }
}
