//! Folders that `quire build` makes: all that is needed to serve a project, without its sources.
//!
//! ```text
//! quire.json          the manifest: settings and routes; by it the folder is known
//! functions.js        the functions or `_worker.js` in one script, and its source map
//! functions.js.map
//! _routes.json        which paths enter the functions: the project's own, else generated
//! services/NAME/      another program that the project binds: worker.js and worker.js.map
//! _redirects          where paths lead, and headers of static files: the project's own
//! _headers
//! public/             the static files
//! ```
//!
//! Nothing secret is stored: `.dev.vars` and `.env` beside the manifest, or `--binding`, give the secrets where it is served;
//! those of a service lie beside its script.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use miette::Diagnostic;
use quire_config::{Compatibility, VarValue};
use quire_routes::{RouteTable, RoutesRules};
use quire_runtime::{Binding, Consumer};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::git::Commit;
use crate::services;
use crate::settings::ProgramSettings;
use crate::variables;

pub const MANIFEST: &str = "quire.json";
pub const SCRIPT: &str = "functions.js";
pub const SOURCE_MAP: &str = "functions.js.map";
pub const SERVICE_SCRIPT: &str = "worker.js";
pub const SERVICE_SOURCE_MAP: &str = "worker.js.map";
pub const RULES: &str = "_routes.json";
pub const ASSETS: &str = "public";

/// Counts changes that older programs cannot read.
const FORMAT: u32 = 1;

/// The file `quire.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    #[serde(flatten)]
    pub mark: Mark,
    pub name: String,
    pub commit: Commit,
    #[serde(flatten)]
    pub program: BuiltProgram,
    /// The other programs, by their names.
    #[serde(default)]
    pub services: BTreeMap<String, BuiltProgram>,
    /// Whether there are static files.
    pub has_assets: bool,
    /// Whether the script is a `_worker.js`, which answers all requests.
    #[serde(default)]
    pub has_worker: bool,
    /// Whether `_routes.json` is the project's own. Generated rules are for other platforms and not applied.
    pub has_own_rules: bool,
    /// The functions' routes; none if there are no functions.
    pub routes: RouteTable,
}

/// What a program is run with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BuiltProgram {
    pub compatibility_date: String,
    pub compatibility_flags: Vec<String>,
    pub cpu_limit_ms: u64,
    #[serde(default = "crate::settings::default_subrequest_limit")]
    pub subrequest_limit: u64,
    /// The configuration file's variables.
    pub vars: serde_json::Map<String, serde_json::Value>,
    /// What else `env` holds.
    #[serde(default)]
    pub bindings: Vec<Binding>,
    /// The queues that it reads from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consumers: Vec<Consumer>,
}

impl BuiltProgram {
    pub fn of(settings: &ProgramSettings) -> BuiltProgram {
        let vars = settings.configured_variables.iter();
        BuiltProgram {
            compatibility_date: settings.compatibility_date(),
            compatibility_flags: settings.compatibility.flags.clone(),
            cpu_limit_ms: settings.cpu_limit_ms,
            subrequest_limit: settings.subrequest_limit,
            vars: vars
                .map(|(name, value)| (name.clone(), variables::json(value)))
                .collect(),
            bindings: settings.bindings.clone(),
            consumers: settings.consumers.clone(),
        }
    }

    pub fn compatibility(&self) -> Compatibility {
        Compatibility {
            date: self.compatibility_date.parse().ok(),
            flags: self.compatibility_flags.clone(),
        }
    }

    /// The configuration file's variables.
    pub fn variables(&self) -> IndexMap<String, VarValue> {
        let value = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => VarValue::Text(text.clone()),
            other => VarValue::Json(other.clone()),
        };
        self.vars
            .iter()
            .map(|(name, json)| (name.clone(), value(json)))
            .collect()
    }
}

/// What a manifest is known by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mark {
    format: u32,
    made_by: String,
}

impl Mark {
    /// That of this program.
    pub fn own() -> Mark {
        Mark {
            format: FORMAT,
            made_by: concat!("quire ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// A folder that cannot be served although it has a manifest.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{}` {reason}", .file.display())]
#[diagnostic(help("build the project again with `quire build`"))]
pub struct BuiltError {
    file: PathBuf,
    reason: String,
}

/// A folder made by `quire build`, opened.
#[derive(Debug, Clone)]
pub struct Built {
    pub folder: PathBuf,
    pub manifest: Manifest,
}

/// Whether `folder` was made by `quire build`. Another program's `quire.json` does not count.
pub fn is_built(folder: &Path) -> bool {
    let text = std::fs::read(folder.join(MANIFEST)).unwrap_or_default();
    serde_json::from_slice::<Mark>(&text)
        .is_ok_and(|mark| mark.format > 0 && mark.made_by.starts_with("quire "))
}

impl Built {
    pub fn open(folder: &Path) -> Result<Built, Failure> {
        let file = folder.join(MANIFEST);
        let text = std::fs::read_to_string(&file).map_err(Failure::read(&file))?;
        let refuse = |reason: String| BuiltError {
            file: file.clone(),
            reason,
        };
        let unclear = |error: serde_json::Error| refuse(format!("cannot be understood: {error}"));
        let mark: Mark = serde_json::from_str(&text).map_err(unclear)?;
        if mark.format != FORMAT {
            let reason = format!(
                "has format {}, made by {}; this program reads format {FORMAT}",
                mark.format, mark.made_by
            );
            return Err(refuse(reason).into());
        }
        let manifest = serde_json::from_str(&text).map_err(unclear)?;
        Ok(Built {
            folder: folder.to_owned(),
            manifest,
        })
    }

    fn has_program(&self) -> bool {
        self.manifest.has_worker || !self.manifest.routes.is_empty()
    }

    /// The script and its source map; `None` without functions and `_worker.js`.
    pub fn code(&self) -> Result<Option<(String, Option<String>)>, Failure> {
        if !self.has_program() {
            return Ok(None);
        }
        read_code(&self.folder.join(SCRIPT)).map(Some)
    }

    /// The script of a service and its source map.
    pub fn service(&self, name: &str) -> Result<(String, Option<String>), Failure> {
        let folder = self.folder.join(services::FOLDER).join(name);
        read_code(&folder.join(SERVICE_SCRIPT))
    }

    /// The rules to apply.
    pub fn rules(&self) -> Result<Option<RoutesRules>, Failure> {
        if !self.manifest.has_own_rules || !self.has_program() {
            return Ok(None);
        }
        let file = self.folder.join(RULES);
        let text = std::fs::read_to_string(&file).map_err(Failure::read(&file))?;
        Ok(Some(RoutesRules::parse(
            &file.display().to_string(),
            &text,
        )?))
    }

    /// The folder of static files.
    pub fn assets(&self) -> Option<PathBuf> {
        self.manifest.has_assets.then(|| self.folder.join(ASSETS))
    }
}

/// A script with its source map, which lies beside it.
fn read_code(script: &Path) -> Result<(String, Option<String>), Failure> {
    let mut source_map = script.as_os_str().to_owned();
    source_map.push(".map");
    let script = std::fs::read_to_string(script).map_err(Failure::read(script))?;
    // It only makes stacks readable.
    Ok((script, std::fs::read_to_string(source_map).ok()))
}
