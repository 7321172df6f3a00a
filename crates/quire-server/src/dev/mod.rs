//! Development: builds, serves, and does it again at every change.
//!
//! How to build a project is the caller's knowledge; this module knows when. A build that fails changes nothing of what is
//! served, but shows its report in the terminal and in pages.

mod watch;

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::sync::watch as tokio_watch;

use crate::deployment::Deployment;
use crate::error::{ReloadError, ServerError};
use crate::log::Log;
use crate::supervisor::{Exit, Supervisor, SupervisorHandle};
use watch::{Changed, Watch};

/// The result of building a project once.
#[derive(Debug)]
pub struct Build {
    /// What to serve from now on, or why there is nothing new.
    pub outcome: Result<Deployment, BuildFailure>,
    /// Whose changes call for the next build; also after a failure.
    pub watched: Watched,
}

/// Why a build failed, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildFailure {
    /// For the terminal; may hold colours.
    pub terminal: String,
    /// For pages: plain text.
    pub page: String,
}

/// Files and folders that a build depends on, whether they exist or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// With everything below: `functions/`.
    pub trees: Vec<PathBuf>,
    /// Each by itself: imported files, `_routes.json`, `wrangler.toml`, `.dev.vars`. Of a folder in this list only that
    /// it comes and goes counts, not what is in it: the output folder.
    pub paths: Vec<PathBuf>,
    /// With everything below, and not to build anew but to load pages again: static files.
    pub pages: Vec<PathBuf>,
}

/// Lets a server serve what `build` makes until a signal ends it, and builds again whenever something that was watched changes.
///
/// When `restarts` says so it builds anew without a change, and starts what comes of it even if it is the same. If the first
/// build fails its report is printed, and the error is [`ServerError::Build`]. Must run on a tokio runtime.
pub async fn run(
    mut supervisor: Supervisor,
    mut restarts: tokio_watch::Receiver<()>,
    mut build: impl AsyncFnMut() -> Build,
) -> Result<Exit, ServerError> {
    let log = supervisor.log();
    // The engine loads while the bundler works.
    supervisor.prepare()?;
    let first = build().await;
    let deployment = first.outcome.map_err(|failure| {
        log.report(&failure.terminal);
        ServerError::Build
    })?;
    let mut watch = Watch::new()?;
    watch.set(&first.watched)?;
    let mut rebuilding = Rebuilding {
        log,
        handle: supervisor.handle(),
        served: Some(fingerprint(&deployment)),
        has_failed: false,
    };
    // A task of its own: the workers are looked after while a build keeps this one busy.
    let mut serving = tokio::spawn(supervisor.run(deployment));
    loop {
        let changed = tokio::select! {
            ended = &mut serving => {
                // The task is neither aborted nor does it panic unless there is a fault in it, which then goes on.
                return ended.unwrap_or_else(|fault| std::panic::resume_unwind(fault.into_panic()));
            }
            changed = watch.changed() => changed,
            Ok(()) = restarts.changed() => {
                rebuilding.served = None;
                Changed { sources: true, ..Changed::default() }
            }
        };
        let begun = Instant::now();
        if changed.pages {
            rebuilding.handle.pages_changed();
        }
        if !changed.sources {
            continue;
        }
        let next = build().await;
        if let Err(error) = watch.set(&next.watched) {
            log.warning(&error.to_string());
        }
        rebuilding
            .take(next.outcome, changed.path.as_deref(), begun)
            .await;
    }
}

struct Rebuilding {
    log: Log,
    handle: SupervisorHandle,
    /// What the workers were given; `None` if they are to be given it anew.
    served: Option<u64>,
    /// Whether the pages show a report.
    has_failed: bool,
}

impl Rebuilding {
    async fn take(
        &mut self,
        outcome: Result<Deployment, BuildFailure>,
        changed: Option<&Path>,
        begun: Instant,
    ) {
        let failure = match outcome {
            Ok(deployment) => {
                let made = fingerprint(&deployment);
                if Some(made) == self.served {
                    if std::mem::take(&mut self.has_failed) {
                        self.handle.build_recovered();
                        self.log
                            .notice("the build works again, and makes what is being served");
                    }
                    return;
                }
                match self.handle.reload(deployment).await {
                    Ok(()) => {
                        self.served = Some(made);
                        self.has_failed = false;
                        self.log.notice(&updated(changed, begun.elapsed()));
                        return;
                    }
                    Err(ReloadError::Superseded | ReloadError::Stopping) => return,
                    Err(error @ ReloadError::Start(_)) => {
                        let text = error.to_string();
                        BuildFailure {
                            terminal: format!("error: {text}"),
                            page: text,
                        }
                    }
                }
            }
            Err(failure) => failure,
        };
        self.log.report(&failure.terminal);
        self.log.warning("the last good build keeps serving");
        self.handle.build_failed(failure.page);
        self.has_failed = true;
    }
}

fn updated(changed: Option<&Path>, duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let folder = std::env::current_dir()
        .and_then(|folder| folder.canonicalize())
        .unwrap_or_default();
    match changed {
        Some(path) => {
            let path = path.strip_prefix(folder).unwrap_or(path);
            format!(
                "updated in {milliseconds} ms (`{}` changed)",
                path.display()
            )
        }
        None => format!("updated in {milliseconds} ms"),
    }
}

/// Equal for deployments that behave the same.
fn fingerprint(deployment: &Deployment) -> u64 {
    struct Hashing(DefaultHasher);
    impl std::io::Write for Hashing {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut hashing = Hashing(DefaultHasher::new());
    // Texts, numbers, lists and maps with texts as keys always have a JSON form.
    let _ = serde_json::to_writer(&mut hashing, deployment);
    hashing.0.finish()
}
