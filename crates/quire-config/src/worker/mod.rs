//! The configuration of another program that a project binds: a Worker, in the same files and languages.

mod classes;

use indexmap::IndexMap;

pub use classes::ObjectClasses;

use crate::problem::ConfigErrors;
use crate::project::{
    ConfigFormat, Environment, ProgramKind, ResolvedEnvironment, Section, Strictness,
    check_worker_keys, losses, read_document, read_name,
};
use crate::reader::Reader;
use crate::{Problem, document::Node};

/// A Worker's configuration as written. [`WorkerConfig::environment`] gives what is in force.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WorkerConfig {
    /// The program's name.
    pub name: Option<String>,
    /// The module that is the program, relative to the configuration file.
    pub main: Option<String>,
    /// The classes of Durable Objects that the program exports, by its migrations.
    pub classes: ObjectClasses,
    /// The settings at the top level.
    pub top: Section,
    /// The settings under `env`, by environment.
    pub environments: IndexMap<String, Section>,
}

/// A Worker's configuration that can be used, with what was noticed about it.
#[derive(Debug, Clone)]
pub struct ParsedWorkerConfig {
    /// The configuration.
    pub config: WorkerConfig,
    /// What has no effect.
    pub warnings: Vec<Problem>,
}

impl WorkerConfig {
    /// Reads a configuration file. `file` is its name for messages.
    pub fn parse(
        text: &str,
        file: &str,
        format: ConfigFormat,
    ) -> Result<ParsedWorkerConfig, ConfigErrors> {
        let (config, warnings) = read_document(text, file, format, Strictness::Warn, read)?;
        Ok(ParsedWorkerConfig { config, warnings })
    }

    /// The settings in force in an environment, or at the top level. `None` if there is no such environment.
    pub fn environment(&self, name: Option<&str>) -> Option<ResolvedEnvironment> {
        let Some(name) = name else {
            return Some(ResolvedEnvironment {
                environment: Environment::new(&self.top, &self.top),
                warnings: Vec::new(),
            });
        };
        let own = self.environments.get(name)?;
        Some(ResolvedEnvironment {
            environment: Environment::new(own, &self.top),
            warnings: losses(&self.top, own, &format!("env.{name}")),
        })
    }
}

fn read(reader: &mut Reader, document: &Node) -> WorkerConfig {
    let Some(table) = reader.table(document, "") else {
        return WorkerConfig::default();
    };
    check_worker_keys(reader, &table);
    let mut config = WorkerConfig {
        name: read_name(reader, &table),
        main: reader.string(&table, "main"),
        classes: ObjectClasses::read(reader, &table),
        top: Section::read(reader, &table, ProgramKind::Worker),
        environments: IndexMap::new(),
    };
    let Some(environments) = reader.table_at(&table, "env") else {
        return config;
    };
    for entry in environments.entries {
        let path = environments.path(&entry.key);
        let Some(table) = reader.table(&entry.value, &path) else {
            continue;
        };
        check_worker_keys(reader, &table);
        let section = Section::read(reader, &table, ProgramKind::Worker);
        config.environments.insert(entry.key.clone(), section);
    }
    config
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::QueueConsumer;

    fn parse(text: &str) -> Result<ParsedWorkerConfig, String> {
        WorkerConfig::parse(text, "wrangler.toml", ConfigFormat::Toml)
            .map_err(|errors| errors.to_string())
    }

    #[test]
    fn what_only_workers_have_is_no_fault() {
        let parsed = parse(
            "name = 'chat'\nmain = 'src/index.ts'\nworkers_dev = true\nroutes = ['x']\n\
             [[queues.consumers]]\nqueue = 'q'\n[triggers]\ncrons = ['* * * * *']\n[env.staging.vars]\nA = 1\n",
        )
        .unwrap();
        assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
        assert_eq!(parsed.config.name.as_deref(), Some("chat"));
        assert_eq!(parsed.config.main.as_deref(), Some("src/index.ts"));
        let staging = parsed.config.environment(Some("staging")).unwrap();
        assert_eq!(staging.environment.vars.len(), 1);
        assert!(parsed.config.environment(Some("production")).is_none());
        assert!(
            parsed
                .config
                .environment(None)
                .unwrap()
                .environment
                .vars
                .is_empty()
        );
    }

    #[test]
    fn unknown_keys_are_named() {
        let parsed = parse("name = 'chat'\nmian = 'x.ts'\n").unwrap();
        assert_eq!(parsed.warnings.len(), 1);
        let warning = &parsed.warnings[0];
        assert!(warning.to_string().contains("`mian`"), "{warning}");
    }

    #[test]
    fn queues_that_are_read_from() {
        let parsed = parse(
            "[[queues.consumers]]\nqueue = 'plain'\n\
             [[queues.consumers]]\nqueue = 'jobs'\nmax_batch_size = 100\nmax_batch_timeout = 0\nmax_retries = 0\n\
             dead_letter_queue = 'dead'\nretry_delay = 86400\nmax_concurrency = 1\n\
             [[queues.consumers]]\nqueue = 'pushed'\ntype = 'worker'\n\
             [env.staging]\nqueues = { producers = [] }\n",
        )
        .unwrap();
        let consumer = |queue: &str| QueueConsumer {
            queue: queue.to_owned(),
            max_batch_size: None,
            max_batch_timeout: None,
            max_retries: None,
            dead_letter_queue: None,
            retry_delay: None,
            max_concurrency: None,
        };
        let full = QueueConsumer {
            max_batch_size: Some(100),
            max_batch_timeout: Some(0),
            max_retries: Some(0),
            dead_letter_queue: Some("dead".to_owned()),
            retry_delay: Some(86_400),
            max_concurrency: Some(1),
            ..consumer("jobs")
        };
        let top = parsed.config.environment(None).unwrap().environment;
        assert_eq!(
            top.queue_consumers,
            [consumer("plain"), full, consumer("pushed")]
        );
        let staging = parsed.config.environment(Some("staging")).unwrap();
        assert!(staging.environment.queue_consumers.is_empty());
    }

    #[test]
    fn what_consumers_cannot_be_is_refused() {
        for (line, problem) in [
            (
                "type = 'http_pull'",
                "`queues.consumers[0].type` is `http_pull`: only consumers of type `worker` can be configured",
            ),
            (
                "max_batch_size = 0",
                "a number of messages from 1 to 100, found 0",
            ),
            (
                "max_batch_size = 101",
                "a number of messages from 1 to 100, found 101",
            ),
            (
                "max_batch_timeout = 61",
                "a number of seconds from 0 to 60, found 61",
            ),
            (
                "max_retries = -1",
                "a number of retries from 0 to 100, found the number `-1`",
            ),
            (
                "retry_delay = 86401",
                "a number of seconds from 0 to 86400, found 86401",
            ),
            (
                "max_concurrency = 'x'",
                "a number of batches from 1 to 250, found a string",
            ),
        ] {
            let error = parse(&format!("[[queues.consumers]]\nqueue = 'q'\n{line}\n")).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
        let json =
            "{ \"queues\": { \"consumers\": [{ \"queue\": \"q\", \"max_concurrency\": null }] } }";
        WorkerConfig::parse(json, "wrangler.json", ConfigFormat::Json).unwrap();
    }

    #[test]
    fn an_environment_inherits_no_binding() {
        let parsed = parse(
            "[vars]\nA = 'a'\n[[kv_namespaces]]\nbinding = 'KV'\nid = '1'\n[env.staging]\ncompatibility_date = '2026-01-01'\n",
        )
        .unwrap();
        let staging = parsed.config.environment(Some("staging")).unwrap();
        assert!(staging.environment.kv_namespaces.is_empty());
        assert_eq!(staging.warnings.len(), 2, "{:?}", staging.warnings);
        assert!(staging.warnings[0].contains("env.staging"));
    }
}
