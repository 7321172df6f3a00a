//! `_redirects` and `_headers` of a project.

use std::io::ErrorKind;
use std::path::Path;

use quire_routes::{HeaderRules, RedirectRules, RuleProblem, SiteRules};

use crate::failure::Failure;
use crate::project::relative_to;

/// The files, in the folder of static files.
pub const FILES: [&str; 2] = [REDIRECTS, HEADERS];

const REDIRECTS: &str = "_redirects";
const HEADERS: &str = "_headers";

/// Reads both files of a folder, of which either may be missing: the rules, and the lines that make none.
pub fn read(folder: &Path, current: &Path) -> Result<(SiteRules, Vec<RuleProblem>), Failure> {
    let mut rules = SiteRules::default();
    let mut problems = Vec::new();
    let shown = |name: &str| {
        relative_to(&folder.join(name), current)
            .display()
            .to_string()
    };
    if let Some(text) = text(&folder.join(REDIRECTS))? {
        let parsed = RedirectRules::parse(&shown(REDIRECTS), &text);
        rules.redirects = parsed.rules;
        problems.extend(parsed.problems);
    }
    if let Some(text) = text(&folder.join(HEADERS))? {
        let parsed = HeaderRules::parse(&shown(HEADERS), &text);
        rules.headers = parsed.rules;
        problems.extend(parsed.problems);
    }
    Ok((rules, problems))
}

/// The text of a file; `None` if there is no such file. Bytes that are not UTF-8 are replaced, as in the original.
fn text(file: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory) => {
            Ok(None)
        }
        Err(source) => Err(Failure::Read {
            path: file.to_owned(),
            source,
        }),
    }
}
