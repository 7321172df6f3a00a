//! The files of a site: what of the folder of static files belongs to it, and is served.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

/// Files of rules for the static files: never served, but needed to serve.
const RULES: [&str; 2] = ["_headers", "_redirects"];

/// A file or folder that cannot be looked at.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{}`: {source}", .path.display())]
pub struct Unreadable {
    pub path: PathBuf,
    pub source: io::Error,
}

/// What lies at a place of the site.
pub struct SiteEntry<'w> {
    /// Its place, relative to the site's folder.
    pub place: &'w Path,
    /// The same as text.
    pub key: &'w str,
    /// Where it really is, links resolved.
    pub path: &'w Path,
    pub metadata: &'w Metadata,
}

/// Shows `visit` all folders and files of the site in `from`, folders before what they hold, without the folders `except`.
/// Returns the symbolic links that lead out of the folder, which are not served.
pub fn walk<E: From<Unreadable>>(
    from: &Path,
    except: &[&Path],
    visit: impl FnMut(SiteEntry<'_>) -> Result<(), E>,
) -> Result<Vec<PathBuf>, E> {
    let root = from.canonicalize().map_err(unreadable(from))?;
    // A folder that does not exist yet cannot be met on the way.
    let except = except
        .iter()
        .filter_map(|path| path.canonicalize().ok())
        .collect();
    let mut walk = Walk {
        root: root.clone(),
        except,
        above: Vec::new(),
        leading_out: Vec::new(),
        visit,
    };
    walk.folder(&root, Path::new(""), "")?;
    Ok(walk.leading_out)
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Unreadable {
    let path = path.to_owned();
    move |source| Unreadable { path, source }
}

struct Walk<V> {
    root: PathBuf,
    except: Vec<PathBuf>,
    /// The folders around the present one, links resolved: one that comes again would never end.
    above: Vec<PathBuf>,
    leading_out: Vec<PathBuf>,
    visit: V,
}

impl<V> Walk<V> {
    fn folder<E>(&mut self, folder: &Path, place: &Path, key: &str) -> Result<(), E>
    where
        E: From<Unreadable>,
        V: FnMut(SiteEntry<'_>) -> Result<(), E>,
    {
        self.above.push(folder.to_owned());
        for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
            let name = entry.map_err(unreadable(folder))?.file_name();
            let key = match key {
                "" => name.to_string_lossy().into_owned(),
                key => format!("{key}/{}", name.to_string_lossy()),
            };
            if quire_assets::is_hidden(&key) && !RULES.contains(&key.as_str()) {
                continue;
            }
            let (path, place) = (folder.join(&name), place.join(&name));
            // Links are followed as far as they stay inside, which is how the folder is served.
            let target = match path.canonicalize() {
                Ok(target) => target,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(unreadable(&path)(error).into()),
            };
            if !target.starts_with(&self.root) {
                self.leading_out.push(path);
                continue;
            }
            if self.except.contains(&target) || self.above.contains(&target) {
                continue;
            }
            let metadata = target.metadata().map_err(unreadable(&target))?;
            if metadata.is_dir() || metadata.is_file() {
                (self.visit)(SiteEntry {
                    place: &place,
                    key: &key,
                    path: &target,
                    metadata: &metadata,
                })?;
            }
            if metadata.is_dir() {
                self.folder(&target, &place, &key)?;
            }
        }
        self.above.pop();
        Ok(())
    }
}
