//! The checkout's own server, `wpt serve`, which most tests fetch something from.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// The host under which tests are served. Its remote counterpart is `127.0.0.1` then, so that nothing
/// needs adding to `/etc/hosts`.
const HOST: &str = "localhost";
/// How long the server may take to start.
const START_MAX: Duration = Duration::from_secs(180);

/// Files in the server's folder.
const KEY: &str = "key.pem";
const CERTIFICATE: &str = "certificate.pem";

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// It could not be started at all.
    #[error("`python3 wpt serve` did not start in {folder}: {source}; is Python 3 installed?")]
    NotStarted {
        /// The checkout
        folder: String,
        /// Why
        source: io::Error,
    },
    /// It was started and does not answer.
    #[error("`python3 wpt serve` did not answer within three minutes; what it said is in {log}")]
    Silent {
        /// Where its output is
        log: String,
    },
    /// There is no certificate.
    #[error("`openssl` made no certificate: {0}; is it installed?")]
    Certificate(String),
    /// A file or socket could not be had.
    #[error("preparing `wpt serve`: {0}")]
    Io(#[from] io::Error),
}

/// The running server; it ends when this is dropped.
pub struct Server {
    process: Child,
    folder: tempfile::TempDir,
    port: u16,
}

/// Ports that nobody listens on right now.
fn free_ports(count: usize) -> io::Result<Vec<u16>> {
    let listeners: Vec<_> = (0..count)
        .map(|_| TcpListener::bind(("127.0.0.1", 0)))
        .collect::<io::Result<_>>()?;
    listeners
        .iter()
        .map(|listener| Ok(listener.local_addr()?.port()))
        .collect()
}

/// Makes a certificate that vouches for itself. Those that the server would make say in a form that rustls refuses which
/// names they are good for.
async fn make_certificate(folder: &Path) -> Result<(), ServerError> {
    let made = Command::new("openssl")
        .args(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30".split(' '),
        )
        .args(["-subj", &format!("/CN={HOST}")])
        .arg("-addext")
        .arg(format!(
            "subjectAltName=DNS:{HOST},DNS:*.{HOST},IP:127.0.0.1"
        ))
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", KEY, "-out", CERTIFICATE])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .await
        .map_err(|error| ServerError::Certificate(error.to_string()))?;
    match made.status.success() {
        true => Ok(()),
        false => Err(ServerError::Certificate(
            String::from_utf8_lossy(&made.stderr).into_owned(),
        )),
    }
}

impl Server {
    /// Starts the checkout's server on ports of its own.
    pub async fn start(checkout: &Path) -> Result<Self, ServerError> {
        let folder = tempfile::tempdir()?;
        let ports = free_ports(12)?;
        make_certificate(folder.path()).await?;
        let config = serde_json::json!({
            "browser_host": HOST,
            "server_host": "127.0.0.1",
            "alternate_hosts": { "alt": "127.0.0.1" },
            "check_subdomains": false,
            "ports": {
                "http": [ports[0], ports[1]],
                "https": [ports[2], ports[3]],
                "http-private": [ports[4]], "http-public": [ports[5]],
                "https-private": [ports[6]], "https-public": [ports[7]],
                "ws": [ports[8]], "wss": [ports[9]],
                "webtransport-h3": [ports[10]], "h2": [ports[11]],
            },
            "ssl": {
                "type": "pregenerated",
                "pregenerated": {
                    "host_key_path": folder.path().join(KEY),
                    "host_cert_path": folder.path().join(CERTIFICATE),
                },
            },
            "logging": { "level": "error", "suppress_handler_traceback": true },
        });
        let config_path = folder.path().join("config.json");
        std::fs::write(&config_path, config.to_string())?;
        let log_path = folder.path().join("server.log");
        let log = std::fs::File::create(&log_path)?;
        let process = Command::new("python3")
            .args(["wpt", "serve", "--config"])
            .arg(&config_path)
            .current_dir(checkout)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| ServerError::NotStarted {
                folder: checkout.display().to_string(),
                source,
            })?;
        let mut server = Self {
            process,
            folder,
            port: ports[0],
        };
        let started = Instant::now();
        // Each kind of server is a process of its own, and those for sockets are the last.
        let is_ready = |server: &Self| {
            server.get("/common/blank.html").is_ok()
                && [ports[2], ports[8], ports[9]]
                    .iter()
                    .all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
        };
        while !is_ready(&server) {
            let gone = matches!(server.process.try_wait(), Ok(Some(_)));
            if gone || started.elapsed() > START_MAX {
                let kept = server.folder.keep().join("server.log");
                return Err(ServerError::Silent {
                    log: kept.display().to_string(),
                });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(server)
    }

    /// The server's address, without a path.
    pub fn origin(&self) -> String {
        format!("http://{HOST}:{}", self.port)
    }

    /// The server's certificate, as a file for `SSL_CERT_FILE`.
    pub fn certificate(&self) -> std::path::PathBuf {
        self.folder.path().join(CERTIFICATE)
    }

    /// A file as the server hands it out, with `{{…}}` filled in.
    pub fn get(&self, path: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(
            stream,
            "GET {path} HTTP/1.0\r\nHost: {HOST}:{}\r\n\r\n",
            self.port
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        match answer.split_once("\r\n\r\n") {
            Some((head, body)) if head.split(' ').nth(1) == Some("200") => Ok(body.to_string()),
            _ => Err(io::Error::other(format!(
                "the server has no {path}: {}",
                answer.lines().next().unwrap_or("it said nothing")
            ))),
        }
    }

    /// Ends the server and all its processes.
    pub async fn stop(mut self) {
        if let Some(id) = self.process.id() {
            // `wpt serve` takes its own children down when interrupted, not when killed.
            let interrupted = Command::new("kill")
                .args(["-INT", &id.to_string()])
                .status()
                .await;
            if interrupted.is_ok() {
                let patience = Duration::from_secs(5);
                if tokio::time::timeout(patience, self.process.wait())
                    .await
                    .is_ok()
                {
                    return;
                }
            }
        }
        // It is gone already, or is killed when dropped.
        let _ = self.process.start_kill();
    }
}
