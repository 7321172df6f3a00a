//! Projects: those of the checkout, and those that a test writes for itself.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the checkout.
pub fn checkout() -> PathBuf {
    // Asked while running: checkouts may share a target folder, in which cargo takes one's tests for the other's.
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package
        .join("../..")
        .canonicalize()
        .expect("the checkout is where cargo says")
}

/// The example project `name`.
pub fn example(name: &str) -> PathBuf {
    checkout().join("examples").join(name)
}

/// The project `name` that belongs to these tests.
pub fn fixture(name: &str) -> PathBuf {
    checkout().join("tests/end-to-end/projects").join(name)
}

/// A project in a temporary folder, removed at the end.
#[derive(Debug)]
pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// A project with a `wrangler.toml`, an `index.html` and a `static.txt` (its content is `static`), and no Functions yet.
    pub fn new() -> Project {
        let project = Project::bare();
        project.write("wrangler.toml", "name = \"test\"\npages_build_output_dir = \"public\"\ncompatibility_date = \"2026-06-01\"\n");
        project.write(
            "public/index.html",
            "<!doctype html>\n<html><head><title>index</title></head><body>index</body></html>\n",
        );
        project.write(
            "public/404.html",
            "<!doctype html>\n<html><body>not found</body></html>\n",
        );
        project.write("public/static.txt", "static");
        project
    }

    /// An empty folder.
    pub fn bare() -> Project {
        Project {
            folder: tempfile::tempdir().expect("the system has a folder for temporary files"),
        }
    }

    /// A copy of the project in `folder`.
    pub fn copy_of(folder: &Path) -> Project {
        let project = Project::bare();
        copy(folder, project.path());
        project
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, creating the folders above it. It appears as a whole, as editors save it.
    pub fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(file);
        let folder = path.parent().expect("a file lies in a folder");
        fs::create_dir_all(folder).expect("the temporary folder is writable");
        let draft =
            tempfile::NamedTempFile::new_in(self.path()).expect("the temporary folder is writable");
        fs::write(draft.path(), content).expect("the temporary folder is writable");
        draft
            .persist(path)
            .expect("the temporary folder is writable");
    }

    /// Writes a file in place, as a shell does.
    pub fn overwrite(&self, file: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(file), content).expect("the file is writable");
    }

    /// Writes a Function that answers with `body`.
    pub fn function(&self, name: &str, source: &str) {
        self.write(&format!("functions/{name}"), source);
    }

    /// Removes a file.
    pub fn remove(&self, file: &str) {
        fs::remove_file(self.path().join(file)).expect("the file is there");
    }
}

impl Default for Project {
    fn default() -> Project {
        Project::new()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the temporary folder is writable");
    for entry in fs::read_dir(from).expect("the project is there") {
        let entry = entry.expect("the project can be read");
        // What a server keeps that runs on the original at the moment, its sockets among it.
        if entry.file_name() == ".quire" {
            continue;
        }
        let target = to.join(entry.file_name());
        let kind = entry.file_type().expect("the project can be read");
        if kind.is_dir() {
            copy(&entry.path(), &target);
        } else if kind.is_symlink() {
            let leads_to = fs::read_link(entry.path()).expect("the project can be read");
            std::os::unix::fs::symlink(leads_to, target).expect("the temporary folder is writable");
        } else {
            fs::copy(entry.path(), target).expect("the temporary folder is writable");
        }
    }
}
