//! From a method and a pathname to the handlers that run.

use std::collections::HashMap;

use smallvec::SmallVec;

use crate::chain::{Captures, Chain, Step, StepKind};
use crate::export::Method;
use crate::index::{Index, Next};
use crate::pattern::{Extent, Spans};
use crate::slashes::{collapse, raw_prefix_len};
use crate::table::{Route, RouteTable, folders_around_trailing_catch_alls};

/// A table made ready for requests.
#[derive(Debug)]
pub struct Router {
    table: RouteTable,
    modules: Index,
    middlewares: Index,
    /// Per route: which entries take over when its trailing catch-alls take nothing.
    yields: HashMap<u32, Vec<Yield>>,
}

/// The entries of a folder that has an `index`.
#[derive(Debug)]
struct Yield {
    /// How many of the last parameters must have taken nothing.
    empty: usize,
    /// All modules for the folder's path, in order.
    modules: Vec<u32>,
}

impl Router {
    /// Compiles a table.
    pub fn new(table: RouteTable) -> Router {
        let numbered = || (0u32..).zip(table.routes());
        let modules = numbered()
            .filter(|(_, route)| route.module.is_some())
            .map(|(at, route)| (at, &route.path));
        let modules = Index::new(Extent::Whole, modules);
        let middlewares = numbered()
            .filter(|(_, route)| route.middleware.is_some())
            .map(|(at, route)| (at, &route.path));
        let middlewares = Index::new(Extent::Prefix, middlewares);
        let yields = if table.catchall_shadows_index() {
            HashMap::new()
        } else {
            yields(&table)
        };
        Router {
            table,
            modules,
            middlewares,
            yields,
        }
    }

    /// The table the router was made from.
    pub fn table(&self) -> &RouteTable {
        &self.table
    }

    /// The handlers for a request. `pathname` is that of the URL: raw, starting with `/`, without query.
    pub fn find<'a>(&'a self, method: &str, pathname: &'a str) -> Chain<'a> {
        let method = Method::from_request(method);
        let mut chain = Chain::default();
        self.find_middlewares(method, pathname, &mut chain);
        if let Some((route, params)) = self.find_module(method, pathname) {
            chain.steps.push(Step {
                route,
                kind: StepKind::Module,
                function_path: pathname,
                params,
            });
        }
        chain
    }

    fn find_middlewares<'a>(
        &'a self,
        method: Option<Method>,
        pathname: &'a str,
        chain: &mut Chain<'a>,
    ) {
        let collapsed = collapse(pathname);
        let mut found: SmallVec<[u32; 16]> = SmallVec::new();
        for path in [Some(pathname), collapsed.as_deref()].into_iter().flatten() {
            self.middlewares.candidates(path, &mut |entry| {
                found.push(entry);
                Next::All
            });
        }
        // The table's order backwards: the folder with the fewest segments is the outermost.
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.dedup();
        for at in found {
            let route = &self.table.routes()[at as usize];
            if route.accepts(method)
                && let Some((function_path, params)) =
                    match_middleware(route, pathname, collapsed.as_deref())
            {
                chain.steps.push(Step {
                    route: at,
                    kind: StepKind::Middleware,
                    function_path,
                    params,
                });
            }
        }
    }

    fn find_module<'a>(
        &'a self,
        method: Option<Method>,
        pathname: &'a str,
    ) -> Option<(u32, Captures<'a>)> {
        let mut spans = Spans::new();
        let mut winner: Option<(u32, Spans)> = None;
        self.modules.candidates(pathname, &mut |entry| {
            let route = &self.table.routes()[entry as usize];
            if route.accepts(method) && match_module(route, pathname, &mut spans) {
                winner = Some((entry, std::mem::take(&mut spans)));
                return Next::Before(entry);
            }
            Next::All
        });
        let (first, spans) = winner?;
        let (at, spans) = self
            .heir(first, method, pathname, &spans)
            .unwrap_or((first, spans));
        Some((
            at,
            Captures::new(
                self.table.routes()[at as usize].path.params(),
                &spans,
                pathname,
            ),
        ))
    }

    /// The route that answers in place of `claimant`, a match whose trailing catch-alls took nothing.
    pub(crate) fn heir(
        &self,
        claimant: u32,
        method: Option<Method>,
        pathname: &str,
        spans: &Spans,
    ) -> Option<(u32, Spans)> {
        // An index that takes over may end in a catch-all itself and yield again: the outermost folder decides.
        self.yields.get(&claimant)?.iter().rev().find_map(|folder| {
            let routes = self.table.routes();
            let accepting = || {
                let modules = folder.modules.iter().map(|&at| (at, &routes[at as usize]));
                modules.filter(|(_, route)| route.accepts(method))
            };
            let took_nothing = spans.iter().rev().take(folder.empty).all(Option::is_none);
            if !took_nothing || !accepting().any(|(_, route)| route.is_index()) {
                return None;
            }
            let mut spans = Spans::new();
            accepting()
                .find(|(_, route)| match_module(route, pathname, &mut spans))
                .map(|(at, _)| (at, spans))
        })
    }
}

fn yields(table: &RouteTable) -> HashMap<u32, Vec<Yield>> {
    let mut by_path: HashMap<&str, Vec<u32>> = HashMap::new();
    let modules = || {
        (0u32..)
            .zip(table.routes())
            .filter(|(_, route)| route.module.is_some())
    };
    for (at, route) in modules() {
        by_path.entry(route.path.as_str()).or_default().push(at);
    }
    let mut all = HashMap::new();
    for (at, route) in modules() {
        let folders = folders_around_trailing_catch_alls(route.path.as_str());
        let found: Vec<Yield> = folders
            .enumerate()
            .filter_map(|(level, folder)| {
                let modules = by_path.get(folder)?;
                let has_index = modules
                    .iter()
                    .any(|&at| table.routes()[at as usize].is_index());
                has_index.then(|| Yield {
                    empty: level + 1,
                    modules: modules.clone(),
                })
            })
            .collect();
        if !found.is_empty() {
            all.insert(at, found);
        }
    }
    all
}

/// Whether the module of `route` answers `pathname`; fills `spans`.
pub(crate) fn match_module(route: &Route, pathname: &str, spans: &mut Spans) -> bool {
    if !mount_matches(route, pathname, spans) {
        return false;
    }
    route.path.matches(pathname, Extent::Whole, spans).is_some()
}

fn mount_matches(route: &Route, pathname: &str, spans: &mut Spans) -> bool {
    route.mount.as_str() == "/"
        || route
            .mount
            .matches(pathname, Extent::Prefix, spans)
            .is_some()
}

/// What a middleware sees of `pathname`: its function path and parameters.
///
/// The raw path counts first, then the one without runs of slashes; for the route and its folder each by itself.
pub(crate) fn match_middleware<'a>(
    route: &'a Route,
    pathname: &'a str,
    collapsed: Option<&str>,
) -> Option<(&'a str, Captures<'a>)> {
    let mut spans = Spans::new();
    let names = route.path.params();
    let (params, route_end) = match route.path.matches(pathname, Extent::Prefix, &mut spans) {
        Some(end) => (Captures::new(names, &spans, pathname), Some(end)),
        None => {
            let collapsed = collapsed?;
            route.path.matches(collapsed, Extent::Prefix, &mut spans)?;
            (
                Captures::from_collapsed(names, &spans, collapsed, pathname),
                None,
            )
        }
    };
    // A middleware's route is its folder, as a rule.
    if let Some(end) = route_end.filter(|_| route.path == route.mount) {
        return Some((&pathname[..end], params));
    }
    let end = match route.mount.matches(pathname, Extent::Prefix, &mut spans) {
        Some(end) => end,
        None => raw_prefix_len(
            pathname,
            route
                .mount
                .matches(collapsed?, Extent::Prefix, &mut spans)?,
        ),
    };
    Some((&pathname[..end], params))
}
