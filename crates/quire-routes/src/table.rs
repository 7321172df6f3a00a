//! The routes of a project, from its files.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::error::{RouteError, RouteErrors};
use crate::export::{Method, handler_method};
use crate::order;
use crate::pattern::{PatternError, RoutePath};
use crate::placeholder;

/// A file below `functions/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionFile {
    /// Relative to `functions/`, separated by `/`: `api/todos/[id].ts`.
    pub path: String,
    /// Names of its exports, in any order; those that are no handlers are ignored.
    pub exports: Vec<String>,
}

/// How to build a table where quire offers a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouteOptions {
    /// A catch-all that takes no segment wins over an `index` of its folder, as in the original: with
    /// `todos/index.ts` and `todos/[[path]].ts`, `/todos` goes to the latter.
    ///
    /// Otherwise the `index` answers the methods it has a handler for, and the catch-all the others. Nothing else
    /// differs: the folder that answers is the one that the original's order picks, only the choice between its
    /// `index` and its catch-all is another.
    pub catchall_shadows_index: bool,
}

/// An export of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HandlerRef {
    /// Relative to `functions/`.
    pub file: String,
    /// `onRequest`, `onRequestGet`, ...
    pub export: String,
}

/// One entry of the table: a path and a method, and who answers them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// `/api/todos/:id`
    pub path: RoutePath,
    /// The folder of the file, which must match as well: `/api/todos`.
    pub mount: RoutePath,
    /// The only method this entry is for; `None` takes all.
    pub method: Option<Method>,
    /// Answers requests for exactly this path.
    pub module: Option<HandlerRef>,
    /// Runs before whatever answers this path and all below it.
    pub middleware: Option<HandlerRef>,
}

impl Route {
    pub(crate) fn accepts(&self, method: Option<Method>) -> bool {
        self.method.is_none() || self.method == method
    }

    /// Whether the module comes from a file named `index`.
    pub(crate) fn is_index(&self) -> bool {
        self.module.as_ref().is_some_and(|module| {
            let name = module.file.rsplit('/').next().unwrap_or_default();
            split_extension(name).is_some_and(|(stem, _)| stem == "index")
        })
    }
}

/// An `index` and a catch-all of one folder that both want the folder's own path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexConflict {
    /// Index of the `index`'s route in the table.
    pub index: u32,
    /// Index of the catch-all's route in the table.
    pub catch_all: u32,
    /// The method they compete for; `None` for all.
    pub method: Option<Method>,
}

/// Something about the files that works, but perhaps not as meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "kebab-case")]
pub enum RouteNote {
    /// Two files stand for the same path and method; only the second counts.
    Replaced {
        /// The handler without effect.
        handler: HandlerRef,
        /// The one that counts.
        by: HandlerRef,
    },
    /// The name holds a character that a request's path carries only percent-encoded, so no request can match.
    NeverMatches {
        /// Below `functions/`.
        file: String,
        /// The first such character.
        character: char,
    },
}

/// All routes of a project, in order of precedence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    routes: Vec<Route>,
    notes: Vec<RouteNote>,
    catchall_shadows_index: bool,
}

impl RouteTable {
    /// Builds the table. Files that are no routes (another extension, no handler among the exports) are passed over.
    pub fn from_files(
        files: &[FunctionFile],
        options: &RouteOptions,
    ) -> Result<RouteTable, RouteErrors> {
        let mut files: Vec<&FunctionFile> = files.iter().collect();
        // Later entries replace earlier ones, so the order of the walk matters: breadth first, then by name.
        files.sort_by_cached_key(|file| {
            let names: Vec<&[u8]> = file.path.split('/').map(str::as_bytes).collect();
            (names.len(), names)
        });

        let mut table = RouteTable {
            catchall_shadows_index: options.catchall_shadows_index,
            ..RouteTable::default()
        };
        let mut known: HashMap<(String, Option<Method>), usize> = HashMap::new();
        let mut errors = Vec::new();
        for file in files {
            let Some(place) = Place::of(&file.path) else {
                continue;
            };
            let mut paths = None;
            for export in &file.exports {
                let Some(method) = handler_method(export) else {
                    continue;
                };
                if paths.is_none() {
                    match place.paths(&file.path) {
                        Ok(found) => paths = Some(found),
                        Err(error) => {
                            errors.push(error);
                            break;
                        }
                    }
                    table.note_unmatchable(&file.path, &place);
                }
                let Some((path, mount)) = &paths else { break };
                let handler = HandlerRef {
                    file: file.path.clone(),
                    export: export.clone(),
                };
                let at = *known
                    .entry((path.as_str().to_owned(), method))
                    .or_insert_with(|| {
                        table.routes.push(Route {
                            path: path.clone(),
                            mount: mount.clone(),
                            method,
                            module: None,
                            middleware: None,
                        });
                        table.routes.len() - 1
                    });
                let route = &mut table.routes[at];
                route.mount = mount.clone();
                let slot = if place.is_middleware {
                    &mut route.middleware
                } else {
                    &mut route.module
                };
                let old = slot.replace(handler.clone());
                if let Some(old) = old.filter(|old| *old != handler) {
                    table.notes.push(RouteNote::Replaced {
                        handler: old,
                        by: handler,
                    });
                }
            }
        }
        if !errors.is_empty() {
            return Err(RouteErrors { errors });
        }
        table.routes.sort_by(|a, b| {
            order::compare((a.path.as_str(), a.method), (b.path.as_str(), b.method)).0
        });
        Ok(table)
    }

    /// The routes, the first that matches wins.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The route at an index that a chain or a note names.
    pub fn get(&self, index: u32) -> Option<&Route> {
        self.routes.get(index as usize)
    }

    /// Whether no file made a route.
    pub fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// Every handler of the table: what a bundle has to hold.
    pub fn handlers(&self) -> impl Iterator<Item = &HandlerRef> {
        self.routes
            .iter()
            .flat_map(|route| [&route.module, &route.middleware])
            .flatten()
    }

    /// What people should know about their files.
    pub fn notes(&self) -> &[RouteNote] {
        &self.notes
    }

    /// Whether a catch-all that takes nothing wins over the `index` of its folder.
    pub fn catchall_shadows_index(&self) -> bool {
        self.catchall_shadows_index
    }

    /// The folders whose own path both an `index` and a catch-all would answer.
    /// [`catchall_shadows_index`](Self::catchall_shadows_index) says who does.
    pub fn index_conflicts(&self) -> Vec<IndexConflict> {
        let mut indexes: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, route) in self
            .routes
            .iter()
            .enumerate()
            .filter(|(_, route)| route.is_index())
        {
            indexes.entry(route.path.as_str()).or_default().push(at);
        }
        let mut conflicts = Vec::new();
        for (catch_all, route) in self
            .routes
            .iter()
            .enumerate()
            .filter(|(_, route)| route.module.is_some())
        {
            for folder in folders_around_trailing_catch_alls(route.path.as_str()) {
                for &index in indexes.get(folder).into_iter().flatten() {
                    let other = &self.routes[index];
                    let method = match (route.method, other.method) {
                        (None, method) | (method, None) => method,
                        (Some(a), Some(b)) if a == b => Some(a),
                        _ => continue,
                    };
                    conflicts.push(IndexConflict {
                        index: index as u32,
                        catch_all: catch_all as u32,
                        method,
                    });
                }
            }
        }
        conflicts
    }

    fn note_unmatchable(&mut self, file: &str, place: &Place<'_>) {
        // What the URL standard percent-encodes in a path.
        let encoded = |c: &char| !c.is_ascii() || c.is_ascii_control() || " \"#<>?`{}".contains(*c);
        if let Some(character) = place.route.chars().find(encoded) {
            self.notes.push(RouteNote::NeverMatches {
                file: file.to_owned(),
                character,
            });
        }
    }
}

/// For a path that ends in segments which are nothing but a catch-all: the paths of the folders they stand in, the
/// innermost first. `/a/:x*/:y*` gives `/a/:x*` and `/a`.
pub(crate) fn folders_around_trailing_catch_alls(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = path;
    std::iter::from_fn(move || {
        let (folder, last) = rest.rsplit_once('/')?;
        if !last.starts_with(':') || !last.ends_with('*') {
            return None;
        }
        rest = folder;
        Some(if folder.is_empty() { "/" } else { folder })
    })
}

/// The last extension of a file name; a leading dot starts none.
fn split_extension(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())
}

/// Where a file stands, in the words of the file system.
struct Place<'a> {
    route: &'a str,
    mount: &'a str,
    is_middleware: bool,
}

impl<'a> Place<'a> {
    fn of(path: &'a str) -> Option<Place<'a>> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let (stem, extension) = split_extension(name)?;
        if !matches!(extension, "js" | "mjs" | "ts" | "tsx" | "jsx") {
            return None;
        }
        let is_middleware = matches!(stem, "_middleware" | "_middleware_");
        let route = if is_middleware || stem == "index" {
            folder
        } else {
            &path[..path.len() - extension.len() - 1]
        };
        Some(Place {
            route,
            mount: folder,
            is_middleware,
        })
    }

    fn paths(&self, file: &str) -> Result<(RoutePath, RoutePath), RouteError> {
        Ok((route_path(self.route, file)?, route_path(self.mount, file)?))
    }
}

fn route_path(place: &str, file: &str) -> Result<RoutePath, RouteError> {
    let file = file.to_owned();
    // A backslash in a file name counts as a separator in the original, on every system.
    let text = match placeholder::rewrite(&format!("/{}", place.replace('\\', "/"))) {
        Ok(text) => text,
        Err(bad) => {
            return Err(RouteError::ParameterName {
                file,
                placeholder: bad.text,
            });
        }
    };
    RoutePath::parse(&text).map_err(|error| match error {
        PatternError::Adjacent { first, second } => RouteError::AdjacentParameters {
            file,
            first,
            second,
        },
        PatternError::CatchAllInsideSegment { name } => {
            RouteError::CatchAllInsideSegment { file, name }
        }
        PatternError::Star => RouteError::ReservedCharacter {
            file,
            character: '*',
        },
        PatternError::Colon | PatternError::NotAbsolute { .. } => RouteError::ReservedCharacter {
            file,
            character: ':',
        },
    })
}
