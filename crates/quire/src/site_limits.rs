//! What Cloudflare Pages takes of static files. Here nothing is refused: who means to deploy there learns in time.

use std::path::Path;

use crate::printer::{Notice, Warning};
use crate::site_files::{self, Unreadable};

/// Files of a deployment, on a free plan.
const FILES_MAX: u64 = 20_000;

/// Bytes of a file.
const BYTES_MAX: u64 = 25 * 1024 * 1024;

/// Files that are named; more are counted.
const NAMED_MAX: usize = 3;

const HELP: &str = "quire serves it all the same; `wrangler pages deploy` would refuse it";

/// A site's files, measured by these limits.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SiteLimits {
    files: u64,
    too_long: Vec<(String, u64)>,
}

impl SiteLimits {
    /// Measures the site in a folder. What cannot be read is not counted: serving it will say what is wrong.
    pub fn of(folder: &Path) -> Self {
        let mut limits = Self::default();
        let _ = site_files::walk(folder, &[], |entry| {
            if entry.metadata.is_file() {
                limits.count(entry.key, entry.metadata.len());
            }
            Ok::<_, Unreadable>(())
        });
        limits
    }

    /// Counts a file.
    pub fn count(&mut self, key: &str, bytes: u64) {
        self.files += 1;
        if bytes > BYTES_MAX {
            self.too_long.push((key.to_owned(), bytes));
        }
    }

    /// What would be refused there.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings: Vec<Warning> = Vec::new();
        let mut warn = |text: String| {
            warnings.push(Box::new(Notice::warning(text).with_help(HELP)));
        };
        if self.files > FILES_MAX {
            warn(format!(
                "the site has {} files; Cloudflare Pages takes {FILES_MAX}, or 100000 on paid plans",
                self.files
            ));
        }
        let mut too_long: Vec<_> = self.too_long.iter().collect();
        too_long.sort();
        for (key, bytes) in too_long.iter().take(NAMED_MAX) {
            warn(format!(
                "`{key}` has {:.1} MiB; Cloudflare Pages takes files of up to 25 MiB",
                *bytes as f64 / (1024.0 * 1024.0)
            ));
        }
        if too_long.len() > NAMED_MAX {
            let more = too_long.len() - NAMED_MAX;
            warn(format!("{more} more files are longer than 25 MiB"));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn texts(limits: &SiteLimits) -> Vec<String> {
        let warnings = limits.warnings();
        warnings.iter().map(|warning| warning.to_string()).collect()
    }

    #[test]
    fn at_the_limit_there_is_nothing_to_say() {
        let mut limits = SiteLimits::default();
        for n in 0..FILES_MAX {
            limits.count(&n.to_string(), BYTES_MAX);
        }
        assert_eq!(texts(&limits), [""; 0]);
        limits.count("b.mp4", BYTES_MAX + 1024 * 1024);
        assert_eq!(
            texts(&limits),
            [
                "the site has 20001 files; Cloudflare Pages takes 20000, or 100000 on paid plans",
                "`b.mp4` has 26.0 MiB; Cloudflare Pages takes files of up to 25 MiB",
            ]
        );
    }

    #[test]
    fn only_some_are_named() {
        let mut limits = SiteLimits::default();
        for name in ["e", "d", "c", "b", "a"] {
            limits.count(name, 2 * BYTES_MAX);
        }
        let texts = texts(&limits);
        assert!(texts[0].starts_with("`a` has 50.0 MiB"), "{texts:?}");
        assert_eq!(
            texts[3..],
            ["2 more files are longer than 25 MiB".to_owned()]
        );
    }

    #[test]
    fn a_folder_is_measured_as_it_is_served() {
        let site = tempfile::tempdir().unwrap();
        let long = |name: &str| {
            let path = site.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let file = std::fs::File::create(path).unwrap();
            file.set_len(BYTES_MAX + 1).unwrap();
        };
        long("a/long.bin");
        long("node_modules/x/long.bin");
        std::fs::write(site.path().join("index.html"), "x").unwrap();
        let limits = SiteLimits::of(site.path());
        assert_eq!(limits.files, 2);
        assert_eq!(limits.too_long, [("a/long.bin".to_owned(), BYTES_MAX + 1)]);
        assert_eq!(
            SiteLimits::of(&site.path().join("none")),
            SiteLimits::default()
        );
    }
}
