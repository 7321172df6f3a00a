//! How much memory the processes under test take.

use std::fs;

/// The process `pid` and all its descendants.
pub fn process_tree(pid: u32) -> Vec<u32> {
    let mut tree = vec![pid];
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .expect("this system has `/proc`")
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|process: u32| Some((process, parent(process)?)))
        .collect();
    let mut next = 0;
    while let Some(current) = tree.get(next).copied() {
        tree.extend(
            parents
                .iter()
                .filter(|(_, parent)| *parent == current)
                .map(|(process, _)| *process),
        );
        next += 1;
    }
    tree
}

/// The resident memory of one process in KiB; 0 if it has ended.
pub fn resident(pid: u32) -> u64 {
    status_line(pid, "VmRSS:")
        .and_then(|value| value.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

fn parent(pid: u32) -> Option<u32> {
    status_line(pid, "PPid:")?.trim().parse().ok()
}

fn status_line(pid: u32, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .map(str::to_owned)
}

/// The most resident memory that the process ever took, in KiB; 0 if it has ended.
pub fn peak(pid: u32) -> u64 {
    status_line(pid, "VmHWM:")
        .and_then(|value| value.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
