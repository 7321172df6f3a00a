//! The readers of headers against naive ones, on generated values.
//!
//! `bodies` is shared with the fuzz target; here it runs on a fixed number of inputs.

#![allow(clippy::unwrap_used, missing_docs)]

mod bodies;

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    // `PROPTEST_CASES` may ask for more.
    ProptestConfig {
        cases: default.cases.max(2000),
        failure_persistence: None,
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn codings_are_chosen_by_weight(data in vec(any::<u8>(), 0..60)) {
        bodies::accept_encoding(&data);
    }

    #[test]
    fn ranges_lie_within_the_content(data in vec(any::<u8>(), 0..40)) {
        bodies::range(&data);
    }

    #[test]
    fn any_value_is_read(data in vec(any::<u8>(), 0..80)) {
        bodies::anything(&data);
    }
}
