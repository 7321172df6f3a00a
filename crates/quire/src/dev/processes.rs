//! Processes and the ports that they listen on, as Linux tells in `/proc`: three kinds of files, each a line or a few numbers.

use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The state of a socket that waits for connections, as the kernel numbers them.
const LISTENING: &str = "0A";

/// The living processes below this one: its children, theirs, and so on.
pub fn below(root: u32) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    // Who has ended meanwhile is none of those that are looked for.
    let living: Vec<(u32, u32)> = entries
        .filter_map(|entry| {
            let pid: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            Some((pid, living_parent(&stat)?))
        })
        .collect();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(&parent) = found.get(at) {
        let children = living.iter().filter(|(_, above)| *above == parent);
        found.extend(children.map(|(pid, _)| *pid));
        at += 1;
    }
    found.split_off(1)
}

/// The parent of the process that a `stat` is of; `None` if it has ended. The name before it may hold anything.
fn living_parent(stat: &str) -> Option<u32> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace();
    let is_living = !matches!(fields.next()?, "Z" | "X");
    fields.next()?.parse().ok().filter(|_| is_living)
}

/// Where processes below this one can be connected to; of several ports the lowest, since tools that talk to parts of
/// themselves let the system choose, which chooses high ones.
pub fn listening(root: u32) -> Option<SocketAddr> {
    let addresses = below(root).into_iter().flat_map(listening_of);
    addresses.min_by_key(|address| (address.port(), address.is_ipv6()))
}

fn listening_of(pid: u32) -> Vec<SocketAddr> {
    let Ok(files) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return Vec::new();
    };
    let sockets: HashSet<String> = files
        .filter_map(|file| {
            let target = fs::read_link(file.ok()?.path()).ok()?;
            let inode = target.to_str()?.strip_prefix("socket:[")?;
            Some(inode.strip_suffix(']')?.to_owned())
        })
        .collect();
    if sockets.is_empty() {
        return Vec::new();
    }
    let tables = ["tcp", "tcp6"].map(|table| format!("/proc/{pid}/net/{table}"));
    let tables = tables.map(|table| fs::read_to_string(table).unwrap_or_default());
    let lines = tables.iter().flat_map(|table| table.lines());
    lines
        .filter_map(|line| listener(line, &sockets))
        .map(reachable)
        .collect()
}

/// The address of a line of a table of sockets, if that socket is one of these and waits for connections.
fn listener(line: &str, sockets: &HashSet<String>) -> Option<SocketAddr> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let (local, state, inode) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
    if *state != LISTENING || !sockets.contains(*inode) {
        return None;
    }
    let (ip, port) = local.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    Some(SocketAddr::new(address(ip)?, port))
}

/// An address as the kernel prints it: words of four bytes, each as a number of this machine.
fn address(hexadecimal: &str) -> Option<IpAddr> {
    let word = |at: usize| {
        let digits = hexadecimal.get(at * 8..at * 8 + 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    match hexadecimal.len() {
        8 => Some(Ipv4Addr::from(word(0)?).into()),
        32 => {
            let words = [word(0)?, word(1)?, word(2)?, word(3)?];
            let bytes: [u8; 16] = words.concat().try_into().ok()?;
            Some(Ipv6Addr::from(bytes).to_canonical())
        }
        _ => None,
    }
}

/// The address to connect to for one that is listened at.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::net::TcpListener;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn names_of_processes_are_no_part_of_the_rest() {
        assert_eq!(living_parent("12 (a) Z (b) S 7 12 12"), Some(7));
        assert_eq!(living_parent("12 (sh) Z 7 12 12"), None);
        assert_eq!(living_parent("12 (sh"), None);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn lines_of_the_tables() {
        let sockets = HashSet::from(["94".to_owned()]);
        let found = |local: &str, state: &str| {
            let line = format!(
                "   0: {local} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000     0        0 94 1 0000000000000000 100 0 0 10 0"
            );
            listener(&line, &sockets).map(|address| address.to_string())
        };
        assert_eq!(found("0100007F:1F90", "0A").unwrap(), "127.0.0.1:8080");
        assert_eq!(
            found("00000000000000000000000001000000:1435", "0A").unwrap(),
            "[::1]:5173"
        );
        assert_eq!(found("0100007F:1F90", "01"), None);
        assert_eq!(found("0100007:1F90", "0A"), None);
        assert_eq!(listener("  sl  local_address rem_address", &sockets), None);
    }

    #[test]
    fn sockets_of_a_process() {
        let one = TcpListener::bind("127.0.0.1:0").unwrap();
        let all = TcpListener::bind("0.0.0.0:0").unwrap();
        let found = listening_of(std::process::id());
        assert!(found.contains(&one.local_addr().unwrap()), "{found:?}");
        let port = all.local_addr().unwrap().port();
        assert!(
            found.contains(&SocketAddr::from(([127, 0, 0, 1], port))),
            "{found:?}"
        );
        let gone = one.local_addr().unwrap();
        drop(one);
        assert!(!listening_of(std::process::id()).contains(&gone));
    }

    #[test]
    fn children_and_theirs() {
        let mut child = Command::new("sh")
            .args(["-c", "sleep 30 & echo $!; wait"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut output, &mut line).unwrap();
        let grandchild: u32 = line.trim().parse().unwrap();
        let found = below(std::process::id());
        assert!(found.contains(&child.id()) && found.contains(&grandchild));
        assert_eq!(below(child.id()), [grandchild]);
        for pid in [grandchild, child.id()] {
            let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        }
        child.wait().unwrap();
        assert!(!below(std::process::id()).contains(&child.id()));
    }
}
