//! What can be typed: commands and options, named as `wrangler pages dev` names them.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use quire_config::{
    CompatibilityDate, D1Database, DurableObjectBinding, Environment, KvNamespace, OtherBinding,
    OtherDetail, R2Bucket, ServiceBinding, parse_d1_flag, parse_durable_object_flag, parse_kv_flag,
    parse_r2_flag, parse_service_flag,
};
use quire_server::{DEFAULT_PORT, LogLevel};

use crate::d1::D1Arguments;
use crate::kv::KvArguments;

/// Runs Cloudflare Pages projects on your own machine: static files, Functions, middleware.
#[derive(Debug, Parser)]
#[command(name = "quire", version, propagate_version = true, after_help = TOP_EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve a project for development: what you save is live
    #[command(after_help = DEV_EXAMPLES)]
    Dev(DevArguments),
    /// Serve a project in production
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArguments),
    /// Build a project into a folder that `quire serve` runs without its sources
    #[command(after_help = BUILD_EXAMPLES)]
    Build(BuildArguments),
    /// Show which code answers which requests
    #[command(after_help = ROUTES_EXAMPLES)]
    Routes(RoutesArguments),
    /// Work with key-value namespaces
    Kv(KvArguments),
    /// Work with SQL databases
    D1(D1Arguments),
    /// Keep values that only the functions see, encrypted, for `quire serve`
    #[command(after_help = SECRET_EXAMPLES)]
    Secret(SecretArguments),
    /// Ask for what functions wrote with `writeDataPoint`
    #[command(after_help = ANALYTICS_EXAMPLES)]
    Analytics(AnalyticsArguments),
    /// Write the TypeScript type of `env` from the configuration
    #[command(after_help = TYPES_EXAMPLES)]
    Types(TypesArguments),
    /// Answer requests for the process that started this one
    #[command(hide = true)]
    Worker,
}

const TOP_EXAMPLES: &str = "\
Examples:
  quire dev                     Serve the project in this folder and reload on every save
  quire serve dist --port 80    Serve ./dist with the Functions of ./functions
  quire build --outdir release  Put all that is needed to serve into ./release
  quire routes                  List the routes";

const DEV_EXAMPLES: &str = "\
Examples:
  quire dev                        The output folder is named by the configuration file, or found
  quire dev dist                   ./dist, with the Functions of ./functions
  quire dev ../site --port 3000    The project in another folder
  quire dev -b API=http://localhost:9000 DEBUG=1";

const SERVE_EXAMPLES: &str = "\
Examples:
  quire serve --ip 0.0.0.0 --port 80
  quire serve release              What `quire build --outdir release` made
  quire serve dist --workers 4 -b API=http://10.0.0.5";

const BUILD_EXAMPLES: &str = "\
Examples:
  quire build --outdir release
  quire build dist --outdir /srv/site && quire serve /srv/site";

const ROUTES_EXAMPLES: &str = "\
Examples:
  quire routes
  quire routes --explain 'GET /api/todos/1'
  quire routes --explain /about --json";

const SECRET_EXAMPLES: &str = "\
Examples:
  quire secret put API_KEY                  Asks for the value
  printf %s \"$KEY\" | quire secret put API_KEY --env preview
  quire secret list
  quire secret delete API_KEY

In development, `.dev.vars` gives the secrets.";

const ANALYTICS_EXAMPLES: &str = "\
Examples:
  quire analytics query 'SELECT blob1, count(*), avg(double1) FROM clicks GROUP BY blob1'
  quire analytics query 'SELECT * FROM clicks ORDER BY timestamp DESC LIMIT 10' --json

A dataset is a table of SQLite's with the columns timestamp (UTC), index1, blob1 to blob20, double1 to double20,
_sample_interval and dataset.";

const TYPES_EXAMPLES: &str = "\
Examples:
  quire types                               Writes worker-configuration.d.ts
  quire types functions/env.d.ts --env-interface Bindings
  quire types --check                       Fails if the file is not up to date

The types of the bindings are those of @cloudflare/workers-types.";

/// Which project, and how it is compiled. All commands take these.
#[derive(Debug, Clone, Args)]
pub struct ProjectArguments {
    /// The output folder (its Functions are in ./functions), a project's folder, or a folder made by `quire build`
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,

    /// Behave as of this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub compatibility_date: Option<CompatibilityDate>,

    /// Switch behaviours on or off, instead of the flags in the configuration file
    #[arg(long, alias = "compatibility-flag", value_name = "FLAG", num_args = 1..)]
    pub compatibility_flags: Vec<String>,

    /// The project's own configuration file, then those of services in other folders
    #[arg(long, short, value_name = "FILE", num_args = 1)]
    pub config: Vec<PathBuf>,

    #[command(flatten)]
    pub refused: RefusedArguments,
}

impl ProjectArguments {
    /// The configuration files of services.
    pub fn service_files(&self) -> &[PathBuf] {
        self.config.get(1..).unwrap_or_default()
    }
}

/// Options of other commands of the original, which its `pages dev` refuses as well.
#[derive(Debug, Clone, Args)]
pub struct RefusedArguments {
    #[arg(long, short = 'e', hide = true, num_args = 0..=1, default_missing_value = "")]
    env: Option<String>,
    #[arg(long, hide = true)]
    node_compat: bool,
}

impl RefusedArguments {
    fn reason(&self) -> Option<&'static str> {
        if self.env.is_some() {
            Some(
                "`--env` is not for Pages projects: the top level of the configuration is used in development, \
                 `env.production` for serving",
            )
        } else if self.node_compat {
            Some("`--node-compat` is no more: use `--compatibility-flags nodejs_compat`")
        } else {
            None
        }
    }
}

/// Where to listen, and what the functions see. `dev` and `serve` take these.
#[derive(Debug, Clone, Args)]
pub struct ListenArguments {
    /// The address to listen on; `*` or 0.0.0.0 for all [default: localhost]
    #[arg(long, value_name = "ADDRESS", value_parser = listen_ip)]
    pub ip: Option<IpAddr>,

    /// The port to listen on; 0 for any free one [default: 8788]
    #[arg(long)]
    pub port: Option<u16>,

    /// Set variables; they win over those of files
    #[arg(long, short, value_name = "NAME=VALUE", num_args = 1..)]
    pub binding: Vec<String>,

    #[command(flatten)]
    pub flags: BindingFlags,

    /// The folder for what lasts, such as the cache [default: .quire/state in the project's folder]
    #[arg(long, alias = "data-dir", value_name = "FOLDER")]
    pub persist_to: Option<PathBuf>,

    /// The least severe output to show
    #[arg(long, value_enum, default_value = "log")]
    pub log_level: Level,
}

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

#[derive(Debug, Clone, Args)]
pub struct DevArguments {
    #[command(flatten)]
    pub project: ProjectArguments,
    #[command(flatten)]
    pub listen: ListenArguments,
}

#[derive(Debug, Clone, Args)]
pub struct ServeArguments {
    #[command(flatten)]
    pub project: ProjectArguments,
    #[command(flatten)]
    pub listen: ListenArguments,

    /// How many processes share the work [default: one per core]
    #[arg(long, value_name = "N")]
    pub workers: Option<NonZeroUsize>,

    /// Print a line for every request
    #[arg(long)]
    pub log_requests: bool,
}

#[derive(Debug, Clone, Args)]
pub struct BuildArguments {
    #[command(flatten)]
    pub project: ProjectArguments,

    /// The folder to write; an earlier build in it is replaced
    #[arg(long, value_name = "OUT")]
    pub outdir: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub struct RoutesArguments {
    #[command(flatten)]
    pub project: ProjectArguments,

    /// Tell what becomes of a request, and why
    #[arg(long, value_name = "'METHOD /PATH'", value_parser = asked_request)]
    pub explain: Option<AskedRequest>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct SecretArguments {
    #[command(subcommand)]
    pub command: SecretCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub enum SecretCommand {
    /// Keep a secret; its value is read from standard input, or asked for
    Put {
        /// The name in `env`
        name: String,
        #[command(flatten)]
        scope: SecretScope,
    },
    /// List the names
    List {
        #[command(flatten)]
        scope: SecretScope,
    },
    /// Forget a secret
    Delete {
        /// The name in `env`
        name: String,
        #[command(flatten)]
        scope: SecretScope,
    },
}

/// Whose secrets are meant.
#[derive(Debug, Clone, Args)]
pub struct SecretScope {
    /// The project's folder, as for `quire serve`
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,

    /// The environment
    #[arg(long, short, value_enum, default_value = "production")]
    pub env: SecretEnvironment,

    /// A service's secrets instead of the project's
    #[arg(long, value_name = "NAME", conflicts_with = "store")]
    pub service: Option<String>,

    /// A secret store's (`secrets_store_secrets` binds them), whatever the environment
    #[arg(long, value_name = "STORE_ID")]
    pub store: Option<String>,

    /// The folder for what lasts [default: .quire/state in the project's folder]
    #[arg(long, alias = "data-dir", value_name = "FOLDER")]
    pub persist_to: Option<PathBuf>,
}

/// The environments of a Pages project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SecretEnvironment {
    Production,
    Preview,
}

#[derive(Debug, Clone, Args)]
pub struct AnalyticsArguments {
    #[command(subcommand)]
    pub command: AnalyticsCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub enum AnalyticsCommand {
    /// Answer a query in SQL
    Query {
        /// The query
        sql: String,

        /// The project's folder
        #[arg(value_name = "DIR")]
        directory: Option<PathBuf>,

        /// The folder for what lasts [default: .quire/state in the project's folder]
        #[arg(long, alias = "data-dir", value_name = "FOLDER")]
        persist_to: Option<PathBuf>,

        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Clone, Args)]
pub struct TypesArguments {
    /// The file to write; its name ends in `.d.ts`
    #[arg(value_name = "PATH", default_value = "worker-configuration.d.ts", value_parser = declaration_file)]
    pub path: PathBuf,

    /// The name of the interface
    #[arg(long, value_name = "NAME", default_value = "Env", value_parser = interface_name)]
    pub env_interface: String,

    /// Whether variables have the types of their values, or only `string` and the like
    #[arg(long, value_name = "BOOLEAN", num_args = 0..=1, default_value_t = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    pub strict_vars: bool,

    /// Write nothing; fail if the file is not up to date
    #[arg(long)]
    pub check: bool,
}

fn declaration_file(text: &str) -> Result<PathBuf, String> {
    match text.ends_with(".d.ts") {
        true => Ok(PathBuf::from(text)),
        false => Err("write a file's name that ends in `.d.ts`".to_owned()),
    }
}

fn interface_name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match text.chars().all(fits) && text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => Ok(text.to_owned()),
        false => Err("write letters, digits and underscores, the first a letter".to_owned()),
    }
}

/// The log levels, by the names of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    Debug,
    Info,
    Log,
    Warn,
    Error,
    None,
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> LogLevel {
        match level {
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Log => LogLevel::Log,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
            Level::None => LogLevel::None,
        }
    }
}

/// Reads the argument of `--ip`, or `dev.ip` of a configuration file.
pub fn listen_ip(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(LOCALHOST),
        "*" => Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        _ => {
            let address = text.trim_start_matches('[').trim_end_matches(']');
            address
                .parse()
                .map_err(|_| "write an IP address, `localhost` or `*`".to_owned())
        }
    }
}

/// The address to listen on unless something says otherwise: nobody else can reach it.
pub const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The port to listen on unless something says otherwise.
pub const PORT: u16 = DEFAULT_PORT;

/// A request to explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedRequest {
    pub method: String,
    /// Raw, as the server sees it: without query, dot segments resolved.
    pub pathname: String,
}

fn asked_request(text: &str) -> Result<AskedRequest, String> {
    let form = || "write a method and a path, such as `GET /api/todos/1`".to_owned();
    let text = text.trim();
    let (method, target) = text
        .split_once(char::is_whitespace)
        .unwrap_or(("GET", text));
    let target = target.trim_start();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !method.bytes().all(is_token) {
        return Err(form());
    }
    // Concatenation rather than `Url::join`: `//x` must stay a path.
    let address = if target.starts_with('/') {
        format!("http://host{target}")
    } else {
        target.to_owned()
    };
    let url = url::Url::parse(&address).map_err(|_| form())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(form());
    }
    Ok(AskedRequest {
        method: method.to_owned(),
        pathname: url.path().to_owned(),
    })
}

impl Arguments {
    /// Reads the command line. On a mistake, `--help` and `--version` the program ends here.
    pub fn read() -> Arguments {
        let arguments = Arguments::parse();
        let project = match &arguments.command {
            Command::Dev(arguments) => &arguments.project,
            Command::Serve(arguments) => &arguments.project,
            Command::Build(arguments) => &arguments.project,
            Command::Routes(arguments) => &arguments.project,
            Command::Analytics(_)
            | Command::D1(_)
            | Command::Kv(_)
            | Command::Secret(_)
            | Command::Types(_)
            | Command::Worker => return arguments,
        };
        if let Some(reason) = project.refused.reason() {
            Arguments::command()
                .error(ErrorKind::ArgumentConflict, reason)
                .exit();
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_definitions_are_consistent() {
        Arguments::command().debug_assert();
    }

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(line.split(' '))
    }

    fn dev(line: &str) -> DevArguments {
        match parse(line).unwrap().command {
            Command::Dev(arguments) => arguments,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn options_of_the_original() {
        let arguments = dev(
            "quire dev dist --port 0 --ip 0.0.0.0 -b A=1 B=2=3 --binding C= --log-level warn \
             --compatibility-date 2026-06-01 --compatibility-flag x --compatibility-flags y z",
        );
        assert_eq!(arguments.project.directory, Some(PathBuf::from("dist")));
        assert_eq!(arguments.listen.port, Some(0));
        assert_eq!(arguments.listen.binding, ["A=1", "B=2=3", "C="]);
        assert_eq!(arguments.listen.log_level, Level::Warn);
        assert_eq!(
            arguments.project.compatibility_date.unwrap().to_string(),
            "2026-06-01"
        );
        assert_eq!(arguments.project.compatibility_flags, ["x", "y", "z"]);
        assert!(parse("quire dev --compatibility-date yesterday").is_err());
        assert!(parse("quire serve --workers 0").is_err());
        assert!(parse("quire dev --kv =x").is_err());
    }

    #[test]
    fn options_that_pages_projects_do_not_have() {
        for (line, word) in [
            ("quire dev --env production", "--env"),
            ("quire dev --env", "--env"),
            ("quire dev --node-compat", "nodejs_compat"),
        ] {
            let arguments = match parse(line).unwrap().command {
                Command::Dev(arguments) => arguments.project,
                Command::Serve(arguments) => arguments.project,
                other => panic!("{other:?}"),
            };
            assert!(arguments.refused.reason().unwrap().contains(word), "{line}");
        }
        assert_eq!(dev("quire dev").project.refused.reason(), None);
    }

    #[test]
    fn bindings_of_the_original() {
        let arguments = dev(
            "quire dev --kv A B=b -k C --r2 FILES=my-files --d1 DB --do ROOM=Room@chat -o X=Y --service AUTH=auth@staging#Login",
        );
        let environment = arguments.listen.flags.environment();
        let names: Vec<&str> = environment
            .kv_namespaces
            .iter()
            .map(|kv| kv.binding.as_str())
            .collect();
        assert_eq!(names, ["A", "B", "C"]);
        assert_eq!(environment.r2_buckets[0].bucket_name, "my-files");
        assert_eq!(environment.d1_databases[0].database_id, "DB");
        assert_eq!(environment.durable_objects.len(), 2);
        assert_eq!(environment.services[0].entrypoint.as_deref(), Some("Login"));
    }

    #[test]
    fn configuration_files_of_services() {
        let arguments = dev("quire dev -c wrangler.toml -c ../auth/wrangler.toml --config b.json");
        assert_eq!(arguments.project.service_files().len(), 2);
        assert_eq!(dev("quire dev").project.service_files().len(), 0);
    }

    #[test]
    fn addresses() {
        for (text, address) in [
            ("localhost", "127.0.0.1"),
            ("127.0.0.2", "127.0.0.2"),
            ("*", "0.0.0.0"),
            ("::1", "::1"),
            ("[::1]", "::1"),
        ] {
            assert_eq!(listen_ip(text).unwrap().to_string(), address);
        }
        assert!(listen_ip("example.com").is_err());
    }

    #[test]
    fn requests_to_explain() {
        for (text, method, pathname) in [
            ("GET /a/b", "GET", "/a/b"),
            ("/a", "GET", "/a"),
            ("POST  /a?b=c#d", "POST", "/a"),
            ("GET //a/./b/../c", "GET", "//a/c"),
            ("PURGE https://example.com/a%20b", "PURGE", "/a%20b"),
            ("GET /a b", "GET", "/a%20b"),
        ] {
            let asked = asked_request(text).unwrap();
            assert_eq!(
                (asked.method.as_str(), asked.pathname.as_str()),
                (method, pathname),
                "{text}"
            );
        }
        for text in ["", "nonsense", "GET", "GET a", "G(T /a", "GET ftp://x/a"] {
            assert!(asked_request(text).is_err(), "{text}");
        }
    }
}
