//! HTTPS, in development and in production, with curl and in a browser.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command as Process;
use std::time::{Duration, Instant};

use quire_end_to_end::{Browser, Command, Project, Request, Server};

const SOON: Duration = Duration::from_secs(30);

fn project() -> Project {
    let project = Project::new();
    project.function(
        "seen.js",
        "export const onRequest = async ({ request, env }) => Response.json({ url: request.url, \
         page: (await env.ASSETS.fetch(new URL('/', request.url))).status });\n",
    );
    project
}

/// What curl prints.
fn curl(server: &Server, certificate: &Path, arguments: &[&str], path: &str) -> String {
    let output = Process::new("curl")
        .args(["--silent", "--show-error", "--max-time", "30", "--cacert"])
        .arg(certificate)
        .args(arguments)
        .arg(format!(
            "https://localhost:{}{path}",
            server.address().port()
        ))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{}{}",
        text,
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

const VERSION: [&str; 4] = ["--output", "/dev/null", "--write-out", "%{http_version}"];

#[test]
fn development_with_a_certificate_of_its_own() {
    let project = project();
    let certificate = project.path().join(".quire/state/https/localhost.pem");
    let server = Command::dev(project.path())
        .argument("--local-protocol")
        .argument("https")
        .start();
    let port = server.address().port();
    assert_eq!(
        curl(&server, &certificate, &[], "/seen"),
        format!("{{\"url\":\"https://localhost:{port}/seen\",\"page\":200}}")
    );
    assert!(curl(&server, &certificate, &[], "/").contains("index"));
    let http1 = [&["--http1.1"], &VERSION[..]].concat();
    assert_eq!(curl(&server, &certificate, &http1, "/"), "1.1");
    let http2 = [&["--http2"], &VERSION[..]].concat();
    assert_eq!(curl(&server, &certificate, &http2, "/"), "2");
    // Who does not speak it is shown the way.
    let plain = server.send(Request::get("/seen?x").header("Connection", "close"));
    assert_eq!(plain.status, 308);
    assert_eq!(
        plain.header("location").unwrap(),
        format!("https://{}/seen?x", server.address())
    );
    let first = std::fs::read_to_string(&certificate).unwrap();
    server.stop();
    // The browser is not to ask again after the next start.
    let server = Command::dev(project.path())
        .argument("--local-protocol")
        .argument("https")
        .start();
    assert_eq!(std::fs::read_to_string(&certificate).unwrap(), first);
    server.stop();
}

#[test]
fn the_configuration_may_ask_for_it() {
    let project = project();
    project.write(
        "wrangler.toml",
        "name = \"x\"\npages_build_output_dir = \"public\"\n[dev]\nlocal_protocol = \"https\"\n",
    );
    let server = Command::dev(project.path()).start();
    let certificate = project.path().join(".quire/state/https/localhost.pem");
    assert!(curl(&server, &certificate, &[], "/").contains("index"));
    server.stop();
}

fn make_certificate(folder: &Path, name: &str) {
    let status = Process::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
        ])
        .args(["-days", "2", "-subj", &format!("/CN={name}")])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .args(["-keyout", "new.key", "-out", "new.pem"])
        .current_dir(folder)
        .status()
        .unwrap();
    assert!(status.success());
    std::fs::rename(folder.join("new.key"), folder.join("site.key")).unwrap();
    std::fs::rename(folder.join("new.pem"), folder.join("site.pem")).unwrap();
}

/// The subject of the certificate that a new connection gets.
fn subject(server: &Server) -> String {
    let output = Process::new("openssl")
        .args(["s_client", "-connect", &server.address().to_string()])
        .args(["-servername", "localhost"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.starts_with("subject="));
    line.unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn a_renewed_certificate_is_taken_over_while_connections_go_on() {
    let project = project();
    let keys = tempfile::tempdir().unwrap();
    make_certificate(keys.path(), "first");
    let file = |name: &str| keys.path().join(name).display().to_string();
    let server = Command::serve(project.path())
        .workers(2)
        .argument("--tls-cert")
        .argument(&file("site.pem"))
        .argument("--tls-key")
        .argument(&file("site.key"))
        .start();
    assert!(subject(&server).ends_with("first"), "{}", subject(&server));
    let mut kept = Process::new("openssl")
        .args([
            "s_client",
            "-quiet",
            "-connect",
            &server.address().to_string(),
        ])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut input = kept.stdin.take().unwrap();
    let mut output = kept.stdout.take().unwrap();
    let mut ask = |end: &str| {
        write!(
            input,
            "GET /static.txt HTTP/1.1\r\nHost: localhost\r\n{end}\r\n"
        )
        .unwrap();
        input.flush().unwrap();
    };
    ask("");
    let mut heard = [0; 1024];
    assert!(output.read(&mut heard).unwrap() > 0);
    // One that cannot be used changes nothing.
    std::fs::write(keys.path().join("site.key"), "nothing").unwrap();
    server.wait_for_output("the certificate before it stays", SOON);
    assert!(subject(&server).ends_with("first"));
    make_certificate(keys.path(), "second");
    let begun = Instant::now();
    while !subject(&server).ends_with("second") {
        assert!(begun.elapsed() < SOON, "{}", server.printed());
        std::thread::sleep(Duration::from_millis(50));
    }
    // Every worker has it.
    for _ in 0..10 {
        assert!(subject(&server).ends_with("second"));
    }
    ask("Connection: close\r\n");
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert!(
        rest.contains("200 OK"),
        "the old connection goes on: {rest}"
    );
    kept.wait().unwrap();
    server.stop();
}

#[test]
fn certificates_that_cannot_be_used_are_named() {
    let project = project();
    let keys = tempfile::tempdir().unwrap();
    let path = keys.path().join("missing.pem").display().to_string();
    let (status, printed) = Command::serve(project.path())
        .argument("--tls-cert")
        .argument(&path)
        .argument("--tls-key")
        .argument(&path)
        .fails_to_start();
    assert!(!status.success());
    assert!(printed.contains("missing.pem"), "{printed}");
}

/// What begins like no handshake and no HTTP ends the connection, and nothing else.
#[test]
fn noise_is_harmless() {
    let project = project();
    let server = Command::dev(project.path())
        .argument("--local-protocol")
        .argument("https")
        .start();
    for noise in [&b"\x16\x03\x01\x00"[..], b"\0\0\0\0", b"GET", b"\x80"] {
        let mut socket = TcpStream::connect(server.address()).unwrap();
        socket.write_all(noise).unwrap();
        socket.shutdown(std::net::Shutdown::Write).unwrap();
        socket.set_read_timeout(Some(SOON)).unwrap();
        let mut answer = Vec::new();
        // A reset is an end, too.
        let _ = socket.read_to_end(&mut answer);
    }
    let certificate = project.path().join(".quire/state/https/localhost.pem");
    assert!(curl(&server, &certificate, &[], "/").contains("index"));
    server.stop();
}

#[test]
fn a_browser_opens_it_with_sockets() {
    let Some(browser) = Browser::start() else {
        return;
    };
    let project = project();
    project.function(
        "socket.js",
        "export const onRequest = () => { const { 0: client, 1: server } = new WebSocketPair(); server.accept(); \
         server.send('over TLS'); return new Response(null, { status: 101, webSocket: client }); };\n",
    );
    let server = Command::dev(project.path())
        .argument("--local-protocol")
        .argument("https")
        .start();
    let port = server.address().port();
    browser.open(&format!("https://localhost:{port}/"));
    browser.wait_until("document.title === 'index'");
    assert_eq!(
        browser.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol"),
        "h2"
    );
    browser.evaluate(
        "(new WebSocket(`wss://${location.host}/socket`).onmessage = ({ data }) => { document.title = data; }, 0)",
    );
    browser.wait_until("document.title === 'over TLS'");
    server.stop();
}
