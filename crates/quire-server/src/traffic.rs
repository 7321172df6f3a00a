//! What became of requests, in numbers: kept by each worker, sent to the supervisor a few times a second, summed up there.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Answered from a static file, without functions having a say.
pub(crate) const STATIC: &str = "static";
/// Sent to the functions by `_routes.json`, where none wanted it.
pub(crate) const UNMATCHED: &str = "unmatched";
/// Meant for a function, beyond the daily limit.
pub(crate) const OVER_LIMIT: &str = "over-limit";
/// Refused before anything looked at it.
pub(crate) const REFUSED: &str = "refused";

/// The status under which requests go whose client left before there was an answer; nginx has the same.
pub(crate) const CLIENT_LEFT: u16 = 499;

/// Upper bounds of the ranges by which durations are counted, in microseconds. Longer ones have a range of their own.
pub(crate) const DURATION_BOUNDS: [u64; 14] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000,
];

const RANGES: usize = DURATION_BOUNDS.len() + 1;

/// The requests of a route.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RouteTraffic {
    /// The route, or one of the words above.
    pub route: String,
    /// Whether its requests count for the daily limit.
    pub counted: bool,
    /// How many requests had which status.
    pub statuses: Vec<(u16, u64)>,
    /// How many took how long, see [`DURATION_BOUNDS`].
    pub durations: [u64; RANGES],
    /// How long all of them took.
    pub duration: Duration,
    /// The processor time that functions used for them.
    pub processor: Duration,
    /// Bytes of bodies sent.
    pub bytes: u64,
}

impl RouteTraffic {
    pub(crate) fn new(route: impl Into<String>, counted: bool) -> Self {
        Self {
            route: route.into(),
            counted,
            ..Self::default()
        }
    }

    /// Counts a request. Takes no memory but for the first one of a status.
    pub(crate) fn count(
        &mut self,
        status: u16,
        duration: Duration,
        processor: Duration,
        bytes: u64,
    ) {
        self.count_status(status, 1);
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let range = DURATION_BOUNDS.partition_point(|&bound| bound < micros);
        self.durations[range] += 1;
        self.duration += duration;
        self.processor += processor;
        self.bytes += bytes;
    }

    /// Adds requests of the same route.
    pub(crate) fn add(&mut self, other: &RouteTraffic) {
        self.counted = other.counted;
        for &(status, count) in &other.statuses {
            self.count_status(status, count);
        }
        for (mine, others) in self.durations.iter_mut().zip(other.durations) {
            *mine += others;
        }
        self.duration += other.duration;
        self.processor += other.processor;
        self.bytes += other.bytes;
    }

    /// How many requests there were.
    pub(crate) fn requests(&self) -> u64 {
        self.durations.iter().sum()
    }

    /// How many of them failed on the server's side.
    pub(crate) fn errors(&self) -> u64 {
        let failed = self.statuses.iter().filter(|(status, _)| *status >= 500);
        failed.map(|(_, count)| count).sum()
    }

    /// What was counted; from now on it is counted anew.
    pub(crate) fn take(&mut self) -> Self {
        let anew = Self::new(self.route.clone(), self.counted);
        std::mem::replace(self, anew)
    }

    fn count_status(&mut self, status: u16, count: u64) {
        match self.statuses.iter_mut().find(|(known, _)| *known == status) {
            Some((_, counted)) => *counted += count,
            None => self.statuses.push((status, count)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Counting in parts and adding them up comes to the same as counting in one.
        #[test]
        fn parts_add_up(requests in proptest::collection::vec((100_u16..600, 0_u64..20_000_000, 0_u64..1000, any::<bool>()), 0..50)) {
            let mut whole = RouteTraffic::new("/a", true);
            let mut part = RouteTraffic::new("/a", true);
            let mut sum = RouteTraffic::default();
            for (status, micros, bytes, send) in requests {
                let (duration, processor) = (Duration::from_micros(micros), Duration::from_micros(micros / 2));
                whole.count(status, duration, processor, bytes);
                part.count(status, duration, processor, bytes);
                if send {
                    sum.add(&part.take());
                }
            }
            sum.add(&part);
            sum.statuses.sort_unstable();
            whole.statuses.sort_unstable();
            sum.route.clone_from(&whole.route);
            prop_assert_eq!(sum, whole);
        }
    }

    #[test]
    fn durations_fall_into_the_range_that_they_do_not_exceed() {
        let mut traffic = RouteTraffic::new("/a", true);
        for micros in [0, 500, 501, 10_000_000, 10_000_001] {
            traffic.count(200, Duration::from_micros(micros), Duration::ZERO, 0);
        }
        assert_eq!(traffic.durations[..2], [2, 1]);
        assert_eq!(traffic.durations[13..], [1, 1]);
        assert_eq!(traffic.requests(), 5);
        traffic.count(503, Duration::ZERO, Duration::ZERO, 0);
        assert_eq!(traffic.errors(), 1);
    }
}
