//! The lines of source around an error, for development.

use std::fs;
use std::path::{Component, Path};

/// Lines shown before and after the one in question.
const CONTEXT: usize = 5;

/// Longer files are bundles, not sources.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Longer lines are cut.
const LINE_CHARACTERS_MAX: usize = 200;

/// A place in one of the project's files with what stands around it.
#[derive(Debug, PartialEq)]
pub(crate) struct Excerpt {
    pub file: String,
    pub line: usize,
    pub column: usize,
    /// Number of the first of `lines`.
    pub first: usize,
    pub lines: Vec<String>,
}

impl Excerpt {
    /// For the topmost entry of a stack that is a file of the project.
    pub(crate) fn of(stack: &str, project: &Path) -> Option<Self> {
        stack
            .lines()
            .filter_map(place)
            .find_map(|(file, line, column)| Self::read(project, file, line, column))
    }

    fn read(project: &Path, file: &str, line: usize, column: usize) -> Option<Self> {
        let relative = Path::new(file);
        // The text of a stack is the program's to choose; it must not make other files readable.
        if !relative
            .components()
            .all(|component| matches!(component, Component::Normal(_)))
        {
            return None;
        }
        let path = project.join(relative).canonicalize().ok()?;
        let metadata = path.metadata().ok()?;
        if !path.starts_with(project.canonicalize().ok()?)
            || !metadata.is_file()
            || metadata.len() > FILE_BYTES_MAX
        {
            return None;
        }
        let text = fs::read_to_string(path).ok()?;
        let first = line.saturating_sub(CONTEXT).max(1);
        let lines: Vec<String> = text
            .lines()
            .skip(first - 1)
            .take(line + CONTEXT + 1 - first)
            .map(|line| line.chars().take(LINE_CHARACTERS_MAX).collect())
            .collect();
        (first + lines.len() > line).then(|| Self {
            file: file.to_owned(),
            line,
            column,
            first,
            lines,
        })
    }
}

/// The file, line and column of `    at name (file:line:column)` or `    at file:line:column`.
fn place(entry: &str) -> Option<(&str, usize, usize)> {
    let entry = entry.trim().strip_prefix("at ")?;
    let place = match entry.strip_suffix(')') {
        Some(entry) => entry.rsplit_once('(')?.1,
        None => entry,
    };
    let (rest, column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    let line = line.parse().ok().filter(|&line| line > 0)?;
    Some((file, line, column.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn finds_the_topmost_file_of_the_project() {
        let project = tempfile::tempdir().unwrap();
        fs::create_dir(project.path().join("functions")).unwrap();
        let text: String = (1..=20).map(|line| format!("line {line}\n")).collect();
        fs::write(project.path().join("functions/a (1).ts"), text).unwrap();
        let stack = "Error: x (y:1:1)\n    at native\n    at f (gone.ts:1:1)\n    at g (functions/a (1).ts:3:7)";
        // A bracket in a file's name is read wrongly, and only means that there is no excerpt.
        assert_eq!(Excerpt::of(stack, project.path()), None);
        let excerpt = Excerpt::of("Error\n    at functions/a (1).ts:3:7", project.path()).unwrap();
        assert_eq!((excerpt.line, excerpt.column, excerpt.first), (3, 7, 1));
        assert_eq!(excerpt.lines.len(), 8);
        assert_eq!(excerpt.lines[2], "line 3");
        let excerpt = Excerpt::of("    at functions/a (1).ts:20:1", project.path()).unwrap();
        assert_eq!((excerpt.first, excerpt.lines.len()), (15, 6));
        assert_eq!(
            Excerpt::of("    at functions/a (1).ts:21:1", project.path()),
            None
        );
    }

    #[test]
    fn files_outside_the_project_stay_unread() {
        let outside = tempfile::tempdir().unwrap();
        let project = outside.path().join("project");
        fs::create_dir(&project).unwrap();
        fs::write(outside.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret"), project.join("link")).unwrap();
        for file in [
            "../secret",
            "link",
            "./link",
            &outside.path().join("secret").display().to_string(),
        ] {
            assert_eq!(
                Excerpt::of(&format!("    at {file}:1:1"), &project),
                None,
                "{file}"
            );
        }
    }
}
