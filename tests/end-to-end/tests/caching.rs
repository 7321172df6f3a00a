//! The cache across workers, starts and crashes.
#![allow(clippy::unwrap_used)]

use std::process::Command as System;
use std::time::Duration;

use quire_end_to_end::memory::process_tree;
use quire_end_to_end::{Command, Project, Request, Server};

/// `/put/NAME?length` stores that many bytes, `/get/NAME` gives them, `/slow/NAME` stores them over a second.
const FUNCTION: &str = r#"
const headers = { "cache-control": "max-age=1000" };
const piece = new Uint8Array(100_000).fill(7);
export async function onRequest({ request, params }) {
  const [action, name] = params.path;
  const key = `http://cache.example/${name}`;
  if (action === "get") return (await caches.default.match(key)) ?? new Response("nothing", { status: 404 });
  if (action === "slow") {
    let left = 10;
    const body = new ReadableStream({
      async pull(controller) {
        await scheduler.wait(100);
        controller.enqueue(piece);
        if (--left === 0) controller.close();
      },
    });
    await caches.default.put(key, new Response(body, { headers }));
    return new Response("stored");
  }
  const length = Number(new URL(request.url).search.slice(1));
  try {
    await caches.default.put(key, new Response("x".repeat(length), { headers }));
    return new Response("stored");
  } catch (error) {
    return new Response(`${error.name}: ${error.message}`, { status: 500 });
  }
}
"#;

fn project() -> Project {
    let project = Project::new();
    project.function("[[path]].js", FUNCTION);
    project
}

fn start(project: &Project) -> Server {
    Command::serve(project.path()).workers(2).start()
}

fn workers(server: &Server) -> Vec<u32> {
    let mut pids = process_tree(server.pid());
    pids.retain(|pid| *pid != server.pid());
    pids
}

#[test]
fn what_one_worker_stores_all_find_and_it_outlives_the_program() {
    let project = project();
    let server = start(&project);
    assert_eq!(server.get("/put/a?20").text(), "stored");
    assert_eq!(server.get("/put/b?300000").text(), "stored");
    // Each on a connection of its own, which any worker accepts.
    for _ in 0..40 {
        let small = server.get("/get/a");
        assert_eq!(small.header("cf-cache-status").as_deref(), Some("HIT"));
        assert_eq!(small.text(), "x".repeat(20));
        assert_eq!(server.get("/get/b").text().len(), 300_000);
    }
    server.stop();
    let again = start(&project);
    assert_eq!(again.get("/get/b").text().len(), 300_000);
    assert_eq!(again.get("/get/c").status, 404);
    again.stop();
    assert!(
        project
            .path()
            .join(".quire/state/cache/index.sqlite")
            .exists()
    );
    let ignore = std::fs::read_to_string(project.path().join(".quire/.gitignore")).unwrap();
    assert_eq!(ignore, "*\n");
}

#[test]
fn a_worker_that_is_killed_leaves_no_half_entry() {
    let project = project();
    let server = start(&project);
    assert_eq!(server.get("/put/kept?200000").text(), "stored");
    let address = server.address();
    let request = std::thread::spawn(move || Request::get("/slow/half").send(address));
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(server.get("/get/half").status, 404);
    for pid in workers(&server) {
        System::new("kill")
            .args(["-9", &pid.to_string()])
            .status()
            .unwrap();
    }
    assert!(
        request.join().unwrap().is_err(),
        "the worker was killed while it answered"
    );
    let found = server.eventually("/get/kept", Duration::from_secs(20), |answer| {
        answer.status == 200
    });
    assert_eq!(found.text().len(), 200_000);
    assert_eq!(server.get("/get/half").status, 404);
    assert_eq!(server.get("/slow/half").text(), "stored");
    assert_eq!(server.get("/get/half").text().len(), 1_000_000);
    server.stop();
}

#[test]
fn a_folder_that_cannot_be_used_is_named_when_something_is_put() {
    let project = project();
    project.write("taken", "a file");
    let folder = project.path().join("taken");
    let server = Command::serve(project.path())
        .workers(1)
        .argument("--persist-to")
        .argument(&folder.display().to_string())
        .start();
    let answer = server.get("/put/a?20");
    assert_eq!(answer.status, 500);
    let text = answer.text();
    assert!(
        text.starts_with("Error: The cache failed: cannot use"),
        "{text}"
    );
    assert!(text.contains(&folder.display().to_string()), "{text}");
    server.stop();
}
