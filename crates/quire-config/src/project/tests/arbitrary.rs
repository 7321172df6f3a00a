//! Any text, and the same configuration in both languages.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::problem::Problem;
use crate::{ConfigFormat, ProjectConfig, Strictness, Target};

/// Looks at everything that a problem can tell.
fn tell(problems: &[Problem]) {
    for problem in problems {
        assert!(problem.line() > 0 && problem.column() > 0 && !problem.to_string().is_empty());
        let report = miette::Report::new(problem.clone());
        assert!(!format!("{report:?}").is_empty());
    }
}

fn try_both(text: &str) {
    for format in [ConfigFormat::Toml, ConfigFormat::Json] {
        for strictness in [Strictness::Fail, Strictness::Warn] {
            match ProjectConfig::parse(text, "wrangler", format, strictness) {
                Ok(parsed) => {
                    tell(&parsed.warnings);
                    for target in [Target::Local, Target::Preview, Target::Production] {
                        let _ = parsed.config.environment(target);
                    }
                }
                Err(errors) => {
                    assert!(!errors.problems().is_empty() && !errors.to_string().is_empty());
                    tell(errors.problems());
                }
            }
        }
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    for open in ["[", "{\"a\":", "a=[", "a={a=", "[[a]]\n", "["] {
        try_both(&open.repeat(20_000));
    }
    try_both(&format!("a{} = 1", ".a".repeat(20_000)));
}

/// Texts that configurations are made of.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "name",
        "vars",
        "env",
        "preview",
        "kv_namespaces",
        "binding",
        "dev",
        "port",
        "queues",
        "producers",
        "ASSETS",
        "compatibility_date",
        "limits",
        "durable_objects",
        "bindings",
        "ai",
        "=",
        ":",
        ",",
        ".",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "\"",
        "'",
        "\"\"\"",
        "\n",
        "\r\n",
        " ",
        "#",
        "//",
        "/*",
        "*/",
        "1",
        "-0",
        "1e999",
        "0x",
        "nan",
        "true",
        "null",
        "2026-01-01",
        "\\u",
        "\\",
        "ü",
        "\u{feff}",
        "\u{0}",
        "\"a\"",
    ])
}

/// A value that both languages can write.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1000i32..1000).prop_map(|n| json!(f64::from(n) / 8.0)),
        "[ -~é\n\t]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z_ .\"-]{0,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Keys of a section with values that are mostly of the right type.
fn section() -> impl Strategy<Value = Map<String, Value>> {
    let vars = prop::collection::btree_map("[A-Z]{1,6}", value(), 0..4).prop_map(|map| json!(map));
    (
        prop::option::of(vars),
        prop::option::of("20[0-9]{2}-[01][0-9]-[0-3][0-9]".prop_map(Value::from)),
        prop::option::of(
            prop::collection::vec(
                prop::sample::select(vec!["nodejs_als", "nodejs_compat", "rpc"]),
                0..3,
            )
            .prop_map(|flags| json!(flags)),
        ),
        prop::option::of("[A-Z]{1,4}".prop_map(|name| json!([{ "binding": name, "id": "x" }]))),
        prop::option::of(prop_oneof![
            any::<i8>().prop_map(|ms| json!({ "cpu_ms": ms })),
            value()
        ]),
    )
        .prop_map(|(vars, date, flags, kv, limits)| {
            let pairs = [
                ("vars", vars),
                ("compatibility_date", date),
                ("compatibility_flags", flags),
                ("kv_namespaces", kv),
                ("limits", limits),
            ];
            pairs
                .into_iter()
                .filter_map(|(key, value)| Some((key.to_owned(), value?)))
                .collect()
        })
}

fn document() -> impl Strategy<Value = Map<String, Value>> {
    (
        section(),
        prop::option::of(section()),
        prop::option::of(("[a-z]{1,8}", value())),
    )
        .prop_map(|(mut top, preview, extra)| {
            if let Some(preview) = preview {
                top.insert("env".to_owned(), json!({ "preview": preview }));
            }
            if let Some((key, value)) = extra {
                top.entry(key).or_insert(value);
            }
            top
        })
}

/// A value in TOML, tables in one line.
fn toml(value: &Value) -> String {
    match value {
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(toml).collect::<Vec<_>>().join(", ")
        ),
        Value::Object(map) => {
            let fields: Vec<_> = map
                .iter()
                .map(|(key, value)| format!("{} = {}", json!(key), toml(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        // The escapes of JSON's strings are TOML's too.
        other => other.to_string(),
    }
}

type Told = Result<(ProjectConfig, Vec<String>), Vec<String>>;

fn parse(text: &str, format: ConfigFormat) -> Told {
    let messages = |problems: &[Problem]| {
        let mut messages: Vec<_> = problems.iter().map(ToString::to_string).collect();
        messages.sort();
        messages
    };
    match ProjectConfig::parse(text, "wrangler", format, Strictness::Fail) {
        Ok(parsed) => Ok((parsed.config, messages(&parsed.warnings))),
        Err(errors) => Err(messages(errors.problems())),
    }
}

proptest! {
    #[test]
    fn any_text_is_told_about(text in ".{0,200}") {
        try_both(&text);
    }

    #[test]
    fn any_pieces_are_told_about(pieces in prop::collection::vec(piece(), 0..40)) {
        try_both(&pieces.concat());
    }

    #[test]
    fn both_languages_give_the_same(document in document()) {
        let lines: Vec<_> = document.iter().map(|(key, value)| format!("{} = {}", json!(key), toml(value))).collect();
        let from_toml = parse(&lines.join("\n"), ConfigFormat::Toml);
        let from_json = parse(&serde_json::to_string_pretty(&document).unwrap(), ConfigFormat::Json);
        prop_assert_eq!(from_toml, from_json);
    }
}
