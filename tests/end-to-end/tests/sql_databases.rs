//! SQL databases across workers, crashes and the command line.
#![allow(clippy::unwrap_used)]

use std::process::Command as System;
use std::time::{Duration, Instant};

use quire_end_to_end::memory::process_tree;
use quire_end_to_end::{Command, Project, Request, Server, run};

/// `POST /` runs the SQL in the body with the query as parameters and gives the rows.
const FUNCTION: &str = r#"
export async function onRequest({ request, env }) {
  const values = [...new URL(request.url).searchParams.values()];
  try {
    const { results } = await env.DB.prepare(await request.text()).bind(...values).all();
    return Response.json(results);
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
         [[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"base\"\ndatabase_id = \"some/id\"\n",
    );
    project.function("index.js", FUNCTION);
    project
}

fn start(project: &Project) -> Server {
    Command::serve(project.path()).workers(2).start()
}

fn sql(server: &Server, sql: &str) -> serde_json::Value {
    let answer = server.send(Request::new("POST", "/").body(sql));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn all_workers_see_what_one_has_written() {
    let project = project();
    let server = start(&project);
    sql(&server, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)");
    // Each on a connection of its own, which any worker accepts.
    for round in 1..=60 {
        sql(
            &server,
            &format!("INSERT INTO t VALUES ({round}, 'text {round}')"),
        );
        let found = sql(
            &server,
            "SELECT count(*) AS n, max(b) AS b FROM t WHERE b LIKE 'text %'",
        );
        assert_eq!(found[0]["n"], round);
    }
    server.stop();
    let again = start(&project);
    assert_eq!(sql(&again, "SELECT b FROM t WHERE a = 7")[0]["b"], "text 7");
    again.stop();
    assert!(
        project
            .path()
            .join(".quire/state/d1/some%2fid/database.sqlite")
            .exists()
    );
}

#[test]
fn no_acknowledged_row_is_lost_when_workers_are_killed() {
    let project = project();
    let server = start(&project);
    sql(
        &server,
        "CREATE TABLE t (client, number, PRIMARY KEY (client, number))",
    );
    let address = server.address();
    let until = Instant::now() + Duration::from_secs(5);
    let clients: Vec<_> = (0..8)
        .map(|client| {
            std::thread::spawn(move || {
                let mut acknowledged = Vec::new();
                let mut number = 0;
                while Instant::now() < until {
                    number += 1;
                    let text = format!("INSERT INTO t VALUES ({client}, {number})");
                    let answer = Request::new("POST", "/").body(text).send(address);
                    if answer.is_ok_and(|answer| answer.status == 200) {
                        acknowledged.push(number);
                    }
                }
                acknowledged
            })
        })
        .collect();
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(200));
        let mut workers = process_tree(server.pid());
        workers.retain(|pid| *pid != server.pid());
        if let Some(pid) = workers.first() {
            let _ = System::new("kill").args(["-9", &pid.to_string()]).status();
        }
    }
    server.eventually("/", Duration::from_secs(20), |answer| answer.status == 500);
    let mut checked = 0;
    for (client, acknowledged) in clients.into_iter().enumerate() {
        let acknowledged = acknowledged.join().unwrap();
        let rows = sql(
            &server,
            &format!("SELECT number FROM t WHERE client = {client}"),
        );
        let there: Vec<u64> = (rows.as_array().unwrap().iter())
            .map(|row| row["number"].as_u64().unwrap())
            .collect();
        for number in acknowledged {
            assert!(
                there.contains(&number),
                "client {client} has lost row {number}"
            );
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} rows were acknowledged");
    server.stop();
}

#[test]
fn the_command_line_works_beside_a_server() {
    let project = project();
    let server = start(&project);
    let quire = |arguments: &[&str]| run(project.path(), arguments);
    let printed = |arguments: &[&str]| {
        let (status, text) = quire(arguments);
        assert!(status.success(), "{arguments:?}: {text}");
        text
    };
    let parsed = |text: &str| -> serde_json::Value { serde_json::from_str(text).unwrap() };
    let created = printed(&["d1", "migrations", "create", "base", "first one"]);
    assert!(
        created.contains("Successfully created Migration '0001_first_one.sql'!"),
        "{created}"
    );
    project.write(
        "migrations/0001_first_one.sql",
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b);\nINSERT INTO t VALUES (1, 'it''s\nhere'), (2, x'00ff');",
    );
    project.write(
        "migrations/0002_broken.sql",
        "INSERT INTO t VALUES (3, NULL); INSERT INTO missing VALUES (1);",
    );
    let listed = printed(&["d1", "migrations", "list", "DB"]);
    assert!(
        listed.contains("0001_first_one.sql") && listed.contains("0002_broken.sql"),
        "{listed}"
    );
    let (status, text) = quire(&["d1", "migrations", "apply", "base"]);
    assert!(
        !status.success()
            && text.contains("0002_broken.sql")
            && text.contains("no such table: missing"),
        "{text}"
    );
    assert_eq!(sql(&server, "SELECT count(*) AS n FROM t")[0]["n"], 2);
    project.write("migrations/0002_broken.sql", "CREATE INDEX i ON t (b);");
    printed(&["d1", "migrations", "apply", "base"]);
    assert!(printed(&["d1", "migrations", "list", "base"]).contains("No migrations to apply!"));
    let answer = parsed(&printed(&[
        "d1",
        "execute",
        "base",
        "--json",
        "--command",
        "SELECT a FROM t ORDER BY a; SELECT 1.5 AS x",
    ]));
    assert_eq!(
        answer[0]["results"],
        serde_json::json!([{ "a": 1 }, { "a": 2 }])
    );
    assert_eq!(answer[1]["results"][0]["x"], 1.5);
    let (status, text) = quire(&["d1", "execute", "base", "--json", "--command", "SELEC"]);
    assert!(!status.success());
    assert_eq!(
        parsed(&text)["error"]["text"],
        "near \"SELEC\": syntax error at offset 0: SQLITE_ERROR"
    );
    project.write(
        "f.sql",
        "BEGIN TRANSACTION;\nINSERT INTO t VALUES (5, 'five');\nCOMMIT;",
    );
    assert!(printed(&["d1", "execute", "base", "--file", "f.sql"]).contains("1 command executed"));
    printed(&[
        "d1", "export", "base", "--output", "out.sql", "--table", "t",
    ]);
    let dump = std::fs::read_to_string(project.path().join("out.sql")).unwrap();
    assert!(
        dump.contains("VALUES(1,replace('it''s\\nhere','\\n',char(10)));"),
        "{dump}"
    );
    printed(&["d1", "execute", "base", "--command", "DROP TABLE t"]);
    printed(&["d1", "execute", "base", "--file", "out.sql"]);
    assert_eq!(
        sql(&server, "SELECT b FROM t WHERE a = 1")[0]["b"],
        "it's\nhere"
    );
    assert_eq!(
        sql(&server, "SELECT b FROM t WHERE a = 2")[0]["b"],
        serde_json::json!([0, 255])
    );
    let (status, text) = quire(&["d1", "execute", "nope", "--command", "SELECT 1"]);
    assert!(
        !status.success() && text.contains("Couldn't find a D1 DB"),
        "{text}"
    );
    server.stop();
}
