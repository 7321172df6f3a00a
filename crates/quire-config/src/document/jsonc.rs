//! JSON with comments and trailing commas to the common tree.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Entry, Kind, Node, SyntaxProblem};

/// Comments and trailing commas, and nothing else that JSON does not have.
const DIALECT: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

pub(crate) fn parse_jsonc(text: &str) -> Result<Node, Vec<SyntaxProblem>> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &DIALECT).map_err(|error| {
        let range = error.range();
        vec![SyntaxProblem {
            message: lower_first(&error.kind().to_string()),
            span: range.start..range.end,
        }]
    })?;
    let Some(value) = parsed.value else {
        return Err(vec![SyntaxProblem {
            message: "the file is empty; an object such as `{}` is expected".to_owned(),
            span: 0..text.len(),
        }]);
    };
    let mut problems = Vec::new();
    let node = node(value, &mut problems);
    if problems.is_empty() {
        Ok(node)
    } else {
        Err(problems)
    }
}

fn node(value: Value<'_>, problems: &mut Vec<SyntaxProblem>) -> Node {
    let range = value.range();
    let span = range.start..range.end;
    let kind = match value {
        Value::NullKeyword(_) => Kind::Null,
        Value::BooleanLit(boolean) => Kind::Boolean(boolean.value),
        Value::StringLit(string) => Kind::String(string.value.into_owned()),
        Value::NumberLit(number) => {
            match (number.value.parse::<i64>(), number.value.parse::<f64>()) {
                (Ok(value), _) if number.value != "-0" => Kind::Integer(value),
                (_, Ok(value)) if value.is_finite() => Kind::number(value),
                _ => {
                    let message = format!("the number `{}` is out of range", number.value);
                    problems.push(SyntaxProblem {
                        message,
                        span: span.clone(),
                    });
                    Kind::Null
                }
            }
        }
        Value::Array(array) => Kind::Array(
            array
                .elements
                .into_iter()
                .map(|item| node(item, problems))
                .collect(),
        ),
        Value::Object(object) => {
            let mut entries: Vec<Entry> = Vec::with_capacity(object.properties.len());
            for property in object.properties {
                let range = property.name.range();
                let key = match property.name {
                    ObjectPropName::String(string) => string.value.into_owned(),
                    ObjectPropName::Word(word) => word.value.to_owned(),
                };
                let entry = Entry {
                    key,
                    key_span: range.start..range.end,
                    value: node(property.value, problems),
                };
                // As in every JSON parser of JavaScript, the last of equal keys counts.
                match entries.iter_mut().find(|known| known.key == entry.key) {
                    Some(known) => *known = entry,
                    None => entries.push(entry),
                }
            }
            Kind::Table(entries)
        }
    };
    Node { kind, span }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}
