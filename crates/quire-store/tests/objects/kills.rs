//! A process that is killed at any moment: what it acknowledged is there. The process is this test program, with a folder in
//! its environment.

use crate::support::WAIT;
use quire_store::objects::Namespace;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const FOLDER: &str = "QUIRE_STORE_KILLED_WRITER";
const OBJECTS: u32 = 3;

/// How often to kill; more with `QUIRE_KILLS` set.
fn rounds() -> u32 {
    let asked = std::env::var("QUIRE_KILLS").ok();
    asked.and_then(|count| count.parse().ok()).unwrap_or(15)
}

/// Counts in several objects, in both kinds of storage, and sets an alarm to what it counted; says so once that is durable. In
/// an ordinary run, nothing.
#[test]
fn writer() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let namespace = Namespace::open(Path::new(&folder).join("n")).unwrap();
    std::thread::scope(|scope| {
        for object in 0..OBJECTS {
            let namespace = &namespace;
            scope.spawn(move || {
                let state = namespace.state(&object.to_string(), WAIT).unwrap();
                state
                    .execute("CREATE TABLE IF NOT EXISTS t (n INTEGER, filler BLOB)", &[])
                    .unwrap();
                let read = |bytes: Vec<u8>| u32::from_le_bytes(bytes.try_into().unwrap());
                let mut count = state.get("count").unwrap().map_or(0, read);
                // A test that failed does not end its children.
                while count < 1_000_000 {
                    count += 1;
                    state.put("count", &count.to_le_bytes()).unwrap();
                    let insert = format!(
                        "INSERT INTO t VALUES ({count}, zeroblob({}))",
                        count % 7 * 900
                    );
                    state.execute(&insert, &[]).unwrap();
                    // Now earlier, now later, now none: the next one is acknowledged only with an entry that is early enough.
                    let alarm = (!count.is_multiple_of(4)).then(|| i64::from(count ^ 5));
                    state.set_alarm(alarm).unwrap();
                    state.commit().unwrap();
                    state.log().sync().unwrap();
                    let line = format!("{object} {count}\n");
                    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let folder = TempDir::new().unwrap();
    let mut acknowledged = BTreeMap::<u32, u32>::new();
    let mut seed = 12345_u32;
    for _ in 0..rounds() {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kills::writer", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12345);
        let kill_after = (seed >> 25) + 1;
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        for line in lines {
            let line = line.unwrap();
            let numbers = line.split_once(' ').and_then(|(object, count)| {
                Some((object.parse::<u32>().ok()?, count.parse::<u32>().ok()?))
            });
            let Some((object, count)) = numbers else {
                continue;
            };
            acknowledged.insert(object, count);
            seen += 1;
            if seen == kill_after {
                // SIGKILL: it has no chance to finish anything.
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        check(folder.path(), &acknowledged);
    }
    assert_eq!(
        acknowledged.len(),
        OBJECTS as usize,
        "every object was written to"
    );
}

fn check(folder: &Path, acknowledged: &BTreeMap<u32, u32>) {
    let namespace = Namespace::open(folder.join("n")).unwrap();
    for (object, &count) in acknowledged {
        let id = object.to_string();
        let indexed = namespace.alarms().get(&id).unwrap();
        let state = namespace.state(&id, WAIT).unwrap();
        let stored = u32::from_le_bytes(state.get("count").unwrap().unwrap().try_into().unwrap());
        // One more may have been written and not been acknowledged.
        assert!(
            (count..=count + 1).contains(&stored),
            "{stored} stored, {count} acknowledged"
        );
        let rows = state
            .execute("SELECT count(*), max(n) FROM t", &[])
            .unwrap()
            .rows;
        assert_eq!(
            format!("{rows:?}"),
            format!("[[Integer({stored}), Integer({stored})]]")
        );
        let alarm = state.alarm().unwrap();
        assert_eq!(alarm, (stored % 4 != 0).then(|| i64::from(stored ^ 5)));
        if stored == count
            && let Some(alarm) = alarm
        {
            assert!(
                indexed.is_some_and(|time| time <= alarm),
                "{indexed:?} for {alarm}"
            );
        }
        let checked = state.execute("PRAGMA quick_check", &[]).unwrap();
        assert_eq!(format!("{:?}", checked.rows), "[[Text(\"ok\")]]");
    }
}
