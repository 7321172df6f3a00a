//! What the runtime runs: the bundled script, its routes and settings.

use crate::bindings::{Binding, Consumer};
use quire_routes::RouteTable;
use serde::{Deserialize, Serialize};

/// What [`Program::handler_limit_ms`] is on the original: 15 minutes.
pub const HANDLER_LIMIT_MS: u64 = 15 * 60 * 1000;

/// A bundled program with its settings. The supervisor sends it to the workers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Program {
    /// An expression for `async (quire) => …`, as quire-bundle makes it.
    pub script: String,
    /// The script's source map, as JSON.
    pub source_map: Option<String>,
    /// Which handlers answer which paths.
    pub routes: RouteTable,
    /// Variables for `env`: strings, or JSON values.
    pub vars: serde_json::Map<String, serde_json::Value>,
    /// What else `env` holds.
    #[serde(default)]
    pub bindings: Vec<Binding>,
    /// The queues that it reads from.
    #[serde(default)]
    pub consumers: Vec<Consumer>,
    /// The date whose behaviour the program expects, `YYYY-MM-DD`.
    pub compatibility_date: String,
    /// Behaviour that is switched on or off by name.
    pub compatibility_flags: Vec<String>,
    /// Processor time in milliseconds that a request may take; 0 for no limit.
    pub cpu_limit_ms: u64,
    /// How many requests a request may send; 0 for no limit.
    pub subrequest_limit: u64,
    /// How long in milliseconds the handler of an alarm or of a queue may take, waiting included.
    pub handler_limit_ms: u64,
}

/// A program that does nothing, without limits of its own.
impl Default for Program {
    fn default() -> Self {
        Self {
            script: "(async () => {})".to_owned(),
            source_map: None,
            routes: RouteTable::default(),
            vars: serde_json::Map::new(),
            bindings: Vec::new(),
            consumers: Vec::new(),
            compatibility_date: String::new(),
            compatibility_flags: Vec::new(),
            cpu_limit_ms: 0,
            subrequest_limit: 0,
            handler_limit_ms: HANDLER_LIMIT_MS,
        }
    }
}
