use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use quire_routes::{FunctionFile, RouteOptions, RouteTable};
use quire_runtime::Program;
use quire_server::{
    Deployment, Exit, ServerError, Settings, Supervisor, SupervisorHandle, WorkerCommand, worker,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const WORKER: &str = "QUIRE_TEST_WORKER";

/// No single step of a test takes longer, however busy the machine is.
pub const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn worker_process() {
    if std::env::var_os(WORKER).is_some() {
        let code = worker::main();
        std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
    }
}

pub fn settings() -> Settings {
    Settings {
        address: "127.0.0.1:0".parse().unwrap(),
        workers: NonZeroUsize::new(1).unwrap(),
        worker_command: WorkerCommand {
            program: None,
            arguments: [
                "support::worker_process",
                "--exact",
                "--nocapture",
                "--test-threads=1",
            ]
            .map(Into::into)
            .into(),
            environment: vec![(WORKER.into(), "1".into())],
        },
        ..Settings::serve()
    }
}

/// A project of functions, each a file and the JavaScript of its `onRequest`.
/// A project of functions; without any it has static files only.
pub fn functions(files: &[(&str, &str)]) -> Deployment {
    let listed: Vec<FunctionFile> = files
        .iter()
        .map(|(path, _)| FunctionFile {
            path: (*path).to_owned(),
            exports: vec!["onRequest".to_owned()],
        })
        .collect();
    let entries: String = files
        .iter()
        .map(|(path, code)| format!("[{path:?}, \"onRequest\", {code}],\n"))
        .collect();
    Deployment {
        name: "project".to_owned(),
        services: Vec::new(),
        program: (!files.is_empty()).then(|| Program {
            script: format!("(async function (quire) {{\nquire.register([\n{entries}]);\n}})"),
            routes: RouteTable::from_files(&listed, &RouteOptions::default()).unwrap(),
            compatibility_date: "2026-06-01".to_owned(),
            cpu_limit_ms: 1000,
            ..Program::default()
        }),
        assets: None,
        routes_rules: None,
        site_rules: quire_routes::SiteRules::default(),
        mounted_assets: std::collections::BTreeMap::new(),
        project: None,
        data: None,
    }
}

pub fn with_assets(mut deployment: Deployment, directory: &Path) -> Deployment {
    deployment.assets = Some(directory.to_owned());
    deployment
}

pub struct Server {
    pub handle: SupervisorHandle,
    pub address: std::net::SocketAddr,
    pub metrics: Option<std::net::SocketAddr>,
    pub running: JoinHandle<Result<Exit, ServerError>>,
}

impl Server {
    pub async fn start(settings: Settings, deployment: Deployment) -> Self {
        let supervisor = Supervisor::bind(settings).unwrap();
        let (handle, address) = (supervisor.handle(), supervisor.local_addr());
        let metrics = supervisor.metrics_addr();
        let running = tokio::spawn(supervisor.run(deployment));
        assert!(within(handle.serving()).await, "the server did not start");
        Self {
            handle,
            address,
            metrics,
            running,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ))
        .await
    }

    /// Sends bytes as they are on a new connection, and reads to its end.
    pub async fn request(&self, request: &str) -> Answer {
        let mut socket = self.connect().await;
        socket.write_all(request.as_bytes()).await.unwrap();
        read_answer(&mut socket).await
    }

    pub async fn connect(&self) -> TcpStream {
        within(TcpStream::connect(self.address)).await.unwrap()
    }

    pub async fn stop(self) -> Exit {
        self.handle.stop();
        within(self.running).await.unwrap().unwrap()
    }

    /// The process ids of the workers that serve.
    pub async fn pids(&self) -> Vec<u32> {
        self.handle
            .workers()
            .await
            .iter()
            .filter(|worker| worker.serving)
            .map(|worker| worker.pid)
            .collect()
    }

    /// Waits until the workers that serve are others than `before`.
    pub async fn replaced(&self, before: &[u32]) -> Vec<u32> {
        within(async {
            loop {
                let now = self.pids().await;
                if now.len() >= before.len() && now.iter().all(|pid| !before.contains(pid)) {
                    return now;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

pub async fn read_answer(socket: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    within(socket.read_to_end(&mut bytes)).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

pub async fn within<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("it took too long")
}

pub fn is_running(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with('Z'))
}
