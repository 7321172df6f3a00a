//! Several processes on one folder: this test program starts itself again, with a role in its environment.

use super::support::*;
use quire_store::r2::{PART_BYTES_MIN, R2Directory, R2Listing, R2Store};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ROLE: &str = "QUIRE_STORE_TEST_ROLE";
const FOLDER: &str = "QUIRE_STORE_TEST_FOLDER";

fn start(role: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .env(ROLE, role)
        .env(FOLDER, folder)
        .args(["--exact", "processes::child", "--nocapture"])
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// What the other process does; in an ordinary run, nothing.
#[test]
fn child() {
    if let (Ok(writer), Ok(folder)) = (std::env::var(ROLE), std::env::var(FOLDER)) {
        write_until_killed(&writer, Path::new(&folder));
    }
}

/// What the object of this number holds: small, in a file, or in several.
fn expected(number: u64) -> Vec<u8> {
    let length = match number % 40 {
        0 => PART_BYTES_MIN as usize + 10,
        1..10 => 70_000,
        _ => 100,
    };
    number
        .to_be_bytes()
        .into_iter()
        .cycle()
        .take(length)
        .collect()
}

/// Writes objects under keys of its own, eight at a time, and says which are durable.
fn write_until_killed(writer: &str, folder: &Path) {
    let store = R2Directory::open(folder).unwrap();
    let began = Instant::now();
    let mut number = 0_u64;
    // A test that failed does not end its children.
    while began.elapsed() < Duration::from_secs(60) {
        let mut durable = Vec::new();
        let together: Vec<_> = (0..8)
            .map(|slot| {
                number += 1;
                let (key, content) = (format!("{writer}-{slot}"), expected(number));
                if content.len() as u64 > PART_BYTES_MIN {
                    let upload = create_upload(&store, &key);
                    let parts = (1..).zip(content.chunks(PART_BYTES_MIN as usize));
                    let parts =
                        parts.map(|(at, part)| put_part(&store, &upload, at, part).unwrap());
                    complete(&store, &upload, parts.collect()).unwrap();
                    durable.push((key, number));
                    return None;
                }
                Some((
                    key.clone(),
                    number,
                    begin_put(&store, a(&key), None, &content),
                ))
            })
            .collect();
        for (key, number, outcome) in together.into_iter().flatten() {
            assert!(outcome.recv().unwrap().unwrap().is_some());
            durable.push((key, number));
        }
        let mut output = std::io::stdout().lock();
        for (key, number) in durable {
            writeln!(output, "durable {key} {number}").unwrap();
        }
    }
}

#[test]
fn what_was_acknowledged_survives_the_writers() {
    let folder = tempfile::TempDir::new().unwrap();
    for round in 0..4_u64 {
        let mut writers: Vec<Child> = (0..2)
            .map(|writer| start(&format!("{round}-{writer}"), folder.path()))
            .collect();
        let mut readers = Vec::new();
        let (begun, beginnings) = std::sync::mpsc::channel();
        for writer in &mut writers {
            let begun = begun.clone();
            let output = BufReader::new(writer.stdout.take().unwrap());
            readers.push(std::thread::spawn(move || {
                let mut durable: HashMap<String, u64> = HashMap::new();
                for line in output.lines().map_while(Result::ok) {
                    let words: Vec<&str> = line.split(' ').collect();
                    if let ["durable", key, number] = words.as_slice()
                        && let Ok(number) = number.parse()
                    {
                        if durable.is_empty() {
                            begun.send(()).unwrap();
                        }
                        durable.insert((*key).to_owned(), number);
                    }
                }
                durable
            }));
        }
        for _ in &writers {
            let turn = beginnings.recv_timeout(Duration::from_secs(60));
            turn.expect("every process gets its turn");
        }
        std::thread::sleep(Duration::from_millis(round * 170));
        for writer in &mut writers {
            writer.kill().unwrap();
            writer.wait().unwrap();
        }
        let store = R2Directory::open(folder.path()).unwrap();
        for reader in readers {
            for (key, number) in reader.join().unwrap() {
                let found = get(&store, &key).unwrap();
                // What was not acknowledged any more may be there as well: the next one of this key.
                let is_there = [number, number + 8]
                    .into_iter()
                    .any(|number| found == expected(number));
                assert!(is_there, "{key} lost {number}");
            }
        }
        for object in list(
            &store,
            R2Listing {
                limit: 1000,
                ..R2Listing::default()
            },
        )
        .objects
        {
            let found = get(&store, &object.key).unwrap();
            assert_eq!(found.len() as u64, object.size, "{} is whole", object.key);
            assert!(store.head(BUCKET, &object.key).unwrap().is_some());
        }
    }
}
