//! Finds the files of `functions/`.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;

use quire_routes::FunctionFile;

use crate::diagnostics::{BundleErrors, Problem};
use crate::exports::{HANDLER_EXPORTS, export_names, source_type};
use crate::source::decode;

/// The extensions that can be a route, matched exactly.
const EXTENSIONS: [&str; 5] = ["js", "jsx", "mjs", "ts", "tsx"];

/// Every file of `dir` that can hold handlers, with the handlers it exports, in the order that decides between two files
/// of the same route: breadth first, the entries of one directory in byte-wise order of their names.
///
/// A file without a handler is not listed. Symbolic links are skipped and no name is special, as in the original.
/// A syntax error anywhere is an error of the whole, and all of them are reported at once.
pub fn functions_files(dir: &Path) -> Result<Vec<FunctionFile>, BundleErrors> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    let mut watched = Vec::new();
    let root = dir
        .file_name()
        .map(|name| format!("{}/", name.to_string_lossy()))
        .unwrap_or_default();
    let mut pending = VecDeque::from([(dir.to_owned(), String::new())]);
    while let Some((directory, prefix)) = pending.pop_front() {
        let entries = match entries(&directory) {
            Ok(entries) => entries,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        for entry in entries {
            let path = directory.join(&entry.name);
            let relative = format!("{prefix}{}", entry.name);
            if entry.is_directory {
                pending.push_back((path, format!("{relative}/")));
                continue;
            }
            let Some(extension) = Path::new(&entry.name)
                .extension()
                .and_then(|extension| extension.to_str())
            else {
                continue;
            };
            if !EXTENSIONS.contains(&extension) {
                continue;
            }
            let Some(source_type) = source_type(extension) else {
                continue;
            };
            watched.push(path.clone());
            let label = format!("{root}{relative}");
            let names = fs::read(&path)
                .map_err(|error| Problem::error(format!("cannot read `{label}`: {error}")))
                .and_then(|bytes| decode(bytes, &label))
                .map_err(|problem| vec![problem])
                .and_then(|text| export_names(&label, &text, source_type));
            match names {
                Ok(names) => {
                    let exports: Vec<String> = names
                        .into_iter()
                        .filter(|name| HANDLER_EXPORTS.contains(&name.as_str()))
                        .collect();
                    if !exports.is_empty() {
                        files.push(FunctionFile {
                            path: relative,
                            exports,
                        });
                    }
                }
                Err(found) => problems.extend(found),
            }
        }
    }
    if problems.is_empty() {
        Ok(files)
    } else {
        Err(BundleErrors::new(problems, watched))
    }
}

struct Entry {
    name: String,
    is_directory: bool,
}

fn entries(directory: &Path) -> Result<Vec<Entry>, Problem> {
    let unreadable = |error: std::io::Error| {
        Problem::error(format!(
            "cannot read the directory `{}`: {error}",
            directory.display()
        ))
    };
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // `DirEntry::file_type` does not follow links, so neither test is true for one.
        let kind = entry.file_type().map_err(unreadable)?;
        if !kind.is_file() && !kind.is_dir() {
            continue;
        }
        let name = entry.file_name().into_string().map_err(|name| {
            Problem::error(format!(
                "the name of `{}` is not valid UTF-8",
                directory.join(name).display()
            ))
            .with_help("rename the file: its name becomes part of a URL")
        })?;
        entries.push(Entry {
            name,
            is_directory: kind.is_dir(),
        });
    }
    entries.sort_unstable_by(|one, other| one.name.as_bytes().cmp(other.name.as_bytes()));
    Ok(entries)
}
