//! `--binding NAME=VALUE`.

use std::str::FromStr;

/// A variable given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingFlag {
    /// The name in `env`.
    pub name: String,
    /// The value, which may contain `=`.
    pub value: String,
}

/// An argument of `--binding` that assigns nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the binding `{0}`; write `--binding NAME=VALUE`")]
pub struct InvalidBindingFlag(pub String);

impl FromStr for BindingFlag {
    type Err = InvalidBindingFlag;

    fn from_str(text: &str) -> Result<Self, InvalidBindingFlag> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err(InvalidBindingFlag(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_the_first_sign() {
        for (text, name, value) in [
            ("A=1", "A", "1"),
            ("A=", "A", ""),
            ("A=b=c", "A", "b=c"),
            ("A== ", "A", "= "),
        ] {
            assert_eq!(
                text.parse(),
                Ok(BindingFlag {
                    name: name.to_owned(),
                    value: value.to_owned()
                })
            );
        }
        for text in ["", "A", "=1", "="] {
            assert_eq!(
                text.parse::<BindingFlag>(),
                Err(InvalidBindingFlag(text.to_owned()))
            );
        }
    }
}
