//! A folder with a namespace in it.

use quire_store::objects::{Namespace, ObjectState};
use std::time::Duration;
use tempfile::TempDir;

pub const WAIT: Duration = Duration::from_secs(20);

pub struct Place {
    pub folder: TempDir,
    pub namespace: Namespace,
}

impl Place {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let namespace = Namespace::open(folder.path().join("worker-Class")).unwrap();
        Self { folder, namespace }
    }

    pub fn state(&self, object: &str) -> ObjectState {
        self.namespace.state(object, WAIT).unwrap()
    }
}
