//! Answers recorded from the original's own code, for made-up trees and requests.
//!
//! Each case has the files (in the order of the walk), the sorted routes, the rules that would be generated, and for
//! each request the handlers with their function path and parameters.

use std::collections::BTreeMap;

use quire_routes::{FunctionFile, RouteOptions, RouteTable, Router, RoutesRules, StepKind};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Case {
    files: Vec<(String, Vec<String>)>,
    /// A file name cannot become a route.
    #[serde(default)]
    error: bool,
    #[serde(default)]
    routes: Vec<(String, String, String)>,
    #[serde(default)]
    requests: Vec<(String, String, Vec<Value>)>,
    #[serde(default)]
    include: Vec<String>,
}

#[test]
fn recorded_answers() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("recorded.json")).unwrap();
    assert!(cases.len() >= 100);
    for case in cases {
        let file = |(path, exports): &(String, Vec<String>)| FunctionFile {
            path: path.clone(),
            exports: exports.clone(),
        };
        let files: Vec<FunctionFile> = case.files.iter().map(file).collect();
        let table = RouteTable::from_files(
            &files,
            &RouteOptions {
                catchall_shadows_index: true,
            },
        );
        assert_eq!(table.is_err(), case.error, "{:?}", case.files);
        let Ok(table) = table else { continue };

        let routes: Vec<(String, String, String)> = table
            .routes()
            .iter()
            .map(|route| {
                let method = route.method.map_or("", |method| method.as_str());
                (
                    method.to_owned(),
                    route.path.to_string(),
                    route.mount.to_string(),
                )
            })
            .collect();
        assert_eq!(routes, case.routes);

        let rules = RoutesRules::generate(&table);
        assert_eq!(
            rules
                .include()
                .iter()
                .map(|rule| rule.as_str())
                .collect::<Vec<_>>(),
            case.include,
            "{:?}",
            case.files
        );

        let router = Router::new(table);
        for (method, path, expected) in case.requests {
            assert_eq!(
                calls(&router, &method, &path),
                expected,
                "{method} {path} on {:?}",
                case.files
            );
        }
    }
}

fn calls(router: &Router, method: &str, path: &str) -> Vec<Value> {
    let call = |step: &quire_routes::Step<'_>| {
        let route = router.table().get(step.route).unwrap();
        let handler = match step.kind {
            StepKind::Middleware => route.middleware.as_ref(),
            StepKind::Module => route.module.as_ref(),
        };
        let handler = handler.unwrap();
        let params: BTreeMap<&str, Value> = step
            .params
            .iter()
            .map(|capture| {
                let parts: Vec<&str> = capture.segments().collect();
                (
                    capture.name,
                    if capture.catch_all {
                        json!(parts)
                    } else {
                        json!(capture.value)
                    },
                )
            })
            .collect();
        json!([
            format!("{}:{}", handler.file, handler.export),
            step.function_path,
            params
        ])
    };
    router.find(method, path).steps.iter().map(call).collect()
}
