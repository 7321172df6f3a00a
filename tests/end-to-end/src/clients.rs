//! Real clients: git, git-lfs and curl, unaffected by the settings of whoever runs the tests.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const WITHIN: Duration = Duration::from_secs(240);

/// A folder for clones, with git settings of its own.
#[derive(Debug)]
pub struct Workplace {
    folder: tempfile::TempDir,
}

impl Workplace {
    /// An empty one; panics if a client is missing.
    pub fn new() -> Workplace {
        for (client, package) in [("git", "git"), ("git-lfs", "git-lfs"), ("curl", "curl")] {
            let found = Command::new(client)
                .arg("--version")
                .output()
                .is_ok_and(|output| output.status.success());
            assert!(
                found,
                "`{client}` is not installed, and this test needs it: install the package `{package}`"
            );
        }
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let workplace = Workplace { folder };
        let settings = "[user]\n\tname = Test\n\temail = test@example.com\n[init]\n\tdefaultBranch = main\n[filter \"lfs\"]\n\tclean = git-lfs clean -- %f\n\tsmudge = git-lfs smudge -- %f\n\tprocess = git-lfs filter-process\n\trequired = true\n[pull]\n\trebase = false\n[gc]\n\tauto = 0\n[core]\n\tbigFileThreshold = 1m\n";
        std::fs::write(workplace.path().join("gitconfig"), settings)
            .expect("the temporary folder is writable");
        workplace
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs git in `folder` below the workplace; panics if it fails; gives what it printed on both outputs.
    pub fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let output = self.try_git(folder, arguments);
        let printed = both(&output);
        assert!(
            output.status.success(),
            "`git {}` failed with {}:\n{printed}",
            arguments.join(" "),
            output.status
        );
        printed
    }

    /// Runs git as [`Workplace::git`] does, and writes every packet of its protocol to the file `trace`.
    pub fn git_traced(&self, folder: &str, trace: &Path, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(arguments).env("GIT_TRACE_PACKET", trace);
        let output = self.run(command, folder);
        let printed = both(&output);
        assert!(
            output.status.success(),
            "`git {}` failed with {}:\n{printed}",
            arguments.join(" "),
            output.status
        );
        printed
    }

    /// Runs git, whether it succeeds or not.
    pub fn try_git(&self, folder: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new("git");
        command.args(arguments);
        self.run(command, folder)
    }

    /// Runs curl with `--silent --show-error`; panics if it fails; gives the body.
    pub fn curl(&self, arguments: &[&str]) -> Vec<u8> {
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--show-error", "--max-time", "120"])
            .args(arguments);
        let output = self.run(command, "");
        assert!(
            output.status.success(),
            "`curl {}` failed with {}:\n{}",
            arguments.join(" "),
            output.status,
            both(&output)
        );
        output.stdout
    }

    fn run(&self, mut command: Command, folder: &str) -> Output {
        command
            .current_dir(self.path().join(folder))
            .env("HOME", self.path())
            .env("GIT_CONFIG_GLOBAL", self.path().join("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env_remove("GIT_DIR")
            .env_remove("http_proxy")
            .env_remove("HTTP_PROXY")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let started = Instant::now();
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let watched = child.id().to_string();
        let (finished, watch) = std::sync::mpsc::channel::<()>();
        // A client that waits for a server for ever would hold the whole suite.
        let watcher = std::thread::spawn(move || {
            if watch
                .recv_timeout(WITHIN)
                .is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Timeout)
            {
                let _ = Command::new("kill").args(["-KILL", &watched]).status();
            }
        });
        let output = child
            .wait_with_output()
            .expect("the client's output can be read");
        let _ = finished.send(());
        let _ = watcher.join();
        assert!(
            started.elapsed() < WITHIN,
            "{command:?} was killed after {WITHIN:?}"
        );
        output
    }
}

impl Default for Workplace {
    fn default() -> Workplace {
        Workplace::new()
    }
}

/// Bytes that no compression makes smaller; the same for the same seed.
pub fn incompressible(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes.extend_from_slice(&state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

fn both(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
