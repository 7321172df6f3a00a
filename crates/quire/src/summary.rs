//! What `quire dev` says about a project when it starts.

use std::path::Path;

use anstyle::Style;
use quire_config::{Variable, VariableSource};
use quire_routes::RouteTable;

use crate::bindings;
use crate::build::counted;
use crate::printer::{self, BOLD, CYAN, DIM, styled};
use crate::project::relative_to;
use crate::routes as listing;
use crate::settings::{Origin, Settings};
use crate::table::Table;
use crate::variables;

/// Routes that are shown: what fits on a screen beside the rest.
const MOST_ROUTES: usize = 16;

/// Characters of a value that are shown.
const LONGEST_VALUE: usize = 40;

/// Prints version, folders, routes, variables and bindings. `upstream` is what answers in place of static files.
pub fn print(
    origin: &Origin,
    settings: &Settings,
    routes: &RouteTable,
    upstream: Option<&str>,
    current: &Path,
) {
    printer::line(format!(
        "{} {}",
        styled(BOLD, "quire"),
        env!("CARGO_PKG_VERSION")
    ));
    let shown = |path: &Path| relative_to(path, current).display().to_string();
    let (root, assets) = match origin {
        Origin::Sources(project) => (shown(&project.root), project.assets.clone()),
        Origin::Built(built) => (shown(&built.folder), built.assets()),
    };
    let mut facts = vec![("project", format!("{} ({root})", settings.name))];
    if let Some(file) = &settings.program.file {
        facts.push(("settings", shown(file)));
    }
    facts.push(match origin.has_worker() {
        true => (
            "program",
            "_worker.js, which answers all requests".to_owned(),
        ),
        false => ("functions", functions(routes)),
    });
    facts.push(match (assets, upstream) {
        (Some(assets), _) => ("static files", shown(&assets)),
        (None, Some(upstream)) => ("other requests", format!("to {upstream}")),
        (None, None) => ("static files", "none".to_owned()),
    });
    if !settings.services.is_empty() {
        let names = settings.services.iter();
        let names: Vec<&str> = names.map(|service| service.name.as_str()).collect();
        facts.push(("services", names.join(", ")));
    }
    if !settings.program.variable_files.is_empty() {
        let files: Vec<String> = settings
            .program
            .variable_files
            .iter()
            .map(|file| shown(file))
            .collect();
        facts.push(("secrets", files.join(", ")));
    }
    for (name, value) in facts {
        printer::line(format!("  {} {value}", styled(DIM, format!("{name:14}"))));
    }
    for table in [route_table(routes), variable_table(settings)] {
        if !table.is_empty() {
            printer::line("");
            table.lines(2).iter().for_each(printer::line);
        }
    }
    printer::line("");
}

/// The first routes, modules before middlewares.
fn route_table(routes: &RouteTable) -> Table {
    let modules = routes.routes().iter().filter_map(|route| {
        let file = &route.module.as_ref()?.file;
        Some((route, route.path.as_str().to_owned(), file))
    });
    let middlewares = routes.routes().iter().filter_map(|route| {
        let file = &route.middleware.as_ref()?.file;
        let folder = route.path.as_str().trim_end_matches('/');
        Some((route, format!("{folder}/**"), file))
    });
    let mut table = Table::new(["METHOD", "ROUTE", "FUNCTION"]);
    let mut rows = modules.chain(middlewares);
    for (route, pattern, file) in rows.by_ref().take(MOST_ROUTES) {
        table.row([
            (listing::method_name(route.method).to_owned(), CYAN),
            (pattern, Style::new()),
            (file.clone(), DIM),
        ]);
    }
    let more = rows.count();
    if more > 0 {
        let text = format!("and {more} more: `quire routes` has them all");
        table.row([("…".to_owned(), DIM), (text, DIM)]);
    }
    table
}

fn functions(routes: &RouteTable) -> String {
    let modules = routes
        .routes()
        .iter()
        .filter(|route| route.module.is_some())
        .count();
    let middlewares = routes
        .routes()
        .iter()
        .filter(|route| route.middleware.is_some())
        .count();
    match (modules, middlewares) {
        (0, 0) => "none".to_owned(),
        (modules, 0) => counted(modules, "route"),
        (modules, middlewares) => format!(
            "{}, {}",
            counted(modules, "route"),
            counted(middlewares, "middleware")
        ),
    }
}

/// All bindings, and all variables but those that the platform sets. Values that may be secret are not shown.
fn variable_table(settings: &Settings) -> Table {
    let mut table = Table::new(["BINDING", "VALUE", "FROM"]);
    for (name, variable) in &settings.program.variables {
        let source = match variable.source {
            VariableSource::Injected => continue,
            VariableSource::Config => "configuration",
            VariableSource::Secrets => "file of secrets",
            VariableSource::Stored => "secret",
            VariableSource::Flag => "command line",
        };
        let value = shown_value(variable);
        let style = if variable.source.is_hidden() {
            DIM
        } else {
            Style::new()
        };
        table.row([
            (format!("env.{name}"), CYAN),
            (value, style),
            (source.to_owned(), DIM),
        ]);
    }
    for binding in &settings.program.bindings {
        let (kind, about) = bindings::described(&binding.resource);
        let described = match about.is_empty() {
            true => kind,
            false => format!("{kind} ({about})"),
        };
        let source = match settings.program.given.contains(&binding.name) {
            true => "command line",
            false => "configuration",
        };
        table.row([
            (format!("env.{}", binding.name), CYAN),
            (described, Style::new()),
            (source.to_owned(), DIM),
        ]);
    }
    table
}

fn shown_value(variable: &Variable) -> String {
    if variable.source.is_hidden() {
        return "(hidden)".to_owned();
    }
    let text = variables::json(&variable.value).to_string();
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use quire_config::VarValue;

    use super::*;

    #[test]
    fn values_that_may_be_secret_are_hidden_and_long_ones_cut() {
        let shown = |text: &str, source| {
            shown_value(&Variable {
                value: VarValue::Text(text.to_owned()),
                source,
            })
        };
        assert_eq!(shown("password", VariableSource::Secrets), "(hidden)");
        assert_eq!(shown("password", VariableSource::Flag), "(hidden)");
        assert_eq!(shown("plain", VariableSource::Config), "\"plain\"");
        assert_eq!(
            shown(&"ä".repeat(60), VariableSource::Config),
            format!("\"{}…", "ä".repeat(39))
        );
        let json = Variable {
            value: VarValue::Json(serde_json::json!([1, true])),
            source: VariableSource::Config,
        };
        assert_eq!(shown_value(&json), "[1,true]");
    }
}
