//! From the bindings that a configuration describes to those that the runtime makes.

use quire_config::Environment;
use quire_runtime::{Binding, Resource};

use crate::printer::Notice;

/// Kinds that are services of Cloudflare's: the program gets an object that says so when it is used.
const REMOTE: [&str; 4] = ["ai", "browser", "mtls_certificates", "vectorize"];

/// What `env` holds besides variables.
pub fn of(environment: &Environment) -> Vec<Binding> {
    let remote = environment
        .others
        .iter()
        .filter(|other| REMOTE.contains(&other.kind))
        .map(|other| Binding {
            name: other.binding.clone(),
            resource: Resource::Remote {
                service: other.kind.to_owned(),
            },
        });
    remote.collect()
}

/// One notice about all bindings that `env` will lack.
pub fn unsupported(environment: &Environment) -> Option<Notice> {
    let mut missing: Vec<String> = Vec::new();
    let mut add = |kind: &str, name: &str| missing.push(format!("`{name}` ({kind})"));
    environment
        .kv_namespaces
        .iter()
        .for_each(|kv| add("kv_namespaces", &kv.binding));
    environment
        .r2_buckets
        .iter()
        .for_each(|bucket| add("r2_buckets", &bucket.binding));
    environment
        .d1_databases
        .iter()
        .for_each(|database| add("d1_databases", &database.binding));
    environment
        .durable_objects
        .iter()
        .for_each(|object| add("durable_objects", &object.name));
    environment
        .services
        .iter()
        .for_each(|service| add("services", &service.binding));
    environment
        .queue_producers
        .iter()
        .for_each(|queue| add("queues", &queue.binding));
    environment
        .others
        .iter()
        .filter(|other| !REMOTE.contains(&other.kind))
        .for_each(|other| add(other.kind, &other.binding));
    (!missing.is_empty()).then(|| {
        Notice::warning(format!(
            "not supported yet, and missing in `env`: {}",
            missing.join(", ")
        ))
    })
}
