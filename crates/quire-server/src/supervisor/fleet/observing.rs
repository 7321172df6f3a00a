//! What others learn of the server: its numbers, and its requests as they happen.

use std::path::Path;

use super::super::hub::Hub;
use super::super::memory::resident_bytes;
use super::super::metrics::{Snapshot, WorkerSnapshot};
use super::Fleet;
use super::member::{Role, Worker};

impl Fleet {
    /// Lets viewers follow the requests from now on.
    pub(super) fn let_in_viewers(&mut self, data: &Path) {
        if self.hub.is_some() {
            return;
        }
        match Hub::start(data, self.run_folder.path(), self.commands.clone()) {
            Ok(hub) => self.hub = Some(hub),
            Err(error) => self.log.warning(&format!(
                "`quire tail` cannot follow this server: {error} (`{}`)",
                data.display()
            )),
        }
    }

    /// The server's numbers.
    pub(super) fn snapshot(&self) -> Snapshot {
        let workers = self.workers.values();
        let working = workers.filter(|worker| worker.role != Role::Spare);
        let worker = |worker: &Worker| WorkerSnapshot {
            slot: worker.slot,
            pid: worker.process.pid,
            resident_bytes: resident_bytes(worker.process.pid).or(worker.load.resident_bytes),
            load: worker.load,
        };
        Snapshot {
            routes: self.accounts.routes(),
            workers: working.map(worker).collect(),
            supervisor_bytes: resident_bytes(std::process::id()),
            replaced: self.accounts.replaced,
            reloads: self.accounts.reloads,
            limit: self.accounts.limit(),
            lines_lost: self.accounts.lines_lost,
            viewers: self.hub.as_ref().map_or(0, Hub::viewers),
        }
    }
}
