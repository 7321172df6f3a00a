//! Queues across workers, kills, reloads and the command line.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use quire_end_to_end::memory::process_tree;
use quire_end_to_end::{Command, Project, Request, Server, run};

const PATIENCE: Duration = Duration::from_secs(60);

/// `POST /NAME` sends a message of that name, `POST /NAME/COUNT` so many in a batch; `GET /seen/PREFIX` tells which names the consumer
/// had, each as often as it came. `GET /metrics` gives the backlog.
const FUNCTION: &str = r#"
export async function onRequest({ request, env, params: { path } }) {
  try {
    if (request.method === "POST") {
      const [name, count] = path;
      if (count === undefined) await env.JOBS.send(name);
      else await env.JOBS.sendBatch([...Array(Number(count)).keys()].map((index) => ({ body: `${name}-${index}` })));
      return new Response("sent");
    }
    if (path[0] === "metrics") return Response.json(await env.JOBS.metrics());
    const names = [];
    let cursor;
    do {
      const page = await env.SEEN.list({ prefix: path[1], cursor });
      names.push(...page.keys.map(({ name }) => name.split("/")[0]));
      cursor = page.cursor;
    } while (cursor);
    return Response.json(names);
  } catch (error) {
    return new Response(`${error}`, { status: 500 });
  }
}
"#;

/// Writes down what it gets, under the name and something that no other delivery has.
const CONSUMER: &str = r#"
export default {
  async queue(batch, env) {
    await Promise.all(batch.messages.map(({ body }) => env.SEEN.put(`${body}/${crypto.randomUUID()}`, "")));
  },
};
"#;

/// A project whose service reads from the queue, with further settings for that.
fn project(settings: &str) -> Project {
    let project = Project::new();
    project.write(
        "wrangler.toml",
        "name = \"test\"\npages_build_output_dir = \"public\"\ncompatibility_date = \"2026-06-01\"\n\
         [[kv_namespaces]]\nbinding = \"SEEN\"\nid = \"seen\"\n\
         [[queues.producers]]\nbinding = \"JOBS\"\nqueue = \"jobs\"\n",
    );
    project.write(
        "services/consumer/wrangler.toml",
        format!(
            "name = \"consumer\"\nmain = \"index.js\"\ncompatibility_date = \"2026-06-01\"\n\
             [[kv_namespaces]]\nbinding = \"SEEN\"\nid = \"seen\"\n\
             [[queues.consumers]]\nqueue = \"jobs\"\n{settings}\n"
        ),
    );
    project.write("services/consumer/index.js", CONSUMER);
    project.function("[[path]].js", FUNCTION);
    project
}

fn serve(project: &Path) -> Server {
    Command::serve(project).workers(2).start()
}

fn send(server: &Server, path: &str) -> bool {
    let request = Request::new("POST", path).patience(PATIENCE);
    let answer = request.send(server.address());
    answer.is_ok_and(|answer| answer.status == 200)
}

/// How often each name that begins with `prefix` came, once `wanted` holds of that.
fn seen(
    server: &Server,
    prefix: &str,
    wanted: impl Fn(&BTreeMap<String, u32>) -> bool,
) -> BTreeMap<String, u32> {
    let counted = |answer: &quire_end_to_end::Answer| {
        let names: Vec<String> = serde_json::from_value(answer.json()).unwrap();
        let mut counts = BTreeMap::new();
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
        counts
    };
    let target = format!("/seen/{prefix}");
    let answer = server.eventually(&target, PATIENCE, |answer| {
        answer.status == 200 && wanted(&counted(answer))
    });
    counted(&answer)
}

#[test]
fn each_message_comes_once_whatever_worker_it_was_sent_in() {
    let project = project("max_batch_size = 7\nmax_batch_timeout = 0");
    let server = serve(project.path());
    std::thread::scope(|scope| {
        for client in 0..8 {
            let server = &server;
            scope.spawn(move || {
                for round in 0..10 {
                    assert!(send(server, &format!("/once-{client}-{round}/5")));
                }
            });
        }
    });
    let counts = seen(&server, "once", |counts| counts.len() == 8 * 10 * 5);
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    assert_eq!(server.get("/metrics").json()["backlogCount"], 0);
    server.stop();
}

#[test]
fn no_acknowledged_message_is_lost_when_workers_and_the_supervisor_are_killed() {
    let project = project("max_batch_size = 10\nmax_batch_timeout = 0");
    let server = Mutex::new(serve(project.path()));
    let address = || server.lock().unwrap().address();
    let (stop, acknowledged) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for client in 0..4 {
            let (stop, acknowledged, address) = (&stop, &acknowledged, &address);
            scope.spawn(move || {
                let mut number = 0;
                while !stop.load(Ordering::Relaxed) {
                    number += 1;
                    let name = format!("kept-{client}-{number}");
                    let request = Request::new("POST", &format!("/{name}")).patience(PATIENCE);
                    if request
                        .send(address())
                        .is_ok_and(|answer| answer.status == 200)
                    {
                        acknowledged.lock().unwrap().push(name);
                    }
                }
            });
        }
        for round in 0..12 {
            std::thread::sleep(Duration::from_millis(250));
            let pid = server.lock().unwrap().pid();
            let mut tree = process_tree(pid);
            // Now and then all of them, else one or both workers.
            let all = round % 4 == 3;
            if !all {
                tree.retain(|process| *process != pid);
                tree.truncate(1 + round % 2);
            }
            for process in tree {
                let _ = std::process::Command::new("kill")
                    .args(["-9", &process.to_string()])
                    .stderr(std::process::Stdio::null())
                    .status();
            }
            if all {
                *server.lock().unwrap() = serve(project.path());
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() > 20, "{}", acknowledged.len());
    let server = server.into_inner().unwrap();
    let has_all = |counts: &BTreeMap<String, u32>| {
        let mut names = acknowledged.iter();
        names.all(|name| counts.contains_key(name))
    };
    seen(&server, "kept", has_all);
    server.stop();
}

#[test]
fn batches_that_their_worker_dies_with_are_dealt_with_by_another() {
    let project = project("max_batch_timeout = 0\nmax_retries = 0");
    // The first delivery never comes to an end by itself.
    project.write(
        "services/consumer/index.js",
        r#"
export default {
  async queue(batch, env) {
    const [{ attempts, body }] = batch.messages;
    await env.SEEN.put(`${body}-${attempts}/${crypto.randomUUID()}`, "");
    if (attempts === 1) await scheduler.wait(600_000);
  },
};
"#,
    );
    let server = serve(project.path());
    assert!(send(&server, "/long"));
    seen(&server, "long", |counts| counts.contains_key("long-1"));
    // Whichever worker has it.
    for process in process_tree(server.pid()) {
        if process != server.pid() {
            let _ = std::process::Command::new("kill")
                .args(["-9", &process.to_string()])
                .status();
        }
    }
    let counts = seen(&server, "long", |counts| counts.contains_key("long-2"));
    assert_eq!(counts.len(), 2, "{counts:?}");
    server.stop();
}

#[test]
fn one_batch_at_a_time_where_that_is_asked_for() {
    let project = project("max_batch_size = 1\nmax_batch_timeout = 0\nmax_concurrency = 1");
    project.write(
        "services/consumer/index.js",
        r#"
export default {
  async queue(batch, env) {
    const others = await env.SEEN.list({ prefix: "running/" });
    const id = crypto.randomUUID();
    await env.SEEN.put(`running/${id}`, "");
    await scheduler.wait(20);
    await env.SEEN.delete(`running/${id}`);
    await env.SEEN.put(`${others.keys.length === 0 ? "alone" : "together"}/${id}`, "");
  },
};
"#,
    );
    let server = serve(project.path());
    for round in 0..6 {
        assert!(send(&server, &format!("/x{round}/5")));
    }
    let counts = seen(&server, "", |counts| {
        let ended = counts.get("alone").unwrap_or(&0) + counts.get("together").unwrap_or(&0);
        ended == 30 && !counts.contains_key("running")
    });
    assert_eq!(counts.get("alone"), Some(&30), "{counts:?}");
    server.stop();
}

#[test]
fn development_reloads_the_consumer_and_says_what_it_throws() {
    let project = project("max_batch_timeout = 0\nmax_retries = 100\nretry_delay = 1");
    project.write(
        "services/consumer/index.js",
        "export default { queue() { throw new Error('not yet'); } };",
    );
    let server = Command::dev(project.path()).start();
    assert!(send(&server, "/patient"));
    server.wait_for_output("not yet", PATIENCE);
    project.write("services/consumer/index.js", CONSUMER);
    seen(&server, "patient", |counts| counts.contains_key("patient"));
    server.stop();
}

#[test]
fn what_was_built_reads_from_queues_too() {
    let project = project("max_batch_timeout = 0");
    let (status, printed) = run(project.path(), &["build", "--outdir", "out"]);
    assert!(status.success(), "{printed}");
    let server = serve(&project.path().join("out"));
    assert!(send(&server, "/built/3"));
    seen(&server, "built", |counts| counts.len() == 3);
    server.stop();
}

#[test]
fn two_consumers_of_a_queue_are_refused() {
    let project = project("");
    project.write("services/other/index.js", CONSUMER);
    project.write(
        "services/other/wrangler.toml",
        "name = \"other\"\nmain = \"index.js\"\n[[queues.consumers]]\nqueue = \"jobs\"\n",
    );
    let (status, printed) = Command::serve(project.path()).fails_to_start();
    assert!(
        !status.success() && printed.contains("both read from the queue `jobs`"),
        "{printed}"
    );
}

#[test]
fn the_command_line_shows_and_empties_queues() {
    let project = project("");
    // Nobody reads from it.
    project.remove("services/consumer/wrangler.toml");
    project.remove("services/consumer/index.js");
    let quire = |arguments: &[&str]| {
        let (status, printed) = run(project.path(), arguments);
        assert!(status.success(), "{printed}");
        printed
    };
    assert!(quire(&["queues", "list"]).contains("no messages"));
    let server = serve(project.path());
    assert!(send(&server, "/waits/3"));
    let listed: serde_json::Value =
        serde_json::from_str(&quire(&["queues", "list", "--json"])).unwrap();
    assert_eq!(
        (&listed[0]["queue"], &listed[0]["backlogCount"]),
        (&"jobs".into(), &3.into())
    );
    assert!(quire(&["queues", "list"]).contains("jobs"));
    assert!(quire(&["queues", "purge", "jobs", "--force"]).contains("3 messages"));
    assert_eq!(server.get("/metrics").json()["backlogCount"], 0);
    server.stop();
}
