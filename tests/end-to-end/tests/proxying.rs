//! `quire dev -- COMMAND` and `--proxy`: another server answers what no function does. Here that is quire itself, serving
//! another project.
#![allow(clippy::unwrap_used)]

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use quire_end_to_end::{Command, Project, Request, Server, processes, quire};
use tungstenite::{Message, WebSocket};

const SOON: Duration = Duration::from_secs(30);

const UPSTREAM: &str = r#"
export const onRequest = async ({ request }) => {
  const url = new URL(request.url);
  if (request.headers.get("upgrade") === "websocket") {
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    server.addEventListener("message", ({ data }) => server.send(`upstream heard ${data}`));
    return new Response(null, { status: 101, webSocket: client, headers: { "sec-websocket-protocol": "own" } });
  }
  if (url.pathname === "/stream") {
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    writer.write(new TextEncoder().encode("first "));
    request.text().then((text) => { writer.write(new TextEncoder().encode(text)); writer.close(); });
    return new Response(readable);
  }
  return new Response(`upstream: ${request.method} ${url.host} ${url.pathname}${url.search} [${await request.text()}]`, {
    status: url.pathname === "/teapot" ? 418 : 200,
    headers: { "x-upstream": request.headers.get("x-own") ?? "yes" },
  });
};
"#;

/// A project with functions, and the one behind it.
struct Projects {
    front: Project,
    behind: Project,
}

impl Projects {
    fn new() -> Projects {
        let projects = Projects {
            front: Project::bare(),
            behind: Project::bare(),
        };
        projects.behind.function("[[path]].js", UPSTREAM);
        projects.front.function(
            "api/hello.js",
            "export const onRequest = () => new Response('a function');\n",
        );
        projects.front.function(
            "through/_middleware.js",
            "export const onRequest = async ({ next }) => { const response = await next(); if (response.webSocket) return response; \
             return new Response(`through: ${await response.text()}`, response); };\n",
        );
        projects
    }

    fn upstream(&self) -> Vec<std::ffi::OsString> {
        let command: [PathBuf; 2] = [quire().into(), self.behind.path().into()];
        let [program, folder] = command.map(PathBuf::into_os_string);
        vec![
            program,
            "serve".into(),
            folder,
            "--port".into(),
            "0".into(),
            "--workers".into(),
            "1".into(),
        ]
    }

    fn start(&self) -> Server {
        let server = Command::dev(self.front.path())
            .upstream(self.upstream())
            .start();
        server.eventually("/", SOON, |answer| answer.status == 200);
        server
    }
}

/// The supervisor of the project behind.
fn behind(server: &Server) -> Option<u32> {
    let found = processes::below(server.pid());
    let of_behind = |process: &&processes::Process| {
        process.command.contains(" serve ") && !process.command.contains(" guard ")
    };
    found.iter().find(of_behind).map(|process| process.pid)
}

fn all_end(pids: &[u32]) {
    let begun = Instant::now();
    while pids.iter().any(|&pid| processes::is_running(pid)) {
        assert!(begun.elapsed() < SOON, "still there: {pids:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn functions_come_first_and_the_rest_is_passed_on() {
    let projects = Projects::new();
    let server = projects.start();
    assert_eq!(server.get("/api/hello").text(), "a function");
    let host = server.address();
    let answer = server.send(
        Request::new("POST", "/a%20b?c=d")
            .header("X-Own", "header")
            .body("a body"),
    );
    assert_eq!(
        answer.text(),
        format!("upstream: POST {host} /a%20b?c=d [a body]")
    );
    assert_eq!(answer.header("x-upstream").as_deref(), Some("header"));
    assert_eq!(server.get("/teapot").status, 418);
    assert_eq!(server.send(Request::new("HEAD", "/")).body, b"");
    let answer = server.send(Request::new("PUT", "/through/x").body("also this"));
    assert_eq!(
        answer.text(),
        format!("through: upstream: PUT {host} /through/x [also this]")
    );
    let printed = server.printed();
    assert!(printed.contains("[proxy] ready on"), "{printed}");
    server.stop();
}

#[test]
fn bodies_stream_both_ways() {
    use std::io::{Read, Write};

    let projects = Projects::new();
    let server = projects.start();
    let mut socket = TcpStream::connect(server.address()).unwrap();
    socket.set_read_timeout(Some(SOON)).unwrap();
    socket
        .write_all(b"POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlas")
        .unwrap();
    let mut heard = String::new();
    let mut bytes = [0; 1024];
    while !heard.contains("first ") {
        let length = socket.read(&mut bytes).unwrap();
        heard.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
    }
    // The answer began though the request has not ended.
    assert!(!heard.contains("last"));
    socket.write_all(b"t").unwrap();
    socket.read_to_string(&mut heard).unwrap();
    assert!(heard.contains("last"), "{heard}");
    server.stop();
}

fn socket(server: &Server, path: &str) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let request = http::Request::builder()
        .uri(format!("ws://{}{path}", server.address()))
        .header("Host", server.address().to_string())
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("Sec-WebSocket-Protocol", "own")
        .body(())
        .unwrap();
    tungstenite::client(request, stream).unwrap().0
}

#[test]
fn sockets_are_passed_on_with_and_without_a_function_between() {
    let projects = Projects::new();
    let server = projects.start();
    for path in ["/socket", "/through/socket"] {
        let mut socket = socket(&server, path);
        for text in ["one", "two"] {
            socket.send(Message::text(text)).unwrap();
            let heard = socket.read().unwrap();
            assert_eq!(heard, Message::text(format!("upstream heard {text}")));
        }
        socket.close(None).unwrap();
        while socket.read().is_ok() {}
    }
    server.stop();
}

#[test]
fn a_command_that_dies_is_started_again() {
    let projects = Projects::new();
    let server = projects.start();
    let first = behind(&server).unwrap();
    kill(first);
    all_end(&[first]);
    let answer = server.eventually("/", SOON, |answer| answer.status == 502);
    assert!(answer.text().contains("did not answer"), "{answer:?}");
    assert_eq!(server.get("/api/hello").text(), "a function");
    server.wait_for_output("is started again", SOON);
    server.eventually("/", SOON, |answer| answer.status == 200);
    assert_ne!(behind(&server), Some(first));
    server.stop();
}

#[test]
fn it_ends_with_all_its_children() {
    let projects = Projects::new();
    let server = projects.start();
    let pids: Vec<u32> = processes::below(server.pid())
        .iter()
        .map(|process| process.pid)
        .collect();
    // Of this one a worker and perhaps a spare; the guard; the other one and its worker.
    assert!(pids.len() >= 4, "{pids:?}");
    server.stop();
    all_end(&pids);
}

#[test]
fn nothing_survives_a_killed_server() {
    let projects = Projects::new();
    let mut server = projects.start();
    let pids: Vec<u32> = processes::below(server.pid())
        .iter()
        .map(|process| process.pid)
        .collect();
    server.signal("-KILL");
    server.wait();
    all_end(&pids);
}

#[test]
fn a_server_that_is_there_or_not() {
    let projects = Projects::new();
    let other = Command::serve(projects.behind.path()).workers(1).start();
    let port = other.address().port().to_string();
    let server = Command::dev(projects.front.path())
        .in_project()
        .argument("--proxy")
        .argument(&port)
        .start();
    assert_eq!(server.get("/api/hello").text(), "a function");
    assert!(server.get("/x").text().starts_with("upstream: GET"));
    other.stop();
    let answer = server.eventually("/x", SOON, |answer| answer.status == 502);
    assert!(answer.text().contains(&port), "{answer:?}");
    server.stop();
}

/// As most development servers do, this one says how long its answer is and does not compress it.
#[test]
fn long_answers_arrive_whole_in_whatever_coding() {
    use std::io::{BufRead, BufReader, Write};

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut lines = BufReader::new(socket.try_clone().unwrap()).lines();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let text = "console.log('long');\n".repeat(2000);
            write!(
                socket,
                "HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
                text.len()
            )
            .unwrap();
        }
    });
    let projects = Projects::new();
    let server = Command::dev(projects.front.path())
        .in_project()
        .argument("--proxy")
        .argument(&port)
        .start();
    for coding in ["identity", "gzip", "br", "zstd"] {
        let url = format!("{}/long.js", server.url());
        let output = std::process::Command::new("curl")
            .args([
                "--silent",
                "--show-error",
                "--max-time",
                "30",
                "--output",
                "-",
            ])
            .args([
                "--header",
                &format!("Accept-Encoding: {coding}"),
                "--write-out",
                "%{http_code}",
            ])
            .arg(url)
            .output()
            .unwrap();
        assert!(output.status.success(), "{coding}: {output:?}");
        assert!(output.stdout.ends_with(b"200"), "{coding}");
        if coding == "identity" {
            assert_eq!(
                output.stdout.len(),
                "console.log('long');\n".len() * 2000 + 3
            );
        }
    }
    server.stop();
}

#[test]
fn what_cannot_be_is_refused() {
    let projects = Projects::new();
    let (status, printed) = Command::dev(projects.front.path())
        .upstream(["no-such-command-anywhere"])
        .fails_to_serve();
    assert!(!status.success());
    assert!(
        printed.contains("cannot run `no-such-command-anywhere`"),
        "{printed}"
    );
    let (status, printed) = Command::dev(projects.front.path())
        .argument("functions")
        .upstream(projects.upstream())
        .fails_to_start();
    assert!(!status.success());
    assert!(printed.contains("one or the other"), "{printed}");
    projects.front.write(
        "wrangler.toml",
        "name = \"x\"\npages_build_output_dir = \"functions\"\n",
    );
    let (_, printed) = Command::dev(projects.front.path())
        .upstream(projects.upstream())
        .fails_to_start();
    assert!(printed.contains("`pages_build_output_dir`"), "{printed}");
}

fn kill(pid: u32) {
    let status = std::process::Command::new("kill")
        .args(["-KILL", &pid.to_string()])
        .status();
    assert!(status.unwrap().success());
}
