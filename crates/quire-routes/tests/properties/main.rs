//! The crate against a naive reading of the rules, on generated projects and requests.
//!
//! `bodies` and `site_rules` are shared with the fuzz targets; here they run on a fixed number of inputs.

#![allow(clippy::unwrap_used, missing_docs)]

mod bodies;
mod reference;
mod site_rules;

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    // `PROPTEST_CASES` may ask for more.
    ProptestConfig {
        cases: default.cases.max(500),
        failure_persistence: None,
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_router_answers_like_the_reference(data in vec(any::<u8>(), 40..420)) {
        bodies::routes(&data);
    }

    #[test]
    fn rules_decide_like_regular_expressions(data in vec(any::<u8>(), 0..120)) {
        bodies::routes_json(&data);
    }

    #[test]
    fn redirects_are_those_of_regular_expressions(data in vec(any::<u8>(), 0..60)) {
        site_rules::redirects(&data);
    }

    #[test]
    fn header_rules_are_those_of_regular_expressions(data in vec(any::<u8>(), 0..60)) {
        site_rules::headers(&data);
    }

    #[test]
    fn any_file_of_rules_is_read(text in "[ -~\\n\\t\\r\u{e9}\u{4e00}]{0,200}", path in "/[ -~]{0,20}") {
        let headers = quire_routes::HeaderRules::parse("_headers", &text).rules;
        headers.changes(Some("h"), &path);
        quire_routes::RedirectRules::parse("_redirects", &text).rules.find(&path);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ -~\\n\\t\u{e9}]{0,200}") {
        let _ = quire_routes::RoutesRules::parse("_routes.json", &text);
    }
}
