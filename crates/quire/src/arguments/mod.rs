//! What can be typed: commands and options, named as `wrangler pages dev` names them. A file for each command.

mod analytics;
mod bindings;
mod build;
mod dev;
mod listen;
mod project;
mod routes;
mod secret;
mod serve;
mod tail;
mod types;
mod usage;

pub use analytics::{AnalyticsArguments, AnalyticsCommand};
pub use bindings::BindingFlags;
pub use build::BuildArguments;
pub use dev::DevArguments;
pub use listen::{LOCALHOST, ListenArguments, PORT, listen_ip};
pub use project::ProjectArguments;
pub use routes::{AskedRequest, RoutesArguments};
pub use secret::{SecretArguments, SecretCommand, SecretEnvironment, SecretScope};
pub use serve::ServeArguments;
pub use tail::{Format as TailFormat, TailArguments};
pub use types::TypesArguments;
pub use usage::UsageArguments;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use crate::d1::D1Arguments;
use crate::dev::GuardArguments;
use crate::kv::KvArguments;
use crate::queues::QueuesArguments;
use crate::r2::R2Arguments;

/// Runs Cloudflare Pages projects on your own machine: static files, Functions, middleware.
#[derive(Debug, Parser)]
#[command(name = "quire", version, propagate_version = true, after_help = TOP_EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    /// Run as if started in this folder
    #[arg(long, global = true, value_name = "FOLDER")]
    pub cwd: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve a project for development: what you save is live
    #[command(after_help = dev::EXAMPLES)]
    Dev(DevArguments),
    /// Serve a project in production
    #[command(after_help = serve::EXAMPLES)]
    Serve(ServeArguments),
    /// Build a project into a folder that `quire serve` runs without its sources
    #[command(after_help = build::EXAMPLES)]
    Build(BuildArguments),
    /// Show which code answers which requests
    #[command(after_help = routes::EXAMPLES)]
    Routes(RoutesArguments),
    /// Work with key-value namespaces
    Kv(KvArguments),
    /// Work with SQL databases
    D1(D1Arguments),
    /// See what waits in queues
    Queues(QueuesArguments),
    /// Work with buckets of objects
    R2(R2Arguments),
    /// Keep values that only the functions see, encrypted, for `quire serve`
    #[command(after_help = secret::EXAMPLES)]
    Secret(SecretArguments),
    /// Ask for what functions wrote with `writeDataPoint`
    #[command(after_help = analytics::EXAMPLES)]
    Analytics(AnalyticsArguments),
    /// Follow the requests and the console of a running server
    #[command(after_help = tail::EXAMPLES)]
    Tail(TailArguments),
    /// Show how many requests there were, by day and route
    #[command(after_help = usage::EXAMPLES)]
    Usage(UsageArguments),
    /// Write the TypeScript type of `env` from the configuration
    #[command(after_help = types::EXAMPLES)]
    Types(TypesArguments),
    /// Run a command for the process that started this one
    #[command(hide = true)]
    Guard(GuardArguments),
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

impl Arguments {
    /// Reads the command line. On a mistake, `--help` and `--version` the program ends here.
    pub fn read() -> Arguments {
        let (typed, experimental) = without_experimental(std::env::args_os());
        let mut arguments = Arguments::parse_from(typed);
        if let Some(folder) = &arguments.cwd
            && let Err(error) = std::env::set_current_dir(folder)
        {
            let reason = format!("`--cwd {}`: {error}", folder.display());
            Arguments::command().error(ErrorKind::Io, reason).exit();
        }
        if let Command::Dev(arguments) = &mut arguments.command {
            arguments.experimental = experimental;
        }
        let project = match &arguments.command {
            Command::Dev(arguments) => &arguments.project,
            Command::Serve(arguments) => &arguments.project,
            Command::Build(arguments) => &arguments.project,
            Command::Routes(arguments) => &arguments.project,
            Command::Analytics(_)
            | Command::D1(_)
            | Command::Guard(_)
            | Command::Kv(_)
            | Command::Queues(_)
            | Command::R2(_)
            | Command::Secret(_)
            | Command::Tail(_)
            | Command::Types(_)
            | Command::Usage(_)
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

/// Takes the original's experimental options of `dev` out of a command line: none has a meaning here, and there are others
/// with each of its versions.
fn without_experimental(typed: impl Iterator<Item = OsString>) -> (Vec<OsString>, Vec<String>) {
    let typed: Vec<OsString> = typed.collect();
    if typed.get(1).is_none_or(|command| command != "dev") {
        return (typed, Vec::new());
    }
    let end = typed.iter().position(|argument| argument == "--");
    let end = end.unwrap_or(typed.len());
    let is_experimental = |argument: &OsString| {
        let argument = argument.to_string_lossy();
        ["--experimental-", "--x-", "--no-experimental-", "--no-x-"]
            .iter()
            .any(|prefix| argument.starts_with(prefix))
    };
    let mut kept = Vec::with_capacity(typed.len());
    let mut experimental = Vec::new();
    for (at, argument) in typed.into_iter().enumerate() {
        match at < end && is_experimental(&argument) {
            true => experimental.push(argument.to_string_lossy().into_owned()),
            false => kept.push(argument),
        }
    }
    (kept, experimental)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::listen::Level;
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
    fn a_command_that_serves() {
        let arguments = dev("quire dev --proxy 3000 -- npm run dev -- --port 3000");
        assert_eq!(arguments.proxy, Some(3000));
        assert_eq!(
            arguments.command,
            ["npm", "run", "dev", "--", "--port", "3000"]
        );
        assert_eq!(dev("quire dev dist").command.len(), 0);
    }

    #[test]
    fn what_the_original_tries_out_is_passed_over() {
        let split = |line: &str| {
            let (kept, experimental) = without_experimental(line.split(' ').map(OsString::from));
            (kept.len(), experimental)
        };
        assert_eq!(
            split("quire dev --experimental-x --x-y=1 dist -- vite --x-y"),
            (6, vec!["--experimental-x".into(), "--x-y=1".into()])
        );
        assert_eq!(split("quire serve --x-y").1.len(), 0);
    }

    #[test]
    fn https_and_the_terminal() {
        let arguments =
            dev("quire dev --local-protocol https --show-interactive-dev-session=false");
        assert_eq!(arguments.local_protocol, Some(dev::Protocol::Https));
        assert_eq!(arguments.show_interactive_dev_session, Some(false));
        let arguments = dev("quire dev --show-interactive-dev-session dist");
        assert_eq!(arguments.show_interactive_dev_session, Some(true));
        assert!(parse("quire dev --https-key-path key.pem").is_err());
        assert!(parse("quire serve --tls-cert cert.pem").is_err());
        let cwd = parse("quire routes --cwd site").unwrap().cwd;
        assert_eq!(cwd, Some(PathBuf::from("site")));
    }

    #[test]
    fn configuration_files_of_services() {
        let arguments = dev("quire dev -c wrangler.toml -c ../auth/wrangler.toml --config b.json");
        assert_eq!(arguments.project.service_files().len(), 2);
        assert_eq!(dev("quire dev").project.service_files().len(), 0);
    }
}
