//! Buckets: what they keep, through crashes and readers that take their time.
#![allow(clippy::unwrap_used, missing_docs)]

mod bodies;
mod objects;
mod processes;
mod support;
mod uploads;

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.min(40),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_bucket_holds_what_a_map_would(data in vec(any::<u8>(), 4..200)) {
        bodies::r2(&data);
    }
}
