//! The routing rules again, written as plainly as they can be: a regular expression per route, and a walk over the
//! sorted list. Slow, and independent of the crate's own reading of file names, sorting and matching.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

use fancy_regex::{Regex, escape};
use quire_routes::FunctionFile;

pub struct Entry {
    pub path: String,
    pub mount: String,
    pub method: String,
    pub module: Option<String>,
    pub middleware: Option<String>,
}

/// One handler that runs: `file:export`, its function path, its parameters (a later one of a name replaces).
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    pub handler: String,
    pub function_path: String,
    pub params: Vec<(String, String)>,
}

/// The sorted list, or `None` when a file name cannot become a route.
pub fn entries(files: &[FunctionFile]) -> Option<Vec<Entry>> {
    let mut files = files.to_vec();
    files.sort_by_key(|file| {
        (
            file.path.matches('/').count(),
            file.path.split('/').map(str::to_owned).collect::<Vec<_>>(),
        )
    });
    let mut entries: Vec<Entry> = Vec::new();
    for file in &files {
        let handlers = [
            "", "Get", "Post", "Put", "Patch", "Delete", "Options", "Head",
        ];
        let exports = file
            .exports
            .iter()
            .filter_map(|e| Some((e, e.strip_prefix("onRequest")?)));
        for (export, suffix) in exports.filter(|(_, suffix)| handlers.contains(suffix)) {
            let stem = file.path.strip_suffix(".js")?;
            let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
            let is_middleware = name == "_middleware";
            let place = if is_middleware || name == "index" {
                folder
            } else {
                stem
            };
            let (path, mount) = (
                rewrite(&format!("/{place}"))?,
                rewrite(&format!("/{folder}"))?,
            );
            cached(&path, true)?;
            let method = suffix.to_uppercase();
            let at = entries
                .iter()
                .position(|entry| entry.path == path && entry.method == method);
            let at = at.unwrap_or_else(|| {
                let (path, mount, method) = (path.clone(), mount.clone(), method.clone());
                entries.push(Entry {
                    path,
                    mount,
                    method,
                    module: None,
                    middleware: None,
                });
                entries.len() - 1
            });
            entries[at].mount = mount;
            let handler = Some(format!("{}:{export}", file.path));
            if is_middleware {
                entries[at].middleware = handler
            } else {
                entries[at].module = handler
            }
        }
    }
    entries.sort_by(order);
    Some(entries)
}

fn rewrite(path: &str) -> Option<String> {
    let mut path = path.to_owned();
    for (placeholder, route) in [(r"\[\[([^\]]+)\]\]", ":$1*"), (r"\[([^\]]+)\]", ":$1")] {
        let placeholder = Regex::new(placeholder).unwrap();
        let name = Regex::new("^[A-Za-z0-9_]+$").unwrap();
        if placeholder
            .captures_iter(&path)
            .any(|found| !name.is_match(&found.unwrap()[1]).unwrap())
        {
            return None;
        }
        path = placeholder
            .replace_all(&path, route.replace("$1", "${1}"))
            .into_owned();
    }
    Some(path)
}

fn order(a: &Entry, b: &Entry) -> Ordering {
    let parts = |entry: &Entry| {
        entry
            .path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (one, other) = (parts(a), parts(b));
    if one.len() != other.len() {
        return other.len().cmp(&one.len());
    }
    for (x, y) in one.iter().zip(&other) {
        for mark in ['*', ':'] {
            if x.contains(mark) != y.contains(mark) {
                return if x.contains(mark) {
                    Ordering::Greater
                } else {
                    Ordering::Less
                };
            }
        }
    }
    if a.method.is_empty() != b.method.is_empty() {
        return if a.method.is_empty() {
            Ordering::Greater
        } else {
            Ordering::Less
        };
    }
    let alphabet = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";
    let weight = |c: char| {
        alphabet
            .find(c.to_ascii_lowercase())
            .unwrap_or(1000 + c as usize)
    };
    let weights = |text: &str| text.chars().map(weight).collect::<Vec<_>>();
    let upper = |text: &str| {
        text.chars()
            .map(|c| c.is_ascii_uppercase())
            .collect::<Vec<_>>()
    };
    weights(&a.path)
        .cmp(&weights(&b.path))
        .then(upper(&a.path).cmp(&upper(&b.path)))
}

fn collapse(path: &str) -> String {
    let mut path = path.to_owned();
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    path
}

/// Compiling takes much longer than matching, and the same names come up again and again.
fn cached(path: &str, end: bool) -> Option<Rc<Compiled>> {
    type Cache = HashMap<(String, bool), Option<Rc<Compiled>>>;
    thread_local!(static CACHE: RefCell<Cache> = RefCell::default());
    CACHE.with_borrow_mut(|cache| {
        cache
            .entry((path.to_owned(), end))
            .or_insert_with(|| regex(path, end).map(Rc::new))
            .clone()
    })
}

struct Compiled {
    regex: Regex,
    /// Name, and whether it is a catch-all.
    names: Vec<(String, bool)>,
}

fn regex(path: &str, end: bool) -> Option<Compiled> {
    let mut source = String::from("(?i)^");
    let mut names: Vec<(String, bool)> = Vec::new();
    // The text since the last parameter, and whether there is a parameter directly before.
    let mut text = String::new();
    let mut rest = path;
    let param = Regex::new(r"^(/?):([A-Za-z0-9_]+)(\*?)").unwrap();
    while !rest.is_empty() {
        if let Some(found) = param.captures(rest).unwrap() {
            let (prefix, name, star) = (&found[1], &found[2], &found[3]);
            if prefix.is_empty() && text.is_empty() || prefix.is_empty() && star == "*" {
                return None;
            }
            source += &escape(&text);
            let one = if prefix.is_empty() && !text.contains('/') {
                format!("(?:(?!{})[^/#?])+?", escape(&text))
            } else {
                "[^/#?]+?".to_owned()
            };
            source += &match (prefix, star) {
                ("/", "*") => format!("(?:/((?:{one})(?:/(?:{one}))*))?"),
                (prefix, _) => format!("(?:{prefix}({one}))"),
            };
            names.push((name.to_owned(), star == "*"));
            text.clear();
            rest = &rest[found[0].len()..];
        } else {
            let c = rest.chars().next().unwrap();
            if c == '*' || c == ':' {
                return None;
            }
            text.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    source += &escape(&text);
    source += match (end, text.chars().last()) {
        (true, _) => "[/#?]?$",
        (false, Some('/' | '[' | ']')) => "(?:[/#?](?=$))?",
        (false, _) => "(?:[/#?](?=$))?(?=[/#?]|$)",
    };
    Some(Compiled {
        regex: Regex::new(&source).unwrap(),
        names,
    })
}

type Values = Vec<(String, String)>;

/// The matched text and the parameters.
fn matching(path: &str, end: bool, request: &str) -> Option<(String, Values, Vec<bool>)> {
    let compiled = cached(path, end).unwrap();
    let found = compiled.regex.captures(request).unwrap()?;
    let mut values: Values = Vec::new();
    let mut present = Vec::new();
    for (i, (name, _)) in compiled.names.iter().enumerate() {
        let value = found.get(i + 1);
        present.push(value.is_some());
        if let Some(value) = value {
            values.retain(|(other, _)| other != name);
            values.push((name.clone(), value.as_str().to_owned()));
        }
    }
    values.sort();
    Some((found[0].to_owned(), values, present))
}

pub fn calls(entries: &[Entry], shadows: bool, method: &str, request: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    let accepts = |entry: &&Entry| entry.method.is_empty() || entry.method == method;
    let collapsed = collapse(request);
    for entry in entries.iter().rev().filter(accepts) {
        let Some(handler) = &entry.middleware else {
            continue;
        };
        let route = matching(&entry.path, false, request)
            .or_else(|| matching(&entry.path, false, &collapsed));
        let mount = matching(&entry.mount, false, request).map(|(text, ..)| text);
        let mount = mount.or_else(|| {
            let (text, ..) = matching(&entry.mount, false, &collapsed)?;
            let mut found = 0;
            // The longest raw prefix that collapses to the text.
            for end in 0..=request.len() {
                if request.is_char_boundary(end) && collapse(&request[..end]) == text {
                    found = end;
                }
            }
            Some(request[..found].to_owned())
        });
        if let (Some((_, params, _)), Some(function_path)) = (route, mount) {
            calls.push(Call {
                handler: handler.clone(),
                function_path,
                params,
            });
        }
    }
    let fits = |entry: &Entry| {
        entry.module.as_ref()?;
        matching(&entry.mount, false, request)?;
        matching(&entry.path, true, request)
    };
    let mut winner = entries
        .iter()
        .filter(accepts)
        .find(|entry| fits(entry).is_some());
    if let Some(first) = winner.filter(|_| !shadows) {
        let (_, _, mut present) = fits(first).unwrap();
        let mut folder = first.path.as_str();
        while let Some((outer, last)) = folder.rsplit_once('/') {
            if !(last.starts_with(':') && last.ends_with('*')) || present.pop() == Some(true) {
                break;
            }
            folder = outer;
            let of_folder = || {
                let path = if folder.is_empty() { "/" } else { folder };
                entries
                    .iter()
                    .filter(accepts)
                    .filter(move |entry| entry.path == path && entry.module.is_some())
            };
            let is_index = |entry: &Entry| {
                let module = entry.module.as_ref().unwrap();
                module.starts_with("index.js:") || module.contains("/index.js:")
            };
            if of_folder().any(is_index) {
                winner = of_folder().find(|entry| fits(entry).is_some()).or(winner);
            }
        }
    }
    if let Some(entry) = winner {
        let (function_path, params, _) = fits(entry).unwrap();
        calls.push(Call {
            handler: entry.module.clone().unwrap(),
            function_path,
            params,
        });
    }
    calls
}
