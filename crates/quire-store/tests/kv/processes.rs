//! Several processes on one folder: this test program starts itself again, with a role in its environment.

use super::*;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

pub(super) const ROLE: &str = "QUIRE_STORE_TEST_ROLE";
pub(super) const FOLDER: &str = "QUIRE_STORE_TEST_FOLDER";

/// A command that starts this program in a role.
pub(super) fn child_command(program: &str, role: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.env(ROLE, role).env(FOLDER, folder);
    command
}

pub(super) const CHILD_ARGUMENTS: [&str; 3] = ["--exact", "processes::child", "--nocapture"];

fn start(role: &str, folder: &Path) -> Child {
    let program = std::env::current_exe().unwrap();
    child_command(program.to_str().unwrap(), role, folder)
        .args(CHILD_ARGUMENTS)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// What the other process does; in an ordinary run, nothing.
#[test]
fn child() {
    let (Ok(role), Ok(folder)) = (std::env::var(ROLE), std::env::var(FOLDER)) else {
        return;
    };
    let folder = Path::new(&folder);
    match role.as_str() {
        "full" => disks::fill(folder),
        "read-only" => disks::only_read(folder),
        writer => write_until_killed(writer, folder),
    }
}

/// Writes numbers under keys of its own, eight at a time, and says which are durable.
fn write_until_killed(writer: &str, folder: &Path) {
    let store = KvDirectory::open(folder).unwrap();
    let began = Instant::now();
    let mut number = 0_u64;
    // A test that failed does not end its children.
    while began.elapsed() < Duration::from_secs(60) {
        let together: Vec<_> = (0..8)
            .map(|slot| {
                number += 1;
                let key = format!("{writer}-{slot}");
                let length = if number.is_multiple_of(50) {
                    70_000
                } else {
                    100
                };
                let value = number.to_string().repeat(length / 10);
                let outcome = begin_put(&*store, head("a", &key), value.as_bytes());
                (key, number, outcome)
            })
            .collect();
        let mut output = std::io::stdout().lock();
        for (key, number, outcome) in together {
            outcome.recv().unwrap().unwrap();
            writeln!(output, "durable {key} {number}").unwrap();
        }
    }
}

#[test]
fn what_was_acknowledged_survives_the_writers() {
    let folder = tempfile::TempDir::new().unwrap();
    for round in 0..6_u64 {
        let mut writers: Vec<Child> = (0..3)
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
        std::thread::sleep(Duration::from_millis(round * 130));
        for writer in &mut writers {
            writer.kill().unwrap();
            writer.wait().unwrap();
        }
        let store = KvDirectory::open(folder.path()).unwrap();
        for reader in readers {
            let durable = reader.join().unwrap();
            for (key, number) in durable {
                let value = String::from_utf8(get(&*store, &key).unwrap()).unwrap();
                // What was not acknowledged any more may be there as well: the next one of this key.
                let digits = number.to_string().len();
                let later = (number + 8).to_string();
                let found = [&value[..digits], &value[..later.len().min(value.len())]];
                assert!(
                    found[0] == number.to_string() || found[1] == later,
                    "{key} lost {number}, has {}",
                    found[1]
                );
                let repeated = if found[0] == number.to_string() {
                    digits
                } else {
                    later.len()
                };
                assert!(
                    value
                        .as_bytes()
                        .chunks(repeated)
                        .all(|part| part == &value.as_bytes()[..part.len()]),
                    "the value is whole"
                );
            }
        }
    }
}
