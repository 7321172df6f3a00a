//! `quire routes`: which code answers which requests.

use std::process::ExitCode;

use anstyle::Style;
use quire_routes::{HandlerRef, Method, Outcome, Route, RouteNote, RouteTable, Router, StepKind};
use serde_json::{Value, json};

use crate::arguments::RoutesArguments;
use crate::deployment::{CATCHALL_FLAG, ProjectRules, project_rules, routes};
use crate::explain;
use crate::failure::Failure;
use crate::printer::{self, BOLD, CYAN, DIM, Notice, Warning, YELLOW};
use crate::settings::{Loaded, Origin, Purpose, Selection};
use crate::table::Table;

pub fn run(arguments: &RoutesArguments) -> Result<ExitCode, Failure> {
    let selection = Selection::new(&arguments.project, Purpose::Look)?;
    let Loaded {
        origin, settings, ..
    } = selection.load()?;
    let has_worker = origin.has_worker();
    let (table, rules) = match origin {
        Origin::Sources(project) => {
            let table = routes(&project, &settings)?;
            let rules = project_rules(&project, &table, &selection.current)?;
            (table, rules.map(|ProjectRules { rules, .. }| rules))
        }
        Origin::Built(built) => {
            let rules = built.rules()?;
            (built.manifest.routes, rules)
        }
    };
    let router = Router::new(table);
    match &arguments.explain {
        Some(request) => {
            let story = explain::Story::of(request, &router, has_worker, rules.as_ref());
            if arguments.json {
                printer::line(pretty(&story.json()));
            } else {
                story.lines().iter().for_each(printer::line);
            }
        }
        None if arguments.json => {
            let listing = listing_json(&router, has_worker, rules.as_ref());
            printer::line(pretty(&listing));
        }
        None if has_worker => printer::line(match rules {
            Some(_) => "`_worker.js` answers the requests that `_routes.json` lets through",
            None => "`_worker.js` answers all requests",
        }),
        None => print_listing(&router),
    }
    Ok(ExitCode::SUCCESS)
}

fn pretty(value: &Value) -> String {
    // Keys are strings, so there always is a text.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// A middleware around a route.
struct Around<'t> {
    handler: &'t HandlerRef,
    /// Set where the middleware runs for some of the route's methods only.
    method: Option<Method>,
}

/// The middlewares that run before a route's module, whatever its parameters are.
///
/// Which middlewares run depends on the path alone, so a path that stands for all of the route's tells them: one whose
/// parameters have a value that no folder is called.
fn around<'t>(router: &'t Router, route: &Route) -> Vec<Around<'t>> {
    let method = route.method.map_or("GET", Method::as_str);
    let explanation = router.explain(method, &sample(route.path.as_str()));
    let middlewares = explanation
        .considered
        .iter()
        .filter(|entry| entry.kind == StepKind::Middleware);
    let runs = middlewares.filter(|entry| match entry.outcome {
        Outcome::Runs { .. } => true,
        Outcome::OtherMethod => route.method.is_none(),
        _ => false,
    });
    runs.filter_map(|entry| {
        let middleware = router.table().get(entry.route)?;
        let method = middleware.method.filter(|_| route.method.is_none());
        Some(Around {
            handler: middleware.middleware.as_ref()?,
            method,
        })
    })
    .collect()
}

/// A pathname that the pattern matches.
fn sample(pattern: &str) -> String {
    let mut sample = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once(':') {
        sample.push_str(before);
        sample.push_str("~quire~");
        let name_end = after
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(after.len());
        rest = after[name_end..]
            .strip_prefix('*')
            .unwrap_or(&after[name_end..]);
    }
    sample + rest
}

pub fn method_name(method: Option<Method>) -> &'static str {
    method.map_or("ALL", Method::as_str)
}

fn print_listing(router: &Router) {
    let table = router.table();
    let plain = Style::new();
    let mut modules = Table::new(["METHOD", "PATTERN", "FILE", "MIDDLEWARE"]);
    let mut middlewares = Table::new(["METHOD", "PATTERN", "MIDDLEWARE"]);
    for route in table.routes() {
        let pattern = route.path.as_str();
        if let Some(module) = &route.module {
            let chain: Vec<String> = around(router, route)
                .iter()
                .map(|around| match around.method {
                    Some(method) => format!("{} ({})", around.handler.file, method.as_str()),
                    None => around.handler.file.clone(),
                })
                .collect();
            modules.row([
                (method_name(route.method).to_owned(), CYAN),
                (pattern.to_owned(), BOLD),
                (module.file.clone(), plain),
                (chain.join(" → "), DIM),
            ]);
        }
        if let Some(middleware) = &route.middleware {
            middlewares.row([
                (method_name(route.method).to_owned(), CYAN),
                (format!("{}/**", pattern.trim_end_matches('/')), BOLD),
                (middleware.file.clone(), plain),
            ]);
        }
    }
    if table.is_empty() {
        printer::line("No routes: every request is answered by the static files");
    }
    if !modules.is_empty() {
        modules.lines(0).iter().for_each(printer::line);
    }
    if !middlewares.is_empty() {
        if !modules.is_empty() {
            printer::line("");
        }
        middlewares.lines(0).iter().for_each(printer::line);
    }
    let notes = notes(table);
    if !notes.is_empty() {
        printer::line("");
    }
    for note in notes {
        printer::line(format!("{YELLOW}note:{YELLOW:#} {note}"));
    }
}

/// What people should know about their routes, a sentence each.
pub fn notes(table: &RouteTable) -> Vec<String> {
    let file = |index: u32| {
        let module = table.get(index).and_then(|route| route.module.as_ref());
        module
            .map(|module| module.file.as_str())
            .unwrap_or_default()
    };
    let conflict = |conflict: quire_routes::IndexConflict| {
        let (index, catch_all) = (file(conflict.index), file(conflict.catch_all));
        let path = table.get(conflict.index).map(|route| route.path.as_str());
        let method = conflict
            .method
            .map(|method| format!("{} ", method.as_str()));
        let path = format!("{}{}", method.unwrap_or_default(), path.unwrap_or_default());
        if table.catchall_shadows_index() {
            format!(
                "`{path}` is answered by `{catch_all}`, not by `{index}`, because of the compatibility flag `{CATCHALL_FLAG}`"
            )
        } else {
            format!(
                "`{path}` is answered by `{index}`; on Cloudflare Pages `{catch_all}` would answer it, as it does here with \
                 the compatibility flag `{CATCHALL_FLAG}`"
            )
        }
    };
    let conflicts = table.index_conflicts().into_iter().map(conflict);
    let others = table.notes().iter().map(|note| match note {
        RouteNote::Replaced { handler, by } => format!(
            "`{}` of `{}` has no effect: `{}` stands for the same path and method",
            handler.export, handler.file, by.file
        ),
        RouteNote::NeverMatches { file, character } => format!(
            "`{file}` never answers: in the path of a request `{}` is percent-encoded",
            character.escape_default()
        ),
    });
    conflicts.chain(others).collect()
}

/// The notes as warnings for `quire dev`.
pub fn warnings(table: &RouteTable) -> Vec<Warning> {
    let notes = notes(table).into_iter();
    notes
        .map(|note| Box::new(Notice::note(note)) as Warning)
        .collect()
}

fn listing_json(
    router: &Router,
    has_worker: bool,
    rules: Option<&quire_routes::RoutesRules>,
) -> Value {
    let table = router.table();
    let modules: Vec<Value> = table
        .routes()
        .iter()
        .filter_map(|route| {
            let module = route.module.as_ref()?;
            let chain: Vec<Value> = around(router, route)
                .iter()
                .map(|around| {
                    json!({
                        "file": around.handler.file,
                        "export": around.handler.export,
                        "method": around.method,
                    })
                })
                .collect();
            Some(json!({
                "method": route.method,
                "pattern": route.path.as_str(),
                "file": module.file,
                "export": module.export,
                "middleware": chain,
            }))
        })
        .collect();
    let middlewares: Vec<Value> = table
        .routes()
        .iter()
        .filter_map(|route| {
            let middleware = route.middleware.as_ref()?;
            Some(json!({
                "method": route.method,
                "mount": route.mount.as_str(),
                "file": middleware.file,
                "export": middleware.export,
            }))
        })
        .collect();
    json!({
        "worker": has_worker,
        "routes": modules,
        "middleware": middlewares,
        "rules": rules,
        "notes": notes(table),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use quire_routes::{FunctionFile, RouteOptions};

    use super::*;

    fn router(files: &[(&str, &[&str])], shadows: bool) -> Router {
        let files: Vec<FunctionFile> = files
            .iter()
            .map(|(path, exports)| FunctionFile {
                path: (*path).to_owned(),
                exports: exports.iter().map(|export| (*export).to_owned()).collect(),
            })
            .collect();
        Router::new(
            RouteTable::from_files(
                &files,
                &RouteOptions {
                    catchall_shadows_index: shadows,
                },
            )
            .unwrap(),
        )
    }

    /// Every route with its middlewares: `file < middleware (METHOD)`.
    fn chains(router: &Router) -> Vec<String> {
        let routes = router
            .table()
            .routes()
            .iter()
            .filter(|route| route.module.is_some());
        routes
            .map(|route| {
                let mut text = route.module.as_ref().unwrap().file.clone();
                for around in around(router, route) {
                    let method = around
                        .method
                        .map(|method| format!(" ({})", method.as_str()))
                        .unwrap_or_default();
                    text.push_str(&format!(" < {}{method}", around.handler.file));
                }
                text
            })
            .collect()
    }

    #[test]
    fn middlewares_around_routes() {
        let router = router(
            &[
                ("_middleware.ts", &["onRequest", "onRequestPost"]),
                ("api/_middleware.ts", &["onRequestGet"]),
                ("[user]/_middleware.ts", &["onRequest"]),
                ("api/a.ts", &["onRequest"]),
                ("api/b.ts", &["onRequestPut"]),
                ("[user]/[[rest]].json.ts", &["onRequest"]),
                ("top.ts", &["onRequestPost"]),
            ],
            false,
        );
        assert_eq!(
            chains(&router),
            [
                "api/b.ts < _middleware.ts < [user]/_middleware.ts",
                "api/a.ts < _middleware.ts < _middleware.ts (POST) < [user]/_middleware.ts < api/_middleware.ts (GET)",
                "[user]/[[rest]].json.ts < _middleware.ts < _middleware.ts (POST) < [user]/_middleware.ts",
                "top.ts < _middleware.ts < _middleware.ts < [user]/_middleware.ts",
            ]
        );
    }

    #[test]
    fn samples_match_their_patterns() {
        for (pattern, wanted) in [
            ("/a", "/a"),
            ("/:id", "/~quire~"),
            ("/:a_1*/b/:c.json", "/~quire~/b/~quire~.json"),
            ("/:repo*.git", "/~quire~.git"),
        ] {
            assert_eq!(sample(pattern), wanted);
        }
    }

    #[test]
    fn notes_about_index_and_catch_all() {
        let files: &[(&str, &[&str])] = &[
            ("t/index.ts", &["onRequest"]),
            ("t/[[p]].ts", &["onRequest"]),
        ];
        let yields = notes(router(files, false).table());
        assert_eq!(yields.len(), 1);
        assert!(
            yields[0].starts_with("`/t` is answered by `t/index.ts`")
                && yields[0].contains(CATCHALL_FLAG)
        );
        let shadows = notes(router(files, true).table());
        assert!(
            shadows[0].starts_with("`/t` is answered by `t/[[p]].ts`, not by `t/index.ts`"),
            "{shadows:?}"
        );
        let other = notes(
            router(
                &[
                    ("a.js", &["onRequest"]),
                    ("a.ts", &["onRequest"]),
                    ("ä.js", &["onRequest"]),
                ],
                false,
            )
            .table(),
        );
        assert_eq!(other.len(), 2, "{other:?}");
    }
}
