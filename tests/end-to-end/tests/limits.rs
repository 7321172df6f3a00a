//! What keeps an eye on a server: the daily limit, counts, logs, viewers, and reloads by a signal.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use quire_end_to_end::{Command, Project, Request, Server, quire, run};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);

fn project() -> Project {
    let project = Project::new();
    project.function(
        "run.js",
        "export const onRequest = () => new Response(\"ran\");\n",
    );
    project.function(
        "log.js",
        "export const onRequest = () => { console.log(\"from the function\", 1); return new Response(\"logged\"); };\n",
    );
    project.write("public/run.html", "static");
    project
}

fn serve(project: &Project) -> Command {
    Command::serve(project.path()).workers(2)
}

/// Sends requests from several clients at once; gives how many a function answered.
fn load(server: &Server, requests: usize) -> usize {
    let (next, ran) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < requests {
                    match server.get("/run").text().as_str() {
                        "ran" => drop(ran.fetch_add(1, Ordering::Relaxed)),
                        other => assert_eq!(other, "static"),
                    }
                }
            });
        }
    });
    ran.into_inner()
}

fn usage(project: &Project, arguments: &[&str]) -> String {
    let mut all = vec!["usage", project.path().to_str().unwrap()];
    all.extend(arguments);
    let (status, printed) = run(project.path(), &all);
    assert!(status.success(), "{printed}");
    printed
}

/// Today's usage, when the server has written it down.
fn usage_of(project: &Project, route: &str, requests: u64) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let json: Value = serde_json::from_str(&usage(project, &["--json"])).unwrap();
        let day = json["days"][0].clone();
        let routes = day["routes"].as_array().cloned().unwrap_or_default();
        let found = routes.iter().find(|found| found["route"] == route);
        if found.is_some_and(|found| found["requests"] == requests) {
            return day;
        }
        assert!(
            Instant::now() < deadline,
            "{requests} of {route} are not in {json}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_limit_crossed_under_load_lets_exactly_as_many_run_and_usage_tells() {
    let project = project();
    let limited = || serve(&project).argument("--daily-requests").argument("300");
    let server = limited().start();
    assert_eq!(load(&server, 500), 300);
    server.wait_for_output("the limit of 300 requests", PATIENCE);
    let day = usage_of(&project, "over-limit", 200);
    assert_eq!(
        (&day["functions"], &day["limit"]),
        (&300.into(), &300.into())
    );
    let shown = usage(&project, &[]);
    assert!(
        shown.contains("300 of 300") && shown.contains("█"),
        "{shown}"
    );
    assert!(!shown.contains('\u{1b}'), "{shown}");
    server.stop();
    let server = limited().argument("--fail").argument("closed").start();
    let answer = server.get("/run");
    assert_eq!(answer.status, 429);
    assert!(answer.text().contains("1027"), "{answer:?}");
    assert_eq!(server.get("/run.html").status, 308);
    server.stop();
    // More than today's requests may run again at once.
    let server = serve(&project)
        .argument("--daily-requests")
        .argument("301")
        .start();
    assert_eq!(load(&server, 10), 1);
    server.stop();
}

#[test]
fn what_ran_without_a_limit_counts_when_one_is_set() {
    let project = project();
    let server = serve(&project).start();
    assert_eq!(load(&server, 20), 20);
    server.stop();
    let server = serve(&project)
        .argument("--daily-requests")
        .argument("25")
        .start();
    assert_eq!(load(&server, 20), 5);
    server.stop();
}

struct Tail {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Tail {
    fn start(project: &Path, arguments: &[&str]) -> Tail {
        let mut child = std::process::Command::new(quire())
            .arg("tail")
            .arg(project)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Tail { child, lines }
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_running_server_can_be_followed() {
    let project = project();
    let server = serve(&project).start();
    let mut json = Tail::start(project.path(), &["--search", "from the function"]);
    let mut pretty = Tail::start(project.path(), &["--format", "pretty", "--method", "GET"]);
    // Nobody says when a viewer is connected: ask until it tells.
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let deadline = Instant::now() + PATIENCE;
            while done.load(Ordering::Relaxed) == 0 && Instant::now() < deadline {
                server.get("/log");
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        let event: Value = serde_json::from_str(&json.lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(event["outcome"], "ok");
        assert_eq!(
            event["logs"][0]["message"],
            serde_json::json!(["from the function", 1])
        );
        assert_eq!(event["event"]["response"]["status"], 200);
        assert_eq!(event["event"]["request"]["method"], "GET");
        let line = pretty.lines.next().unwrap().unwrap();
        assert!(
            line.starts_with("GET http://") && line.contains("/log - Ok 200 @ 2"),
            "{line}"
        );
        assert_eq!(
            pretty.lines.next().unwrap().unwrap(),
            "  (log) from the function 1"
        );
        done.store(1, Ordering::Relaxed);
    });
    server.stop();
    assert!(json.child.wait().unwrap().success());
    let (status, told) = run(project.path(), &["tail"]);
    assert!(
        !status.success() && told.contains("no server runs"),
        "{told}"
    );
}

#[test]
fn a_hangup_serves_what_is_on_disk_now_and_a_mistake_changes_nothing() {
    let project = project();
    let log = project.path().join("access.log");
    let server = serve(&project)
        .argument("--access-log")
        .argument(log.to_str().unwrap())
        .start();
    assert_eq!(server.get("/run").text(), "ran");
    let deadline = Instant::now() + PATIENCE;
    while std::fs::read_to_string(&log).unwrap_or_default().is_empty() {
        assert!(Instant::now() < deadline, "no line in the access log");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::fs::rename(&log, project.path().join("access.log.1")).unwrap();
    project.function(
        "run.js",
        "export const onRequest = () => new Response(\"anew\");\n",
    );
    server.signal("-HUP");
    server.eventually("/run", PATIENCE, |answer| answer.text() == "anew");
    project.function("run.js", "export const onRequest = (\n");
    server.signal("-HUP");
    server.wait_for_output("not reloaded", PATIENCE);
    assert_eq!(server.get("/run").text(), "anew");
    server.stop();
    let line =
        |text: String| -> Value { serde_json::from_str(text.lines().last().unwrap()).unwrap() };
    let old = line(std::fs::read_to_string(project.path().join("access.log.1")).unwrap());
    let new = line(std::fs::read_to_string(&log).unwrap());
    for entry in [old, new] {
        assert_eq!(
            (&entry["route"], &entry["status"]),
            (&"/run".into(), &200.into()),
            "{entry}"
        );
    }
}

#[test]
fn the_access_log_can_be_printed() {
    let project = project();
    let server = serve(&project)
        .argument("--access-log")
        .argument("-")
        .start();
    server.send(Request::get("/run").header("user-agent", "a \"client\""));
    server.wait_for_output("\"user_agent\":\"a \\\"client\\\"\"", PATIENCE);
    server.stop();
}

#[test]
fn metrics_have_a_port_of_their_own() {
    let project = project();
    let server = serve(&project)
        .argument("--metrics-port")
        .argument("0")
        .start();
    server.wait_for_output("/metrics", PATIENCE);
    let printed = server.printed();
    let url = printed
        .lines()
        .find_map(|line| line.strip_prefix("metrics on http://"));
    let address = url.unwrap().trim_end_matches("/metrics").parse().unwrap();
    server.get("/run");
    let wanted = "quire_requests_total{route=\"/run\",status=\"200\"} 1";
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = Request::get("/metrics").send(address).unwrap();
        if answer.text().lines().any(|line| line == wanted) {
            break;
        }
        assert!(Instant::now() < deadline, "{}", answer.text());
        std::thread::sleep(Duration::from_millis(50));
    }
    server.stop();
}
