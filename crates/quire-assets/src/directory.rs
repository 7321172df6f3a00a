//! The served directory: the only place where files are looked at and opened, and what keeps every access inside.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fd::OwnedFd;
use rustix::fs::{CWD, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::error::Unreadable;

/// Identity and version of a file. Two equal stamps mean the same content, except for changes within the clock
/// tick of the file system (see [`Stamp::is_settled`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    pub(crate) length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// A change this many nanoseconds after the last one has another time stamp on file systems that keep fractions.
const FINE_TICK: i128 = 50_000_000;

/// The same for file systems that keep whole seconds (two of them, in the coarsest case).
const COARSE_TICK: i128 = 2_000_000_000;

impl Stamp {
    #[allow(
        clippy::unnecessary_cast,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss
    )] // field types differ by platform
    fn new(stat: &Stat) -> Self {
        Self {
            device: stat.st_dev as u64,
            inode: stat.st_ino as u64,
            length: stat.st_size as u64,
            modified: (stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            changed: (stat.st_ctime as i64, stat.st_ctime_nsec as i64),
        }
    }

    pub(crate) fn of(file: &File) -> io::Result<Self> {
        Ok(Self::new(&rustix::fs::fstat(file)?))
    }

    /// Whether the same open file has been written to between the two. Renaming or removing it does not count.
    pub(crate) fn has_other_content(&self, earlier: &Self) -> bool {
        self.modified != earlier.modified || self.length != earlier.length
    }

    /// Whether this file was last changed before the other one was.
    pub(crate) fn is_older_than(&self, other: &Self) -> bool {
        self.modified < other.modified
    }

    /// Whether a change made after `now` would show in the stamp. If not, content read at `now` must be read again.
    pub(crate) fn is_settled(&self, now: std::time::SystemTime) -> bool {
        let Ok(now) = now.duration_since(std::time::UNIX_EPOCH) else {
            return false;
        };
        let now = now.as_nanos().cast_signed();
        let (seconds, fraction) = self.changed.max(self.modified);
        let tick = if self.changed.1 == 0 && self.modified.1 == 0 {
            COARSE_TICK
        } else {
            FINE_TICK
        };
        now - (i128::from(seconds) * 1_000_000_000 + i128::from(fraction)) > tick
    }
}

/// The directory by its path. It is opened anew for every use, since build tools delete and recreate it.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    /// Other directories that appear in this one, by the key at which they do.
    mounted: Vec<(String, Directory)>,
}

impl Directory {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            mounted: Vec::new(),
        }
    }

    /// Lets the directory at `path` appear at `key`, in front of what is there.
    pub(crate) fn mount(&mut self, key: String, path: PathBuf) {
        self.mounted.push((key, Directory::new(path)));
    }

    /// The directory as it is now; `None` while it does not exist.
    pub(crate) fn open(&self) -> io::Result<Option<OpenDirectory<'_>>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match rustix::fs::openat(CWD, &self.path, flags, Mode::empty()) {
            Ok(handle) => Ok(Some(OpenDirectory {
                path: &self.path,
                mounted: &self.mounted,
                handle,
            })),
            Err(error) if means_absent(error) => Ok(None),
            Err(error) => Err(Unreadable::at(&self.path)(error.into())),
        }
    }

    /// Where the file at `key` lies.
    pub(crate) fn file_path(&self, key: &str) -> PathBuf {
        for (mounted_at, directory) in &self.mounted {
            if let Some(key) = below(key, mounted_at) {
                return directory.file_path(key);
            }
        }
        self.path.join(key)
    }
}

/// The rest of a key that leads into the directory mounted there.
fn below<'a>(key: &'a str, mounted_at: &str) -> Option<&'a str> {
    key.strip_prefix(mounted_at)?.strip_prefix('/')
}

pub(crate) struct OpenDirectory<'a> {
    path: &'a Path,
    mounted: &'a [(String, Directory)],
    handle: OwnedFd,
}

impl OpenDirectory<'_> {
    /// The stamp of the regular file at `key`; `None` if there is none, or if it lies outside the directory.
    pub(crate) fn stamp(&self, key: &str) -> io::Result<Option<Stamp>> {
        match self.locate(key, probe_flags())? {
            Some(handle) => regular(&handle),
            None => Ok(None),
        }
    }

    /// Opens the regular file at `key`.
    pub(crate) fn file(&self, key: &str) -> io::Result<Option<(File, Stamp)>> {
        // Without NONBLOCK, opening a pipe put in the file's place would wait for a writer.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let Some(handle) = self.locate(key, flags)? else {
            return Ok(None);
        };
        Ok(regular(&handle)?.map(|stamp| (File::from(handle), stamp)))
    }

    fn locate(&self, key: &str, flags: OFlags) -> io::Result<Option<OwnedFd>> {
        for (mounted_at, directory) in self.mounted {
            if let Some(key) = below(key, mounted_at) {
                return match directory.open()? {
                    Some(open) => open.locate(key, flags),
                    None => Ok(None),
                };
            }
        }
        match self.open_beneath(key, flags) {
            Ok(handle) => Ok(Some(handle)),
            Err(error) if means_absent(error) => Ok(None),
            Err(error) => Err(Unreadable::at(self.path.join(key))(error.into())),
        }
    }

    /// Lets the kernel keep the path inside the directory. It also refuses links that are written as absolute paths
    /// or that leave the directory and come back; those are resolved to their plain path, and that one is opened
    /// the same strict way.
    #[cfg(target_os = "linux")]
    fn open_beneath(&self, key: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        use rustix::fs::{ResolveFlags, openat2};
        const ATTEMPTS: usize = 8;

        let strict = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let mut result = Err(Errno::AGAIN);
        for _ in 0..ATTEMPTS {
            result = openat2(&self.handle, key, flags, Mode::empty(), strict);
            // AGAIN: something was renamed while the kernel walked the path.
            if !matches!(result, Err(Errno::AGAIN | Errno::INTR)) {
                break;
            }
        }
        match result {
            Err(Errno::XDEV) => {
                let plain = self.plain_key(key)?;
                openat2(
                    &self.handle,
                    plain,
                    flags,
                    Mode::empty(),
                    strict | ResolveFlags::NO_SYMLINKS,
                )
            }
            // A kernel before 5.6, or a sandbox that forbids the call.
            Err(Errno::NOSYS | Errno::PERM) => self.open_plain(key, flags),
            other => other,
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn open_beneath(&self, key: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        self.open_plain(key, flags)
    }

    /// The way without help of the kernel: resolve every link, check where that leads, open what it led to.
    fn open_plain(&self, key: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        let plain = self.plain_key(key)?;
        // On a file system that ignores case, another spelling may lead to a hidden name.
        if plain.to_str().is_some_and(crate::hidden::is_hidden) {
            return Err(Errno::NOENT);
        }
        rustix::fs::openat(&self.handle, plain, flags | OFlags::NOFOLLOW, Mode::empty())
    }

    /// The path of the file behind all links, relative to the directory.
    fn plain_key(&self, key: &str) -> Result<PathBuf, Errno> {
        let resolve = |path: &Path| {
            std::fs::canonicalize(path)
                .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::NOENT))
        };
        let root = resolve(self.path)?;
        let file = resolve(&root.join(key))?;
        match file.strip_prefix(&root) {
            Ok(inside) if !inside.as_os_str().is_empty() => Ok(inside.to_owned()),
            _ => Err(Errno::NOENT),
        }
    }
}

/// How to open a path only to look at it: nothing happens to a device or pipe, and no permission to read is needed.
fn probe_flags() -> OFlags {
    #[cfg(target_os = "linux")]
    return OFlags::PATH | OFlags::CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    return OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
}

fn regular(handle: &OwnedFd) -> io::Result<Option<Stamp>> {
    let stat = rustix::fs::fstat(handle)?;
    Ok((FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile).then(|| Stamp::new(&stat)))
}

/// Errors that say there is no such file, as opposed to one that could not be reached just now.
fn means_absent(error: Errno) -> bool {
    matches!(
        error,
        Errno::NOENT
            | Errno::NOTDIR
            | Errno::NAMETOOLONG
            | Errno::LOOP
            | Errno::XDEV
            | Errno::ILSEQ
            | Errno::INVAL
            | Errno::NXIO
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::os::unix::fs::symlink;
    use std::time::{Duration, SystemTime};

    use super::*;

    /// Reads through both ways of opening, which must agree.
    fn read(directory: &Directory, key: &str) -> Option<String> {
        let open = directory.open().unwrap()?;
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let text = |mut file: File| io::read_to_string(&mut file).unwrap();
        let strict = open.file(key).unwrap().map(|(file, _)| text(file));
        let plain = open
            .open_plain(key, flags)
            .ok()
            .filter(|handle| regular(handle).unwrap().is_some());
        assert_eq!(
            strict,
            plain.map(|handle| text(File::from(handle))),
            "{key}"
        );
        assert_eq!(
            strict.is_some(),
            open.stamp(key).unwrap().is_some(),
            "{key}"
        );
        strict
    }

    #[test]
    fn links_are_followed_inside_only() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("site");
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::create_dir(place.path().join("site-two")).unwrap();
        fs::write(root.join("a.txt"), "inside").unwrap();
        fs::write(place.path().join("secret"), "outside").unwrap();
        fs::write(place.path().join("site-two/secret"), "outside").unwrap();
        symlink("a.txt", root.join("relative")).unwrap();
        symlink("../a.txt", root.join("sub/up")).unwrap();
        symlink(root.join("a.txt"), root.join("absolute")).unwrap();
        symlink("../site/a.txt", root.join("out-and-in")).unwrap();
        symlink(".", root.join("self")).unwrap();
        symlink("absolute", root.join("chain")).unwrap();
        symlink("../secret", root.join("leak")).unwrap();
        symlink(place.path().join("secret"), root.join("leak-absolute")).unwrap();
        symlink("..", root.join("leak-directory")).unwrap();
        symlink("leak", root.join("leak-chain")).unwrap();
        symlink("../site-two/secret", root.join("leak-prefix")).unwrap();
        symlink("nothing", root.join("dangling")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        symlink("/proc/self/cwd", root.join("magic")).unwrap();
        symlink("/", root.join("top")).unwrap();
        let directory = Directory::new(root);
        for key in [
            "a.txt",
            "relative",
            "sub/up",
            "absolute",
            "out-and-in",
            "self/self/a.txt",
            "chain",
        ] {
            assert_eq!(read(&directory, key).as_deref(), Some("inside"), "{key}");
        }
        for key in [
            "leak",
            "leak-absolute",
            "leak-directory/secret",
            "leak-chain",
            "leak-prefix",
            "dangling",
            "loop",
            "magic/Cargo.toml",
            "top/etc/passwd",
            "sub",
            "a.txt/more",
            "nothing",
            &"long".repeat(100),
            &"deep/".repeat(2000),
        ] {
            assert_eq!(read(&directory, key), None, "{key}");
        }
    }

    #[test]
    fn a_mounted_directory_is_as_closed_as_the_one_around_it() {
        let place = tempfile::tempdir().unwrap();
        let (site, other) = (place.path().join("site"), place.path().join("other"));
        fs::create_dir_all(site.join("deep/mount")).unwrap();
        fs::create_dir_all(other.join("sub")).unwrap();
        fs::write(site.join("deep/mount/a"), "covered").unwrap();
        fs::write(site.join("deep/mounted"), "beside").unwrap();
        fs::write(other.join("sub/b"), "mounted").unwrap();
        symlink("../site/deep/mounted", other.join("leak")).unwrap();
        let mut directory = Directory::new(site);
        directory.mount("deep/mount".to_owned(), other.clone());
        let read = |key: &str| {
            let open = directory.open().unwrap().unwrap();
            let file = open.file(key).unwrap();
            assert_eq!(file.is_some(), open.stamp(key).unwrap().is_some(), "{key}");
            file.map(|(mut file, _)| io::read_to_string(&mut file).unwrap())
        };
        assert_eq!(read("deep/mount/sub/b").as_deref(), Some("mounted"));
        assert_eq!(read("deep/mounted").as_deref(), Some("beside"));
        for key in [
            "deep/mount/a",
            "deep/mount/leak",
            "deep/mount",
            "deep/mount/",
            "sub/b",
        ] {
            assert_eq!(read(key), None, "{key}");
        }
        fs::remove_dir_all(&other).unwrap();
        assert_eq!(read("deep/mount/sub/b"), None);
    }

    #[test]
    fn pipes_and_sockets_are_not_files() {
        let place = tempfile::tempdir().unwrap();
        rustix::fs::mknodat(
            CWD,
            place.path().join("pipe"),
            FileType::Fifo,
            Mode::RWXU,
            0,
        )
        .unwrap();
        let _listener =
            std::os::unix::net::UnixListener::bind(place.path().join("socket")).unwrap();
        let directory = Directory::new(place.path().to_owned());
        let open = directory.open().unwrap().unwrap();
        for key in ["pipe", "socket"] {
            assert_eq!(open.stamp(key).unwrap(), None);
            assert!(open.file(key).unwrap().is_none());
        }
    }

    #[test]
    fn a_directory_may_vanish_and_come_back() {
        let place = tempfile::tempdir().unwrap();
        let directory = Directory::new(place.path().join("dist"));
        assert_eq!(read(&directory, "a"), None);
        for content in ["one", "two"] {
            fs::create_dir(&directory.path).unwrap();
            fs::write(directory.path.join("a"), content).unwrap();
            assert_eq!(read(&directory, "a").as_deref(), Some(content));
            fs::remove_dir_all(&directory.path).unwrap();
        }
    }

    #[test]
    fn stamps_tell_versions_apart_once_settled() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a"), "one").unwrap();
        let file = File::open(place.path().join("a")).unwrap();
        let stamp = Stamp::of(&file).unwrap();
        let now = SystemTime::now();
        assert!(!stamp.is_settled(now - Duration::from_secs(1)));
        assert!(stamp.is_settled(now + Duration::from_secs(3)));
        let whole_seconds = Stamp {
            modified: (100, 0),
            changed: (100, 0),
            ..stamp
        };
        let at = |milliseconds| SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds);
        assert!(!whole_seconds.is_settled(at(101_900)));
        assert!(whole_seconds.is_settled(at(102_100)));
        let fractions = Stamp {
            changed: (100, 5),
            ..whole_seconds
        };
        assert!(!fractions.is_settled(at(100_040)));
        assert!(fractions.is_settled(at(100_060)));
    }
}
