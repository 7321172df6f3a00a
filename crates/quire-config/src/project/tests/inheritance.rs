//! Which settings are in force where.

use super::config;
use crate::{Target, VarValue};

const TEXT: &str = r#"
compatibility_date = "2026-06-01"
compatibility_flags = ["nodejs_als"]
no_bundle = true
limits = { cpu_ms = 10, subrequests = 20 }
vars = { A = "top", B = "top" }
kv_namespaces = [{ binding = "KV" }]
services = [{ binding = "S", service = "s" }]
ai = { binding = "AI" }

[env.preview]
compatibility_date = "2026-07-01"
limits = { cpu_ms = 30 }
vars = { A = "preview" }
services = []
"#;

#[test]
fn an_environment_of_its_own_loses_bindings() {
    let resolved = config(TEXT).environment(Target::Preview);
    let preview = resolved.environment;
    assert_eq!(
        preview.compatibility.date.unwrap().to_string(),
        "2026-07-01"
    );
    assert_eq!(preview.compatibility.flags, ["nodejs_als"]);
    assert_eq!(preview.no_bundle, Some(true));
    assert_eq!(
        (preview.limits.cpu_ms, preview.limits.subrequests),
        (Some(30), None)
    );
    assert_eq!(preview.vars.len(), 1);
    assert_eq!(preview.vars["A"], VarValue::Text("preview".to_owned()));
    assert!(
        preview.kv_namespaces.is_empty()
            && preview.services.is_empty()
            && preview.others.is_empty()
    );
    assert_eq!(
        resolved.warnings,
        [
            "`kv_namespaces` is set at the top level but not in `env.preview`, which does not inherit it; repeat it there",
            "`ai` is set at the top level but not in `env.preview`, which does not inherit it; repeat it there",
            "`vars.B` is set at the top level but not in `env.preview.vars`, which does not inherit it; repeat it there",
        ]
    );
}

#[test]
fn without_a_section_the_top_level_is_in_force() {
    let config = config(TEXT);
    let production = config.environment(Target::Production);
    assert!(production.warnings.is_empty());
    assert_eq!(production.environment.vars.len(), 2);
    assert_eq!(production.environment.kv_namespaces.len(), 1);
    assert_eq!(production, config.environment(Target::Local));
}

#[test]
fn development_never_uses_an_environment() {
    let local = config(TEXT).environment(Target::Local).environment;
    assert_eq!(local.vars["A"], VarValue::Text("top".to_owned()));
    assert_eq!(local.compatibility.date.unwrap().to_string(), "2026-06-01");
}

#[test]
fn all_variables_lost_are_one_warning() {
    let resolved = config("vars = { A = 1, B = 2 }\nenv.production.no_bundle = true")
        .environment(Target::Production);
    assert_eq!(
        resolved.warnings,
        [
            "`vars` is set at the top level but not in `env.production`, which does not inherit it; repeat it there"
        ]
    );
    assert!(resolved.environment.vars.is_empty());
}
