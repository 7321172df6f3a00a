//! Runs web-platform-tests inside quire's runtime and compares with what is known to fail. Development only.

#![forbid(unsafe_code)]

mod child;
mod expectations;
mod page;
mod run;
mod server;

use clap::Parser;
use expectations::{Expectations, Verdict};
use page::Test;
use run::Runner;
use server::Server;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs web-platform-tests in quire's runtime.
#[derive(Debug, Parser)]
#[command(name = "quire-wpt")]
struct Arguments {
    /// A checkout of web-platform-tests
    #[arg(long, value_name = "DIR")]
    wpt: PathBuf,
    /// Suites to run, such as `url` or `fetch/api`; all that have expectations if none is given
    suites: Vec<String>,
    /// Run only files whose name contains this
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Drop expectations that no longer hold, add failures that are new
    #[arg(long)]
    update: bool,
    /// Show known failures too
    #[arg(long, short)]
    verbose: bool,
    /// Show what the tests log
    #[arg(long)]
    log: bool,
    /// How many files run at a time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

fn expectations_folder() -> PathBuf {
    // Where it runs, not where it was built: checkouts may share what is built. Cargo tells tests and what it runs.
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.join("expectations")
}

fn expectations_path(suite: &str) -> PathBuf {
    expectations_folder().join(format!("{}.toml", suite.replace('/', "-")))
}

/// All suites that have expectations, and a folder in the checkout.
fn all_suites(checkout: &Path) -> Result<Vec<String>, String> {
    let folder = expectations_folder();
    let entries =
        std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut suites = Vec::new();
    for entry in entries {
        let name = entry.map_err(|error| error.to_string())?.file_name();
        let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".toml")) else {
            continue;
        };
        // A folder's own name may hold a hyphen: `hr-time`, `fetch-api`.
        let candidates = [name.to_string(), name.replace('-', "/")];
        match candidates
            .iter()
            .find(|suite| checkout.join(suite).is_dir())
        {
            Some(suite) => suites.push(suite.clone()),
            None => {
                return Err(format!(
                    "the checkout has no folder for expectations/{name}.toml"
                ));
            }
        }
    }
    suites.sort();
    Ok(suites)
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--child") {
        return match child::main() {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                eprintln!("{message}");
                ExitCode::FAILURE
            }
        };
    }
    let arguments = Arguments::parse();
    let threads = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = match threads {
        Ok(threads) => threads.block_on(run_suites(&arguments)),
        Err(error) => Err(format!("no event loop: {error}")),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("quire-wpt: {message}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything went as expected.
async fn run_suites(arguments: &Arguments) -> Result<bool, String> {
    let checkout = arguments
        .wpt
        .canonicalize()
        .map_err(|error| format!("{}: {error}", arguments.wpt.display()))?;
    let suites = match arguments.suites.is_empty() {
        true => all_suites(&checkout)?,
        false => arguments.suites.clone(),
    };
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let server = Server::start(&checkout)
        .await
        .map_err(|error| error.to_string())?;
    let runner = Runner {
        checkout: &checkout,
        server: &server,
        jobs: arguments.jobs.max(1),
        log: arguments.log,
        program,
    };
    let mut verdicts = Vec::new();
    let mut result = Ok(());
    for suite in &suites {
        match run_suite(arguments, &runner, suite).await {
            Ok(verdict) => verdicts.push((suite, verdict)),
            Err(message) => {
                result = Err(message);
                break;
            }
        }
    }
    server.stop().await;
    result?;
    println!(
        "\n{:<24}{:>8}{:>12}{:>9}{:>8}{:>9}{:>9}{:>9}",
        "suite", "passed", "applicable", "%", "total", "known", "news", "omitted"
    );
    for (suite, verdict) in &verdicts {
        let news = verdict.failures.len() + verdict.stale.len();
        let share = match verdict.applicable() {
            0 => 100.0,
            applicable => verdict.passed as f64 * 100.0 / applicable as f64,
        };
        println!(
            "{suite:<24}{:>8}{:>12}{share:>9.2}{:>8}{:>9}{news:>9}{:>9}",
            verdict.passed,
            verdict.applicable(),
            verdict.total,
            verdict.known.len(),
            verdict.omitted
        );
    }
    Ok(verdicts
        .iter()
        .all(|(_, verdict)| verdict.failures.is_empty() && verdict.stale.is_empty()))
}

async fn run_suite(
    arguments: &Arguments,
    runner: &Runner<'_>,
    suite: &str,
) -> Result<Verdict, String> {
    let suite = suite.trim_matches('/');
    let path = expectations_path(suite);
    let mut expectations = Expectations::read(&path).map_err(|error| error.to_string())?;
    let found = page::discover(runner.checkout, suite, &expectations.pages)
        .map_err(|error| format!("{suite}: {error}"))?;
    let prefix = format!("{suite}/");
    let name = |test: &Test| {
        let path = test.path.strip_prefix(&prefix).unwrap_or(&test.path);
        format!("{path}{}", test.variant)
    };
    let filter = arguments.filter.as_deref().unwrap_or_default();
    let tests: Vec<Test> = found
        .into_iter()
        .filter(|test| name(test).contains(filter) && !expectations.omits(&name(test)))
        .collect();
    let outcomes = runner.run(&tests, name).await;
    let complete = filter.is_empty();
    if arguments.update {
        expectations.update(&outcomes, complete);
        expectations
            .write(&path)
            .map_err(|error| error.to_string())?;
    }
    let verdict = expectations.judge(&outcomes, complete);
    println!(
        "{suite}: {} of {} passed in {} files",
        verdict.passed,
        verdict.total,
        outcomes.len()
    );
    for (file, test, message) in &verdict.failures {
        println!("  FAIL {file}: {test}\n       {}", indent(message));
    }
    if arguments.verbose {
        for (file, test, message) in &verdict.known {
            println!("  known {file}: {test}\n       {}", indent(message));
        }
    }
    for claim in &verdict.stale {
        println!("  PASSES though expected to fail: {claim}");
    }
    Ok(verdict)
}

fn indent(message: &str) -> String {
    message.trim_end().replace('\n', "\n       ")
}
