//! The settings in force in one environment.

use indexmap::IndexMap;

use super::ProjectConfig;
use super::keys::NOT_INHERITED;
use super::section::{Limits, Section, VarValue};
use crate::bindings::{
    D1Database, DurableObjectBinding, KvNamespace, OtherBinding, QueueConsumer, QueueProducer,
    R2Bucket, ServiceBinding,
};
use crate::compatibility::Compatibility;

/// Where the project runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// On the developer's machine: the top level is in force, whatever the environments say.
    Local,
    /// As a preview deployment.
    Preview,
    /// As the production deployment.
    Production,
}

/// The settings in force in one environment. Lists are empty where nothing is set.
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(missing_docs)] // each field is the key of the same name
pub struct Environment {
    /// `compatibility_date` and `compatibility_flags`
    pub compatibility: Compatibility,
    pub no_bundle: Option<bool>,
    pub upload_source_maps: Option<bool>,
    pub limits: Limits,
    pub vars: IndexMap<String, VarValue>,
    pub kv_namespaces: Vec<KvNamespace>,
    pub r2_buckets: Vec<R2Bucket>,
    pub d1_databases: Vec<D1Database>,
    pub durable_objects: Vec<DurableObjectBinding>,
    pub services: Vec<ServiceBinding>,
    pub queue_producers: Vec<QueueProducer>,
    pub queue_consumers: Vec<QueueConsumer>,
    /// Bindings of kinds that are only known by name.
    pub others: Vec<OtherBinding>,
}

/// An environment with what was noticed while it was put together.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedEnvironment {
    /// The settings in force.
    pub environment: Environment,
    /// What the top level sets and the environment loses.
    pub warnings: Vec<String>,
}

impl ProjectConfig {
    /// The settings in force in an environment.
    ///
    /// Without a section of its own an environment is the top level. With one, it inherits how the program is
    /// built and run, but no variable and no binding.
    pub fn environment(&self, target: Target) -> ResolvedEnvironment {
        let (name, own) = match target {
            Target::Local => ("", None),
            Target::Preview => ("env.preview", self.preview.as_ref()),
            Target::Production => ("env.production", self.production.as_ref()),
        };
        let Some(own) = own else {
            return ResolvedEnvironment {
                environment: Environment::new(&self.top, &self.top),
                warnings: Vec::new(),
            };
        };
        ResolvedEnvironment {
            environment: Environment::new(own, &self.top),
            warnings: losses(&self.top, own, name),
        }
    }
}

impl Environment {
    pub(crate) fn new(own: &Section, top: &Section) -> Self {
        let flags = own
            .compatibility_flags
            .as_ref()
            .or(top.compatibility_flags.as_ref());
        Self {
            compatibility: Compatibility {
                date: own.compatibility_date.or(top.compatibility_date),
                flags: flags.cloned().unwrap_or_default(),
            },
            no_bundle: own.no_bundle.or(top.no_bundle),
            upload_source_maps: own.upload_source_maps.or(top.upload_source_maps),
            limits: own.limits.or(top.limits).unwrap_or_default(),
            vars: own.vars.clone().unwrap_or_default(),
            kv_namespaces: own.kv_namespaces.clone().unwrap_or_default(),
            r2_buckets: own.r2_buckets.clone().unwrap_or_default(),
            d1_databases: own.d1_databases.clone().unwrap_or_default(),
            durable_objects: own.durable_objects.clone().unwrap_or_default(),
            services: own.services.clone().unwrap_or_default(),
            queue_producers: own.queue_producers.clone().unwrap_or_default(),
            queue_consumers: own.queue_consumers.clone().unwrap_or_default(),
            others: own.others.values().flatten().cloned().collect(),
        }
    }
}

/// One warning for every key, and for every variable, that is set at the top level and lost in the environment.
pub(crate) fn losses(top: &Section, own: &Section, name: &str) -> Vec<String> {
    let lost = NOT_INHERITED.iter().filter(|key| top.has(key) && !own.mentions(key)).map(|key| {
        format!("`{key}` is set at the top level but not in `{name}`, which does not inherit it; repeat it there")
    });
    let none = IndexMap::new();
    let (top_vars, own_vars) = (top.vars.as_ref().unwrap_or(&none), own.vars.as_ref());
    let lost_vars = top_vars.keys().filter(|var| own_vars.is_some_and(|vars| !vars.contains_key(*var))).map(|var| {
        format!("`vars.{var}` is set at the top level but not in `{name}.vars`, which does not inherit it; repeat it there")
    });
    lost.chain(lost_vars).collect()
}
