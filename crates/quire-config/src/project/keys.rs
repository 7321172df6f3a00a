//! Which keys a configuration may have, and where.

use crate::document::{Entry, Kind};
use crate::reader::{Reader, Table};

/// Keys of the document that no environment has.
const TOP_ONLY: [&str; 7] = [
    "$schema",
    "dev",
    "env",
    "migrations",
    "name",
    "pages_build_output_dir",
    "send_metrics",
];

/// Keys that an environment takes over from the top level.
const INHERITED: [&str; 6] = [
    "compatibility_date",
    "compatibility_flags",
    "limits",
    "no_bundle",
    "placement",
    "upload_source_maps",
];

/// Keys that an environment does not take over, with what they hold. An environment that is described at all must
/// repeat them.
pub(crate) const NOT_INHERITED: [&str; 16] = [
    "vars",
    "kv_namespaces",
    "r2_buckets",
    "d1_databases",
    "durable_objects",
    "services",
    "queues",
    "vectorize",
    "hyperdrive",
    "analytics_engine_datasets",
    "ratelimits",
    "secrets_store_secrets",
    "mtls_certificates",
    "ai",
    "browser",
    "version_metadata",
];

/// Keys of `dev`. Only some mean something here.
pub(crate) const DEV: [&str; 10] = [
    "container_engine",
    "enable_containers",
    "generate_types",
    "host",
    "inspector_ip",
    "inspector_port",
    "ip",
    "local_protocol",
    "port",
    "upstream_protocol",
];

/// Keys that only Workers have.
const WORKERS_ONLY: [&str; 64] = [
    "access",
    "account_id",
    "addresses",
    "agent_memory",
    "ai_search",
    "ai_search_namespaces",
    "alias",
    "analytics",
    "artifacts",
    "assets",
    "base_dir",
    "build",
    "cache",
    "cloudchamber",
    "compliance_region",
    "connect",
    "containers",
    "data_blobs",
    "define",
    "dependencies_instrumentation",
    "dispatch_namespaces",
    "exports",
    "find_additional_modules",
    "first_party_worker",
    "flagship",
    "images",
    "jsx_factory",
    "jsx_fragment",
    "k2",
    "keep_names",
    "keep_vars",
    "logfwdr",
    "logpush",
    "main",
    "media",
    "minify",
    "observability",
    "pipelines",
    "preserve_file_names",
    "preview_urls",
    "previews",
    "python_modules",
    "route",
    "routes",
    "rules",
    "secrets",
    "send_email",
    "site",
    "stream",
    "streaming_tail_consumers",
    "tail_consumers",
    "text_blobs",
    "triggers",
    "tsconfig",
    "unsafe",
    "unsafe_hello_world",
    "vpc_networks",
    "vpc_services",
    "wasm_modules",
    "webpack_config",
    "worker_loaders",
    "workers_dev",
    "workflows",
    "zone_id",
];

pub(crate) fn check_top(reader: &mut Reader, table: &Table<'_>) {
    let known = [&TOP_ONLY[..], &INHERITED, &NOT_INHERITED].concat();
    for entry in table.entries {
        if !known.contains(&entry.key.as_str()) {
            check_foreign(reader, table, entry, &known);
        }
    }
}

pub(crate) fn check_environment(reader: &mut Reader, table: &Table<'_>) {
    let known = [&INHERITED[..], &NOT_INHERITED].concat();
    for entry in table.entries {
        let key = entry.key.as_str();
        if known.contains(&key) {
            continue;
        }
        if TOP_ONLY.contains(&key) {
            let message = format!(
                "`{}` has no effect; `{key}` is read at the top level only",
                table.path(key)
            );
            reader.warn(&entry.key_span, message, "no effect here", None);
        } else {
            check_foreign(reader, table, entry, &known);
        }
    }
}

/// Warns of keys that not even a Worker has.
pub(crate) fn check_worker(reader: &mut Reader, table: &Table<'_>) {
    let known = [&TOP_ONLY[..], &INHERITED, &NOT_INHERITED, &WORKERS_ONLY].concat();
    reader.warn_unknown(table, &known);
}

/// Refuses what only Workers have, and warns of everything else.
fn check_foreign(reader: &mut Reader, table: &Table<'_>, entry: &Entry, known: &[&str]) {
    if !WORKERS_ONLY.contains(&entry.key.as_str()) {
        reader.warn_unknown_key(table, entry, known);
        return;
    }
    if says_nothing(entry) {
        return;
    }
    let path = table.path(&entry.key);
    let (message, help) = if entry.key == "main" && table.get("pages_build_output_dir").is_some() {
        (
            "`main` and `pages_build_output_dir` cannot stand together".to_owned(),
            "keep `pages_build_output_dir` for a Pages project; `main` is for a Worker".to_owned(),
        )
    } else {
        (
            format!("`{path}` is not available to Pages projects"),
            format!("remove `{path}`; it configures a Worker and has no effect here"),
        )
    };
    reader.refuse(&entry.key_span, message, "not supported", Some(help));
}

/// Whether the entry is the same as leaving it out.
fn says_nothing(entry: &Entry) -> bool {
    if entry.value.is_empty() {
        return true;
    }
    let Kind::Table(fields) = &entry.value.kind else {
        return false;
    };
    entry.key == "observability"
        && fields
            .iter()
            .all(|field| field.key == "enabled" && matches!(field.value.kind, Kind::Boolean(true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_in_two_lists() {
        let mut all = [&TOP_ONLY[..], &INHERITED, &NOT_INHERITED, &WORKERS_ONLY].concat();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
