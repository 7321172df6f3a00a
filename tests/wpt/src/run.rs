//! Running tests: a process for each file, so that one which crashes or never ends harms no other.

use crate::child::{Job, Outcome};
use crate::page::{Page, Test};
use crate::server::Server;
use futures_util::StreamExt;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// How much longer than its own limit a file may take before its process is killed.
const GRACE: Duration = Duration::from_secs(10);
/// How the engine runs in quire's workers.
const ENGINE: &[(&str, &str)] = &[
    ("JSC_usePollingTraps", "1"),
    ("JSC_useTailCalls", "0"),
    ("JSC_useExplicitResourceManagement", "1"),
    ("JSC_useSharedArrayBuffer", "1"),
];

/// What a run needs to know.
pub struct Runner<'a> {
    /// The checkout
    pub checkout: &'a Path,
    /// Its server
    pub server: &'a Server,
    /// How many files run at a time
    pub jobs: usize,
    /// Whether what tests log is shown
    pub log: bool,
    /// This program
    pub program: PathBuf,
}

impl Runner<'_> {
    /// Runs the tests and gives their outcomes, by the names that `name` makes.
    pub async fn run(
        &self,
        tests: &[Test],
        name: impl Fn(&Test) -> String,
    ) -> BTreeMap<String, Outcome> {
        let show = io::stderr().is_terminal();
        let mut running = futures_util::stream::iter(tests.iter().map(|test| {
            let name = name(test);
            async move { (name, self.run_one(test).await) }
        }))
        .buffer_unordered(self.jobs);
        let mut outcomes = BTreeMap::new();
        while let Some((name, outcome)) = running.next().await {
            if show {
                // Nothing is lost if the terminal is gone.
                let _ = write!(
                    io::stderr(),
                    "\r\x1b[K[{}/{}] {name}",
                    outcomes.len() + 1,
                    tests.len()
                );
            }
            outcomes.insert(name, outcome);
        }
        if show {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
        outcomes
    }

    async fn run_one(&self, test: &Test) -> Outcome {
        match self.try_one(test).await {
            Ok(outcome) => outcome,
            Err(message) => Outcome::failed(message),
        }
    }

    /// A file of the checkout; the server fills in those that are templates.
    fn load(&self, path: &str) -> io::Result<String> {
        if path.contains(".sub.") {
            return self.server.get(&format!("/{path}"));
        }
        let path = match path {
            // The server's own name for it.
            "resources/WebIDLParser.js" => "resources/webidl2/lib/webidl2.js",
            path => path,
        };
        let bytes = std::fs::read(self.checkout.join(path))
            .map_err(|error| io::Error::new(error.kind(), format!("{path}: {error}")))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn try_one(&self, test: &Test) -> Result<Outcome, String> {
        let text = self.load(&test.path).map_err(|error| error.to_string())?;
        let page = Page::parse(&test.path, &text);
        let script = page
            .program(test, &self.server.origin(), &|path| self.load(path))
            .map_err(|error| error.to_string())?;
        let job = Job {
            script,
            log: self.log,
        };
        let job = serde_json::to_string(&job).map_err(|error| error.to_string())?;
        let mut process = Command::new(&self.program)
            .arg("--child")
            .envs(ENGINE.iter().copied())
            .env("SSL_CERT_FILE", self.server.certificate())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(if self.log {
                Stdio::inherit()
            } else {
                Stdio::null()
            })
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("no process: {error}"))?;
        if let Some(mut input) = process.stdin.take() {
            let written = input.write_all(job.as_bytes()).await;
            written.map_err(|error| format!("the process takes no job: {error}"))?;
        }
        let patience = Duration::from_millis(page.timeout_ms()) + GRACE;
        let output = tokio::time::timeout(patience, process.wait_with_output())
            .await
            .map_err(|_| format!("killed after {} seconds", patience.as_secs()))?
            .map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(text.trim())
            .map_err(|_| format!("the process ended with {} and said: {text}", output.status))
    }
}
