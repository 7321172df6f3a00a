//! Key-value namespaces across workers, crashes and the command line.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::process::Command as System;
use std::time::{Duration, Instant};

use quire_end_to_end::memory::{peak, process_tree};
use quire_end_to_end::{Command, Project, Request, Server, run};

/// `PUT /KEY` stores the body, `GET /KEY` gives it, `GET /?prefix` the keys.
const FUNCTION: &str = r#"
export async function onRequest({ request, env, params }) {
  const key = params.path?.join("/");
  const url = new URL(request.url);
  try {
    if (!key) {
      const keys = [];
      let cursor;
      do {
        const page = await env.KV.list({ prefix: url.search.slice(1), cursor, limit: 100 });
        keys.push(...page.keys.map(({ name }) => name));
        cursor = page.cursor;
      } while (cursor);
      return Response.json(keys);
    }
    if (request.method === "PUT") {
      await env.KV.put(key, request.body ?? "");
      return new Response("stored");
    }
    if (request.method === "DELETE") {
      await env.KV.delete(key);
      return new Response("deleted");
    }
    const value = await env.KV.get(key, "stream");
    return value === null ? new Response("nothing", { status: 404 }) : new Response(value);
  } catch (error) {
    return new Response(`${error.name}: ${error.message}`, { status: 500 });
  }
}
"#;

fn project() -> Project {
    let project = Project::new();
    project.write(
        "wrangler.toml",
        "name = \"test\"\npages_build_output_dir = \"public\"\ncompatibility_date = \"2026-06-01\"\n\
         [[kv_namespaces]]\nbinding = \"KV\"\nid = \"entries\"\n",
    );
    project.function("[[path]].js", FUNCTION);
    project
}

fn start(project: &Project) -> Server {
    Command::serve(project.path()).workers(2).start()
}

fn put(server: &Server, key: &str, value: impl Into<Vec<u8>>) {
    let answer = server.send(Request::new("PUT", &format!("/{key}")).body(value));
    assert_eq!((answer.status, answer.text().as_str()), (200, "stored"));
}

fn workers(server: &Server) -> Vec<u32> {
    let mut pids = process_tree(server.pid());
    pids.retain(|pid| *pid != server.pid());
    pids
}

#[test]
fn what_is_put_all_workers_have_at_once() {
    let project = project();
    let server = start(&project);
    // Each on a connection of its own, which any worker accepts.
    for round in 0..60 {
        let key = format!("round/{}", round % 7);
        put(&server, &key, format!("value {round}"));
        assert_eq!(
            server.get(&format!("/{key}")).text(),
            format!("value {round}")
        );
    }
    let keys: Vec<String> = (0..7).map(|number| format!("round/{number}")).collect();
    assert_eq!(server.get("/?round").json(), serde_json::json!(keys));
    for key in &keys {
        assert_eq!(
            server
                .send(Request::new("DELETE", &format!("/{key}")))
                .text(),
            "deleted"
        );
        assert_eq!(server.get(&format!("/{key}")).status, 404);
    }
    put(&server, "kept", "over a start");
    server.stop();
    let again = start(&project);
    assert_eq!(again.get("/kept").text(), "over a start");
    again.stop();
}

#[test]
fn the_largest_value_streams_both_ways() {
    let project = project();
    let server = start(&project);
    let value: Vec<u8> = (0..25 * 1024 * 1024)
        .map(|index: u32| (index % 253) as u8)
        .collect();
    for round in 0..4 {
        put(&server, &format!("large{round}"), value.clone());
        assert!(server.get(&format!("/large{round}")).body == value);
    }
    for pid in workers(&server) {
        let used = peak(pid);
        assert!(used < 160 * 1024 * 1024, "a worker used {used} bytes");
    }
    let longer = [value, vec![0]].concat();
    let answer = server.send(Request::new("PUT", "/longer").body(longer));
    assert_eq!(
        answer.text(),
        "Error: KV PUT failed: 413 Value length of 26214401 exceeds limit of 26214400."
    );
    assert_eq!(server.get("/longer").status, 404);
    server.stop();
}

#[test]
fn no_acknowledged_value_is_lost_when_workers_are_killed() {
    let project = project();
    let server = start(&project);
    let address = server.address();
    let until = Instant::now() + Duration::from_secs(6);
    let clients: Vec<_> = (0..8)
        .map(|client| {
            std::thread::spawn(move || {
                let mut acknowledged = HashMap::new();
                let mut number = 0_u32;
                while Instant::now() < until {
                    number += 1;
                    let key = format!("{client}-{}", number % 10);
                    let value = format!("{number} ").repeat(if number.is_multiple_of(20) {
                        20_000
                    } else {
                        20
                    });
                    let request = Request::new("PUT", &format!("/{key}")).body(value.clone());
                    // Without an answer the value may be there or not: the key is not looked at any more.
                    match request.send(address) {
                        Ok(answer) if answer.status == 200 => acknowledged.insert(key, value),
                        _ => acknowledged.remove(&key),
                    };
                }
                acknowledged
            })
        })
        .collect();
    let mut kills = 0;
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(150));
        for pid in workers(&server).into_iter().take(1 + kills % 2) {
            let _ = System::new("kill").args(["-9", &pid.to_string()]).status();
        }
        kills += 1;
    }
    assert!(kills > 10);
    server.eventually("/?none", Duration::from_secs(20), |answer| {
        answer.status == 200
    });
    let mut checked = 0;
    for client in clients {
        for (key, value) in client.join().unwrap() {
            let found = server.get(&format!("/{key}"));
            assert!(found.text() == value, "{key} has lost its value");
            checked += 1;
        }
    }
    assert!(checked > 20, "only {checked} values were acknowledged");
    server.stop();
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let project = project();
    project.write("taken", "a file");
    let folder = project.path().join("taken");
    let server = Command::serve(project.path())
        .workers(1)
        .argument("--persist-to")
        .argument(&folder.display().to_string())
        .start();
    let answer = server.send(Request::new("PUT", "/a").body("x"));
    let text = answer.text();
    assert!(
        text.starts_with("Error: KV PUT failed: 500 cannot use"),
        "{text}"
    );
    assert!(text.contains(&folder.display().to_string()), "{text}");
    server.stop();
}

#[test]
fn the_command_line_works_beside_a_server() {
    let project = project();
    let server = start(&project);
    put(&server, "from-server", "one");
    let quire = |arguments: &[&str]| run(project.path(), arguments);
    let printed = |arguments: &[&str]| {
        let (status, text) = quire(arguments);
        assert!(status.success(), "{arguments:?}: {text}");
        text
    };
    let by_binding = ["--binding", "KV"];
    let with = |start: &[&'static str]| [start, &by_binding[..]].concat();
    assert_eq!(
        printed(&with(&[
            "kv",
            "key",
            "put",
            "k",
            "hello",
            "--ttl",
            "100",
            "--metadata",
            "{\"a\":1}"
        ]))
        .trim_end(),
        "Writing the value \"hello\" to key \"k\" on namespace binding: \"KV\" (id: \"entries\") with metadata \"{\"a\":1}\"."
    );
    assert_eq!(server.get("/k").text(), "hello");
    assert_eq!(
        printed(&[
            "kv",
            "key",
            "get",
            "from-server",
            "--namespace-id",
            "entries",
            "--text"
        ]),
        "one\n"
    );
    assert_eq!(
        printed(&with(&["kv", "key", "get", "none"])),
        "Value not found\n"
    );
    let listed: serde_json::Value =
        serde_json::from_str(&printed(&with(&["kv", "key", "list"]))).unwrap();
    assert_eq!(listed[0]["name"], "from-server");
    assert_eq!(listed[1]["metadata"], serde_json::json!({ "a": 1 }));
    project.write(
        "in.json",
        r#"[{"key":"b1","value":"aGk=","base64":true},{"key":"b2","value":"two"}]"#,
    );
    assert_eq!(
        printed(&with(&["kv", "bulk", "put", "in.json"])),
        "Success!\n"
    );
    assert_eq!(server.get("/b1").text(), "hi");
    project.write("keys.json", r#"["b2",{"name":"none"}]"#);
    let got: serde_json::Value =
        serde_json::from_str(&printed(&with(&["kv", "bulk", "get", "keys.json"]))).unwrap();
    assert_eq!(
        got,
        serde_json::json!({ "b2": { "value": "two" }, "none": { "value": null } })
    );
    let (status, text) = quire(&with(&["kv", "bulk", "delete", "keys.json"]));
    assert!(!status.success() && text.contains("--force"), "{text}");
    printed(&with(&["kv", "bulk", "delete", "keys.json", "--force"]));
    assert_eq!(server.get("/b2").status, 404);
    printed(&with(&["kv", "key", "delete", "k"]));
    assert_eq!(server.get("/k").status, 404);
    for (arguments, said) in [
        (
            &["kv", "key", "put", "k", "v", "--binding", "NONE"][..],
            "No KV namespace",
        ),
        (
            &[
                "kv",
                "key",
                "put",
                "k",
                "v",
                "--binding",
                "KV",
                "--ttl",
                "5",
            ],
            "KV PUT failed: 400 Invalid expiration_ttl of 5.",
        ),
        (
            &[
                "kv",
                "key",
                "put",
                "k",
                "v",
                "--binding",
                "KV",
                "--metadata",
                "[1]",
            ],
            "--metadata must be a JSON object",
        ),
        (&["kv", "key", "put", "k", "--binding", "KV"], "<VALUE"),
        (
            &["kv", "key", "get", "k", "--binding", "KV", "--remote"],
            "Cloudflare account",
        ),
    ] {
        let (status, text) = quire(arguments);
        let found = text.to_lowercase().contains(&said.to_lowercase());
        assert!(!status.success() && found, "{arguments:?}: {text}");
    }
    let created = printed(&["kv", "namespace", "create", "my cache"]);
    assert!(created.contains("binding = \"my_cache\""), "{created}");
    let listed: serde_json::Value =
        serde_json::from_str(&printed(&["kv", "namespace", "list"])).unwrap();
    assert_eq!(
        listed[0],
        serde_json::json!({ "id": "entries", "title": "entries" })
    );
    assert_eq!(listed[1]["title"], "my cache");
    printed(&["kv", "namespace", "delete", "my cache", "-y"]);
    printed(&[
        "kv",
        "namespace",
        "delete",
        "--binding",
        "KV",
        "--skip-confirmation",
    ]);
    assert_eq!(server.get("/from-server").status, 404);
    server.stop();
}
