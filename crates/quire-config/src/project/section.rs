//! The settings that the top level and every environment have alike.

use indexmap::IndexMap;

use super::keys::NOT_INHERITED;
use crate::bindings::{
    BindingReader, D1Database, DurableObjectBinding, KvNamespace, Names, OtherBinding,
    QueueConsumer, QueueProducer, R2Bucket, ServiceBinding,
};
use crate::compatibility::{Compatibility, CompatibilityDate};
use crate::document::Kind;
use crate::reader::{Reader, Table};

/// What a configuration describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProgramKind {
    /// A Pages project.
    Pages,
    /// A Worker, which may have more.
    Worker,
}

/// The value of a configured variable.
#[derive(Debug, Clone, PartialEq)]
pub enum VarValue {
    /// A string.
    Text(String),
    /// Anything else, which a program sees as the value itself.
    Json(serde_json::Value),
}

/// Limits on what a request may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Milliseconds of computing.
    pub cpu_ms: Option<u64>,
    /// Requests to other servers.
    pub subrequests: Option<u64>,
}

/// The settings of the top level or of one environment, as written: `None` for a key that is not there.
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(missing_docs)] // each field is the key of the same name
pub struct Section {
    pub compatibility_date: Option<CompatibilityDate>,
    pub compatibility_flags: Option<Vec<String>>,
    pub no_bundle: Option<bool>,
    pub upload_source_maps: Option<bool>,
    pub limits: Option<Limits>,
    pub vars: Option<IndexMap<String, VarValue>>,
    pub kv_namespaces: Option<Vec<KvNamespace>>,
    pub r2_buckets: Option<Vec<R2Bucket>>,
    pub d1_databases: Option<Vec<D1Database>>,
    /// `durable_objects.bindings`
    pub durable_objects: Option<Vec<DurableObjectBinding>>,
    pub services: Option<Vec<ServiceBinding>>,
    /// `queues.producers`
    pub queue_producers: Option<Vec<QueueProducer>>,
    /// `queues.consumers`
    pub queue_consumers: Option<Vec<QueueConsumer>>,
    /// Bindings of further kinds, by kind.
    pub others: IndexMap<&'static str, Vec<OtherBinding>>,
}

/// Smaller kinds, and whether they come as lists.
const OTHERS: [(&str, bool); 9] = [
    ("vectorize", true),
    ("ratelimits", true),
    ("secrets_store_secrets", true),
    ("hyperdrive", true),
    ("analytics_engine_datasets", true),
    ("mtls_certificates", true),
    ("ai", false),
    ("browser", false),
    ("version_metadata", false),
];

impl Section {
    pub(crate) fn read(reader: &mut Reader, table: &Table<'_>, kind: ProgramKind) -> Self {
        let mut names = Names::default();
        let compatibility_date = read_date(reader, table);
        let compatibility_flags = read_flags(reader, table, compatibility_date);
        let mut section = Self {
            compatibility_date,
            compatibility_flags,
            no_bundle: reader.boolean(table, "no_bundle"),
            upload_source_maps: reader.boolean(table, "upload_source_maps"),
            limits: read_limits(reader, table),
            vars: read_vars(reader, table, &mut names),
            ..Self::default()
        };
        reader.table_at(table, "placement");
        let mut bindings = BindingReader {
            reader,
            names,
            kind,
        };
        section.kv_namespaces = bindings.kv_namespaces(table);
        section.r2_buckets = bindings.r2_buckets(table);
        section.d1_databases = bindings.d1_databases(table);
        section.durable_objects = bindings.durable_objects(table);
        section.services = bindings.services(table);
        (section.queue_producers, section.queue_consumers) = bindings.queues(table).unzip();
        for (kind, list) in OTHERS {
            if let Some(others) = bindings.others(table, kind, list) {
                section.others.insert(kind, others);
            }
        }
        section
    }

    /// Whether a key that environments do not inherit is written here and says something.
    pub(super) fn has(&self, key: &str) -> bool {
        fn some<T>(list: &Option<Vec<T>>) -> bool {
            list.as_ref().is_some_and(|list| !list.is_empty())
        }
        debug_assert!(NOT_INHERITED.contains(&key));
        match key {
            "vars" => self.vars.as_ref().is_some_and(|vars| !vars.is_empty()),
            "kv_namespaces" => some(&self.kv_namespaces),
            "r2_buckets" => some(&self.r2_buckets),
            "d1_databases" => some(&self.d1_databases),
            "durable_objects" => some(&self.durable_objects),
            "services" => some(&self.services),
            "queues" => some(&self.queue_producers) || some(&self.queue_consumers),
            other => self.others.get(other).is_some_and(|list| !list.is_empty()),
        }
    }

    /// Whether a key that environments do not inherit is written here, be it empty.
    pub(super) fn mentions(&self, key: &str) -> bool {
        match key {
            "vars" => self.vars.is_some(),
            "kv_namespaces" => self.kv_namespaces.is_some(),
            "r2_buckets" => self.r2_buckets.is_some(),
            "d1_databases" => self.d1_databases.is_some(),
            "durable_objects" => self.durable_objects.is_some(),
            "services" => self.services.is_some(),
            "queues" => self.queue_producers.is_some(),
            other => self.others.contains_key(other),
        }
    }
}

fn read_date(reader: &mut Reader, table: &Table<'_>) -> Option<CompatibilityDate> {
    let node = table.get("compatibility_date")?;
    // An unquoted date is a date of its own in TOML.
    let text = match &node.kind {
        Kind::String(text) | Kind::Datetime(text) => text,
        _ => return reader.string(table, "compatibility_date").and(None),
    };
    match text.parse() {
        Ok(date) => Some(date),
        Err(error) => {
            let message = format!("`{}`: {error}", table.path("compatibility_date"));
            reader.error(&node.span, message, "not a date");
            None
        }
    }
}

fn read_flags(
    reader: &mut Reader,
    table: &Table<'_>,
    date: Option<CompatibilityDate>,
) -> Option<Vec<String>> {
    let flags = reader.strings(table, "compatibility_flags")?;
    let node = table.get("compatibility_flags")?;
    let Kind::Array(items) = &node.kind else {
        return Some(flags);
    };
    // Otherwise some item was no string, which has been reported.
    if items.len() == flags.len() {
        let listed = Compatibility {
            date,
            flags: flags.clone(),
        };
        for (index, problem) in listed.problems() {
            let severity = problem.severity(reader.strictness());
            let message = format!(
                "`{}[{index}]`: {problem}",
                table.path("compatibility_flags")
            );
            reader.report(
                severity,
                &items[index].span,
                message,
                "here".to_owned(),
                None,
            );
        }
    }
    Some(flags)
}

fn read_limits(reader: &mut Reader, table: &Table<'_>) -> Option<Limits> {
    let limits = reader.table_at(table, "limits")?;
    reader.warn_unknown(&limits, &["cpu_ms", "subrequests"]);
    Some(Limits {
        cpu_ms: reader.integer(&limits, "cpu_ms", "a number of milliseconds"),
        subrequests: reader.integer(&limits, "subrequests", "a number of requests"),
    })
}

fn read_vars(
    reader: &mut Reader,
    table: &Table<'_>,
    names: &mut Names,
) -> Option<IndexMap<String, VarValue>> {
    let vars = reader.table_at(table, "vars")?;
    let mut values = IndexMap::new();
    for entry in vars.entries {
        if !names.take(reader, &entry.key, "a variable", &entry.key_span) {
            continue;
        }
        match reader.json(&entry.value, &vars.path(&entry.key)) {
            Some(serde_json::Value::String(text)) => {
                values.insert(entry.key.clone(), VarValue::Text(text))
            }
            Some(value) => values.insert(entry.key.clone(), VarValue::Json(value)),
            None => None,
        };
    }
    Some(values)
}
