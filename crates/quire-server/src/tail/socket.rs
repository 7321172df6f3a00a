//! Where viewers find the server: a socket in the folder for what lasts, named by the process.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tokio::net::{UnixListener, UnixStream};

/// The folder of the sockets, in that for what lasts.
const FOLDER: &str = "run";

const ENDING: &str = "sock";

/// The longest path that every system takes for a socket.
const PATH_BYTES_MAX: usize = 100;

/// A socket that is there as long as this.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) listener: UnixListener,
    path: PathBuf,
}

impl Bound {
    /// Listens for viewers of the server of this process, and removes what killed servers left.
    pub(crate) fn new(data: &Path) -> io::Result<Self> {
        let folder = data.join(FOLDER);
        quire_store::create_folder(&folder).map_err(io::Error::other)?;
        fs::set_permissions(&folder, Permissions::from_mode(0o700))?;
        for path in all(data) {
            let reachable = Reachable::new(&path)?;
            if std::os::unix::net::UnixStream::connect(&reachable.path).is_err() {
                let _ = fs::remove_file(&path);
            }
        }
        let path = folder.join(format!("{}.{ENDING}", std::process::id()));
        let reachable = Reachable::new(&path)?;
        let listener = UnixListener::bind(&reachable.path)?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(Self { listener, path })
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        // One that stays is found out by whoever connects.
        let _ = fs::remove_file(&self.path);
    }
}

/// All sockets of servers on these data, the newest first.
pub(crate) fn all(data: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(data.join(FOLDER)).into_iter().flatten();
    let mut sockets: Vec<(SystemTime, PathBuf)> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
        .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)))
        .collect();
    sockets.sort_by(|one, other| other.cmp(one));
    sockets.into_iter().map(|(_, path)| path).collect()
}

pub(crate) async fn connect(path: &Path) -> io::Result<UnixStream> {
    let reachable = Reachable::new(path)?;
    UnixStream::connect(&reachable.path).await
}

/// A path by which a socket can be reached whose own may be too long.
struct Reachable {
    path: PathBuf,
    /// Open as long as the path is used.
    _folder: Option<File>,
}

impl Reachable {
    fn new(path: &Path) -> io::Result<Self> {
        let parts = path.parent().zip(path.file_name());
        let is_short = path.as_os_str().len() <= PATH_BYTES_MAX;
        let Some((folder, name)) = parts.filter(|_| cfg!(target_os = "linux") && !is_short) else {
            return Ok(Self {
                path: path.to_owned(),
                _folder: None,
            });
        };
        let folder = File::open(folder)?;
        let path = Path::new("/proc/self/fd")
            .join(folder.as_raw_fd().to_string())
            .join(name);
        Ok(Self {
            path,
            _folder: Some(folder),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn sockets_are_found_under_any_path_and_swept() {
        let folder = tempfile::TempDir::new().unwrap();
        let data = folder.path().join("long".repeat(40));
        fs::create_dir_all(data.join(FOLDER)).unwrap();
        // What a killed server leaves: a socket that nobody listens on.
        let stale = data.join(FOLDER).join("1.sock");
        let reachable = Reachable::new(&stale).unwrap();
        drop(UnixListener::bind(&reachable.path).unwrap());
        assert_eq!(all(&data), std::slice::from_ref(&stale));
        assert!(connect(&stale).await.is_err());
        let bound = Bound::new(&data).unwrap();
        let found = all(&data);
        assert_eq!(found.len(), 1);
        assert!(!stale.exists());
        connect(&found[0]).await.unwrap();
        let mode = found[0].metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(bound);
        assert!(all(&data).is_empty());
    }
}
