//! Durable Objects on two workers: counts are exact, whoever is killed; reloads; sockets that outlive instances.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use quire_end_to_end::memory::process_tree;
use quire_end_to_end::{Command, Project, Request, Server};
use tungstenite::Message;

const PATIENCE: Duration = Duration::from_secs(30);

const CONFIGURATION: &str = r#"name = "counting"
pages_build_output_dir = "."
compatibility_date = "2026-06-01"
[[durable_objects.bindings]]
name = "COUNTER"
class_name = "Counter"
script_name = "counters"
"#;

const SERVICE_CONFIGURATION: &str = r#"name = "counters"
main = "index.js"
compatibility_date = "2026-06-01"
[[migrations]]
tag = "v1"
new_sqlite_classes = ["Counter"]
[[kv_namespaces]]
binding = "KV"
id = "kv"
"#;

const SERVICE: &str = r#"import { DurableObject } from "cloudflare:workers";
export class Counter extends DurableObject {
  live = crypto.randomUUID();
  async fetch(request) {
    const path = new URL(request.url).pathname;
    if (path === "/socket") {
      const { 0: client, 1: server } = new WebSocketPair();
      this.ctx.acceptWebSocket(server, ["tag"]);
      server.serializeAttachment("attached");
      return new Response(null, { status: 101, webSocket: client });
    }
    if (path === "/value") return Response.json({ count: (await this.ctx.storage.get("count")) ?? 0, live: this.live });
    if (path === "/remembered") {
      this.remembered = (this.remembered ?? (await this.ctx.storage.get("remembered")) ?? 0) + 1;
      await this.ctx.storage.put("remembered", this.remembered);
      return Response.json({ count: this.remembered, live: this.live });
    }
    if (path === "/reset") this.ctx.abort("reset");
    if (path === "/leak") {
      // The commit at the end of this turn fails.
      const { sql } = this.ctx.storage;
      sql.exec("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED); INSERT INTO c VALUES (1)");
      this.env.KV.put("leaked", "1");
      return new Response("leaked");
    }
    if (path === "/order") {
      const { KV } = this.env;
      await this.ctx.storage.put("written", 1);
      await Promise.all([KV.put("order", "1"), KV.delete("order"), KV.put("order", "2"), KV.put("kept", "1"), KV.delete("kept")]);
      return Response.json([await KV.get("order"), await KV.get("kept"), await KV.get("leaked")]);
    }
    if (path === "/echo") return new Response(request.body);
    const count = ((await this.ctx.storage.get("count")) ?? 0) + 1;
    await this.ctx.storage.put("count", count);
    return Response.json({ count, live: this.live });
  }
  called = 0;
  call() {
    return ++this.called;
  }
  webSocketMessage(socket, message) {
    socket.send(`${message} ${this.ctx.getTags(socket)} ${socket.deserializeAttachment()}`);
  }
}
"#;

fn project() -> Project {
    let project = Project::new();
    project.write("wrangler.toml", CONFIGURATION);
    project.write("services/counters/wrangler.toml", SERVICE_CONFIGURATION);
    project.write("services/counters/index.js", SERVICE);
    project.function(
        "[name]/[what].js",
        "export const onRequest = ({ env, params, request }) => env.COUNTER.getByName(params.name).fetch(`http://object/${params.what}`, request);\n",
    );
    project.function(
        "calls/[name].js",
        "export const onRequest = async ({ env, params }) => { const stub = env.COUNTER.getByName(params.name); return Response.json(await Promise.all(Array.from({ length: 40 }, () => stub.call()))); };\n",
    );
    project
}

/// What the object counted. A worker may have been killed a moment ago.
fn count(server: &Server, name: &str) -> u64 {
    let target = format!("/{name}/value");
    let answer = server.eventually(&target, PATIENCE, |answer| answer.status == 200);
    answer.json()["count"].as_u64().unwrap()
}

fn workers(server: &Server) -> Vec<u32> {
    let supervisor = server.pid();
    process_tree(supervisor)
        .into_iter()
        .filter(|pid| *pid != supervisor)
        .collect()
}

#[test]
fn a_count_is_exact_and_there_is_one_instance() {
    let server = Command::serve(project().path()).workers(2).start();
    let address = server.address();
    let instances: BTreeSet<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(move || {
                    let answers = (0..50).map(|_| Request::get("/one/add").send(address).unwrap());
                    let live =
                        answers.map(|answer| answer.json()["live"].as_str().unwrap().to_owned());
                    live.collect::<BTreeSet<_>>()
                })
            })
            .collect();
        let seen = clients
            .into_iter()
            .flat_map(|client| client.join().unwrap());
        seen.collect()
    });
    assert_eq!(instances.len(), 1, "{instances:?}");
    assert_eq!(count(&server, "one"), 16 * 50);
}

#[test]
fn what_was_acknowledged_is_there_after_workers_were_killed() {
    let server = Command::serve(project().path()).workers(2).start();
    let address = server.address();
    let (acknowledged, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for client in 0..8 {
            let (acknowledged, failed) = (&acknowledged, &failed);
            scope.spawn(move || {
                for number in 0..120 {
                    let target = format!("/object-{}/add", (client + number) % 5);
                    match Request::get(&target).patience(PATIENCE).send(address) {
                        Ok(answer) if answer.status == 200 => acknowledged.fetch_add(1, Relaxed),
                        Ok(_) | Err(_) => failed.fetch_add(1, Relaxed),
                    };
                }
            });
        }
        for victim in 0..4 {
            std::thread::sleep(Duration::from_millis(300));
            let workers = workers(&server);
            if let Some(pid) = workers.get(victim % 2) {
                let killed = std::process::Command::new("kill")
                    .args(["-KILL", &pid.to_string()])
                    .status();
                assert!(killed.is_ok());
            }
        }
    });
    let (acknowledged, failed) = (acknowledged.into_inner(), failed.into_inner());
    let counted: u64 = (0..5)
        .map(|object| count(&server, &format!("object-{object}")))
        .sum();
    assert!(
        (acknowledged..=acknowledged + failed).contains(&counted),
        "{acknowledged} increments were acknowledged and {failed} failed, but {counted} were counted"
    );
    assert!(acknowledged > 0);
}

#[test]
fn a_reset_object_keeps_its_state_and_bodies_stream_between_workers() {
    let server = Command::serve(project().path()).workers(2).start();
    for name in ["a", "b", "c", "d"] {
        let first = server.get(&format!("/{name}/add")).json();
        assert_eq!(server.get(&format!("/{name}/reset")).status, 500);
        let second = server.get(&format!("/{name}/add")).json();
        assert_eq!((&first["count"], &second["count"]), (&1.into(), &2.into()));
        assert_ne!(first["live"], second["live"]);
        let body: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        let echoed = server.send(Request::new("POST", &format!("/{name}/echo")).body(body.clone()));
        assert!(echoed.body == body, "the body of {name} came back changed");
    }
}

#[test]
fn what_an_object_stores_elsewhere_waits_for_its_own_state() {
    let server = Command::serve(project().path()).workers(2).start();
    assert_eq!(server.get("/a/leak").status, 500);
    // Long after it would have been stored.
    for _ in 0..5 {
        let answer = server.get("/b/order");
        assert_eq!(answer.json(), serde_json::json!(["2", null, null]));
        std::thread::sleep(Duration::from_millis(50));
    }
    server.stop();
}

#[test]
fn calls_of_a_stub_arrive_in_their_order() {
    let server = Command::serve(project().path()).workers(2).start();
    for _ in 0..15 {
        for name in ["a", "b", "c", "d"] {
            let answer = server.get(&format!("/calls/{name}")).json();
            let numbers = answer.as_array().unwrap().iter();
            let numbers: Vec<_> = numbers.map(|number| number.as_u64().unwrap()).collect();
            assert!(numbers.is_sorted(), "{name}: {numbers:?}");
        }
    }
}

#[test]
fn a_reload_ends_objects_and_their_state_stays() {
    let project = project();
    let server = Command::dev(project.path()).start();
    assert_eq!(server.get("/x/add").json()["count"], 1);
    project.write(
        "services/counters/index.js",
        SERVICE.replace("?? 0) + 1", "?? 0) + 10"),
    );
    server.eventually("/x/add", PATIENCE, |answer| {
        answer.status == 200 && answer.json()["count"].as_u64().unwrap() >= 11
    });
}

/// Each instance remembers what it counted: a second one beside it would give a number again.
#[test]
fn there_is_one_instance_while_workers_are_replaced() {
    let project = project();
    let server = Command::dev(project.path()).start();
    let address = server.address();
    assert_eq!(server.get("/x/remembered").json()["count"], 1);
    let stop = AtomicBool::new(false);
    let (mut counts, instances): (Vec<u64>, BTreeSet<String>) = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = Vec::new();
                    while !stop.load(Relaxed) {
                        let asked = Request::get("/x/remembered").patience(PATIENCE);
                        if let Ok(answer) = asked.send(address)
                            && answer.status == 200
                        {
                            let answer = answer.json();
                            let live = answer["live"].as_str().unwrap().to_owned();
                            seen.push((answer["count"].as_u64().unwrap(), live));
                        }
                    }
                    seen
                })
            })
            .collect();
        for version in 0..5 {
            project.write(
                "services/counters/index.js",
                format!("{SERVICE}export const version = {version};\n"),
            );
            project.function(
                "version.js",
                &format!("export const onRequest = () => new Response(\"{version}\");\n"),
            );
            server.eventually("/version", PATIENCE, |answer| {
                answer.status == 200 && answer.text() == version.to_string()
            });
            server.eventually("/x/remembered", PATIENCE, |answer| answer.status == 200);
        }
        stop.store(true, Relaxed);
        let seen = clients
            .into_iter()
            .flat_map(|client| client.join().unwrap());
        seen.unzip()
    });
    assert!(instances.len() > 1, "no worker was replaced: {instances:?}");
    let answered = counts.len();
    counts.sort_unstable();
    counts.dedup();
    assert_eq!(counts.len(), answered, "a number was given twice");
}

#[test]
fn a_socket_outlives_the_instance_that_accepted_it() {
    let server = Command::serve(project().path()).workers(2).start();
    for name in ["a", "b", "c", "d"] {
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let url = format!("ws://{}/{name}/socket", server.address());
        let (mut socket, _) = tungstenite::client(url, stream).unwrap();
        socket.send(Message::text("one")).unwrap();
        assert_eq!(socket.read().unwrap(), Message::text("one tag attached"));
        socket.close(None).unwrap();
    }
}
