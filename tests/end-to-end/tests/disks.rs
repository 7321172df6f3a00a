//! A disk that is full, and a data folder that nobody may write to: errors that say so, reading goes on, nothing is damaged.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::time::Duration;

use quire_end_to_end::{Command, Project, Request, Server};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);

/// All that stores something. What comes after the first seven leaves no room at all on a full disk, not even to make some.
const KINDS: [&str; 9] = [
    "kv",
    "largeKv",
    "d1",
    "object",
    "sqlObject",
    "queue",
    "cache",
    "r2",
    "largeR2",
];

/// `POST /KIND/NUMBER` stores something, `GET /KIND/NUMBER` gives what was stored, `DELETE /KIND/NUMBER` makes room.
const FUNCTION: &str = r#"
const long = (number, length) => `${number} `.repeat(length);
const object = (env) => env.OBJECT.getByName("one");

const kinds = {
  kv: {
    store: ({ KV }, number) => KV.put(`small-${number}`, long(number, 5_000)),
    read: async ({ KV }, number) => (await KV.get(`small-${number}`)) === long(number, 5_000),
    remove: ({ KV }, number) => KV.delete(`small-${number}`),
  },
  largeKv: {
    store: ({ KV }, number) => KV.put(`large-${number}`, long(number, 200_000)),
    read: async ({ KV }, number) => (await KV.get(`large-${number}`)) === long(number, 200_000),
    remove: ({ KV }, number) => KV.delete(`large-${number}`),
  },
  r2: {
    store: async ({ FILES }, number) => void (await FILES.put(`small-${number}`, long(number, 5_000))),
    read: async ({ FILES }, number) => (await (await FILES.get(`small-${number}`))?.text()) === long(number, 5_000),
    remove: ({ FILES }, number) => FILES.delete(`small-${number}`),
  },
  largeR2: {
    store: async ({ FILES }, number) => void (await FILES.put(`large-${number}`, long(number, 100_000))),
    read: async ({ FILES }, number) => (await (await FILES.get(`large-${number}`))?.text()) === long(number, 100_000),
    remove: ({ FILES }, number) => FILES.delete(`large-${number}`),
  },
  d1: {
    async store({ DB }, number) {
      await DB.prepare("CREATE TABLE IF NOT EXISTS stored (number INTEGER PRIMARY KEY, text TEXT)").run();
      await DB.prepare("INSERT INTO stored VALUES (?, ?)").bind(Number(number), long(number, 5_000)).run();
    },
    read: async ({ DB }, number) => (await DB.prepare("SELECT text FROM stored WHERE number = ?").bind(Number(number)).first("text")) === long(number, 5_000),
    remove: ({ DB }, number) => DB.prepare("DELETE FROM stored WHERE number = ?").bind(Number(number)).run(),
  },
  object: {
    store: (env, number) => object(env).store(number, long(number, 5_000)),
    read: async (env, number) => (await object(env).read(number)) === long(number, 5_000),
    remove: (env, number) => object(env).remove(number),
  },
  sqlObject: {
    store: (env, number) => object(env).insert(Number(number), long(number, 5_000)),
    read: async (env, number) => (await object(env).select(Number(number))) === long(number, 5_000),
    remove: (env, number) => object(env).erase(Number(number)),
  },
  queue: {
    store: ({ JOBS }, number) => JOBS.send(long(number, 5_000)),
    read: async ({ JOBS }, number) => (await JOBS.metrics()).backlogCount > Number(number),
    remove: () => {},
  },
  cache: {
    store: (env, number) => caches.default.put(`http://x/${number}`, new Response(long(number, 20_000), { headers: { "cache-control": "max-age=3600" } })),
    read: async (env, number) => (await (await caches.default.match(`http://x/${number}`))?.text()) === long(number, 20_000),
    remove: (env, number) => caches.default.delete(`http://x/${number}`),
  },
};

export async function onRequest({ request, env, params: { path: [kind, number] } }) {
  const does = { POST: "store", GET: "read", DELETE: "remove" }[request.method];
  try {
    return Response.json((await kinds[kind][does](env, number)) ?? "done");
  } catch (error) {
    return new Response(`${error}`, { status: 507 });
  }
}
"#;

const OBJECT: &str = r#"
import { DurableObject } from "cloudflare:workers";

export class Store extends DurableObject {
  store(number, text) {
    return this.ctx.storage.put(number, text);
  }
  read(number) {
    return this.ctx.storage.get(number);
  }
  remove(number) {
    return this.ctx.storage.delete(number);
  }
  insert(number, text) {
    this.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS stored (number INTEGER PRIMARY KEY, text TEXT)");
    this.ctx.storage.sql.exec("INSERT INTO stored VALUES (?, ?)", number, text);
  }
  select(number) {
    return this.ctx.storage.sql.exec("SELECT text FROM stored WHERE number = ?", number).one().text;
  }
  erase(number) {
    this.ctx.storage.sql.exec("DELETE FROM stored WHERE number = ?", number);
  }
}
export default {};
"#;

fn project() -> Project {
    let project = Project::new();
    project.write(
        "wrangler.toml",
        "name = \"test\"\npages_build_output_dir = \"public\"\ncompatibility_date = \"2026-06-01\"\n\
         kv_namespaces = [{ binding = \"KV\", id = \"kv\" }]\n\
         r2_buckets = [{ binding = \"FILES\", bucket_name = \"files\" }]\n\
         d1_databases = [{ binding = \"DB\", database_id = \"db\" }]\n\
         queues.producers = [{ binding = \"JOBS\", queue = \"jobs\" }]\n\
         durable_objects.bindings = [{ name = \"OBJECT\", class_name = \"Store\", script_name = \"store\" }]\n",
    );
    project.write("services/store/index.js", OBJECT);
    project.write(
        "services/store/wrangler.toml",
        "name = \"store\"\nmain = \"index.js\"\ncompatibility_date = \"2026-06-01\"\n\
         migrations = [{ tag = \"v1\", new_sqlite_classes = [\"Store\"] }]\n",
    );
    project.function("[[path]].js", FUNCTION);
    project
}

fn command(project: &Project, data: &Path) -> Command {
    Command::serve(project.path())
        .workers(2)
        .argument("--persist-to")
        .argument(&data.display().to_string())
}

/// Arguments of a program that starts another one in mounts of its own, which `prepare` makes; `None`, which is said, where none may be made.
fn in_own_mounts(prepare: &str) -> Option<Vec<String>> {
    let script = format!("{prepare} && exec \"$@\"");
    let launcher = [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-ec",
        &script,
        "sh",
    ];
    let launcher = launcher.map(str::to_owned).to_vec();
    let probe = std::process::Command::new(&launcher[0])
        .args(&launcher[1..])
        .arg("true")
        .output();
    if probe.is_ok_and(|output| output.status.success()) {
        return Some(launcher);
    }
    eprintln!("not tested: no mounts may be made here");
    None
}

fn start(command: Command, launcher: &[String]) -> Server {
    let launcher: Vec<&str> = launcher.iter().map(String::as_str).collect();
    command.launched_by(&launcher).start()
}

/// Stores something, or says why not.
fn store(server: &Server, kind: &str, number: usize) -> Result<(), String> {
    ask(server, "POST", kind, number).map(drop)
}

fn ask(server: &Server, method: &str, kind: &str, number: usize) -> Result<Value, String> {
    let answer = server.send(Request::new(method, &format!("/{kind}/{number}")));
    match answer.status {
        200 => Ok(answer.json()),
        507 => Err(answer.text()),
        _ => panic!("{kind}: {answer:?}\n{}", server.printed()),
    }
}

fn assert_reads(server: &Server, kind: &str, number: usize) {
    let read = ask(server, "GET", kind, number);
    assert_eq!(
        read,
        Ok(json!(true)),
        "{kind} {number}\n{}",
        server.printed()
    );
}

#[test]
fn a_full_disk() {
    let (project, data) = (project(), tempfile::TempDir::new().unwrap());
    let folder = data.path().display();
    let Some(launcher) = in_own_mounts(&format!("mount -t tmpfs -o size=16m none {folder}")) else {
        return;
    };
    let server = start(command(&project, data.path()), &launcher);
    for &kind in &KINDS[..7] {
        store(&server, kind, 0).unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
    // What is large fills the disk, what is smaller what is left of it.
    let mut large = 0;
    while store(&server, "largeKv", large + 1).is_ok() {
        large += 1;
        assert!(large < 100, "the disk is never full");
    }
    let mut stored = Vec::new();
    for &kind in &KINDS[..7] {
        let mut number = 1;
        let error = loop {
            match store(&server, kind, if kind == "largeKv" { 1000 } else { number }) {
                Ok(()) => number += 1,
                Err(error) => break error,
            }
            assert!(number < 2000, "{kind} is never refused");
        };
        assert!(
            error.contains("the disk is full") && error.contains("make room"),
            "{kind}: {error}"
        );
        stored.push((kind, number));
    }
    for (kind, number) in &stored {
        if *kind == "largeKv" {
            continue;
        }
        for number in [0, number - 1] {
            assert_reads(&server, kind, number);
        }
    }
    for number in 0..=large {
        assert_reads(&server, "largeKv", number);
    }
    // With room again everything goes on.
    for number in 1..=large {
        ask(&server, "DELETE", "largeKv", number).unwrap();
    }
    for (kind, number) in &stored {
        store(&server, kind, *number).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_reads(&server, kind, 0);
        assert_reads(&server, kind, *number);
    }
    server.stop();
}

#[test]
fn a_disk_full_of_objects() {
    let (project, data) = (project(), tempfile::TempDir::new().unwrap());
    let folder = data.path().display();
    let Some(launcher) = in_own_mounts(&format!("mount -t tmpfs -o size=8m none {folder}")) else {
        return;
    };
    let server = start(command(&project, data.path()), &launcher);
    let mut stored = 0;
    let error = loop {
        match store(&server, "largeR2", stored) {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 100, "the disk is never full");
    };
    assert!(
        error.contains("the disk is full") && error.contains("make room"),
        "{error}"
    );
    assert!(stored > 3);
    assert!(
        ask(&server, "GET", "largeR2", stored) != Ok(json!(true)),
        "what was refused is not there"
    );
    for number in 0..stored {
        assert_reads(&server, "largeR2", number);
    }
    // Later ones are longer, by a digit.
    for number in 0..3 {
        ask(&server, "DELETE", "largeR2", number).unwrap();
    }
    server.eventually("/largeR2/0", PATIENCE, |_| {
        store(&server, "largeR2", stored).is_ok()
    });
    assert_reads(&server, "largeR2", stored);
    server.stop();
}

#[test]
fn a_folder_that_nobody_may_write_to() {
    read_only(Server::stop);
}

#[test]
fn what_a_kill_left_behind_where_nobody_may_write() {
    read_only(Server::kill);
}

/// What was stored can be read from a folder that nobody may write to any more, however the server before ended.
fn read_only(end: impl FnOnce(Server)) {
    let (project, data) = (project(), tempfile::TempDir::new().unwrap());
    let server = command(&project, data.path()).start();
    for kind in KINDS {
        store(&server, kind, 0).unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
    end(server);
    let folder = data.path().display();
    let prepare = format!("mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}");
    let Some(launcher) = in_own_mounts(&prepare) else {
        return;
    };
    let server = start(command(&project, data.path()), &launcher);
    for kind in KINDS {
        assert_reads(&server, kind, 0);
        let error = store(&server, kind, 1).expect_err(kind);
        assert!(error.contains("may not write there"), "{kind}: {error}");
        assert_reads(&server, kind, 0);
    }
    server.stop();
    // Nothing of it is left behind.
    let server = command(&project, data.path()).start();
    for kind in KINDS {
        assert_reads(&server, kind, 0);
        store(&server, kind, 1).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_reads(&server, kind, 1);
    }
    server.stop();
}
