//! Guesses what was meant by an import that leads nowhere.

use std::path::Path;

use crate::asset_folders;
use crate::builtin::is_node_builtin;

/// Message and advice for `specifier`, imported by the file `importer`, which was not found.
pub(crate) fn unresolved(
    specifier: &str,
    importer: &Path,
    node_compat: bool,
) -> (String, Option<String>) {
    let message = format!("cannot find `{specifier}`");
    if let Some(folder) = specifier.strip_prefix(asset_folders::SCHEME) {
        return (
            format!("cannot find the folder `{folder}` of static files"),
            Some("write its path relative to the file that imports it".to_owned()),
        );
    }
    if specifier.starts_with("./")
        || specifier.starts_with("../")
        || specifier == "."
        || specifier == ".."
    {
        return (message, nearest_file(specifier, importer));
    }
    if specifier.starts_with('/') {
        return (
            message,
            Some(
                "an import that starts with `/` is a path of this machine; write it relative"
                    .to_owned(),
            ),
        );
    }
    if specifier.starts_with('#') {
        return (
            message,
            Some(
                "imports with `#` are looked up in `imports` of the nearest package.json"
                    .to_owned(),
            ),
        );
    }
    if specifier.starts_with("https:")
        || specifier.starts_with("http:")
        || specifier.starts_with("//")
    {
        return (
            format!("cannot import `{specifier}`: only files are bundled"),
            Some("install the package from npm, or save the file in the project".to_owned()),
        );
    }
    if is_node_builtin(specifier) && !node_compat {
        return (
            format!("{message}, a module of Node.js"),
            Some("add `nodejs_compat` to `compatibility_flags`".to_owned()),
        );
    }
    let package = package_name(specifier);
    match installed(package, importer) {
        Some(directory) if specifier != package => (
            format!(
                "the package `{package}` does not export `.{}`",
                &specifier[package.len()..]
            ),
            Some(format!(
                "see `exports` in `{}`",
                directory.join("package.json").display()
            )),
        ),
        Some(directory) => (
            format!("the package `{package}` has no file to import"),
            Some(format!(
                "see `exports` and `main` in `{}`",
                directory.join("package.json").display()
            )),
        ),
        None => (
            format!("cannot find the package `{package}`"),
            Some(format!("run `npm install {package}`")),
        ),
    }
}

/// `@scope/name` or `name` of a bare specifier.
fn package_name(specifier: &str) -> &str {
    let segments = if specifier.starts_with('@') { 2 } else { 1 };
    specifier
        .match_indices('/')
        .nth(segments - 1)
        .map_or(specifier, |(slash, _)| &specifier[..slash])
}

fn installed(package: &str, importer: &Path) -> Option<std::path::PathBuf> {
    importer
        .ancestors()
        .skip(1)
        .map(|directory| directory.join("node_modules").join(package))
        .find(|directory| directory.is_dir())
}

/// The file of the same directory whose name is closest to what was asked for.
fn nearest_file(specifier: &str, importer: &Path) -> Option<String> {
    let wanted = importer.parent()?.join(specifier);
    let name = wanted.file_name()?.to_str()?;
    let mut closest: Option<(usize, String)> = None;
    // A directory of any size must not make an error message slow.
    for entry in std::fs::read_dir(wanted.parent()?)
        .ok()?
        .flatten()
        .take(1000)
    {
        let Ok(candidate) = entry.file_name().into_string() else {
            continue;
        };
        let stem = candidate.split('.').next().unwrap_or_default();
        let distance = distance(name, &candidate).min(distance(name, stem));
        let better = closest
            .as_ref()
            .is_none_or(|(best, chosen)| (distance, &candidate) < (*best, chosen));
        if distance <= 2.max(name.len() / 3) && better {
            closest = Some((distance, candidate));
        }
    }
    let (_, candidate) = closest?;
    let prefix = specifier
        .rfind('/')
        .map_or("./", |slash| &specifier[..=slash]);
    Some(format!("did you mean `{prefix}{candidate}`?"))
}

/// The candidate that is spelled most like `name`, if any is close.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= 2.max(name.len() / 3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance, with letters of the other case half as wrong as other letters would be if halves existed: free.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other
        .chars()
        .flat_map(char::to_lowercase)
        .take(200)
        .collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, character) in one
        .chars()
        .flat_map(char::to_lowercase)
        .take(200)
        .enumerate()
    {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, &candidate) in other.iter().enumerate() {
            let substituted = diagonal + usize::from(candidate != character);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn package_names() {
        assert_eq!(package_name("hono"), "hono");
        assert_eq!(package_name("hono/jsx"), "hono");
        assert_eq!(package_name("@scope/name/deep/path"), "@scope/name");
        assert_eq!(package_name("@scope"), "@scope");
    }

    #[test]
    fn distances() {
        assert_eq!(distance("todo", "todos"), 1);
        assert_eq!(distance("Todo", "todo"), 0);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(
            nearest("getUsr", ["getUser", "setUser"].into_iter()),
            Some("getUser")
        );
        assert_eq!(nearest("x", ["completely"].into_iter()), None);
    }

    #[test]
    fn the_nearest_file_is_found_by_spelling_and_by_missing_extension() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["database.ts", "session.ts", "style.css"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        let importer = dir.path().join("index.ts");
        assert_eq!(
            nearest_file("./datbase", &importer).unwrap(),
            "did you mean `./database.ts`?"
        );
        assert_eq!(
            nearest_file("./Session.js", &importer).unwrap(),
            "did you mean `./session.ts`?"
        );
        assert_eq!(nearest_file("./unrelated", &importer), None);
    }
}
