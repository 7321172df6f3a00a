//! Notices changes of files and folders, of those too that do not exist yet.
//!
//! Editors save by renaming a new file over the old one, tools delete folders and make them again: what is watched is
//! never the file itself, but the nearest folder above that exists.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout};

use super::Watched;
use crate::error::ServerError;

/// A save is often several events; this much silence ends it.
const SILENCE: Duration = Duration::from_millis(15);

/// But a stream of changes (a large checkout, a build that writes) is looked at now and then.
const SILENCE_WAIT_MAX: Duration = Duration::from_millis(300);

pub(super) struct Watch {
    watcher: RecommendedWatcher,
    events: UnboundedReceiver<notify::Result<Event>>,
    folders: HashMap<PathBuf, RecursiveMode>,
    interest: Interest,
}

/// What changed, in a burst of changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    /// A path that changed, if there is one.
    pub path: Option<PathBuf>,
    /// Something that a build depends on.
    pub sources: bool,
    /// Something that only pages depend on.
    pub pages: bool,
}

/// Which paths matter, in their canonical form.
#[derive(Debug, Default, PartialEq)]
struct Interest {
    trees: Vec<PathBuf>,
    pages: Vec<PathBuf>,
    paths: HashSet<PathBuf>,
    /// Folders that are missing above one of the others: their coming is a change.
    missing: HashSet<PathBuf>,
}

impl Watch {
    pub(super) fn new() -> Result<Self, ServerError> {
        let (sender, events) = unbounded_channel();
        let watcher = notify::recommended_watcher(move |event| {
            // After the end nobody listens.
            let _ = sender.send(event);
        });
        let watcher = watcher.map_err(|error| failed(Path::new("."), &error))?;
        Ok(Self {
            watcher,
            events,
            folders: HashMap::new(),
            interest: Interest::default(),
        })
    }

    /// Watches these instead of what was watched before.
    pub(super) fn set(&mut self, watched: &Watched) -> Result<(), ServerError> {
        let mut folders = HashMap::new();
        let mut interest = Interest::default();
        for tree in &watched.trees {
            let (existing, path) = locate(tree, &mut interest.missing);
            if path.is_dir() {
                folders.insert(path.clone(), RecursiveMode::Recursive);
            }
            folders
                .entry(existing)
                .or_insert(RecursiveMode::NonRecursive);
            interest.trees.push(path);
        }
        for tree in &watched.pages {
            let (existing, path) = locate(tree, &mut interest.missing);
            if path.is_dir() {
                folders.insert(path.clone(), RecursiveMode::Recursive);
            }
            folders
                .entry(existing)
                .or_insert(RecursiveMode::NonRecursive);
            interest.pages.push(path);
        }
        for path in &watched.paths {
            let (existing, path) = locate(path, &mut interest.missing);
            if !interest.trees.iter().any(|tree| path.starts_with(tree)) {
                folders
                    .entry(existing)
                    .or_insert(RecursiveMode::NonRecursive);
            }
            interest.paths.insert(path);
        }
        self.interest = interest;
        for folder in self
            .folders
            .keys()
            .filter(|folder| !folders.contains_key(*folder))
        {
            // It may be gone.
            let _ = self.watcher.unwatch(folder);
        }
        let mut result = Ok(());
        for (folder, mode) in &folders {
            // A folder that was deleted and made again is another one, so watching again is not idle.
            if let Err(error) = self.watcher.watch(folder, *mode) {
                result = Err(failed(folder, &error));
            }
        }
        self.folders = folders;
        result
    }

    /// Returns after a change, once it has come to rest.
    pub(super) async fn changed(&mut self) -> Changed {
        let mut all = Changed::default();
        let mut deadline: Option<Instant> = None;
        loop {
            let event = match deadline {
                None => self.events.recv().await,
                Some(deadline) => {
                    let silence = SILENCE.min(deadline.saturating_duration_since(Instant::now()));
                    match timeout(silence, self.events.recv()).await {
                        Ok(event) => event,
                        Err(_) => return all,
                    }
                }
            };
            match event {
                Some(Ok(event)) => {
                    let (sources, pages) = self.interest.covers(&event);
                    if !sources && !pages {
                        continue;
                    }
                    all.path = all.path.or_else(|| event.paths.into_iter().next());
                    all.sources |= sources;
                    all.pages |= pages;
                }
                // Something was missed: as good as a change.
                Some(Err(_)) => all.sources = true,
                // The watcher lives as long as this does.
                None => std::future::pending().await,
            }
            deadline.get_or_insert_with(|| Instant::now() + SILENCE_WAIT_MAX);
        }
    }
}

impl Interest {
    /// Whether an event is about what builds depend on, and about what pages do.
    fn covers(&self, event: &Event) -> (bool, bool) {
        if event.need_rescan() {
            return (true, true);
        }
        // Builds read files; taking that for a change would never end.
        if matches!(event.kind, EventKind::Access(_)) {
            return (false, false);
        }
        let within =
            |trees: &[PathBuf], path: &Path| trees.iter().any(|tree| path.starts_with(tree));
        let sources = event.paths.iter().any(|path| {
            self.paths.contains(path) || self.missing.contains(path) || within(&self.trees, path)
        });
        let pages = event.paths.iter().any(|path| within(&self.pages, path));
        (sources, pages)
    }
}

/// The nearest folder above `path` that exists, and `path` in canonical form. Notes what is missing in between.
fn locate(path: &Path, missing: &mut HashSet<PathBuf>) -> (PathBuf, PathBuf) {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for ancestor in absolute.ancestors().skip(1) {
        let Ok(existing) = ancestor.canonicalize() else {
            continue;
        };
        if !existing.is_dir() {
            continue;
        }
        let Ok(rest) = absolute.strip_prefix(ancestor) else {
            continue;
        };
        let mut located = existing.clone();
        let mut names = rest.components().peekable();
        while let Some(name) = names.next() {
            located.push(name);
            if names.peek().is_some() {
                missing.insert(located.clone());
            }
        }
        return (existing, located);
    }
    (absolute.clone(), absolute)
}

fn failed(path: &Path, error: &notify::Error) -> ServerError {
    ServerError::Watch {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);
    const SHORT: Duration = Duration::from_millis(150);

    struct Project {
        _directory: tempfile::TempDir,
        root: PathBuf,
        watch: Watch,
    }

    impl Project {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let root = directory.path().canonicalize().unwrap();
            let mut project = Self {
                _directory: directory,
                root,
                watch: Watch::new().unwrap(),
            };
            project.rewatch();
            project
        }

        fn rewatch(&mut self) {
            let path = |name: &str| self.root.join(name);
            let watched = Watched {
                trees: vec![path("functions")],
                paths: vec![
                    path("wrangler.toml"),
                    path("dist"),
                    path("dist/_routes.json"),
                    path("lib/a/b.ts"),
                ],
                pages: vec![path("pages")],
            };
            self.watch.set(&watched).unwrap();
        }

        async fn expect_change(&mut self, what: &str) {
            let changed = timeout(LONG, self.watch.changed())
                .await
                .unwrap_or_else(|_| panic!("not noticed: {what}"));
            assert!(changed.sources, "{what}: {changed:?}");
            self.rewatch();
        }

        async fn expect_silence(&mut self, what: &str) {
            let noticed = timeout(SHORT, self.watch.changed()).await;
            assert!(noticed.is_err(), "noticed: {what}: {noticed:?}");
        }
    }

    #[tokio::test]
    async fn changes_are_noticed_wherever_they_matter() {
        let mut project = Project::new();
        let root = project.root.clone();
        fs::create_dir_all(root.join("functions/api")).unwrap();
        project.expect_change("functions/ comes").await;
        fs::write(root.join("functions/api/x.ts"), "1").unwrap();
        project.expect_change("a file in functions/").await;
        fs::write(root.join("functions/new"), "1").unwrap();
        fs::rename(root.join("functions/new"), root.join("functions/api/x.ts")).unwrap();
        project.expect_change("a file replaced").await;
        fs::create_dir_all(root.join("lib/a")).unwrap();
        project
            .expect_change("the folder of an imported file comes")
            .await;
        fs::write(root.join("lib/a/b.ts"), "1").unwrap();
        project.expect_change("an imported file comes").await;
        fs::write(root.join("wrangler.toml"), "").unwrap();
        project.expect_change("the configuration comes").await;
        fs::create_dir(root.join("dist")).unwrap();
        project.expect_change("the output folder comes").await;
        fs::write(root.join("dist/_routes.json"), "{}").unwrap();
        project.expect_change("the rules come").await;
        fs::remove_dir_all(root.join("functions")).unwrap();
        project.expect_change("functions/ goes").await;
        fs::create_dir_all(root.join("functions")).unwrap();
        project.expect_change("functions/ comes again").await;
        fs::write(root.join("functions/x.ts"), "1").unwrap();
        project.expect_change("a file in the new functions/").await;
    }

    #[tokio::test]
    async fn what_only_pages_are_made_of_needs_no_build() {
        let mut project = Project::new();
        let root = project.root.clone();
        fs::create_dir_all(root.join("pages/deep")).unwrap();
        project.rewatch();
        fs::write(root.join("pages/deep/index.html"), "1").unwrap();
        let changed = timeout(LONG, project.watch.changed()).await.unwrap();
        assert!(changed.pages && !changed.sources, "{changed:?}");
    }

    #[tokio::test]
    async fn what_does_not_matter_is_passed_over() {
        let mut project = Project::new();
        let root = project.root.clone();
        fs::create_dir_all(root.join("functions")).unwrap();
        fs::create_dir_all(root.join("dist")).unwrap();
        fs::write(root.join("functions/x.ts"), "1").unwrap();
        project.expect_change("functions/").await;
        project.expect_silence("nothing").await;
        fs::read(root.join("functions/x.ts")).unwrap();
        fs::write(root.join("README.md"), "1").unwrap();
        fs::write(root.join("dist/index.html"), "1").unwrap();
        project
            .expect_silence("a read, and files of no concern")
            .await;
    }

    #[tokio::test]
    async fn a_burst_is_one_change() {
        let mut project = Project::new();
        let root = project.root.clone();
        fs::create_dir_all(root.join("functions")).unwrap();
        project.expect_change("functions/").await;
        for number in 0..20 {
            fs::write(root.join(format!("functions/{number}.ts")), "1").unwrap();
        }
        project.expect_change("files").await;
        project.expect_silence("the rest of the burst").await;
    }
}
