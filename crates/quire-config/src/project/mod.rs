//! `wrangler.toml`, `wrangler.json` and `wrangler.jsonc` as typed values.

mod environment;
mod keys;
mod section;

#[cfg(test)]
mod tests;

pub use environment::{Environment, ResolvedEnvironment, Target};
pub use section::{Limits, Section, VarValue};

pub(crate) use environment::losses;
pub(crate) use keys::check_worker as check_worker_keys;
pub(crate) use section::ProgramKind;

use crate::document::{Node, SyntaxProblem, parse_jsonc, parse_toml};
use crate::problem::{ConfigErrors, Problem, Severity, Source};
use crate::reader::{Reader, Table};
use crate::worker::ObjectClasses;

/// The names of a configuration file, in the order in which they are looked for.
pub const CONFIG_FILE_NAMES: [&str; 3] = ["wrangler.json", "wrangler.jsonc", "wrangler.toml"];

/// The environments that a project may describe.
const ENVIRONMENTS: [&str; 2] = ["preview", "production"];

/// The language of a configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigFormat {
    /// TOML.
    Toml,
    /// JSON, in which comments and trailing commas are fine.
    Json,
}

impl ConfigFormat {
    /// The language by a file's name; `None` for a name that is no configuration file's.
    pub fn of(file_name: &str) -> Option<Self> {
        match file_name.rsplit_once('.')?.1 {
            "toml" => Some(Self::Toml),
            "json" | "jsonc" => Some(Self::Json),
            _ => None,
        }
    }
}

/// What happens on settings that a Pages project cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// They are errors: for serving and building, where they would be missed.
    Fail,
    /// They are warnings: for development.
    Warn,
}

/// A project's configuration as written. [`ProjectConfig::environment`] gives what is in force.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProjectConfig {
    /// The project's name.
    pub name: Option<String>,
    /// The directory of the built site, relative to the configuration file. A file that lacks it may belong to
    /// something else than a Pages project.
    pub pages_build_output_dir: Option<String>,
    /// Settings of the development server.
    pub dev: DevSettings,
    /// The classes of Durable Objects that the project's own program exports, by its migrations.
    pub classes: ObjectClasses,
    /// The settings at the top level.
    pub top: Section,
    /// The settings under `env.preview`.
    pub preview: Option<Section>,
    /// The settings under `env.production`.
    pub production: Option<Section>,
}

/// Settings of the development server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DevSettings {
    /// The address to listen on.
    pub ip: Option<String>,
    /// The port to listen on.
    pub port: Option<u16>,
    /// The port for debuggers.
    pub inspector_port: Option<u16>,
    /// Whether the server speaks plain or encrypted HTTP.
    pub local_protocol: Option<LocalProtocol>,
}

/// What the development server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalProtocol {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

/// A configuration that can be used, with what was noticed about it.
#[derive(Debug, Clone)]
pub struct ParsedConfig {
    /// The configuration.
    pub config: ProjectConfig,
    /// What has no effect or will be refused elsewhere.
    pub warnings: Vec<Problem>,
}

impl ProjectConfig {
    /// Reads a configuration file. `file` is its name for messages.
    pub fn parse(
        text: &str,
        file: &str,
        format: ConfigFormat,
        strictness: Strictness,
    ) -> Result<ParsedConfig, ConfigErrors> {
        let (config, warnings) = read_document(text, file, format, strictness, read)?;
        Ok(ParsedConfig { config, warnings })
    }
}

/// Reads a configuration file by `read`; what it gives counts if no error was reported. Gives the warnings, too.
pub(crate) fn read_document<T: Default>(
    text: &str,
    file: &str,
    format: ConfigFormat,
    strictness: Strictness,
    read: fn(&mut Reader, &Node) -> T,
) -> Result<(T, Vec<Problem>), ConfigErrors> {
    let source = Source::new(file, text.strip_prefix('\u{feff}').unwrap_or(text));
    let parsed = match format {
        ConfigFormat::Toml => parse_toml(source.text()),
        ConfigFormat::Json => parse_jsonc(source.text()),
    };
    let mut reader = Reader::new(source.clone(), strictness);
    let config = match parsed {
        Ok(document) => read(&mut reader, &document),
        Err(problems) => {
            for SyntaxProblem { message, span } in problems {
                reader.error(&span, message, "here");
            }
            T::default()
        }
    };
    let mut problems = reader.into_problems();
    problems.sort_by_key(|problem| (problem.line(), problem.column()));
    let (errors, warnings): (Vec<_>, Vec<_>) = problems
        .into_iter()
        .partition(|problem| problem.level() == Severity::Error);
    match ConfigErrors::new(errors) {
        Some(errors) => Err(errors),
        None => Ok((config, warnings)),
    }
}

fn read(reader: &mut Reader, document: &Node) -> ProjectConfig {
    let Some(table) = reader.table(document, "") else {
        return ProjectConfig::default();
    };
    let output = reader.string(&table, "pages_build_output_dir");
    keys::check_top(reader, &table);
    let mut config = ProjectConfig {
        name: read_name(reader, &table),
        dev: read_dev(reader, &table),
        classes: ObjectClasses::read(reader, &table),
        top: Section::read(reader, &table, ProgramKind::Pages),
        pages_build_output_dir: output,
        preview: None,
        production: None,
    };
    reader.boolean(&table, "send_metrics");
    reader.string(&table, "$schema");
    let Some(environments) = reader.table_at(&table, "env") else {
        return config;
    };
    for entry in environments.entries {
        let path = environments.path(&entry.key);
        if !ENVIRONMENTS.contains(&entry.key.as_str()) {
            reader.refuse(
                &entry.key_span,
                format!("`{path}` is not an environment of a Pages project"),
                "not `preview` or `production`",
                Some(
                    "a Pages project has the environments `preview` and `production` only"
                        .to_owned(),
                ),
            );
            continue;
        }
        let Some(table) = reader.table(&entry.value, &path) else {
            continue;
        };
        keys::check_environment(reader, &table);
        let section = Section::read(reader, &table, ProgramKind::Pages);
        match entry.key.as_str() {
            "preview" => config.preview = Some(section),
            _ => config.production = Some(section),
        }
    }
    config
}

pub(crate) fn read_name(reader: &mut Reader, table: &Table<'_>) -> Option<String> {
    let name = reader.string(table, "name")?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if name.is_empty() || !name.bytes().all(fits) {
        let span = table.get("name").map_or(&table.span, |node| &node.span);
        reader.refuse(
            span,
            format!("`name` must consist of letters, digits and dashes, found `{name}`"),
            "not a project's name",
            None,
        );
    }
    Some(name)
}

fn read_dev(reader: &mut Reader, table: &Table<'_>) -> DevSettings {
    let Some(dev) = reader.table_at(table, "dev") else {
        return DevSettings::default();
    };
    reader.warn_unknown(&dev, &keys::DEV);
    let port = "a port, a number from 0 to 65535";
    let local_protocol = match reader.string(&dev, "local_protocol").as_deref() {
        None => None,
        Some("http") => Some(LocalProtocol::Http),
        Some("https") => Some(LocalProtocol::Https),
        Some(other) => {
            let span = dev
                .get("local_protocol")
                .map_or(&dev.span, |node| &node.span);
            let message = format!(
                "`dev.local_protocol` must be `\"http\"` or `\"https\"`, found `\"{other}\"`"
            );
            reader.error(span, message, "expected `\"http\"` or `\"https\"`");
            None
        }
    };
    DevSettings {
        ip: reader.string(&dev, "ip"),
        port: reader.integer(&dev, "port", port),
        inspector_port: reader.integer(&dev, "inspector_port", port),
        local_protocol,
    }
}
