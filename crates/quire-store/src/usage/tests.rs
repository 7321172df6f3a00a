//! The count under kills and by several processes; the sums.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::{DailyCounter, Day, DayUsage, RouteUsage, Usage};

const FOLDER: &str = "QUIRE_TEST_COUNTER_FOLDER";
const LIMIT: u64 = 200_000;

fn day() -> Day {
    Day::from_number(20_000)
}

/// What the processes of the next test run: it counts until the limit, and says how often it did.
#[test]
fn counting_process() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let mut counter = DailyCounter::open(Path::new(&folder)).unwrap();
    println!("\nbegun");
    let mut taken = 0_u64;
    while counter.take(day(), LIMIT).unwrap() {
        taken += 1;
    }
    println!("\ntaken {taken}");
}

fn start(folder: &Path) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["usage::tests::counting_process", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn processes_count_together_and_what_a_killed_one_counted_stays() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut counter = DailyCounter::open(folder.path()).unwrap();
    let mut killed = start(folder.path());
    let others = [start(folder.path()), start(folder.path())];
    let mut lines = BufReader::new(killed.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "begun"));
    killed.kill().unwrap();
    killed.wait().unwrap();
    let taken = |process: std::process::Child| -> u64 {
        let output = process.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("taken "));
        line.unwrap().parse().unwrap()
    };
    let by_others: u64 = others.into_iter().map(taken).sum();
    assert!(by_others <= LIMIT, "{by_others}");
    assert_eq!(counter.count(day()).unwrap(), LIMIT);
    assert!(!counter.take(day(), LIMIT).unwrap());
    assert_eq!(
        DailyCounter::look(folder.path(), day()).unwrap(),
        Some(LIMIT)
    );
}

#[test]
fn threads_take_exactly_as_many_as_there_are() {
    let folder = tempfile::TempDir::new().unwrap();
    let taken: usize = std::thread::scope(|scope| {
        let counting = || {
            let mut counter = DailyCounter::open(folder.path()).unwrap();
            (0..500)
                .filter(|_| counter.take(day(), 777).unwrap())
                .count()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(counting)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(taken, 777);
}

#[test]
fn each_day_has_a_count_of_its_own() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut counter = DailyCounter::open(folder.path()).unwrap();
    let next = Day::from_number(20_001);
    assert!(counter.take(day(), 1).unwrap());
    assert!(!counter.take(day(), 1).unwrap());
    assert!(counter.take(next, 1).unwrap());
    assert!(!counter.take(next, 1).unwrap());
    counter.flush().unwrap();
    counter.remove_before(next).unwrap();
    assert_eq!(DailyCounter::look(folder.path(), day()).unwrap(), None);
    assert_eq!(DailyCounter::look(folder.path(), next).unwrap(), Some(1));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_count_can_begin_late_but_only_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut counter = DailyCounter::open(folder.path()).unwrap();
    counter.begin(day(), 7).unwrap();
    assert!(counter.take(day(), 8).unwrap());
    counter.begin(day(), 0).unwrap();
    assert_eq!(counter.count(day()).unwrap(), 8);
    assert!(!counter.take(day(), 8).unwrap());
    assert!(!counter.take(day(), 5).unwrap(), "the limit was lowered");
    assert!(counter.take(day(), 9).unwrap(), "it was raised");
}

#[test]
fn a_file_that_was_cut_off_is_an_error_and_no_crash() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join(format!("{}.count", day()));
    std::fs::write(&path, "abc").unwrap();
    let mut counter = DailyCounter::open(folder.path()).unwrap();
    assert!(counter.take(day(), 1).is_err());
    assert_eq!(DailyCounter::look(folder.path(), day()).unwrap(), None);
}

fn usage(route: &str, requests: u64) -> RouteUsage {
    RouteUsage {
        route: route.to_owned(),
        counted: route != "static",
        requests,
        errors: requests / 2,
        bytes: requests * 10,
        processor_us: requests * 100,
    }
}

#[test]
fn sums_grow_and_are_read_by_day() {
    let folder = tempfile::TempDir::new().unwrap();
    assert!(Usage::find(folder.path()).unwrap().is_none());
    let store = Usage::open(folder.path()).unwrap();
    store
        .add(day(), &[usage("/a", 4), usage("static", 20)])
        .unwrap();
    store.add(day().before(1), &[usage("/a", 2)]).unwrap();
    store.add(day(), &[usage("/a", 6)]).unwrap();
    store.set_limit(day(), Some(100)).unwrap();
    let read = Usage::find(folder.path()).unwrap().unwrap();
    let days = read.since(Day::from_number(0)).unwrap();
    let today = DayUsage {
        day: day(),
        limit: Some(100),
        routes: vec![usage("static", 20), usage("/a", 10)],
    };
    assert_eq!(days.len(), 2);
    assert_eq!(days[0], today);
    assert_eq!((days[1].counted(), days[1].limit), (2, None));
    assert_eq!(read.since(day()).unwrap(), [today]);
    store.set_limit(day(), None).unwrap();
    assert_eq!(read.since(day()).unwrap()[0].limit, None);
}

#[test]
fn what_is_long_over_is_forgotten() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = Usage::open(folder.path()).unwrap();
    store.add(day().before(401), &[usage("/a", 1)]).unwrap();
    store.add(day().before(400), &[usage("/a", 1)]).unwrap();
    store.set_limit(day(), None).unwrap();
    assert_eq!(store.since(Day::from_number(0)).unwrap().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// However requests are split up into additions, the sums are the same.
    #[test]
    fn additions_sum_up(parts in proptest::collection::vec((0_u32..3, 0_usize..3, 0_u64..1000), 0..20)) {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Usage::open(folder.path()).unwrap();
        let mut expected = std::collections::BTreeMap::new();
        for (number, route, requests) in parts {
            let route = ["/a", "/b", "static"][route];
            store.add(Day::from_number(number), &[usage(route, requests)]).unwrap();
            *expected.entry((number, route.to_owned())).or_insert(0) += requests;
        }
        let days = store.since(Day::from_number(0)).unwrap();
        let found = days.iter().flat_map(|day| {
            day.routes.iter().map(|usage| ((day.day.number(), usage.route.clone()), usage.requests))
        });
        prop_assert_eq!(found.collect::<std::collections::BTreeMap<_, _>>(), expected);
    }
}
