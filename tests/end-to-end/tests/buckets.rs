//! R2 buckets across workers, crashes, other programs and the command line.
#![allow(clippy::unwrap_used)]

use std::process::{Command as System, Stdio};
use std::time::{Duration, Instant};

use quire_end_to_end::memory::{process_tree, resident};
use quire_end_to_end::{Answer, Command, Project, Request, Server, quire};

const PATIENCE: Duration = Duration::from_secs(20);

/// `PUT`, `GET` and `DELETE` of `/KEY`; `POST /KEY` copies it to `/KEY-copy`, `GET /` lists.
const FUNCTION: &str = r#"
export async function onRequest({ request, env, params }) {
  const key = (params.path ?? []).join("/");
  try {
    switch (request.method) {
      case "PUT": {
        const object = await env.FILES.put(key, request.body, { httpMetadata: request.headers });
        return Response.json({ etag: object.etag, size: object.size });
      }
      case "POST": {
        await env.FILES.put(`${key}-copy`, (await env.FILES.get(key)).body);
        return new Response();
      }
      case "DELETE":
        await env.FILES.delete(key);
        return new Response();
    }
    if (key === "") return Response.json((await env.FILES.list()).objects.map(({ key }) => key));
    const object = await env.FILES.get(key, { range: request.headers });
    if (object === null) return new Response("none", { status: 404 });
    const headers = new Headers({ etag: object.httpEtag });
    object.writeHttpMetadata(headers);
    return new Response(object.body, { headers });
  } catch (error) {
    return new Response(error.message, { status: 500 });
  }
}
"#;

fn project() -> Project {
    let project = Project::new();
    project.write(
        "wrangler.toml",
        "name = \"test\"\npages_build_output_dir = \"public\"\ncompatibility_date = \"2026-06-01\"\n\
         [[r2_buckets]]\nbinding = \"FILES\"\nbucket_name = \"files\"\n",
    );
    project.function("[[path]].js", FUNCTION);
    project
}

fn start(project: &Project) -> Server {
    Command::serve(project.path()).workers(2).start()
}

fn put(server: &Server, target: &str, content: &[u8]) -> Answer {
    let answer = server.send(Request::new("PUT", target).body(content));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 7 % 253) as u8).collect()
}

#[test]
fn all_workers_see_what_one_has_stored() {
    let project = project();
    let server = start(&project);
    // Each on a connection of its own, which any worker accepts.
    for round in 0..40 {
        let stored = content(1 + round * 5_000);
        let size = put(&server, "/a", &stored).json()["size"].as_u64();
        assert_eq!(size, Some(stored.len() as u64));
        assert!(server.get("/a").body == stored);
    }
    assert_eq!(server.get("/").json(), serde_json::json!(["a"]));
    server.send(Request::new("DELETE", "/a"));
    assert_eq!(server.get("/a").status, 404);
    put(&server, "/kept/b", b"kept");
    server.stop();
    let again = start(&project);
    assert_eq!(again.get("/kept/b").text(), "kept");
    again.stop();
}

#[test]
fn large_objects_stream_through() {
    let project = project();
    let server = start(&project);
    let stored = content(48 * 1024 * 1024);
    let before = memory(&server);
    put(&server, "/large", &stored);
    server.send(Request::new("POST", "/large"));
    let copied = server.get("/large-copy");
    assert!(copied.body == stored);
    let part = server.send(Request::get("/large").header("range", "bytes=40000000-40000009"));
    assert_eq!(part.body, stored[40_000_000..40_000_010]);
    let grown = memory(&server).saturating_sub(before);
    assert!(grown < 40 * 1024, "{grown} KiB more are in use");
    server.stop();
}

/// The resident memory of the program and its workers, in KiB.
fn memory(server: &Server) -> u64 {
    process_tree(server.pid()).into_iter().map(resident).sum()
}

#[test]
fn no_acknowledged_object_is_lost_when_workers_are_killed() {
    let project = project();
    let server = start(&project);
    let (address, supervisor) = (server.address(), server.pid());
    let ends = Instant::now() + Duration::from_secs(6);
    let clients: Vec<_> = (0..4)
        .map(|client| {
            std::thread::spawn(move || {
                let mut acknowledged = Vec::new();
                let mut number = 0;
                while Instant::now() < ends {
                    number += 1;
                    let key = format!("/{client}/{number}");
                    let length = if number % 5 == 0 { 100_000 } else { 100 };
                    let request = Request::new("PUT", &key).body(content(length));
                    if request
                        .send(address)
                        .is_ok_and(|answer| answer.status == 200)
                    {
                        acknowledged.push((key, length));
                    }
                }
                acknowledged
            })
        })
        .collect();
    let mut kills = 0;
    while Instant::now() < ends {
        std::thread::sleep(Duration::from_millis(400));
        let workers = process_tree(supervisor);
        if let Some(worker) = workers
            .iter()
            .copied()
            .filter(|pid| *pid != supervisor)
            .nth(kills % 2)
        {
            let status = System::new("kill")
                .args(["-KILL", &worker.to_string()])
                .status();
            kills += usize::from(status.unwrap().success());
        }
    }
    let acknowledged: Vec<(String, usize)> = clients
        .into_iter()
        .flat_map(|client| client.join().unwrap())
        .collect();
    assert!(
        kills > 3 && acknowledged.len() > 20,
        "{kills} kills, {} objects",
        acknowledged.len()
    );
    for (key, length) in acknowledged {
        let found = server.eventually(&key, PATIENCE, |answer| answer.status == 200);
        assert!(found.body == content(length), "{key} is not whole");
    }
    server.stop();
}

#[test]
fn services_have_buckets_too() {
    let project = project();
    project.write(
        "wrangler.toml",
        "name = \"test\"\npages_build_output_dir = \"public\"\ncompatibility_date = \"2026-06-01\"\n\
         [[services]]\nbinding = \"ARCHIVE\"\nservice = \"archive\"\n\
         [[r2_buckets]]\nbinding = \"FILES\"\nbucket_name = \"files\"\n",
    );
    project.write(
        "services/archive/wrangler.toml",
        "name = \"archive\"\nmain = \"index.js\"\ncompatibility_date = \"2026-06-01\"\n\
         [[r2_buckets]]\nbinding = \"SAME\"\nbucket_name = \"files\"\n",
    );
    project.write(
        "services/archive/index.js",
        "export default { fetch: async (request, env) => new Response((await env.SAME.get('a'))?.body ?? 'none') };",
    );
    project.function(
        "archive.js",
        "export const onRequest = ({ request, env }) => env.ARCHIVE.fetch(request);",
    );
    let server = start(&project);
    assert_eq!(server.get("/archive").text(), "none");
    put(&server, "/a", &content(200_000));
    assert!(server.get("/archive").body == content(200_000));
    server.stop();
}

fn r2(project: &Project, arguments: &[&str]) -> System {
    let mut command = System::new(quire());
    command
        .arg("r2")
        .args(arguments)
        .current_dir(project.path());
    command
}

/// Runs `quire r2` to its end; what it wrote to standard output.
fn done(project: &Project, arguments: &[&str]) -> Vec<u8> {
    let output = r2(project, arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

#[test]
fn the_command_line_shares_the_objects() {
    let project = project();
    let server = start(&project);
    project.write("picture.png", content(150_000));
    done(
        &project,
        &[
            "object",
            "put",
            "files/a/picture.png",
            "--file",
            "picture.png",
            "--ct",
            "image/png",
        ],
    );
    let found = server.get("/a/picture.png");
    assert!(found.body == content(150_000));
    assert_eq!(found.header("content-type").as_deref(), Some("image/png"));

    let mut piped = r2(&project, &["object", "put", "files/piped", "--pipe"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut piped.stdin.take().unwrap(), b"through a pipe").unwrap();
    assert!(piped.wait().unwrap().success());
    assert_eq!(server.get("/piped").text(), "through a pipe");

    let piped = done(
        &project,
        &["object", "get", "files/a/picture.png", "--pipe"],
    );
    assert!(piped == content(150_000));
    done(&project, &["object", "get", "files/a/picture.png"]);
    assert!(std::fs::read(project.path().join("a/picture.png")).unwrap() == content(150_000));

    project.write(
        "many.json",
        r#"[{ "key": "x", "file": "picture.png" }, { "key": "y", "file": "many.json" }]"#,
    );
    done(
        &project,
        &["bulk", "put", "files", "--filename", "many.json"],
    );
    done(&project, &["object", "delete", "files/piped"]);
    assert_eq!(
        server.get("/").json(),
        serde_json::json!(["a/picture.png", "x", "y"])
    );
    server.stop();

    for (arguments, message) in [
        (
            vec!["object", "get", "files/none", "--pipe"],
            "The specified key does not exist.",
        ),
        (vec!["object", "get", "files"], "{bucket}/{key}"),
        (vec!["object", "put", "files/a"], "--file"),
        (
            vec!["object", "put", "files/a", "-f", "none.png"],
            "none.png",
        ),
        (vec!["object", "get", "files/a", "--remote"], "--remote"),
        (
            vec!["bulk", "put", "files", "-f", "picture.png"],
            "picture.png",
        ),
    ] {
        let output = r2(&project, &arguments).output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && complaint.contains(message),
            "{arguments:?}\n{complaint}"
        );
    }
}
