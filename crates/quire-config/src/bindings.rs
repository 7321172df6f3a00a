//! The resources that a project binds, as its configuration names them.

use crate::document::Kind;
use crate::project::ProgramKind;
use crate::reader::{Reader, Table};

/// A key-value namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KvNamespace {
    /// The name in `env`.
    pub binding: String,
    /// What selects the data. The binding's name if none is given.
    pub id: String,
    /// What selects the data in development, if it is another.
    pub preview_id: Option<String>,
}

/// An object storage bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct R2Bucket {
    /// The name in `env`.
    pub binding: String,
    /// What selects the data. The binding's name if none is given.
    pub bucket_name: String,
    /// What selects the data in development, if it is another.
    pub preview_bucket_name: Option<String>,
}

/// An SQL database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct D1Database {
    /// The name in `env`.
    pub binding: String,
    /// What selects the data. The binding's name if none is given.
    pub database_id: String,
    /// What selects the data in development, if it is another.
    pub preview_database_id: Option<String>,
    /// The name that commands use.
    pub database_name: Option<String>,
    /// The directory of migration files, relative to the configuration file.
    pub migrations_dir: Option<String>,
    /// The table that remembers which migrations were applied.
    pub migrations_table: Option<String>,
}

/// A class of objects, each with its own state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DurableObjectBinding {
    /// The name in `env`.
    pub name: String,
    /// The class that implements the objects.
    pub class_name: String,
    /// The program that exports the class; this project if none is given.
    pub script_name: Option<String>,
    /// The environment of that program.
    pub environment: Option<String>,
}

/// Another program, called through `env`.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceBinding {
    /// The name in `env`.
    pub binding: String,
    /// The name of the program.
    pub service: String,
    /// The environment of that program.
    pub environment: Option<String>,
    /// The exported class that answers, instead of the default export.
    pub entrypoint: Option<String>,
    /// What the other program sees as `ctx.props`.
    pub props: Option<serde_json::Value>,
}

/// A queue that the project writes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueProducer {
    /// The name in `env`.
    pub binding: String,
    /// The name of the queue.
    pub queue: String,
    /// Seconds to hold each message back.
    pub delivery_delay: Option<u32>,
}

/// A queue that a program reads from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueConsumer {
    /// The name of the queue.
    pub queue: String,
    /// Messages at a time.
    pub max_batch_size: Option<u32>,
    /// Seconds that a message waits for others to fill the batch.
    pub max_batch_timeout: Option<u32>,
    /// How often a message that failed is tried again.
    pub max_retries: Option<u32>,
    /// The queue that a message goes to which failed for the last time.
    pub dead_letter_queue: Option<String>,
    /// Seconds to hold a message back before it is tried again.
    pub retry_delay: Option<u32>,
    /// Batches at a time.
    pub max_concurrency: Option<u32>,
}

/// A binding of a smaller kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherBinding {
    /// The configuration key, such as `hyperdrive`.
    pub kind: &'static str,
    /// The name in `env`.
    pub binding: String,
    /// What else is to be known of it.
    pub detail: OtherDetail,
}

/// What there is to know of a smaller binding besides its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherDetail {
    /// Nothing.
    None,
    /// `analytics_engine_datasets`: the dataset that points are written to.
    Dataset(String),
    /// `hyperdrive`: where the database is for development, which is what counts here.
    Connection(Option<String>),
    /// `ratelimits`
    RateLimit {
        /// Limits of the same id count together.
        namespace: String,
        /// How often in a period.
        limit: u32,
        /// Seconds.
        period: u32,
    },
    /// `secrets_store_secrets`
    StoreSecret {
        /// The id of the store.
        store: String,
        /// The secret's name in it.
        name: String,
    },
}

/// Keys that any binding may have and that mean nothing here.
const COMMON: [&str; 2] = ["remote", "experimental_remote"];

/// The name that the assets are always bound to.
pub(crate) const RESERVED: &str = "ASSETS";

/// Binding names of one section, which must differ.
#[derive(Default)]
pub(crate) struct Names {
    taken: Vec<(String, &'static str)>,
}

impl Names {
    /// Takes a name, or reports why it cannot be had.
    pub(crate) fn take(
        &mut self,
        reader: &mut Reader,
        name: &str,
        kind: &'static str,
        span: &std::ops::Range<usize>,
    ) -> bool {
        if name == RESERVED {
            let message = format!(
                "the name `{RESERVED}` is reserved for the project's own assets; choose another name"
            );
            reader.error(span, message, "reserved");
            return false;
        }
        if let Some((_, other)) = self.taken.iter().find(|(taken, _)| taken == name) {
            let message = format!(
                "the name `{name}` is given to {other} and to {kind}; names in `env` must differ"
            );
            reader.error(span, message, "used twice");
            return false;
        }
        self.taken.push((name.to_owned(), kind));
        true
    }
}

/// Reads the lists of bindings of one section. Every function gives `None` if the section lacks the key.
pub(crate) struct BindingReader<'r> {
    pub(crate) reader: &'r mut Reader,
    pub(crate) names: Names,
    pub(crate) kind: ProgramKind,
}

impl BindingReader<'_> {
    fn list<T>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        read: impl Fn(&mut Self, &Table<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.reader.tables_at(table, key)?;
        Some(items.iter().filter_map(|item| read(self, item)).collect())
    }

    /// The name under `key`, if it is there and free.
    fn name(&mut self, item: &Table<'_>, key: &str, kind: &'static str) -> Option<String> {
        let name = self.reader.required_string(item, key)?;
        let span = item.get(key).map_or(&item.span, |node| &node.span);
        self.names
            .take(self.reader, &name, kind, span)
            .then_some(name)
    }

    fn warn_unknown(&mut self, item: &Table<'_>, known: &[&str]) {
        self.reader.warn_unknown(item, &[known, &COMMON].concat());
    }

    pub(crate) fn kv_namespaces(&mut self, section: &Table<'_>) -> Option<Vec<KvNamespace>> {
        self.list(section, "kv_namespaces", |this, item| {
            this.warn_unknown(item, &["binding", "id", "preview_id"]);
            let binding = this.name(item, "binding", "a key-value namespace")?;
            let id = this
                .reader
                .string(item, "id")
                .unwrap_or_else(|| binding.clone());
            Some(KvNamespace {
                id,
                preview_id: this.reader.string(item, "preview_id"),
                binding,
            })
        })
    }

    pub(crate) fn r2_buckets(&mut self, section: &Table<'_>) -> Option<Vec<R2Bucket>> {
        self.list(section, "r2_buckets", |this, item| {
            this.warn_unknown(
                item,
                &[
                    "binding",
                    "bucket_name",
                    "preview_bucket_name",
                    "jurisdiction",
                ],
            );
            let binding = this.name(item, "binding", "a bucket")?;
            let bucket_name = this
                .bucket_name(item, "bucket_name")
                .unwrap_or_else(|| binding.clone());
            let preview_bucket_name = this.bucket_name(item, "preview_bucket_name");
            Some(R2Bucket {
                binding,
                bucket_name,
                preview_bucket_name,
            })
        })
    }

    fn bucket_name(&mut self, item: &Table<'_>, key: &str) -> Option<String> {
        let name = self.reader.string(item, key)?;
        if !is_bucket_name(&name) {
            let message = format!(
                "`{}` must be {BUCKET_NAME_RULE}, found `{name}`",
                item.path(key)
            );
            let span = item.get(key).map_or(&item.span, |node| &node.span);
            self.reader.error(span, message, "not a bucket's name");
        }
        Some(name)
    }

    pub(crate) fn d1_databases(&mut self, section: &Table<'_>) -> Option<Vec<D1Database>> {
        self.list(section, "d1_databases", |this, item| {
            let known = [
                "binding",
                "database_id",
                "database_name",
                "preview_database_id",
                "migrations_dir",
                "migrations_table",
                "migrations_pattern",
            ];
            this.warn_unknown(item, &known);
            let binding = this.name(item, "binding", "a database")?;
            Some(D1Database {
                database_id: this
                    .reader
                    .string(item, "database_id")
                    .unwrap_or_else(|| binding.clone()),
                preview_database_id: this.reader.string(item, "preview_database_id"),
                database_name: this.reader.string(item, "database_name"),
                migrations_dir: this.reader.string(item, "migrations_dir"),
                migrations_table: this.reader.string(item, "migrations_table"),
                binding,
            })
        })
    }

    pub(crate) fn durable_objects(
        &mut self,
        section: &Table<'_>,
    ) -> Option<Vec<DurableObjectBinding>> {
        section.get("durable_objects")?;
        let Some(table) = self.reader.table_at(section, "durable_objects") else {
            return Some(Vec::new());
        };
        self.reader.warn_unknown(&table, &["bindings"]);
        let bindings = self.list(&table, "bindings", |this, item| {
            this.warn_unknown(item, &["name", "class_name", "script_name", "environment"]);
            let name = this.name(item, "name", "a Durable Object")?;
            let class_name = this.reader.required_string(item, "class_name")?;
            Some(DurableObjectBinding {
                name,
                class_name,
                script_name: this.reader.string(item, "script_name"),
                environment: this.reader.string(item, "environment"),
            })
        });
        Some(bindings.unwrap_or_default())
    }

    pub(crate) fn services(&mut self, section: &Table<'_>) -> Option<Vec<ServiceBinding>> {
        self.list(section, "services", |this, item| {
            this.warn_unknown(
                item,
                &["binding", "service", "environment", "entrypoint", "props"],
            );
            let binding = this.name(item, "binding", "a service")?;
            let service = this.reader.required_string(item, "service")?;
            let props = item
                .get("props")
                .and_then(|node| this.reader.json(node, &item.path("props")));
            Some(ServiceBinding {
                binding,
                service,
                environment: this.reader.string(item, "environment"),
                entrypoint: this.reader.string(item, "entrypoint"),
                props,
            })
        })
    }

    /// The queues that the program writes to, and those that it reads from.
    pub(crate) fn queues(
        &mut self,
        section: &Table<'_>,
    ) -> Option<(Vec<QueueProducer>, Vec<QueueConsumer>)> {
        section.get("queues")?;
        let Some(queues) = self.reader.table_at(section, "queues") else {
            return Some(Default::default());
        };
        for entry in queues.entries {
            match entry.key.as_str() {
                "producers" => {}
                "consumers" if entry.value.is_empty() || self.kind == ProgramKind::Worker => {}
                "consumers" => self.reader.refuse(
                    &entry.key_span,
                    format!(
                        "`{}` is not available to Pages projects",
                        queues.path("consumers")
                    ),
                    "not supported",
                    Some("a Pages project can write to a queue but not read from one".to_owned()),
                ),
                _ => self
                    .reader
                    .warn_unknown_key(&queues, entry, &["producers", "consumers"]),
            }
        }
        let producers = self.list(&queues, "producers", Self::queue_producer);
        let consumers = match self.kind {
            ProgramKind::Worker => self.list(&queues, "consumers", Self::queue_consumer),
            ProgramKind::Pages => None,
        };
        Some((producers.unwrap_or_default(), consumers.unwrap_or_default()))
    }

    fn queue_producer(&mut self, item: &Table<'_>) -> Option<QueueProducer> {
        self.warn_unknown(item, &["binding", "queue", "delivery_delay"]);
        let binding = self.name(item, "binding", "a queue")?;
        let queue = self.reader.required_string(item, "queue")?;
        let delivery_delay = self.within(item, "delivery_delay", DELAY);
        Some(QueueProducer {
            binding,
            queue,
            delivery_delay,
        })
    }

    fn queue_consumer(&mut self, item: &Table<'_>) -> Option<QueueConsumer> {
        let known = [
            "queue",
            "type",
            "max_batch_size",
            "max_batch_timeout",
            "max_retries",
            "dead_letter_queue",
            "retry_delay",
            "max_concurrency",
            "visibility_timeout_ms",
        ];
        self.warn_unknown(item, &known);
        let queue = self.reader.required_string(item, "queue")?;
        if let Some(kind) = self.reader.string(item, "type")
            && kind != "worker"
        {
            let span = item.get("type").map_or(&item.span, |node| &node.span);
            let message = format!(
                "`{}` is `{kind}`: only consumers of type `worker` can be configured",
                item.path("type")
            );
            self.reader.error(span, message, "no such consumer");
            return None;
        }
        Some(QueueConsumer {
            queue,
            max_batch_size: self.within(item, "max_batch_size", ("messages", 1, 100)),
            max_batch_timeout: self.within(item, "max_batch_timeout", ("seconds", 0, 60)),
            max_retries: self.within(item, "max_retries", ("retries", 0, 100)),
            dead_letter_queue: self.reader.string(item, "dead_letter_queue"),
            retry_delay: self.within(item, "retry_delay", DELAY),
            max_concurrency: self.within(item, "max_concurrency", ("batches", 1, 250)),
        })
    }

    /// A number of something, within bounds. TOML has no other way to say that there is none than to leave it out; JSON's is `null`.
    fn within(
        &mut self,
        item: &Table<'_>,
        key: &str,
        (what, least, most): (&str, u32, u32),
    ) -> Option<u32> {
        let node = item.get(key)?;
        if matches!(node.kind, Kind::Null) {
            return None;
        }
        let expected = format!("a number of {what} from {least} to {most}");
        let number: u32 = self.reader.integer(item, key, &expected)?;
        if (least..=most).contains(&number) {
            return Some(number);
        }
        let message = format!("`{}` must be {expected}, found {number}", item.path(key));
        self.reader.error(&node.span, message, "out of range");
        None
    }

    /// Bindings of a smaller kind: a list of tables, or a single table.
    pub(crate) fn others(
        &mut self,
        section: &Table<'_>,
        kind: &'static str,
        list: bool,
    ) -> Option<Vec<OtherBinding>> {
        let read = |this: &mut Self, item: &Table<'_>| {
            let key = if kind == "ratelimits" {
                "name"
            } else {
                "binding"
            };
            let binding = this.name(item, key, "another binding")?;
            Some(OtherBinding {
                kind,
                detail: this.detail(item, kind, &binding)?,
                binding,
            })
        };
        if list {
            return self.list(section, kind, read);
        }
        section.get(kind)?;
        let table = self.reader.table_at(section, kind);
        Some(
            table
                .and_then(|table| read(self, &table))
                .into_iter()
                .collect(),
        )
    }

    fn detail(&mut self, item: &Table<'_>, kind: &str, binding: &str) -> Option<OtherDetail> {
        let reader = &mut self.reader;
        Some(match kind {
            "analytics_engine_datasets" => {
                let dataset = reader.string(item, "dataset");
                let dataset = dataset.unwrap_or_else(|| binding.to_owned());
                if !is_dataset_name(&dataset) {
                    let span = item.get("dataset").map_or(&item.span, |node| &node.span);
                    let message = format!(
                        "`{}` must be letters, digits and underscores, the first no digit, found `{dataset}`",
                        item.path("dataset")
                    );
                    reader.error(span, message, "not a dataset's name");
                }
                OtherDetail::Dataset(dataset)
            }
            "hyperdrive" => OtherDetail::Connection(reader.string(item, "localConnectionString")),
            "ratelimits" => {
                let namespace = reader.required_string(item, "namespace_id")?;
                let simple = reader.required_table(item, "simple")?;
                let limit = reader.required_integer(&simple, "limit", "a number of calls")?;
                let period: u32 = reader.required_integer(&simple, "period", "10 or 60")?;
                if !PERIODS.contains(&period) {
                    let span = simple.get("period").map_or(&simple.span, |node| &node.span);
                    let message = format!(
                        "`{}` must be 10 or 60, found {period}",
                        simple.path("period")
                    );
                    reader.error(span, message, "unsupported period");
                }
                OtherDetail::RateLimit {
                    namespace,
                    limit,
                    period,
                }
            }
            "secrets_store_secrets" => OtherDetail::StoreSecret {
                store: reader.required_string(item, "store_id")?,
                name: reader.required_string(item, "secret_name")?,
            },
            _ => OtherDetail::None,
        })
    }
}

/// Seconds that a message may be held back, as on the original.
const DELAY: (&str, u32, u32) = ("seconds", 0, 86_400);

/// Seconds that a rate limit may count over, as on the original.
const PERIODS: [u32; 2] = [10, 60];

/// Whether a dataset can have this name. It is the name of a table in queries.
fn is_dataset_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(fits) && !name.as_bytes()[0].is_ascii_digit()
}

const BUCKET_NAME_RULE: &str =
    "3 to 63 lower-case letters, digits and hyphens that begin and end with a letter or digit";

/// Whether a bucket can have this name.
pub(crate) fn is_bucket_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| plain(byte) || byte == b'-')
        && name.bytes().next().is_some_and(plain)
        && name.bytes().next_back().is_some_and(plain)
}
