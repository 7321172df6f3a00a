//! The access log: a line of JSON for each request, written by a thread of its own.
//!
//! The worker's thread hands over what it knows, and never waits: when the queue is full, because the disk or the reader of a pipe is
//! slower than the requests come, lines are lost and counted. A file is opened anew when it was renamed or removed, so
//! that tools which rotate logs need not do anything else.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http::{HeaderValue, Method, Uri};
use quire_store::usage::Day;
use serde::Serialize;

use crate::error::StartFailure;
use crate::log::Log;
use crate::settings::AccessLog as Target;

/// Lines that may wait to be written.
const QUEUE: usize = 8192;

/// How long lines are gathered before they are written in one piece.
const PAUSE: Duration = Duration::from_millis(20);

/// As much is written at once. To a pipe, that the lines of several workers do not mix is certain only up to this.
const PIECE_BYTES: usize = 4096;

/// How often it is looked whether the file is still the one of that name.
const LOOK: Duration = Duration::from_secs(1);

/// How long the last lines may take when the worker ends.
const LAST_LINES: Duration = Duration::from_millis(500);

/// What is known of a request that is over.
#[derive(Debug)]
pub(crate) struct Entry {
    pub began: SystemTime,
    pub duration: Duration,
    pub method: Method,
    pub uri: Uri,
    pub host: Option<HeaderValue>,
    pub status: u16,
    pub bytes: u64,
    pub route: Arc<str>,
    pub client: IpAddr,
    pub user_agent: Option<HeaderValue>,
    pub processor: Duration,
}

/// See the module's text.
#[derive(Debug)]
pub(crate) struct AccessLog {
    /// `None` once it is closed.
    entries: RefCell<Option<SyncSender<Entry>>>,
    shared: Arc<Shared>,
    done: Receiver<()>,
}

/// What the thread and the worker tell each other.
#[derive(Debug, Default)]
struct Shared {
    lost: AtomicU64,
    reopen: AtomicBool,
}

impl AccessLog {
    pub(crate) fn open(target: &Target, log: Log) -> Result<Self, StartFailure> {
        let output = Output::open(target).map_err(|error| {
            let shown = match target {
                Target::Stdout => "standard output".to_owned(),
                Target::File(path) => format!("`{}`", path.display()),
            };
            StartFailure::new(format!(
                "the access log cannot be written to {shown}: {error}; check the folder and its permissions"
            ))
        })?;
        let (entries, received) = sync_channel(QUEUE);
        let (say_done, done) = sync_channel(1);
        let shared = Arc::new(Shared::default());
        let writer = Writer {
            output,
            shared: shared.clone(),
            failing: false,
            log,
        };
        std::thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || {
                writer.run(&received);
                // Nobody waits any more if it took too long.
                let _ = say_done.try_send(());
            })
            .map_err(|error| {
                StartFailure::new(format!("the access log needs a thread of its own: {error}"))
            })?;
        Ok(Self {
            entries: RefCell::new(Some(entries)),
            shared,
            done,
        })
    }

    /// Adds a line.
    pub(crate) fn add(&self, entry: Entry) {
        let entries = self.entries.borrow();
        let added = (entries.as_ref()).is_some_and(|entries| entries.try_send(entry).is_ok());
        if !added {
            self.shared.lost.fetch_add(1, Relaxed);
        }
    }

    /// Opens the file anew.
    pub(crate) fn reopen(&self) {
        self.shared.reopen.store(true, Relaxed);
    }

    /// Writes what is waiting; nothing is added any more.
    pub(crate) fn close(&self) {
        self.entries.take();
        // Whoever does not read must not keep the worker from ending.
        let _ = self.done.recv_timeout(LAST_LINES);
    }

    /// How many lines were lost since this was last called.
    pub(crate) fn take_lost(&self) -> u64 {
        self.shared.lost.swap(0, Relaxed)
    }
}

enum Output {
    Stdout,
    File {
        path: PathBuf,
        file: File,
        looked: Instant,
    },
}

impl Output {
    fn open(target: &Target) -> io::Result<Self> {
        Ok(match target {
            Target::Stdout => Self::Stdout,
            Target::File(path) => Self::File {
                file: append(path)?,
                path: path.clone(),
                looked: Instant::now(),
            },
        })
    }

    /// Opens the file anew if that was asked for, or if another one or none has its name.
    fn follow(&mut self, asked: bool) -> io::Result<()> {
        let Self::File { path, file, looked } = self else {
            return Ok(());
        };
        if !asked && looked.elapsed() < LOOK {
            return Ok(());
        }
        *looked = Instant::now();
        let open = file.metadata()?;
        let same = path
            .metadata()
            .is_ok_and(|named| (named.dev(), named.ino()) == (open.dev(), open.ino()));
        if !same {
            *file = append(path)?;
        }
        Ok(())
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        match self {
            // What is appended to a file in one piece stays in one.
            Self::File { file, .. } => file.write_all(lines),
            Self::Stdout => {
                let mut stdout = io::stdout().lock();
                let mut rest = lines;
                while !rest.is_empty() {
                    let piece = piece(rest);
                    stdout.write_all(piece)?;
                    stdout.flush()?;
                    rest = &rest[piece.len()..];
                }
                Ok(())
            }
        }
    }
}

/// As many whole lines as fit into a piece, at least one.
fn piece(lines: &[u8]) -> &[u8] {
    let end = |bytes: &[u8]| bytes.iter().rposition(|&byte| byte == b'\n');
    let first = || lines.iter().position(|&byte| byte == b'\n');
    let fitting = &lines[..lines.len().min(PIECE_BYTES)];
    match end(fitting).or_else(first) {
        Some(end) => &lines[..=end],
        None => lines,
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

struct Writer {
    output: Output,
    shared: Arc<Shared>,
    /// The last attempt failed, which was told.
    failing: bool,
    log: Log,
}

impl Writer {
    fn run(mut self, received: &Receiver<Entry>) {
        let mut lines = Vec::with_capacity(64 * 1024);
        loop {
            match received.recv_timeout(LOOK) {
                Ok(entry) => write_line(&mut lines, &entry),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if !lines.is_empty() {
                // Until then the worker adds lines without having to wake this thread.
                std::thread::sleep(PAUSE);
            }
            let mut count = u64::from(!lines.is_empty());
            while let Ok(entry) = received.try_recv() {
                write_line(&mut lines, &entry);
                count += 1;
            }
            let followed = self.output.follow(self.shared.reopen.swap(false, Relaxed));
            let written = match lines.is_empty() {
                true => Ok(()),
                false => self.output.write(&lines),
            };
            if written.is_err() {
                self.shared.lost.fetch_add(count, Relaxed);
            }
            self.tell(written.and(followed));
            lines.clear();
        }
    }

    /// Says that something failed, but not again before it worked in between.
    fn tell(&mut self, result: io::Result<()>) {
        if let Err(error) = &result
            && !self.failing
        {
            self.log
                .error(&format!("the access log cannot be written: {error}"));
        }
        self.failing = result.is_err();
    }
}

/// A line of the log. The order of the fields is that of the output.
#[derive(Serialize)]
struct Line<'a> {
    time: String,
    method: &'a str,
    host: Option<std::borrow::Cow<'a, str>>,
    path: &'a str,
    status: u16,
    duration_ms: f64,
    bytes: u64,
    route: &'a str,
    client: IpAddr,
    user_agent: Option<std::borrow::Cow<'a, str>>,
    cpu_ms: f64,
}

fn write_line(lines: &mut Vec<u8>, entry: &Entry) {
    let text = |value: &'_ Option<HeaderValue>| {
        let value = value.as_ref()?;
        Some(
            String::from_utf8_lossy(value.as_bytes())
                .into_owned()
                .into(),
        )
    };
    let milliseconds = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
    let line = Line {
        time: moment(entry.began),
        method: entry.method.as_str(),
        host: text(&entry.host),
        path: entry.uri.path_and_query().map_or("*", |path| path.as_str()),
        status: entry.status,
        duration_ms: milliseconds(entry.duration),
        bytes: entry.bytes,
        route: &entry.route,
        client: entry.client,
        user_agent: text(&entry.user_agent),
        cpu_ms: milliseconds(entry.processor),
    };
    let before = lines.len();
    match serde_json::to_writer(&mut *lines, &line) {
        Ok(()) => lines.push(b'\n'),
        Err(_) => lines.truncate(before),
    }
}

/// `2026-11-30T12:00:00.000Z`
fn moment(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let second = since.as_secs() % 86_400;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let day = Day::of(time);
    format!(
        "{day}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
        since.subsec_millis()
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::net::Ipv4Addr;

    use serde_json::Value;

    use super::*;
    use crate::settings::LogLevel;

    fn entry(path: &str) -> Entry {
        Entry {
            began: UNIX_EPOCH + Duration::from_millis(1_782_864_000_007),
            duration: Duration::from_micros(1500),
            method: Method::GET,
            uri: path.parse().unwrap(),
            host: Some(HeaderValue::from_static("h")),
            status: 200,
            bytes: 5,
            route: "/a".into(),
            client: Ipv4Addr::LOCALHOST.into(),
            user_agent: Some(HeaderValue::from_bytes(b"a\"\xff").unwrap()),
            processor: Duration::from_micros(20),
        }
    }

    fn open(path: &Path) -> AccessLog {
        let log = Log {
            level: LogLevel::None,
        };
        AccessLog::open(&Target::File(path.to_owned()), log).unwrap()
    }

    fn lines(path: &Path) -> Vec<Value> {
        let text = fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn a_request_is_a_line_of_json() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("log");
        let log = open(&path);
        log.add(entry("/a?b=1"));
        log.close();
        let expected = serde_json::json!({
            "time": "2026-07-01T00:00:00.007Z", "method": "GET", "host": "h", "path": "/a?b=1", "status": 200,
            "duration_ms": 1.5, "bytes": 5, "route": "/a", "client": "127.0.0.1", "user_agent": "a\"\u{fffd}", "cpu_ms": 0.02,
        });
        assert_eq!(lines(&path), [expected]);
    }

    #[test]
    fn a_file_that_was_renamed_is_opened_anew() {
        let folder = tempfile::TempDir::new().unwrap();
        let (path, old) = (folder.path().join("log"), folder.path().join("log.1"));
        let log = open(&path);
        log.add(entry("/before"));
        while fs::read(&path).unwrap().is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        fs::rename(&path, &old).unwrap();
        log.reopen();
        log.add(entry("/after"));
        log.close();
        assert_eq!(lines(&old).len(), 1);
        assert_eq!(lines(&path)[0]["path"], "/after");
    }

    #[test]
    fn what_does_not_fit_is_lost_and_counted_and_nobody_waits() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        // It is open for reading and nobody reads: the pipe takes some 64 KB.
        let _reader = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        let log = open(&path);
        for _ in 0..QUEUE * 2 {
            log.add(entry("/a"));
        }
        assert!(log.take_lost() > 0);
        log.close();
    }

    #[test]
    fn pieces_end_where_lines_do() {
        let line = |length: usize| [vec![b'x'; length - 1], vec![b'\n']].concat();
        let both = [line(4000), line(200)].concat();
        assert_eq!(piece(&both).len(), 4000);
        assert_eq!(piece(&both[4000..]).len(), 200);
        assert_eq!(piece(&line(9000)).len(), 9000);
    }
}
