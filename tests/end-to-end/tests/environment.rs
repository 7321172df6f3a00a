//! What functions find in `env` besides the large bindings: secrets, and bindings of the smaller kinds.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use quire_end_to_end::{Command, Project, memory, quire, run};
use serde_json::{Value, json};

/// `quire secret put`, with a value on standard input.
fn put(project: &Path, arguments: &[&str], value: &str) {
    let mut child = std::process::Command::new(quire())
        .args(["secret", "put"])
        .args(arguments)
        .current_dir(project)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(value.as_bytes()).expect("it reads");
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}

fn project() -> Project {
    let project = Project::new();
    project.write(
        "wrangler.toml",
        r#"name = "small"
pages_build_output_dir = "public"
compatibility_date = "2026-06-01"
version_metadata = { binding = "VERSION" }
analytics_engine_datasets = [{ binding = "POINTS", dataset = "clicks" }]
hyperdrive = [
  { binding = "PG", id = "1", localConnectionString = "postgres://user:p%40ss@db.example:6543/main?sslmode=disable" },
  { binding = "NONE", id = "2" },
]
secrets_store_secrets = [
  { binding = "SHARED", store_id = "store", secret_name = "shared" },
  { binding = "MISSING", store_id = "store", secret_name = "missing" },
]

[[ratelimits]]
name = "LIMIT"
namespace_id = "1"
simple = { limit = 5, period = 60 }

[vars]
PLAIN = "plain"
OVER = "configuration"
"#,
    );
    project.write("public/index.html", "");
    project
}

#[test]
fn secrets_reach_functions_and_nothing_else() {
    let project = project();
    project.write(".dev.vars", "OVER=file\nOF_FILE=file\n");
    project.function(
        "index.js",
        "export const onRequest = ({ env }) => Response.json([env.KEY, env.OVER, env.OF_FILE, env.PLAIN]);",
    );
    project.function("fails.js", "export const onRequest = ({ env }) => { console.log('told'); throw new Error('on purpose'); };");
    put(project.path(), &["KEY"], "swordfish\n");
    put(project.path(), &["OVER"], "kept");
    put(
        project.path(),
        &["KEY", "--env", "preview"],
        "of the preview",
    );
    let server = Command::serve(project.path())
        .workers(2)
        .argument("--log-requests")
        .start();
    for _ in 0..4 {
        assert_eq!(
            server.get("/").json(),
            json!(["swordfish", "kept", "file", "plain"])
        );
    }
    assert!(!server.get("/fails").text().contains("swordfish"));
    for process in memory::process_tree(server.pid()) {
        for file in ["cmdline", "environ"] {
            let shown = std::fs::read(format!("/proc/{process}/{file}")).unwrap_or_default();
            assert!(
                !String::from_utf8_lossy(&shown).contains("swordfish"),
                "{file} of {process}"
            );
        }
    }
    server.wait_for_output("on purpose", Duration::from_secs(10));
    assert!(
        !server.printed().contains("swordfish"),
        "{}",
        server.printed()
    );
    server.stop();
    // Development has files for that, and shows where variables are from, but not what they are.
    let server = Command::dev(project.path()).start();
    assert_eq!(
        server.get("/").json(),
        json!([null, "file", "file", "plain"])
    );
    assert!(!server.get("/fails").text().contains("kept"));
    assert!(
        server.printed().contains("env.OVER"),
        "{}",
        server.printed()
    );
    server.stop();
}

#[test]
fn what_was_built_gets_its_secrets_where_it_is_served() {
    let project = project();
    project.function("index.js", "export const onRequest = async ({ env }) => Response.json([env.KEY, await env.SHARED.get()]);");
    put(project.path(), &["KEY"], "swordfish");
    put(
        project.path(),
        &["shared", "--store", "store"],
        "of the store",
    );
    let (status, printed) = run(project.path(), &["build", "--outdir", "out"]);
    assert!(status.success(), "{printed}");
    let manifest =
        std::fs::read_to_string(project.path().join("out/quire.json")).expect("it was built");
    assert!(!manifest.contains("swordfish") && !manifest.contains("of the store"));
    let data = project.path().join(".quire/state");
    let data = data
        .to_str()
        .expect("a path of the temporary folder is text");
    let built = project.path().join("out");
    let server = Command::serve(built)
        .argument("--data-dir")
        .argument(data)
        .workers(1)
        .start();
    assert_eq!(server.get("/").json(), json!(["swordfish", "of the store"]));
    server.stop();
}

#[test]
fn environments_inherit_no_binding_and_have_secrets_of_their_own() {
    let project = Project::new();
    project.write(
        "wrangler.toml",
        r#"name = "environments"
pages_build_output_dir = "public"
compatibility_date = "2026-06-01"
kv_namespaces = [{ binding = "KV", id = "kv" }]
vars = { WHERE = "top", ONLY_TOP = "top" }

[env.preview]
vars = { WHERE = "preview" }
queues.producers = [{ binding = "JOBS", queue = "jobs" }]
"#,
    );
    for (file, secret) in [
        (".dev.vars", "plain"),
        (".dev.vars.preview", "of the preview"),
        (".dev.vars.production", "of production"),
    ] {
        project.write(file, format!("SECRET={secret}\n"));
    }
    project.function(
        "index.js",
        "export const onRequest = ({ env }) => Response.json([env.WHERE, env.ONLY_TOP ?? null, env.SECRET, 'KV' in env, 'JOBS' in env]);",
    );
    // Production has no section: it is the top level.
    for (environment, expected) in [
        (
            "production",
            json!(["top", "top", "of production", true, false]),
        ),
        (
            "preview",
            json!(["preview", null, "of the preview", false, true]),
        ),
    ] {
        let variable = format!("PAGES_ENVIRONMENT={environment}");
        let server = Command::serve(project.path())
            .workers(2)
            .launched_by(&["env", &variable])
            .start();
        for _ in 0..4 {
            assert_eq!(server.get("/").json(), expected);
        }
        let warned = server.printed();
        for lost in ["`kv_namespaces` is set", "`vars.ONLY_TOP` is set"] {
            assert_eq!(warned.contains(lost), environment == "preview", "{warned}");
        }
        server.stop();
    }
    let server = Command::dev(project.path()).start();
    assert_eq!(
        server.get("/").json(),
        json!(["top", "top", "plain", true, false])
    );
    server.stop();
}

#[test]
fn what_env_is() {
    let project = Project::new();
    project.write(
        "wrangler.toml",
        r#"name = "env"
pages_build_output_dir = "public"
compatibility_date = "2026-06-01"
kv_namespaces = [{ binding = "KV", id = "kv" }]
d1_databases = [{ binding = "DB", database_id = "db" }]
queues.producers = [{ binding = "JOBS", queue = "jobs" }]
services = [{ binding = "OTHER", service = "other" }]
vars = { TEXT = "text", LIST = [1, "a", true], NESTED = { a = { b = 1 } }, NUMBER = 1.5, NOT = false }
"#,
    );
    project.write(
        "services/other/index.js",
        "import { WorkerEntrypoint } from 'cloudflare:workers';
export default class extends WorkerEntrypoint { take(value) { return typeof value; } }",
    );
    project.function(
        "index.js",
        r#"
import { env as imported, withEnv } from "cloudflare:workers";
const told = async (run) => { try { return (await run()) ?? "undefined"; } catch (error) { return `${error.name}: ${error.message}`; } };
const atStart = [imported.TEXT, told(() => imported.KV.get("x")), told(() => imported.JOBS.send("x"))];
export async function onRequest({ env }) {
  const bindings = [env.KV, env.DB, env.JOBS];
  const answer = {
    variables: [env.TEXT, env.LIST, env.NESTED, env.NUMBER, env.NOT],
    object: [Object.isFrozen(env), imported === env, imported.KV === env.KV, imported.TEXT],
    kinds: bindings.map((binding) => Object.prototype.toString.call(binding)),
    cloned: await Promise.all(bindings.map((binding) => told(() => structuredClone(binding)))),
    called: await Promise.all(bindings.map((binding) => told(() => env.OTHER.take(binding)))),
    atStart: await Promise.all(atStart.map(async (value) => (await value).slice(0, 48))),
    withEnv: withEnv({ TEXT: "replaced" }, () => imported.TEXT),
    sticks: env.MARK ?? null,
  };
  env.MARK = "kept";
  return Response.json(answer);
}
"#,
    );
    let refused = json!([
        "DataCloneError: A KV namespace binding cannot be serialized.",
        "DataCloneError: Could not serialize object of type \"D1Database\". This type does not support serialization.",
        "DataCloneError: Could not serialize object of type \"WorkerQueue\". This type does not support serialization.",
    ]);
    let outside = "Error: Disallowed operation called within global ";
    let mut expected = json!({
        "variables": ["text", [1, "a", true], { "a": { "b": 1 } }, 1.5, false],
        "object": [false, false, true, "text"],
        "kinds": ["[object KvNamespace]", "[object WrappedBinding]", "[object WorkerQueue]"],
        "cloned": refused,
        "called": [&refused[0], "object", &refused[2]],
        "atStart": ["text", &outside[..48], &outside[..48]],
        "withEnv": "replaced",
        "sticks": null,
    });
    let server = Command::serve(project.path()).workers(1).start();
    assert_eq!(server.get("/").json(), expected);
    expected["sticks"] = json!("kept");
    assert_eq!(server.get("/").json(), expected);
    server.stop();
}

#[test]
fn smaller_bindings() {
    let project = project();
    project.function(
        "version.js",
        "export const onRequest = ({ env }) => Response.json(env.VERSION);",
    );
    project.function(
        "database.js",
        "export const onRequest = ({ env: { PG, NONE } }) => {
  const error = (run) => { try { return run(); } catch (error) { return error.message; } };
  return Response.json([PG.connectionString, PG.host, PG.port, PG.user, PG.password, PG.database, typeof PG.connect, error(() => NONE.host)]);
};",
    );
    project.function(
        "store.js",
        "export const onRequest = async ({ env }) =>
  Response.json([await env.SHARED.get(), await env.MISSING.get().catch((error) => `${error}`)]);",
    );
    project.function(
        "limit/[key].js",
        "export const onRequest = async ({ env, params }) => Response.json(await env.LIMIT.limit({ key: params.key }));",
    );
    project.function(
        "limits.js",
        "export const onRequest = async ({ env }) => {
  const cases = [5, null, { foo: 1, bar: 2 }, { key: 5 }, { period: 7 }];
  const messages = await Promise.all(cases.map((options) => env.LIMIT.limit(options).then(JSON.stringify, (error) => error.message)));
  return Response.json([...messages, await env.LIMIT.limit({})]);
};",
    );
    put(
        project.path(),
        &["shared", "--store", "store"],
        "of the store",
    );
    let server = Command::serve(project.path()).workers(2).start();
    let version = server.get("/version").json();
    assert_eq!(version["id"].as_str().map(str::len), Some(36), "{version}");
    assert_eq!(version["tag"], "");
    assert!(
        version["timestamp"]
            .as_str()
            .is_some_and(|time| time.ends_with('Z')),
        "{version}"
    );
    assert_eq!(
        server.get("/version").json(),
        version,
        "both workers have the same version"
    );
    let url = "postgres://user:p%40ss@db.example:6543/main?sslmode=disable";
    let database = server.get("/database").json();
    let plain = json!([url, "db.example", 6543, "user", "p@ss", "main", "function"]);
    assert_eq!(
        &database.as_array().expect("a list")[..7],
        plain.as_array().expect("a list")
    );
    assert!(
        database[7]
            .as_str()
            .is_some_and(|text| text.contains("localConnectionString")),
        "{database}"
    );
    let store = server.get("/store").json();
    assert_eq!(
        store,
        json!(["of the store", "Error: Secret \"missing\" not found"])
    );
    let expected = json!([
        "invalid rate limit options",
        "invalid rate limit options",
        "bad rate limit options: [foo,bar]",
        "invalid key: 5",
        "unsupported period: 7",
        { "success": true },
    ]);
    assert_eq!(server.get("/limits").json(), expected);
    // A period of a minute may end in between; twice five calls then pass at most.
    let passed = (0..30)
        .filter(|_| server.get("/limit/me").json() == json!({ "success": true }))
        .count();
    assert!(passed == 5 || (passed > 5 && passed <= 10), "{passed}");
    server.stop();
}

#[test]
fn points_can_be_asked_for() {
    let project = project();
    project.function(
        "index.js",
        "export const onRequest = ({ env, request }) => {
  const { searchParams } = new URL(request.url);
  return Response.json(String(env.POINTS.writeDataPoint({
    indexes: ['me'], blobs: [searchParams.get('page'), new TextEncoder().encode('bytes'), null], doubles: [Number(searchParams.get('time')), NaN],
  })));
};",
    );
    project.function(
        "limits.js",
        "export const onRequest = ({ env }) => {
  const many = (count, value) => Array(count).fill(value);
  const cases = [
    { doubles: many(21, 1) }, { blobs: many(21, 'x') }, { indexes: ['a', 'b'] }, { indexes: ['x'.repeat(97)] },
    { blobs: many(20, 'x'.repeat(801)) }, { doubles: 5 }, 5,
  ];
  return Response.json(cases.map((point) => { try { return env.POINTS.writeDataPoint(point); } catch (error) { return `${error}`; } }));
};",
    );
    let server = Command::serve(project.path()).workers(2).start();
    for (page, time) in [("/a", 1), ("/b", 2), ("/a", 4)] {
        assert_eq!(
            server.get(&format!("/?page={page}&time={time}")).json(),
            "undefined"
        );
    }
    let refusals = server.get("/limits").json();
    for (index, words) in [
        "TypeError: writeDataPoint(): Maximum of 20 doubles supported.",
        "TypeError: writeDataPoint(): Maximum of 20 blobs supported.",
        "TypeError: writeDataPoint(): Maximum of 1 indexes supported.",
        "TypeError: writeDataPoint(): Size of indexes[0] exceeds 96 bytes).",
        "TypeError: writeDataPoint(): Cumulative size of blobs exceeds 16000 bytes).",
        "TypeError: ",
        "TypeError: ",
    ]
    .into_iter()
    .enumerate()
    {
        assert!(
            refusals[index]
                .as_str()
                .is_some_and(|text| text.starts_with(words)),
            "{refusals}"
        );
    }
    let ask = |sql: &str| {
        let (status, printed) = run(project.path(), &["analytics", "query", sql, "--json"]);
        assert!(status.success(), "{printed}");
        serde_json::from_str::<Value>(&printed).expect("it is JSON")
    };
    // Written soon after the answer, not before it.
    let count = || {
        let (status, printed) = run(
            project.path(),
            &["analytics", "query", "SELECT count(*) FROM clicks"],
        );
        status.success() && printed.contains('3')
    };
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while !count() {
        assert!(
            std::time::Instant::now() < deadline,
            "the points never came"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    let sums = ask("SELECT blob1, sum(double1) AS total FROM clicks GROUP BY blob1 ORDER BY blob1");
    assert_eq!(
        sums,
        json!([{ "blob1": "/a", "total": 5.0 }, { "blob1": "/b", "total": 2.0 }])
    );
    let row = ask("SELECT index1, blob2, blob3, double2, double20 FROM clicks LIMIT 1");
    assert_eq!(
        row[0],
        json!({ "index1": "me", "blob2": "bytes", "blob3": "", "double2": 0.0, "double20": 0.0 })
    );
    let (status, printed) = run(
        project.path(),
        &["analytics", "query", "DELETE FROM clicks"],
    );
    assert!(
        !status.success() && printed.contains("changes nothing")
            || printed.contains("change nothing"),
        "{printed}"
    );
    server.stop();
}
