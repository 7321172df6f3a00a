//! The crate against a naive reading of the rules, on generated projects and requests.
//!
//! `bodies` is shared with the fuzz targets; here it runs on a fixed number of inputs.

#![allow(clippy::unwrap_used, missing_docs)]

mod bodies;
mod reference;

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
    fn any_text_is_read_or_refused(text in "[ -~\\n\\t\u{e9}]{0,200}") {
        let _ = quire_routes::RoutesRules::parse("_routes.json", &text);
    }
}
