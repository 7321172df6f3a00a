//! Starting, stopping, replacing workers, and what a project's settings reach.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use quire_end_to_end::clients::Workplace;
use quire_end_to_end::memory::process_tree;
use quire_end_to_end::{Command, Project, Request, Server, example, fixture, run};

fn slow_project() -> Project {
    let project = Project::new();
    project.function(
        "ok.js",
        "export const onRequest = () => new Response(\"ok\");\n",
    );
    project.function("slow.js", "export const onRequest = async () => { await new Promise((resolve) => setTimeout(resolve, 1500)); return new Response(\"finished\"); };\n");
    project.function(
        "stream.js",
        "export const onRequest = () => { let n = 0; return new Response(new ReadableStream({ async pull(controller) { await new Promise((resolve) => setTimeout(resolve, 200)); controller.enqueue(new TextEncoder().encode(`${n} `)); if (++n === 8) controller.close(); } })); };\n",
    );
    project
}

/// Stops `server` by `signal` while `/slow` and `/stream` are under way; both must end well.
fn stops_gracefully(mut server: Server, signal: &str) {
    let address = server.address();
    let (slow, stream) = std::thread::scope(|scope| {
        let slow = scope.spawn(move || Request::get("/slow").send(address));
        let stream = scope.spawn(move || Request::get("/stream").send(address));
        std::thread::sleep(Duration::from_millis(500));
        server.signal(signal);
        (slow.join().unwrap(), stream.join().unwrap())
    });
    let slow = slow.unwrap_or_else(|error| {
        panic!(
            "the request under way was cut off: {error}\n{}",
            server.printed()
        )
    });
    assert_eq!((slow.status, slow.text().as_str()), (200, "finished"));
    let stream = stream.unwrap_or_else(|error| {
        panic!(
            "the stream under way was cut off: {error}\n{}",
            server.printed()
        )
    });
    assert_eq!(stream.text(), "0 1 2 3 4 5 6 7 ");
    let tree = process_tree(server.pid());
    let status = server.wait();
    assert_eq!(status.code(), Some(0), "{status}\n{}", server.printed());
    assert!(
        TcpStream::connect(address).is_err(),
        "somebody still listens"
    );
    std::thread::sleep(Duration::from_millis(100));
    for pid in tree {
        assert!(
            !std::path::Path::new(&format!("/proc/{pid}")).exists() || process_is_gone(pid),
            "process {pid} outlived the server"
        );
    }
}

fn process_is_gone(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/status"))
        .map_or(true, |status| status.contains("State:\tZ"))
}

#[test]
fn serve_finishes_what_is_under_way_on_sigterm() {
    stops_gracefully(
        Command::serve(slow_project().path()).workers(2).start(),
        "-TERM",
    );
}

#[test]
fn serve_finishes_what_is_under_way_on_sigint() {
    stops_gracefully(
        Command::serve(slow_project().path()).workers(2).start(),
        "-INT",
    );
}

#[test]
fn dev_finishes_what_is_under_way_on_sigterm() {
    stops_gracefully(Command::dev(slow_project().path()).start(), "-TERM");
}

#[test]
fn an_idle_server_stops_at_once() {
    let project = slow_project();
    let server = Command::serve(project.path()).workers(2).start();
    assert_eq!(server.get("/ok").text(), "ok");
    // An idle connection that is kept alive must not hold up the end.
    let mut idle = TcpStream::connect(server.address()).unwrap();
    idle.write_all(b"GET /ok HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    assert!(idle.read(&mut [0; 1000]).unwrap() > 0);
    let started = Instant::now();
    server.stop();
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "it took {:?}",
        started.elapsed()
    );
}

#[test]
fn a_port_that_the_system_chooses() {
    let project = slow_project();
    let server = Command::serve(project.path()).workers(1).any_port().start();
    assert_ne!(server.address().port(), 0);
    assert_eq!(server.get("/ok").text(), "ok");
    server.stop();
}

#[test]
fn a_killed_worker_is_replaced() {
    let project = slow_project();
    let server = Command::serve(project.path()).workers(2).start();
    let supervisor = server.pid();
    let workers: Vec<u32> = process_tree(supervisor)
        .into_iter()
        .filter(|pid| *pid != supervisor)
        .collect();
    assert_eq!(
        workers.len(),
        2,
        "`--workers 2` starts two processes beside the supervisor"
    );
    for worker in workers {
        let killed = std::process::Command::new("kill")
            .args(["-KILL", &worker.to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        for _ in 0..20 {
            // The connection that the killed worker held is gone with it; any new one is answered.
            let answer =
                server.eventually("/ok", Duration::from_secs(5), |answer| answer.status == 200);
            assert_eq!(answer.text(), "ok");
        }
        let deadline = Instant::now() + Duration::from_secs(15);
        while process_tree(supervisor).len() < 3 {
            assert!(
                Instant::now() < deadline,
                "worker {worker} was not replaced\n{}",
                server.printed()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    server.stop();
}

#[test]
fn the_workers_share_the_requests() {
    let project = slow_project();
    project.function(
        "who.js",
        "let me;\nexport const onRequest = () => new Response((me ??= crypto.randomUUID()));\n",
    );
    let server = Command::serve(project.path()).workers(2).start();
    let address = server.address();
    let seen: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(move || {
                    (0..25)
                        .map(|_| Request::get("/who").send(address).unwrap().text())
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    });
    assert_eq!(seen.len(), 2, "{seen:?}");
    server.stop();
}

#[test]
fn variables_reach_env_in_their_order() {
    for command in [
        Command::dev(fixture("context")),
        Command::serve(fixture("context")).workers(1),
    ] {
        let server = command
            .binding("PLAIN", "from the command line")
            .binding("EXTRA", "a=b=c")
            .start();
        let env = server.get("/env").json();
        assert_eq!(env["PLAIN"], "from the command line");
        assert_eq!(env["OVERRIDDEN"], "from .dev.vars");
        assert_eq!(env["SECRET"], "quoted = \"value\"");
        assert_eq!(env["JSON"]["nested"]["yes"], true);
        assert_eq!(env["NUMBER"], 7);
        server.stop();
    }
}

#[test]
fn a_build_is_served_without_the_sources() {
    let project = Project::copy_of(&example("routing"));
    let out = project.path().join("out");
    let (status, printed) = run(project.path(), &["build", ".", "--outdir", "out"]);
    assert!(status.success(), "{status}\n{printed}");
    let routes: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.join("_routes.json")).unwrap()).unwrap();
    assert_eq!(routes["version"], 1);
    assert_eq!(routes["include"], serde_json::json!(["/api/*"]));

    // Moved elsewhere, with the sources gone.
    let moved = Project::bare();
    std::fs::rename(&out, moved.path().join("deployment")).unwrap();
    drop(project);
    let server = Command::serve(moved.path().join("deployment"))
        .workers(1)
        .start();
    assert_eq!(
        server.get("/api/todos/5").json()["file"],
        "./functions/api/todos/[id].ts"
    );
    assert!(server.get("/about").text().contains("A static page"));
    assert_eq!(server.get("/missing").status, 404);
    server.stop();
}

#[test]
fn one_connection_takes_many_requests() {
    let project = slow_project();
    let server = Command::serve(project.path()).workers(1).start();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    // Pipelined: all sent before the first answer is read.
    let request = "GET /ok HTTP/1.1\r\nHost: x\r\n\r\n".repeat(50)
        + "GET /static.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(
        answers.matches("HTTP/1.1 200").count(),
        51,
        "{answers:.500}"
    );
    assert!(answers.ends_with("static"), "{answers:.500}");
    server.stop();
}

#[test]
fn http2_by_prior_knowledge() {
    let project = slow_project();
    project.function("echo.js", "export const onRequest = async ({ request }) => new Response(`${request.method} ${await request.text()}`);\n");
    let server = Command::serve(project.path()).workers(1).start();
    let workplace = Workplace::new();
    let url = |target: &str| format!("{}{target}", server.url());
    let http2 = [
        "--http2-prior-knowledge",
        "--write-out",
        " over %{http_version}",
    ];
    let answer = workplace.curl(&[&http2[..], &[&url("/ok")]].concat());
    assert_eq!(String::from_utf8_lossy(&answer), "ok over 2");
    let answer = workplace.curl(&[&http2[..], &["--data", "body", &url("/echo")]].concat());
    assert_eq!(String::from_utf8_lossy(&answer), "POST body over 2");
    let answer = workplace.curl(&[&http2[..], &[&url("/static.txt")]].concat());
    assert_eq!(String::from_utf8_lossy(&answer), "static over 2");
    server.stop();
}

/// The engine collects garbage when it has nothing else to do; that must not end the worker.
#[test]
fn idle_workers_live_on() {
    let project = slow_project();
    let server = Command::serve(project.path()).workers(2).start();
    let processes = process_tree(server.pid());
    std::thread::sleep(Duration::from_secs(45));
    assert_eq!(
        process_tree(server.pid()),
        processes,
        "a worker was replaced\n{}",
        server.printed()
    );
    assert_eq!(server.get("/ok").text(), "ok");
    server.stop();
}

/// Several files export one name, which is what source maps are most easily broken by.
#[test]
fn errors_in_the_log_name_the_source() {
    let project = Project::new();
    project.function(
        "ok.ts",
        "export const onRequest = () => new Response(\"ok\");\n",
    );
    project.function(
        "broken.ts",
        "type Unused = number;\n\nexport const onRequest = async () => {\n  await null;\n  throw new TypeError(\"out of order\");\n};\n",
    );
    let server = Command::serve(project.path()).start();
    let answer = server.get("/broken");
    assert_eq!(answer.status, 500);
    assert!(!answer.text().contains("out of order"), "{}", answer.text());
    server.wait_for_output("out of order", Duration::from_secs(5));
    server.wait_for_output("functions/broken.ts:5:", Duration::from_secs(5));
    server.stop();
}
