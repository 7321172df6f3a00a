//! Consumers and producers that are killed: this test program starts itself again, with a role in its environment.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ROLE: &str = "QUIRE_STORE_TEST_ROLE";
const FOLDER: &str = "QUIRE_STORE_TEST_FOLDER";

/// What the other process does; in an ordinary run, nothing.
#[test]
fn child() {
    let (Ok(role), Ok(folder)) = (std::env::var(ROLE), std::env::var(FOLDER)) else {
        return;
    };
    let store = open(Path::new(&folder));
    let began = Instant::now();
    // A test that failed does not end its children.
    let mut number = 0;
    while began.elapsed() < Duration::from_secs(60) {
        number += 1;
        let bodies: Vec<String> = (0..3)
            .map(|slot| format!("{role}-{number}-{slot}"))
            .collect();
        let messages = bodies.iter().map(|body| message(body)).collect();
        send(&store, "q", messages, now());
        say("sent", &bodies);
        store.recover(now()).unwrap();
        if let Some(batch) = take(&store, taking("q"), now()) {
            let bodies: Vec<String> = batch.messages.iter().map(text).collect();
            settle(&store, batch.lease, Vec::new(), failing(None), now());
            say("done", &bodies);
        }
    }
}

fn say(what: &str, bodies: &[String]) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{what} {}", bodies.join(" ")).unwrap();
}

fn start(role: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::child", "--nocapture"])
        .env(ROLE, role)
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn no_message_is_lost_with_those_that_are_killed() {
    let folder = tempfile::TempDir::new().unwrap();
    let (mut sent, mut done) = (BTreeSet::new(), BTreeMap::<String, u32>::new());
    for round in 0..5_u64 {
        let mut children: Vec<Child> = (0..3)
            .map(|child| start(&format!("{round}-{child}"), folder.path()))
            .collect();
        let (begun, beginnings) = channel();
        let mut readers = Vec::new();
        for child in &mut children {
            let begun = begun.clone();
            let output = BufReader::new(child.stdout.take().unwrap());
            readers.push(std::thread::spawn(move || {
                let lines = output.lines().map_while(Result::ok);
                let lines =
                    lines.filter(|line| line.starts_with("sent ") || line.starts_with("done "));
                lines
                    .inspect(|_| begun.send(()).unwrap_or_default())
                    .collect::<Vec<String>>()
            }));
        }
        for _ in 0..30 {
            let turn = beginnings.recv_timeout(Duration::from_secs(60));
            turn.expect("there is progress");
        }
        std::thread::sleep(Duration::from_millis(round * 70));
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        for line in readers
            .into_iter()
            .flat_map(|reader| reader.join().unwrap())
        {
            let mut words = line.split(' ').map(str::to_owned);
            match words.next().as_deref() {
                Some("sent") => sent.extend(words),
                _ => words.for_each(|body| *done.entry(body).or_default() += 1),
            }
        }
    }
    let store = open(folder.path());
    store.recover(now()).unwrap();
    let mut left = BTreeSet::new();
    while let Some(batch) = take(&store, taking("q"), now() + 120_000) {
        for message in &batch.messages {
            assert!(left.insert(text(message)), "{message:?} came twice");
        }
        settle(&store, batch.lease, Vec::new(), failing(None), now());
    }
    for body in &sent {
        let told = done.get(body).copied().unwrap_or_default();
        assert!(told <= 1, "{body} was settled {told} times");
        // One that was settled without being told of has been settled in the moment of the kill.
        assert!(
            !(told == 1 && left.contains(body)),
            "{body} is there although it was settled"
        );
    }
    let gone = sent
        .iter()
        .filter(|body| !done.contains_key(*body) && !left.contains(*body));
    // Each killed process may have settled one batch of three that it could not tell of.
    let gone = gone.count();
    assert!(gone <= 5 * 3 * 3, "{gone} messages are lost");
    assert!(sent.len() > 100, "{}", sent.len());
}
