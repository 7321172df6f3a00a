//! What was acknowledged is there: Durable Objects, their alarms and KV while workers and the supervisor are killed, and one
//! object that many clients count with.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use quire_end_to_end::memory::process_tree;
use quire_end_to_end::{Command, Request, Server, fixture};
use tempfile::TempDir;

const COUNTERS: usize = 5;
const CLIENTS: usize = 6;

/// A number from the environment, for the long forms of these tests.
fn setting(name: &str, otherwise: u32) -> u32 {
    let asked = std::env::var(name).ok();
    asked
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

fn start(data: &Path) -> Server {
    Command::serve(fixture("counters"))
        .workers(2)
        .argument("--persist-to")
        .argument(&data.display().to_string())
        .start()
}

/// Random enough, and the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What clients know.
#[derive(Default)]
struct Known {
    /// For each counter: increments that were acknowledged, and those of which nobody knows.
    counters: BTreeMap<usize, (u64, u64)>,
    /// Objects whose alarm was acknowledged.
    alarms: BTreeSet<String>,
    /// Keys whose value, which is the key, was acknowledged.
    values: BTreeSet<String>,
}

fn kill(pid: u32) {
    // It may be gone already.
    let _ = std::process::Command::new("kill")
        .args(["-9", &pid.to_string()])
        .stderr(std::process::Stdio::null())
        .status();
}

/// Writes whatever there is to write until told to stop.
fn client(number: usize, address: &RwLock<SocketAddr>, stop: &AtomicBool, known: &Mutex<Known>) {
    let mut dice = Dice(number as u64 + 1);
    let mut turn = 0;
    while !stop.load(Ordering::Relaxed) {
        turn += 1;
        let address = *address.read().unwrap();
        let patience = Duration::from_secs(20);
        match dice.roll(4) {
            0 => {
                let key = format!("{number}-{turn}");
                let request = Request::new("PUT", &format!("/value/{key}")).body(key.clone());
                if request
                    .patience(patience)
                    .send(address)
                    .is_ok_and(|answer| answer.status == 200)
                {
                    known.lock().unwrap().values.insert(key);
                }
            }
            1 => {
                let name = format!("alarm-{number}-{}", turn % 40);
                let request = Request::new("POST", &format!("/alarm/{name}?in={}", dice.roll(300)));
                if request
                    .patience(patience)
                    .send(address)
                    .is_ok_and(|answer| answer.status == 200)
                {
                    known.lock().unwrap().alarms.insert(name);
                }
            }
            _ => {
                let counter = dice.roll(COUNTERS as u64) as usize;
                let request =
                    Request::new("POST", &format!("/count/counter-{counter}")).patience(patience);
                let acknowledged = request
                    .send(address)
                    .is_ok_and(|answer| answer.status == 200);
                let mut known = known.lock().unwrap();
                let entry = known.counters.entry(counter).or_default();
                match acknowledged {
                    true => entry.0 += 1,
                    false => entry.1 += 1,
                }
            }
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_workers_and_the_supervisor_are_killed() {
    let data = TempDir::new().unwrap();
    let mut server = start(data.path());
    let address = RwLock::new(server.address());
    let (stop, known) = (AtomicBool::new(false), Mutex::<Known>::default());
    std::thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (address, stop, known) = (&address, &stop, &known);
            scope.spawn(move || client(number, address, stop, known));
        }
        let mut dice = Dice(99);
        for _ in 0..setting("QUIRE_KILLS", 20) {
            std::thread::sleep(Duration::from_millis(100 + dice.roll(400)));
            let tree = process_tree(server.pid());
            match dice.roll(4) {
                // The supervisor alone, or everything at once.
                0 => {
                    let all = dice.roll(2) == 0;
                    kill(server.pid());
                    if all {
                        tree.into_iter().for_each(kill);
                    }
                    server = start(data.path());
                    *address.write().unwrap() = server.address();
                }
                count => tree
                    .into_iter()
                    .filter(|pid| *pid != server.pid())
                    .take(count as usize)
                    .for_each(kill),
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    check(&server, &known.into_inner().unwrap());
    server.stop();
}

fn check(server: &Server, known: &Known) {
    let patience = Duration::from_secs(60);
    let fine = |target: &str| server.eventually(target, patience, |answer| answer.status == 200);
    for (counter, (acknowledged, unknown)) in &known.counters {
        let counts = fine(&format!("/count/counter-{counter}")).json();
        let count = counts["count"].as_u64().unwrap();
        assert_eq!(
            counts["sum"].as_u64().unwrap(),
            count,
            "both belong to one commit"
        );
        assert!(
            (*acknowledged..=acknowledged + unknown).contains(&count),
            "counter {counter}: {count}, of which {acknowledged} are acknowledged and {unknown} unknown"
        );
    }
    for key in &known.values {
        assert_eq!(fine(&format!("/value/{key}")).text(), *key);
    }
    for name in &known.alarms {
        server.eventually(&format!("/alarm/{name}"), patience, |answer| {
            answer.status == 200 && answer.json()["ran"].as_u64().is_some_and(|ran| ran > 0)
        });
    }
    let counted: u64 = known
        .counters
        .values()
        .map(|(acknowledged, _)| acknowledged)
        .sum();
    println!(
        "{counted} increments, {} values, {} alarms",
        known.values.len(),
        known.alarms.len()
    );
    assert!(
        counted > 50 && known.values.len() > 20 && known.alarms.len() > 10,
        "too little was acknowledged"
    );
}

#[test]
fn one_object_counts_exactly_for_64_clients_on_both_workers() {
    let data = TempDir::new().unwrap();
    let server = start(data.path());
    let address = server.address();
    let each = setting("QUIRE_INCREMENTS", 10_000) / 64 + 1;
    let began = Instant::now();
    let mut seen: Vec<u64> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(move || -> Vec<u64> {
                    (0..each)
                        .map(|_| {
                            let request = Request::new("POST", "/count/one")
                                .patience(Duration::from_secs(60));
                            let answer = request.send(address).unwrap();
                            assert_eq!(answer.status, 200, "{}", answer.text());
                            answer.json()["count"].as_u64().unwrap()
                        })
                        .collect()
                })
            })
            .collect();
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    });
    println!("{} increments in {:?}", seen.len(), began.elapsed());
    seen.sort_unstable();
    assert_eq!(
        seen,
        (1..=u64::from(each) * 64).collect::<Vec<_>>(),
        "each number was given once"
    );
    let counts = server.get("/count/one").json();
    assert_eq!(
        (&counts["count"], &counts["sum"]),
        (&counts["sum"], &serde_json::json!(each * 64))
    );
    server.stop();
}
