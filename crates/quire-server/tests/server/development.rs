use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use quire_server::dev::{self, Build, BuildFailure, Watched};
use quire_server::{Exit, LogLevel, Mode, ServerError, Settings, Supervisor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::{functions, settings, within};

/// A project whose one function is the text of `functions/index.js`. A text that contains `BROKEN` does not build.
fn build(root: &Path) -> Build {
    let text = std::fs::read_to_string(root.join("functions/index.js"))
        .unwrap_or_else(|_| "BROKEN: no file".into());
    let outcome = if text.contains("BROKEN") {
        Err(BuildFailure {
            terminal: "it is broken\n".to_owned(),
            page: "it is <broken>".to_owned(),
        })
    } else {
        let mut deployment = functions(&[("index.js", &text)]);
        deployment.assets = Some(root.join("dist"));
        Ok(deployment)
    };
    Build {
        outcome,
        watched: Watched {
            trees: vec![root.join("functions")],
            paths: vec![root.join("dist")],
            pages: Vec::new(),
        },
    }
}

/// A free port, since development does not tell which one it took.
fn free_address() -> std::net::SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

fn development() -> Settings {
    Settings {
        address: free_address(),
        mode: Mode::Dev,
        spare_workers: 1,
        request_log: true,
        log_level: LogLevel::Debug,
        ..settings()
    }
}

async fn get(address: std::net::SocketAddr, path: &str) -> Option<String> {
    let mut socket = TcpStream::connect(address).await.ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.ok()?;
    answer
        .split_once("\r\n\r\n")
        .map(|(_, body)| body.to_owned())
}

async fn until(
    address: std::net::SocketAddr,
    path: &str,
    wanted: impl Fn(&str) -> bool,
) -> Duration {
    let begun = Instant::now();
    within(async {
        while !get(address, path).await.is_some_and(|body| wanted(&body)) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
    begun.elapsed()
}

/// Nobody asks for a restart.
fn no_restarts() -> tokio::sync::watch::Receiver<()> {
    tokio::sync::watch::channel(()).1
}

fn project() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().to_owned();
    std::fs::create_dir(root.join("functions")).unwrap();
    std::fs::create_dir(root.join("dist")).unwrap();
    std::fs::write(root.join("dist/page.html"), "<p>page").unwrap();
    (directory, root)
}

#[tokio::test]
async fn a_save_is_live_and_a_broken_one_changes_nothing() {
    let (_keep, root) = project();
    let save = |text: &str| std::fs::write(root.join("functions/index.js"), text).unwrap();
    save("() => new Response('0')");
    let settings = development();
    let address = settings.address;
    let in_project = root.clone();
    let running = dev::run(
        Supervisor::bind(settings).unwrap(),
        no_restarts(),
        async || build(&in_project),
    );
    let editing = async {
        let started = until(address, "/", |body| body == "0").await;
        let mut slowest = Duration::ZERO;
        for number in 1..=5 {
            tokio::time::sleep(Duration::from_millis(800)).await;
            save(&format!("() => new Response('{number}')"));
            slowest = slowest.max(until(address, "/", |body| body == number.to_string()).await);
        }
        println!("from start to answer {started:?}, from save to answer at most {slowest:?}");
        save("BROKEN");
        until(address, "/page", |body| {
            body.contains("it is &lt;broken&gt;")
        })
        .await;
        assert_eq!(get(address, "/").await.unwrap(), "5");
        // Back to what is served: there is nothing to reload, but the report must go.
        save("() => new Response('5')");
        until(address, "/page", |body| body == "<p>page").await;
        save("() => { throw new Error('at start') }, (() => { throw new Error('at start') })()");
        until(address, "/page", |body| body.contains("at start")).await;
        assert_eq!(get(address, "/").await.unwrap(), "5");
        save("() => new Response('6')");
        until(address, "/", |body| body == "6").await;
        assert_eq!(get(address, "/page").await.unwrap(), "<p>page");
    };
    tokio::select! {
        result = running => panic!("it ended: {result:?}"),
        () = editing => {}
    }
}

#[tokio::test]
async fn a_first_build_that_fails_ends_it() {
    let (_keep, root) = project();
    let error = within(dev::run(
        Supervisor::bind(development()).unwrap(),
        no_restarts(),
        async || build(&root),
    ))
    .await
    .unwrap_err();
    assert!(matches!(error, ServerError::Build), "{error}");
}

#[tokio::test]
async fn two_signals_end_it_at_once() {
    // A signal reaches this whole process, so it goes to one that does nothing else.
    let (_keep, root) = project();
    let code = "async () => { await new Promise((done) => setTimeout(done, 60000)); return new Response('') }";
    std::fs::write(root.join("functions/index.js"), code).unwrap();
    let address = free_address();
    let mut server = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["development::server_process", "--exact", "--nocapture"])
        .env("QUIRE_TEST_PROJECT", &root)
        .env("QUIRE_TEST_ADDRESS", address.to_string())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut in_flight = within(async {
        loop {
            match TcpStream::connect(address).await {
                Ok(socket) => return socket,
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    })
    .await;
    in_flight
        .write_all(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        .await
        .unwrap();
    assert!(get(address, "/page").await.is_some());
    let pid = rustix::process::Pid::from_raw(server.id().unwrap() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(
        server.try_wait().unwrap().is_none(),
        "it did not wait for what is in flight"
    );
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let status = within(server.wait()).await.unwrap();
    assert_eq!(status.code(), Some(130));
}

/// The program of the test above.
#[test]
fn server_process() {
    let Some(root) = std::env::var_os("QUIRE_TEST_PROJECT").map(PathBuf::from) else {
        return;
    };
    let address = std::env::var("QUIRE_TEST_ADDRESS")
        .unwrap()
        .parse()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let settings = Settings {
        address,
        ..development()
    };
    let exit = runtime
        .block_on(dev::run(
            Supervisor::bind(settings).unwrap(),
            no_restarts(),
            async || build(&root),
        ))
        .unwrap();
    std::process::exit(match exit {
        Exit::Stopped => 0,
        Exit::Interrupted(signal) => 128 + i32::from(signal),
    });
}
