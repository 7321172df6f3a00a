//! How the original behaves, as tables of cases: files in, routes or answers out.

#![allow(clippy::unwrap_used, missing_docs)]

mod build_errors;
mod chains;
mod generated_rules;
mod index_and_catch_all;
mod recorded;
mod tables;
mod winners;

use quire_routes::{
    Captures, FunctionFile, RouteErrors, RouteOptions, RouteTable, Router, StepKind,
};

/// `path` or `path:export,export`; without exports it is `onRequest`.
pub fn file(line: &str) -> FunctionFile {
    let (path, exports) = line.split_once(':').unwrap_or((line, "onRequest"));
    FunctionFile {
        path: path.to_owned(),
        exports: exports.split(',').map(str::to_owned).collect(),
    }
}

pub fn try_table(files: &[&str], options: RouteOptions) -> Result<RouteTable, RouteErrors> {
    let files: Vec<FunctionFile> = files.iter().map(|line| file(line)).collect();
    RouteTable::from_files(&files, &options)
}

pub fn table(files: &[&str]) -> RouteTable {
    try_table(files, RouteOptions::default()).unwrap()
}

pub fn router(files: &[&str]) -> Router {
    Router::new(table(files))
}

/// The original's order, with catch-alls that win over the index of their folder.
pub fn original_router(files: &[&str]) -> Router {
    Router::new(
        try_table(
            files,
            RouteOptions {
                catchall_shadows_index: true,
            },
        )
        .unwrap(),
    )
}

/// The file whose module answers, and its parameters as `name=value name=[a b]`; nothing for the assets.
pub fn answer(router: &Router, method: &str, pathname: &str) -> Option<(String, String)> {
    let chain = router.find(method, pathname);
    let step = chain.module()?;
    assert_eq!(
        step.function_path, pathname,
        "a module's function path is the whole pathname"
    );
    let module = router
        .table()
        .get(step.route)
        .unwrap()
        .module
        .as_ref()
        .unwrap();
    Some((module.file.clone(), written(&step.params)))
}

pub fn answering_file(router: &Router, method: &str, pathname: &str) -> Option<String> {
    answer(router, method, pathname).map(|(file, _)| file)
}

pub fn written(params: &Captures<'_>) -> String {
    let mut names: Vec<&str> = Vec::new();
    for capture in params.iter() {
        if !names.contains(&capture.name) {
            names.push(capture.name);
        }
    }
    let one = |name: &&str| {
        let capture = params.get(name).unwrap();
        let parts: Vec<&str> = capture.segments().collect();
        if capture.catch_all {
            format!("{name}=[{}]", parts.join(" "))
        } else {
            format!("{name}={}", parts.concat())
        }
    };
    names.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The middlewares that run, as `file:export functionPath params`.
pub fn middlewares(router: &Router, method: &str, pathname: &str) -> Vec<String> {
    let chain = router.find(method, pathname);
    let steps = chain
        .steps
        .iter()
        .filter(|step| step.kind == StepKind::Middleware);
    let line = |step: &quire_routes::Step<'_>| {
        let handler = router
            .table()
            .get(step.route)
            .unwrap()
            .middleware
            .as_ref()
            .unwrap();
        let line = format!(
            "{}:{} {} {}",
            handler.file,
            handler.export,
            step.function_path,
            written(&step.params)
        );
        line.trim_end().to_owned()
    };
    steps.map(line).collect()
}
