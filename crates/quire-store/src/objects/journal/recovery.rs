//! What is left of journals whose processes have ended.
//!
//! The journals of each run of the system lie in a folder of their own. In those of other runs may be what the logs lack: it is put there
//! before any object is opened, by one process while the others wait. What processes of this run left is in the logs, and only not
//! durable there yet.

use super::super::wal::{HEADER_BYTES, salts_at, salts_of_header};
use super::half::MAGIC;
use super::record::{self, Record};
use super::run;
use crate::StoreError;
use crate::owner::{self, Dead};
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const BUFFER_BYTES: usize = 256 * 1024;

/// The folder with all journals of a namespace.
pub(super) fn folder(namespace: &Path) -> PathBuf {
    namespace.join("journals")
}

/// The folder with the files that the processes of a run keep locked.
pub(super) fn owners(run: &Path) -> PathBuf {
    run.join("owners")
}

/// The two files of a process.
pub(super) fn files(run: &Path, owner: &str) -> [PathBuf; 2] {
    ["0", "1"].map(|half| run.join(format!("{owner}.{half}")))
}

/// Puts in order what is left of journals in the folder of a namespace. Blocks.
pub(super) fn recover(namespace: &Path) -> Result<(), StoreError> {
    let journals = folder(namespace);
    let this = run(namespace);
    let is_other = |name: &String| this.as_ref() != Some(name);
    if runs(&journals)?.iter().any(is_other) {
        let lock = lock(&journals)?;
        // Another process may have come first.
        for name in runs(&journals)?.into_iter().filter(is_other) {
            replay(namespace, &journals.join(name))?;
        }
        drop(lock);
    }
    if let Some(this) = this {
        let (namespace, run) = (namespace.to_path_buf(), journals.join(this));
        // What is not done here is done another time.
        let clear = move || clear(&namespace, &run).ok();
        std::thread::Builder::new()
            .name("journals".into())
            .spawn(clear)
            .map_err(StoreError::file(&journals))?;
    }
    Ok(())
}

/// The runs of the system that there are journals of.
fn runs(journals: &Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(journals) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(StoreError::file(journals))?,
    };
    let mut runs = Vec::new();
    for entry in entries {
        let entry = entry.map_err(StoreError::file(journals))?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        runs.extend(entry.file_name().into_string().ok().filter(|_| is_folder));
    }
    Ok(runs)
}

/// Waits for other processes that do the same.
fn lock(journals: &Path) -> Result<File, StoreError> {
    let path = journals.join("lock");
    let lock = || {
        let file = File::create(&path)?;
        file.lock()?;
        Ok(file)
    };
    lock().map_err(StoreError::file(&path))
}

/// Puts all that the journals of another run say into the logs, and removes the journals, both durably. If one of their processes lives, the run
/// is this one after all.
fn replay(namespace: &Path, run: &Path) -> Result<(), StoreError> {
    let owners = owners(run);
    for name in owner::all(&owners) {
        if Dead::find(&owners, &name)?.is_none() {
            return Ok(());
        }
    }
    let mut touched = BTreeSet::new();
    for path in journals_in(run)? {
        let mut input = open(&path)?;
        while let Some(record) = next(&path, &mut input)? {
            let log = log_of(namespace, &record.object);
            apply(&log, &record).map_err(StoreError::file(&log))?;
            touched.insert(log);
        }
    }
    sync(&touched)?;
    fs::remove_dir_all(run).map_err(StoreError::file(run))?;
    let journals = folder(namespace);
    let synced = File::open(&journals).and_then(|folder| folder.sync_all());
    synced.map_err(StoreError::file(&journals))
}

/// Removes the journals of processes of this run that are no more, once the logs are durable.
fn clear(namespace: &Path, run: &Path) -> Result<(), StoreError> {
    let owners = owners(run);
    for name in owner::all(&owners) {
        let Some(dead) = Dead::find(&owners, &name)? else {
            continue;
        };
        let mut touched = BTreeSet::new();
        let files = files(run, &name);
        for path in files.iter().filter(|path| path.exists()) {
            let mut input = open(path)?;
            while let Some(record) = next(path, &mut input)? {
                touched.insert(log_of(namespace, &record.object));
            }
        }
        sync(&touched)?;
        for path in files.iter().filter(|path| path.exists()) {
            fs::remove_file(path).map_err(StoreError::file(path))?;
        }
        dead.forget(&owners);
    }
    Ok(())
}

fn journals_in(run: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(run).map_err(StoreError::file(run))? {
        let path = entry.map_err(StoreError::file(run))?.path();
        paths.extend(Some(path).filter(|path| path.is_file()));
    }
    Ok(paths)
}

fn log_of(namespace: &Path, object: &str) -> PathBuf {
    namespace.join(format!("{object}.sqlite-wal"))
}

/// A journal, behind its magic. One that was not begun has no records.
fn open(path: &Path) -> Result<BufReader<File>, StoreError> {
    let file = File::open(path).map_err(StoreError::file(path))?;
    let mut input = BufReader::with_capacity(BUFFER_BYTES, file);
    let mut magic = Vec::new();
    let length = MAGIC.len() as u64;
    let read = input.by_ref().take(length).read_to_end(&mut magic);
    read.map_err(StoreError::file(path))?;
    match magic == MAGIC || magic.iter().all(|byte| *byte == 0) {
        true => Ok(input),
        false => Err(StoreError::TooNew {
            path: path.to_path_buf(),
        }),
    }
}

fn next(path: &Path, input: &mut BufReader<File>) -> Result<Option<Record>, StoreError> {
    record::read(input).map_err(StoreError::file(path))
}

/// Writes what a record says into the log, if that is in the same life still and lacks it.
fn apply(log: &Path, record: &Record) -> io::Result<()> {
    let file = match File::open(log) {
        // All of it went into the database.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let mut header = [0; HEADER_BYTES];
    read_at(&file, &mut header, 0)?;
    let salts = salts_of_header(&header);
    if salts.is_none() || salts != salts_at(record.offset, &record.bytes) {
        return Ok(());
    }
    let mut there = vec![0; record.bytes.len()];
    read_at(&file, &mut there, record.offset)?;
    if there == record.bytes {
        return Ok(());
    }
    let file = OpenOptions::new().write(true).open(log)?;
    file.write_all_at(&record.bytes, record.offset)
}

/// What a file has at a place, followed by zeros behind its end.
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    match file.read_exact_at(bytes, offset) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            bytes.fill(0);
            let length = file
                .metadata()?
                .len()
                .saturating_sub(offset)
                .min(bytes.len() as u64);
            file.read_exact_at(&mut bytes[..length as usize], offset)
        }
        result => result,
    }
}

fn sync(logs: &BTreeSet<PathBuf>) -> Result<(), StoreError> {
    for log in logs {
        match File::open(log).and_then(|file| file.sync_data()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            result => result.map_err(StoreError::file(log))?,
        }
    }
    Ok(())
}
