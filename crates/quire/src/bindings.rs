//! From the bindings that a configuration describes to those that the runtime makes.

use std::collections::HashMap;

use quire_config::{
    DurableObjectBinding, Environment, ObjectClasses, OtherBinding, OtherDetail, ServiceBinding,
};
use quire_runtime::{Binding, Consumer, Resource};

use crate::secret::Stored;
use crate::settings::Version;

/// The classes of Durable Objects that each program exports.
#[derive(Debug, Clone, Default)]
pub struct Classes {
    /// Those of the program that has the bindings.
    pub own: ObjectClasses,
    /// Those of all programs, by their names.
    pub of_programs: HashMap<String, ObjectClasses>,
}

impl Classes {
    fn has_sqlite(&self, script: Option<&str>, class: &str) -> bool {
        let classes = match script {
            None => Some(&self.own),
            Some(script) => self.of_programs.get(script),
        };
        classes.is_none_or(|classes| classes.has_sqlite(class))
    }
}

/// What `env` holds besides variables.
pub fn of(environment: &Environment, classes: &Classes) -> Vec<Binding> {
    let mut bindings = Vec::new();
    let mut add = |name: &str, resource| {
        bindings.push(Binding {
            name: name.to_owned(),
            resource,
        });
    };
    for namespace in &environment.kv_namespaces {
        let id = namespace.id.clone();
        add(&namespace.binding, Resource::Kv { id });
    }
    for database in &environment.d1_databases {
        let id = database.database_id.clone();
        add(&database.binding, Resource::D1 { id });
    }
    for producer in &environment.queue_producers {
        let resource = Resource::Queue {
            queue: producer.queue.clone(),
            delay: producer.delivery_delay,
        };
        add(&producer.binding, resource);
    }
    for bucket in &environment.r2_buckets {
        let resource = Resource::R2 {
            bucket: bucket.bucket_name.clone(),
        };
        add(&bucket.binding, resource);
    }
    for service in &environment.services {
        let resource = Resource::Service {
            script: service_script(service),
            entrypoint: service.entrypoint.clone(),
            props: service.props.clone(),
        };
        add(&service.binding, resource);
    }
    for object in &environment.durable_objects {
        let script = object_script(object);
        let resource = Resource::DurableObject {
            sqlite: classes.has_sqlite(script.as_deref(), &object.class_name),
            script,
            class: object.class_name.clone(),
        };
        add(&object.name, resource);
    }
    for other in &environment.others {
        add(&other.binding, of_other(other));
    }
    bindings
}

fn of_other(other: &OtherBinding) -> Resource {
    match other.detail.clone() {
        OtherDetail::Dataset(dataset) => Resource::Analytics { dataset },
        OtherDetail::Connection(connection) => Resource::Hyperdrive { connection },
        OtherDetail::RateLimit {
            namespace,
            limit,
            period,
        } => Resource::RateLimit {
            namespace,
            limit,
            period,
        },
        OtherDetail::StoreSecret { store, name } => Resource::StoreSecret {
            store,
            secret: name,
            value: None,
        },
        OtherDetail::None if other.kind == "version_metadata" => Resource::VersionMetadata {
            id: String::new(),
            timestamp: String::new(),
        },
        OtherDetail::None => Resource::Remote {
            service: other.kind.to_owned(),
        },
    }
}

/// Adds what is only known, and only to be known, where the project runs.
pub fn complete(bindings: &mut [Binding], stored: &Stored, version: &Version) {
    for binding in bindings {
        match &mut binding.resource {
            Resource::StoreSecret {
                store,
                secret,
                value,
            } => *value = stored.in_store(store, secret).map(str::to_owned),
            Resource::VersionMetadata { id, timestamp } => {
                id.clone_from(&version.id);
                timestamp.clone_from(&version.timestamp);
            }
            Resource::Hyperdrive { connection } => {
                let names = ["CLOUDFLARE", "WRANGLER"].map(|prefix| {
                    format!(
                        "{prefix}_HYPERDRIVE_LOCAL_CONNECTION_STRING_{}",
                        binding.name
                    )
                });
                let given = names.iter().find_map(|name| std::env::var(name).ok());
                if given.is_some() {
                    *connection = given;
                }
            }
            _ => {}
        }
    }
}

/// What a binding is and what it stands for, in words for a table. Nothing secret.
pub fn described(resource: &Resource) -> (String, String) {
    let (kind, about) = match resource {
        Resource::Service {
            script, entrypoint, ..
        } => {
            let entrypoint = entrypoint.iter().map(|name| format!("#{name}"));
            (
                "service",
                std::iter::once(script.clone()).chain(entrypoint).collect(),
            )
        }
        Resource::DurableObject { script, class, .. } => {
            let script = script.iter().map(|name| format!(" of {name}"));
            (
                "Durable Object",
                std::iter::once(class.clone()).chain(script).collect(),
            )
        }
        Resource::Kv { id } => ("KV namespace", id.clone()),
        Resource::R2 { bucket } => ("R2 bucket", bucket.clone()),
        Resource::D1 { id } => ("D1 database", id.clone()),
        Resource::Queue { queue, .. } => ("queue", queue.clone()),
        Resource::Analytics { dataset } => ("Analytics Engine dataset", dataset.clone()),
        Resource::RateLimit { limit, period, .. } => {
            ("rate limit", format!("{limit} in {period} s"))
        }
        Resource::Hyperdrive {
            connection: Some(_),
        } => ("database", "hidden".to_owned()),
        Resource::Hyperdrive { connection: None } => ("database", "not connected".to_owned()),
        Resource::StoreSecret { secret, value, .. } => {
            let missing = if value.is_none() { ", missing" } else { "" };
            ("secret of a store", format!("{secret}{missing}"))
        }
        Resource::VersionMetadata { .. } => ("version metadata", String::new()),
        Resource::Remote { service } => ("only at Cloudflare", service.clone()),
    };
    (kind.to_owned(), about)
}

/// The queues that a program reads from.
pub fn consumers(environment: &Environment) -> Vec<Consumer> {
    let consumers = environment.queue_consumers.iter();
    consumers
        .map(|consumer| Consumer {
            queue: consumer.queue.clone(),
            batch_max: consumer.max_batch_size.unwrap_or(10),
            batch_timeout: consumer.max_batch_timeout.unwrap_or(5),
            retries_max: consumer.max_retries.unwrap_or(3),
            retry_delay: consumer.retry_delay.unwrap_or(0),
            dead_letters: consumer.dead_letter_queue.clone(),
            concurrency_max: consumer.max_concurrency,
        })
        .collect()
}

/// The names of the programs that an environment binds.
pub fn scripts(environment: &Environment) -> impl Iterator<Item = String> {
    let services = environment.services.iter().map(service_script);
    let objects = environment.durable_objects.iter().filter_map(object_script);
    services.chain(objects)
}

fn service_script(service: &ServiceBinding) -> String {
    script(&service.service, service.environment.as_deref())
}

fn object_script(object: &DurableObjectBinding) -> Option<String> {
    let name = object.script_name.as_deref()?;
    Some(script(name, object.environment.as_deref()))
}

/// The name under which a program runs with the settings of an environment, as on the original.
pub fn script(name: &str, environment: Option<&str>) -> String {
    match environment {
        Some(environment) => format!("{name}-{environment}"),
        None => name.to_owned(),
    }
}
