//! A project's configuration: text in, typed values out. Nothing in here reads a file, a clock or the environment.
//!
//! `wrangler.toml`, `wrangler.json` and `wrangler.jsonc` become one [`ProjectConfig`]:
//!
//! 1. `document` parses either language into one tree in which every key and value knows its place in the text.
//! 2. `project` reads the tree into typed values. What it cannot use becomes a [`Problem`] that points at the place;
//!    `reader` holds the access to fields that both need.
//! 3. [`ProjectConfig::environment`] gives the settings in force locally, in previews or in production.
//!
//! Other programs that a project binds have configurations of the same form: `worker` reads them to a [`WorkerConfig`].
//!
//! Variables come from more places. `variables` parses `.dev.vars`, `.env` and `--binding`, and puts the layers
//! together. `compatibility` answers which behaviours a compatibility date and its flags ask for.
#![forbid(unsafe_code)]

mod binding_flags;
mod bindings;
mod compatibility;
mod document;
mod problem;
mod project;
mod reader;
mod variables;
mod worker;

pub use binding_flags::{
    BindingFlagError, parse_d1_flag, parse_durable_object_flag, parse_kv_flag, parse_r2_flag,
    parse_service_flag,
};
pub use bindings::{
    D1Database, DurableObjectBinding, KvNamespace, OtherBinding, OtherDetail, QueueConsumer,
    QueueProducer, R2Bucket, ServiceBinding,
};
pub use compatibility::{
    Behaviour, Compatibility, CompatibilityDate, FLAGS, Flag, FlagDefault, FlagProblem, InvalidDate,
};
pub use problem::{ConfigErrors, Problem, Severity};
pub use project::{
    CONFIG_FILE_NAMES, ConfigFormat, DevSettings, Environment, Limits, LocalProtocol, ParsedConfig,
    ProjectConfig, ResolvedEnvironment, Section, Strictness, Target, VarValue,
};
pub use variables::{
    BindingFlag, ExpansionTooLong, InvalidBindingFlag, Variable, VariableLayers, VariableSource,
    expand_dotenv, parse_dotenv,
};
pub use worker::{ObjectClasses, ParsedWorkerConfig, WorkerConfig};
