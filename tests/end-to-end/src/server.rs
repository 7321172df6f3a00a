//! The program under test as a running server.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::memory::process_tree;
use crate::ports::free_port;
use crate::program;
use crate::wire::{Answer, Request};

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOPPED_WITHIN: Duration = Duration::from_secs(45);

/// How the server is to be started.
#[derive(Clone, Debug)]
pub struct Command {
    subcommand: &'static str,
    project: PathBuf,
    arguments: Vec<OsString>,
    bindings: Vec<String>,
    workers: Option<u32>,
    any_port: bool,
    launcher: Vec<String>,
    upstream: Vec<OsString>,
    in_project: bool,
    environment: Vec<(String, OsString)>,
    at_terminal: bool,
}

impl Command {
    /// `quire serve`: as in production.
    pub fn serve(project: impl AsRef<Path>) -> Command {
        Command::new("serve", project)
    }

    /// `quire dev`: one worker, reloads.
    pub fn dev(project: impl AsRef<Path>) -> Command {
        Command::new("dev", project)
    }

    fn new(subcommand: &'static str, project: impl AsRef<Path>) -> Command {
        Command {
            subcommand,
            project: project.as_ref().to_owned(),
            arguments: Vec::new(),
            bindings: Vec::new(),
            workers: None,
            any_port: false,
            launcher: Vec::new(),
            upstream: Vec::new(),
            in_project: false,
            environment: Vec::new(),
            at_terminal: false,
        }
    }

    /// Sets the number of workers (`--workers`).
    pub fn workers(mut self, workers: u32) -> Command {
        self.workers = Some(workers);
        self
    }

    /// Lets the system choose the port (`--port 0`).
    pub fn any_port(mut self) -> Command {
        self.any_port = true;
        self
    }

    /// Adds a variable (`-b NAME=VALUE`).
    pub fn binding(mut self, name: &str, value: &str) -> Command {
        self.bindings.push(format!("{name}={value}"));
        self
    }

    /// Has another program start it, whose arguments these and the command are, and whose process it then takes over.
    pub fn launched_by(mut self, launcher: &[&str]) -> Command {
        self.launcher = launcher.iter().map(ToString::to_string).collect();
        self
    }

    /// Adds an argument.
    pub fn argument(mut self, argument: &str) -> Command {
        self.arguments.push(argument.into());
        self
    }

    /// Sets a variable of its environment.
    pub fn environment(mut self, name: &str, value: impl Into<OsString>) -> Command {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Starts it at a terminal of its own, whose keys [`Server::press`] presses.
    pub fn at_terminal(mut self) -> Command {
        self.at_terminal = true;
        // Of the words none has a space in it.
        self.launched_by(&[
            "sh",
            "-c",
            "exec script --quiet --return --flush --command \"exec $*\" /dev/null",
            "script",
        ])
    }

    /// Starts it in the project's folder instead of naming that.
    pub fn in_project(mut self) -> Command {
        self.in_project = true;
        self
    }

    /// Lets a command answer what no function does (`-- COMMAND`); the project then is the current folder.
    pub fn upstream(self, command: impl IntoIterator<Item = impl Into<OsString>>) -> Command {
        let mut command_line = self.in_project();
        command_line.upstream = command.into_iter().map(Into::into).collect();
        command_line
    }

    /// Starts it and waits until it is ready; panics with what it printed if it ends before that.
    pub fn start(self) -> Server {
        let port = if self.any_port { 0 } else { free_port() };
        let mut server = self.spawn(port);
        if let Err(message) = server.wait_until_ready() {
            panic!("{message}\n{}", server.printed());
        }
        server
    }

    /// Starts it, where it says nothing, and waits until it takes connections.
    pub fn start_silent(self) -> Server {
        let mut server = self.spawn(free_port());
        let deadline = Instant::now() + READY_WITHIN;
        while TcpStream::connect(server.address).is_err() {
            let ended = server.child.try_wait();
            assert!(
                matches!(ended, Ok(None)) && Instant::now() < deadline,
                "it takes no connections: {ended:?}\n{}",
                server.printed()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// Starts it expecting that it gives up; gives its exit status and what it printed.
    pub fn fails_to_start(self) -> (ExitStatus, String) {
        let port = free_port();
        self.gives_up(port, true)
    }

    /// As [`Command::fails_to_start`], where it may become ready before that.
    pub fn fails_to_serve(self) -> (ExitStatus, String) {
        let port = free_port();
        self.gives_up(port, false)
    }

    fn gives_up(self, port: u16, before_ready: bool) -> (ExitStatus, String) {
        let mut server = self.spawn(port);
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            if let Some(status) = server
                .child
                .try_wait()
                .expect("the system reports on child processes")
            {
                server.stopped = true;
                // The readers finish when the pipes do.
                std::thread::sleep(Duration::from_millis(100));
                return (status, server.printed());
            }
            let printed = server.printed();
            assert!(
                !before_ready || !printed.contains(&format!("127.0.0.1:{port}")),
                "it became ready, though it should not\n{printed}"
            );
            assert!(
                Instant::now() < deadline,
                "it neither became ready nor ended within {READY_WITHIN:?}\n{printed}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn spawn(self, port: u16) -> Server {
        let mut command;
        if let Some(wrangler) = std::env::var_os("QUIRE_TEST_WRANGLER") {
            command = std::process::Command::new(wrangler);
            command
                .args(["pages", "dev", "--inspector-port"])
                .arg(free_port().to_string())
                .arg("--persist-to")
                .arg(wrangler_data())
                .current_dir(&self.project)
                .env("CI", "1")
                .env("WRANGLER_SEND_METRICS", "false");
        } else {
            command = match self.launcher.split_first() {
                None => std::process::Command::new(program::quire()),
                Some((launcher, arguments)) => {
                    let mut command = std::process::Command::new(launcher);
                    command.args(arguments).arg(program::quire());
                    command
                }
            };
            command.arg(self.subcommand);
            match self.in_project {
                true => command.current_dir(&self.project),
                false => command.arg(&self.project),
            };
            if let Some(workers) = self.workers {
                command.args(["--workers", &workers.to_string()]);
            }
        }
        command
            .args(["--ip", "127.0.0.1", "--port", &port.to_string()])
            .args(&self.arguments);
        for binding in &self.bindings {
            command.args(["-b", binding]);
        }
        if !self.upstream.is_empty() {
            command.arg("--").args(&self.upstream);
        }
        command
            .env("NO_COLOR", "1")
            .envs(self.environment)
            .stdin(match self.at_terminal {
                true => Stdio::piped(),
                false => Stdio::null(),
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let printed = Arc::new(Mutex::new(String::new()));
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|pipe| Box::new(pipe) as _),
            child.stderr.take().map(|pipe| Box::new(pipe) as _),
        ];
        for output in outputs.into_iter().flatten() {
            listen(output, Arc::clone(&printed));
        }
        Server {
            keyboard: child.stdin.take(),
            child,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            printed,
            stopped: false,
        }
    }
}

/// A running server; killed when dropped, unless stopped before.
#[derive(Debug)]
pub struct Server {
    child: Child,
    keyboard: Option<ChildStdin>,
    address: SocketAddr,
    printed: Arc<Mutex<String>>,
    stopped: bool,
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The process that was started: the supervisor.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything it printed so far.
    pub fn printed(&self) -> String {
        self.printed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until it has printed `text`; panics with what it printed instead.
    pub fn wait_for_output(&self, text: &str, within: Duration) {
        let deadline = Instant::now() + within;
        while !self.printed().contains(text) {
            assert!(
                Instant::now() < deadline,
                "`{text}` was not printed within {within:?}\n{}",
                self.printed()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses keys at its terminal.
    pub fn press(&mut self, keys: &str) {
        let keyboard = self.keyboard.as_mut();
        let pressed = keyboard.map(|keyboard| keyboard.write_all(keys.as_bytes()));
        assert!(
            matches!(pressed, Some(Ok(()))),
            "it is at no terminal, or that is gone\n{}",
            self.printed()
        );
    }

    /// Sends a request; panics, with what the server printed, if there is no answer.
    pub fn send(&self, request: Request) -> Answer {
        match request.send(self.address) {
            Ok(answer) => answer,
            Err(error) => panic!("no answer to {request:?}: {error}\n{}", self.printed()),
        }
    }

    /// Sends a `GET` request.
    pub fn get(&self, target: &str) -> Answer {
        self.send(Request::get(target))
    }

    /// Asks for `target` until the answer satisfies `wanted`; panics with the last answer if it never does.
    pub fn eventually(
        &self,
        target: &str,
        within: Duration,
        wanted: impl Fn(&Answer) -> bool,
    ) -> Answer {
        let deadline = Instant::now() + within;
        loop {
            let answer = Request::get(target).send(self.address);
            match answer {
                Ok(answer) if wanted(&answer) => return answer,
                last if Instant::now() >= deadline => {
                    panic!(
                        "`{target}` did not answer as wanted within {within:?}; last: {last:?}\n{}",
                        self.printed()
                    )
                }
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Asks it to stop (SIGTERM) without waiting.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Sends a signal (`-INT`) to the supervisor.
    pub fn signal(&self, signal: &str) {
        let status = std::process::Command::new("kill")
            .args([signal, &self.pid().to_string()])
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "cannot send {signal} to the server"
        );
    }

    /// Ends all its processes at once (SIGKILL), as far as that can be done from outside: none of them puts anything in order.
    pub fn kill(mut self) {
        self.signal("-STOP");
        let processes = process_tree(self.pid());
        let ended = std::process::Command::new("kill")
            .arg("-KILL")
            .args(processes.iter().map(u32::to_string))
            .status();
        assert!(ended.is_ok_and(|status| status.success()));
        self.wait();
    }

    /// Waits for the end of the process.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + STOPPED_WITHIN;
        loop {
            if let Some(status) = self
                .child
                .try_wait()
                .expect("the system reports on child processes")
            {
                self.stopped = true;
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "it did not end within {STOPPED_WITHIN:?}\n{}",
                self.printed()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops it by SIGTERM and asserts that it ended with status 0.
    pub fn stop(mut self) {
        self.terminate();
        let status = self.wait();
        assert!(
            status.success() || is_wrangler(),
            "it ended with {status} after SIGTERM\n{}",
            self.printed()
        );
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            if let Some(port) = announced_port(&self.printed(), self.address.port()) {
                self.address.set_port(port);
                return Ok(());
            }
            if let Some(status) = self.child.try_wait().map_err(|error| error.to_string())? {
                self.stopped = true;
                return Err(format!(
                    "it ended with {status} before it was ready; it printed:"
                ));
            }
            if Instant::now() >= deadline {
                return Err(format!(
                    "no line with its URL within {READY_WITHIN:?}; it printed:"
                ));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The port in the URL of the ready line; with `wanted` 0 any port, else that one.
fn announced_port(printed: &str, wanted: u16) -> Option<u16> {
    let ready = printed.split("ready on ").skip(1);
    let original = printed.split("Ready on ").skip(1);
    ready.chain(original).find_map(|rest| {
        let (_, rest) = rest.split_once("://127.0.0.1:")?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits
            .parse()
            .ok()
            .filter(|port| *port == wanted || (wanted == 0 && *port != 0))
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.stopped {
            return;
        }
        // The supervisor takes its workers along on SIGTERM; only a stuck one is killed.
        self.signal("-TERM");
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the original keeps what lasts.
pub fn wrangler_data() -> PathBuf {
    std::env::temp_dir().join("quire-test-wrangler")
}

/// Whether the tests run against the original.
pub fn is_wrangler() -> bool {
    std::env::var_os("QUIRE_TEST_WRANGLER").is_some()
}

fn listen(output: Box<dyn Read + Send>, printed: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output
            .read_until(b'\n', &mut line)
            .is_ok_and(|length| length > 0)
        {
            let text = String::from_utf8_lossy(&line).into_owned();
            printed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push_str(&text);
            line.clear();
        }
    });
}
