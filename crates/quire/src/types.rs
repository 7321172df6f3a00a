//! `quire types`: the TypeScript type of `env`, as the configuration describes it. The types of the bindings are those of
//! `@cloudflare/workers-types`.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indexmap::{IndexMap, IndexSet};
use miette::Diagnostic;
use quire_config::{Environment, Strictness, Target, VarValue};
use serde_json::Value;

use crate::arguments::TypesArguments;
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::printer;
use crate::project::{Place, current_folder};
use crate::variables::Secrets;

/// Modules of other kinds that a program can import.
const MODULES: [(&str, &str); 6] = [
    ("*.txt", "string"),
    ("*.html", "string"),
    ("*.sql", "string"),
    ("*.bin", "ArrayBuffer"),
    ("*.wasm", "WebAssembly.Module"),
    ("*.wasm?module", "WebAssembly.Module"),
];

/// Why the types cannot be written.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum TypesError {
    #[error("cannot write `{}`: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },

    #[error("`{}` is not up to date", .path.display())]
    #[diagnostic(help("run `quire types` again"))]
    Outdated { path: PathBuf },

    #[error("`{0}` is given to different kinds of bindings in different environments")]
    #[diagnostic(help("use one name for one kind"))]
    Conflict(String),
}

pub fn run(arguments: &TypesArguments) -> Result<ExitCode, Failure> {
    let current = current_folder()?;
    let root = match Place::of(None, &current)? {
        Place::Built(folder) => folder,
        Place::Sources(sources) => sources.root,
    };
    let configuration = Configuration::find(&root, &current, Strictness::Warn)?;
    let secrets = Secrets::read(configuration.folder(&root), None)?;
    let config = &configuration.config;
    let environments = [Target::Local, Target::Preview, Target::Production]
        .map(|target| config.environment(target).environment);
    let names: Vec<String> = secrets
        .values
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
        .collect();
    let members = members(&environments, &names, arguments.strict_vars)?;
    let text = declarations(&arguments.env_interface, &members);
    let path = current.join(&arguments.path);
    if arguments.check {
        return check(&path, &arguments.path, &text);
    }
    std::fs::write(&path, text).map_err(|source| TypesError::Write {
        path: arguments.path.clone(),
        source,
    })?;
    printer::line(format!(
        "Wrote `{}` with {}",
        arguments.path.display(),
        crate::build::counted(members.len(), "member"),
    ));
    Ok(ExitCode::SUCCESS)
}

fn check(path: &Path, named: &Path, text: &str) -> Result<ExitCode, Failure> {
    match std::fs::read_to_string(path) {
        // Git may have given the file other line ends.
        Ok(found) if found.replace("\r\n", "\n") == text => {
            printer::line(format!("`{}` is up to date", named.display()));
            Ok(ExitCode::SUCCESS)
        }
        Ok(_) => Err(TypesError::Outdated {
            path: named.to_owned(),
        }
        .into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(TypesError::Outdated {
            path: named.to_owned(),
        }
        .into()),
        Err(error) => Err(Failure::read(named)(error)),
    }
}

/// A member of the interface.
#[derive(Debug, Default)]
struct Member {
    /// Its types in the environments; they differ for variables alone.
    types: IndexSet<String>,
    is_variable: bool,
    /// In how many environments it is.
    count: usize,
}

/// The members of `env` in all environments. What some of them lack is optional.
fn members(
    environments: &[Environment],
    secrets: &[String],
    strict: bool,
) -> Result<IndexMap<String, (String, bool)>, TypesError> {
    let mut members: IndexMap<String, Member> = IndexMap::new();
    for environment in environments {
        let variables = environment
            .vars
            .iter()
            .filter(|(name, _)| !secrets.contains(name))
            .map(|(name, value)| (name.clone(), variable_type(value, strict), true));
        for (name, kind, is_variable) in variables.chain(bindings(environment)) {
            let member = members.entry(name.clone()).or_insert_with(|| Member {
                is_variable,
                ..Member::default()
            });
            member.count += 1;
            let is_new = member.types.insert(kind);
            let has_others = member.types.len() > 1;
            if member.is_variable != is_variable || (is_new && has_others && !is_variable) {
                return Err(TypesError::Conflict(name));
            }
        }
    }
    let mut typed: IndexMap<String, (String, bool)> = secrets
        .iter()
        .map(|name| (name.clone(), ("string".to_owned(), false)))
        .collect();
    for (name, member) in members {
        let types: Vec<String> = member.types.into_iter().collect();
        typed.insert(name, (types.join(" | "), member.count < environments.len()));
    }
    typed.insert("ASSETS".to_owned(), ("Fetcher".to_owned(), false));
    for name in [
        "CF_PAGES",
        "CF_PAGES_BRANCH",
        "CF_PAGES_COMMIT_SHA",
        "CF_PAGES_URL",
    ] {
        typed
            .entry(name.to_owned())
            .or_insert(("string".to_owned(), false));
    }
    Ok(typed)
}

fn bindings(environment: &Environment) -> Vec<(String, String, bool)> {
    let mut members = Vec::new();
    let mut add = |name: &str, kind: String| members.push((name.to_owned(), kind, false));
    for kv in &environment.kv_namespaces {
        add(&kv.binding, "KVNamespace".to_owned());
    }
    for bucket in &environment.r2_buckets {
        add(&bucket.binding, "R2Bucket".to_owned());
    }
    for database in &environment.d1_databases {
        add(&database.binding, "D1Database".to_owned());
    }
    for object in &environment.durable_objects {
        let comment = match &object.script_name {
            Some(script) => format!("{} from {script}", object.class_name),
            None => object.class_name.clone(),
        };
        add(
            &object.name,
            format!("DurableObjectNamespace /* {} */", commented(&comment)),
        );
    }
    for service in &environment.services {
        let name = commented(&service.service);
        let kind = match &service.entrypoint {
            Some(entrypoint) => {
                format!(
                    "Service /* entrypoint {} from {name} */",
                    commented(entrypoint)
                )
            }
            None => format!("Fetcher /* {name} */"),
        };
        add(&service.binding, kind);
    }
    for queue in &environment.queue_producers {
        add(&queue.binding, "Queue".to_owned());
    }
    for other in &environment.others {
        let kind = match other.kind {
            "ai" => "Ai",
            "analytics_engine_datasets" => "AnalyticsEngineDataset",
            "hyperdrive" => "Hyperdrive",
            "ratelimits" => "RateLimit",
            "secrets_store_secrets" => "SecretsStoreSecret",
            "vectorize" => "VectorizeIndex",
            "version_metadata" => "WorkerVersionMetadata",
            // `browser` and `mtls_certificates`
            _ => "Fetcher",
        };
        add(&other.binding, kind.to_owned());
    }
    members
}

/// Text within a comment cannot end it.
fn commented(text: &str) -> String {
    text.replace("*/", "* /")
}

fn variable_type(value: &VarValue, strict: bool) -> String {
    match value {
        VarValue::Text(_) if !strict => "string".to_owned(),
        VarValue::Text(text) => Value::String(text.clone()).to_string(),
        // JSON is a literal type of TypeScript, too.
        VarValue::Json(value) if strict => value.to_string(),
        VarValue::Json(value) => loose_type(value),
    }
}

fn loose_type(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "boolean".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "string".to_owned(),
        Value::Object(_) => "object".to_owned(),
        Value::Array(items) => {
            let types: IndexSet<String> = items.iter().map(loose_type).collect();
            let types: Vec<String> = types.into_iter().collect();
            match types.is_empty() {
                true => "unknown[]".to_owned(),
                false => format!("({})[]", types.join(" | ")),
            }
        }
    }
}

/// A member's name as it stands in an interface.
fn member_name(name: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let is_identifier = name.chars().all(fits) && !name.starts_with(|c: char| c.is_ascii_digit());
    match is_identifier && !name.is_empty() {
        true => name.to_owned(),
        false => Value::String(name.to_owned()).to_string(),
    }
}

fn declarations(interface: &str, members: &IndexMap<String, (String, bool)>) -> String {
    let mut text = String::from(
        "/* eslint-disable */\n// Written by `quire types` from the project's configuration; run it again after changes.\n",
    );
    text.push_str(&format!("interface {interface} {{\n"));
    for (name, (kind, is_optional)) in members {
        let mark = if *is_optional { "?" } else { "" };
        text.push_str(&format!("\t{}{mark}: {kind};\n", member_name(name)));
    }
    text.push_str("}\n");
    // What `import { env } from "cloudflare:workers"` has.
    text.push_str(&format!(
        "declare namespace Cloudflare {{\n\tinterface Env extends {} {{}}\n}}\n",
        match interface {
            // Inside the namespace the name would mean the interface itself.
            "Env" => "globalThis.Env",
            other => other,
        }
    ));
    for (pattern, kind) in MODULES {
        text.push_str(&format!(
            "declare module \"{pattern}\" {{\n\tconst value: {kind};\n\texport default value;\n}}\n"
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use quire_config::{ConfigFormat, ProjectConfig};

    use super::*;

    fn typed(text: &str, strict: bool) -> Result<String, TypesError> {
        let parsed =
            ProjectConfig::parse(text, "wrangler.toml", ConfigFormat::Toml, Strictness::Warn)
                .unwrap();
        let environments = [Target::Local, Target::Preview, Target::Production]
            .map(|target| parsed.config.environment(target).environment);
        let members = members(&environments, &["SECRET".to_owned()], strict)?;
        Ok(declarations("Env", &members))
    }

    #[test]
    fn variables_have_the_types_of_their_values() {
        let text = "[vars]\nA = \"a\"\nN = 5\nJ = { a = [1, \"x\"] }\n\"odd-name\" = \"y\"\nSECRET = \"no\"\n";
        let strict = typed(text, true).unwrap();
        for line in [
            "\tA: \"a\";\n",
            "\tN: 5;\n",
            "\tJ: {\"a\":[1,\"x\"]};\n",
            "\t\"odd-name\": \"y\";\n",
            "\tSECRET: string;\n",
            "\tASSETS: Fetcher;\n",
        ] {
            assert!(strict.contains(line), "{line} in {strict}");
        }
        let loose = typed("[vars]\nA = \"a\"\nN = 5\nL = [1, \"x\"]\nO = {}\n", false).unwrap();
        for line in [
            "\tA: string;\n",
            "\tN: number;\n",
            "\tL: (number | string)[];\n",
            "\tO: object;\n",
        ] {
            assert!(loose.contains(line), "{line} in {loose}");
        }
    }

    #[test]
    fn what_an_environment_lacks_is_optional_and_what_differs_a_union() {
        let text = "[vars]\nA = \"a\"\nB = \"b\"\n[[kv_namespaces]]\nbinding = \"KV\"\n[env.production.vars]\nA = \"p\"\n";
        let types = typed(text, true).unwrap();
        for line in [
            "\tA: \"a\" | \"p\";\n",
            "\tB?: \"b\";\n",
            "\tKV?: KVNamespace;\n",
        ] {
            assert!(types.contains(line), "{line} in {types}");
        }
        let conflict =
            "[[kv_namespaces]]\nbinding = \"X\"\n[[env.preview.r2_buckets]]\nbinding = \"X\"\n";
        assert!(matches!(typed(conflict, true), Err(TypesError::Conflict(name)) if name == "X"));
    }

    #[test]
    fn no_text_leaves_its_place() {
        let text =
            "[vars]\nA = \"\\\"; }\\n\"\n[[services]]\nbinding = \"S\"\nservice = \"a*/b\"\n";
        let types = typed(text, true).unwrap();
        assert!(types.contains("\tA: \"\\\"; }\\n\";\n"), "{types}");
        assert!(types.contains("\tS: Fetcher /* a* /b */;\n"), "{types}");
    }
}
