//! TOML to the common tree.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, Kind, Node, SyntaxProblem};

pub(crate) fn parse_toml(text: &str) -> Result<Node, Vec<SyntaxProblem>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut problems: Vec<_> = errors
        .iter()
        .map(|error| SyntaxProblem {
            message: error.message().to_owned(),
            span: error.span().unwrap_or(text.len()..text.len()),
        })
        .collect();
    let span = table.span();
    let kind = Kind::Table(entries(table.get_ref(), &mut problems));
    if problems.is_empty() {
        Ok(Node { kind, span })
    } else {
        Err(problems)
    }
}

fn entries(table: &DeTable<'_>, problems: &mut Vec<SyntaxProblem>) -> Vec<Entry> {
    table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().clone().into_owned(),
            key_span: key.span(),
            value: node(value, problems),
        })
        .collect()
}

fn node(value: &Spanned<DeValue<'_>>, problems: &mut Vec<SyntaxProblem>) -> Node {
    let span = value.span();
    let mut out_of_range = |text: &dyn std::fmt::Display| {
        problems.push(SyntaxProblem {
            message: format!("the number `{text}` is out of range"),
            span: span.clone(),
        });
        Kind::Null
    };
    let kind = match value.get_ref() {
        DeValue::String(text) => Kind::String(text.clone().into_owned()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(value) => Kind::Integer(value),
            Err(_) => out_of_range(number),
        },
        DeValue::Float(number) => match number.as_str().parse::<f64>() {
            Ok(value)
                if value.is_finite() || !number.as_str().contains(|c: char| c.is_ascii_digit()) =>
            {
                Kind::number(value)
            }
            _ => out_of_range(number),
        },
        DeValue::Boolean(value) => Kind::Boolean(*value),
        DeValue::Datetime(value) => Kind::Datetime(value.to_string()),
        DeValue::Array(items) => {
            Kind::Array(items.iter().map(|item| node(item, problems)).collect())
        }
        DeValue::Table(table) => Kind::Table(entries(table, problems)),
    };
    Node { kind, span }
}
