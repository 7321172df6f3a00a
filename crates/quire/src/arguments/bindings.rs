//! Bindings from the command line.

use clap::Args;
use quire_config::{
    D1Database, DurableObjectBinding, Environment, KvNamespace, OtherBinding, OtherDetail,
    R2Bucket, ServiceBinding, parse_d1_flag, parse_durable_object_flag, parse_kv_flag,
    parse_r2_flag, parse_service_flag,
};

/// Bindings that take the place of everything of the same name.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Bindings")]
pub struct BindingFlags {
    /// Bind a key-value namespace
    #[arg(long, short, value_name = "NAME[=ID]", num_args = 1.., value_parser = parse_kv_flag)]
    pub kv: Vec<KvNamespace>,

    /// Bind a bucket
    #[arg(long, value_name = "NAME[=BUCKET]", num_args = 1.., value_parser = parse_r2_flag)]
    pub r2: Vec<R2Bucket>,

    /// Bind an SQL database
    #[arg(long, value_name = "NAME[=ID]", num_args = 1.., value_parser = parse_d1_flag)]
    pub d1: Vec<D1Database>,

    /// Bind a class of Durable Objects
    #[arg(long = "do", short = 'o', value_name = "NAME=CLASS[@SERVICE]", num_args = 1.., value_parser = parse_durable_object_flag)]
    pub objects: Vec<DurableObjectBinding>,

    /// Bind another program
    #[arg(long = "service", value_name = "NAME=SERVICE[@ENVIRONMENT][#ENTRYPOINT]", num_args = 1.., value_parser = parse_service_flag)]
    pub services: Vec<ServiceBinding>,

    /// Bind what tells which version runs
    #[arg(long, value_name = "NAME")]
    pub version_metadata: Option<String>,

    /// Bind Workers AI, which only Cloudflare has: every use of it says so
    #[arg(long, value_name = "NAME")]
    pub ai: Option<String>,
}

impl BindingFlags {
    /// The names that are bound.
    pub fn names(&self) -> Vec<String> {
        let kv = self.kv.iter().map(|kv| &kv.binding);
        let r2 = self.r2.iter().map(|bucket| &bucket.binding);
        let d1 = self.d1.iter().map(|database| &database.binding);
        let objects = self.objects.iter().map(|object| &object.name);
        let services = self.services.iter().map(|service| &service.binding);
        let names = kv.chain(r2).chain(d1).chain(objects).chain(services);
        names
            .chain(&self.version_metadata)
            .chain(&self.ai)
            .cloned()
            .collect()
    }

    /// What a configuration file would say to bind the same.
    pub fn environment(&self) -> Environment {
        Environment {
            kv_namespaces: self.kv.clone(),
            r2_buckets: self.r2.clone(),
            d1_databases: self.d1.clone(),
            durable_objects: self.objects.clone(),
            services: self.services.clone(),
            others: [
                ("version_metadata", &self.version_metadata),
                ("ai", &self.ai),
            ]
            .into_iter()
            .filter_map(|(kind, name)| {
                Some(OtherBinding {
                    kind,
                    binding: name.clone()?,
                    detail: OtherDetail::None,
                })
            })
            .collect(),
            ..Environment::default()
        }
    }
}
