//! Stores against maps, on generated sequences of operations.
//!
//! `bodies` is shared with the fuzz targets; here it runs on a fixed number of inputs.

#![allow(clippy::unwrap_used, missing_docs)]

mod bodies;

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.min(60),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_cache_holds_what_a_map_would(data in vec(any::<u8>(), 4..200)) {
        bodies::cache(&data);
    }
}
