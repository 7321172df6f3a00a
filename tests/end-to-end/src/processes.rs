//! The processes that a server started.

use std::fs;

/// A running process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// The words it was started with.
    pub command: String,
}

/// The running processes below this one: its children, theirs, and so on.
pub fn below(root: u32) -> Vec<Process> {
    let entries = fs::read_dir("/proc").expect("the system tells about processes in /proc");
    let living: Vec<(u32, u32)> = entries
        .filter_map(|entry| {
            let pid = entry.ok()?.file_name().to_str()?.parse().ok()?;
            Some((pid, parent(pid)?))
        })
        .collect();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(&above) = found.get(at) {
        let children = living.iter().filter(|(_, parent)| *parent == above);
        found.extend(children.map(|(pid, _)| *pid));
        at += 1;
    }
    let command = |pid| {
        let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&words).replace('\0', " ")
    };
    let found = found.into_iter().skip(1);
    found
        .map(|pid| Process {
            pid,
            command: command(pid),
        })
        .collect()
}

/// Whether it runs, and is no zombie.
pub fn is_running(pid: u32) -> bool {
    parent(pid).is_some()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace();
    let is_living = fields.next()? != "Z";
    fields.next()?.parse().ok().filter(|_| is_living)
}
