//! Functions that misbehave: each gives an error of its own and hurts nobody else.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use quire_end_to_end::bystanders::{assert_serves_others, while_others_are_served};
use quire_end_to_end::memory::{process_tree, resident};
use quire_end_to_end::{Command, Project, Request, Server};

/// A project with `/ok`, `/static.txt` and the Function `/bad`, which answers `good` if asked by `/bad?good`.
fn project(bad: &str) -> Project {
    let project = Project::new();
    project.function(
        "ok.js",
        "export const onRequest = () => new Response(\"ok\");\n",
    );
    project.function(
        "bad.js",
        &format!(
            "const bad = {bad};\nexport const onRequest = (context) => new URL(context.request.url).search === \"?good\" ? new Response(\"good\") : bad(context);\n"
        ),
    );
    project
}

fn limit_cpu(project: &Project, milliseconds: u32) {
    project.write(
        "wrangler.toml",
        format!(
            "name = \"test\"\npages_build_output_dir = \"public\"\ncompatibility_date = \"2026-06-01\"\n\n[limits]\ncpu_ms = {milliseconds}\n"
        ),
    );
}

fn serve(project: &Project) -> Server {
    Command::serve(project.path()).workers(2).start()
}

/// The request that misbehaves, waited for as long as a supervisor may need.
fn bad() -> Request {
    Request::get("/bad").patience(Duration::from_secs(60))
}

fn assert_recovers(server: &Server) {
    let good = server.eventually("/bad?good", Duration::from_secs(15), |answer| {
        answer.status == 200
    });
    assert_eq!(good.text(), "good");
    for _ in 0..10 {
        assert_serves_others(server, "afterwards");
    }
    // Both workers are there again: the supervisor has two children.
    let deadline = Instant::now() + Duration::from_secs(15);
    while process_tree(server.pid()).len() < 3 {
        assert!(
            Instant::now() < deadline,
            "a worker is missing: {:?}\n{}",
            process_tree(server.pid()),
            server.printed()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A fault of one request: 500, a terse answer, the details in the terminal, and the same worker goes on.
fn faulty(bad_function: &str, in_terminal: &str) {
    let project = project(bad_function);
    let server = serve(&project);
    let workers = process_tree(server.pid());
    for _ in 0..3 {
        let answer = while_others_are_served(&server, &bad()).unwrap();
        assert_eq!(answer.status, 500, "{answer:?}");
        let text = answer.text();
        assert!(
            !text.contains("private detail") && !text.contains("bad.js"),
            "the answer tells strangers too much: {text}"
        );
    }
    server.wait_for_output(in_terminal, Duration::from_secs(5));
    assert_recovers(&server);
    assert_eq!(
        process_tree(server.pid()),
        workers,
        "an error of one request replaces no worker\n{}",
        server.printed()
    );
    server.stop();
}

#[test]
fn throws_at_once() {
    faulty(
        "() => { throw new Error(\"private detail: sync\"); }",
        "private detail: sync",
    );
}

#[test]
fn throws_later() {
    faulty(
        "async () => { await new Promise((resolve) => setTimeout(resolve, 20)); throw new Error(\"private detail: async\"); }",
        "private detail: async",
    );
}

#[test]
fn throws_something_else() {
    faulty(
        "() => { throw \"private detail: a string\"; }",
        "private detail: a string",
    );
}

#[test]
fn throws_what_cannot_be_shown() {
    faulty(
        "() => { throw { get message() { throw new Error(\"private detail\"); }, toString() { throw 1; } }; }",
        "bad",
    );
}

#[test]
fn returns_nothing() {
    faulty("() => {}", "Response");
}

#[test]
fn recurses_for_ever() {
    faulty("function down() { return down() + 1; }", "call stack");
}

#[test]
fn a_header_with_a_newline() {
    let server_project =
        project("() => new Response(\"\", { headers: { \"x-bad\": \"a\\r\\nx-injected: yes\" } })");
    let server = serve(&server_project);
    let answer = while_others_are_served(&server, &bad()).unwrap();
    assert_eq!(answer.status, 500, "{answer:?}");
    assert_eq!(answer.header("x-injected"), None, "{answer:?}");
    assert_recovers(&server);
    server.stop();
}

#[test]
fn a_body_that_breaks_off() {
    let server_project = project(
        "() => { let n = 0; return new Response(new ReadableStream({ async pull(controller) { await new Promise((resolve) => setTimeout(resolve, 10)); if (n++ > 3) throw new Error(\"broken stream\"); controller.enqueue(new TextEncoder().encode(\"piece\")); } })); }",
    );
    let server = serve(&server_project);
    let broken = while_others_are_served(&server, &bad());
    assert!(
        broken.is_err(),
        "a client must be able to tell that the body is incomplete: {broken:?}"
    );
    assert_recovers(&server);
    server.stop();
}

#[test]
fn throws_after_the_answer() {
    let server_project = project(
        "({ waitUntil }) => { setTimeout(() => { throw new Error(\"thrown in a timer\"); }, 10); waitUntil(new Promise((resolve) => setTimeout(resolve, 200))); return new Response(\"answered\"); }",
    );
    let server = serve(&server_project);
    for _ in 0..3 {
        let answer = while_others_are_served(&server, &bad()).unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (200, "answered"));
    }
    server.wait_for_output("thrown in a timer", Duration::from_secs(5));
    assert_recovers(&server);
    server.stop();
}

#[test]
fn a_rejection_that_nobody_handles() {
    let server_project = project(
        "() => { Promise.reject(new Error(\"nobody handles this\")); return new Response(\"answered\"); }",
    );
    let server = serve(&server_project);
    let answer = while_others_are_served(&server, &bad()).unwrap();
    assert_eq!((answer.status, answer.text().as_str()), (200, "answered"));
    server.wait_for_output("nobody handles this", Duration::from_secs(5));
    assert_recovers(&server);
    server.stop();
}

#[test]
fn never_answers() {
    let server_project = project("() => new Promise(() => {})");
    let server = serve(&server_project);
    let answer = while_others_are_served(&server, &bad()).unwrap();
    assert!(answer.status >= 500, "{answer:?}");
    assert_recovers(&server);
    server.stop();
}

#[test]
fn computes_for_ever() {
    let server_project = project("() => { while (true) {} }");
    limit_cpu(&server_project, 300);
    let server = serve(&server_project);
    // Several times: the engine compiles the loop better and better, and must still be able to stop it.
    for _ in 0..8 {
        let started = Instant::now();
        let answer = while_others_are_served(&server, &bad());
        // An answer is what should come; a broken connection is what a replaced worker leaves behind.
        let answer =
            answer.unwrap_or_else(|error| panic!("no answer: {error}\n{}", server.printed()));
        assert!(answer.status >= 500, "{answer:?}");
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "it took {:?} to stop 300 ms of computing",
            started.elapsed()
        );
        assert_recovers(&server);
    }
    server.stop();
}

#[test]
fn computes_for_ever_and_catches_everything() {
    let server_project =
        project("() => { for (;;) { try { for (;;) {} } catch {} finally { continue; } } }");
    limit_cpu(&server_project, 300);
    let server = serve(&server_project);
    let answer = while_others_are_served(&server, &bad()).unwrap();
    assert!(answer.status >= 500, "{answer:?}");
    assert_recovers(&server);
    server.stop();
}

#[test]
fn an_endless_chain_of_awaits() {
    let server_project = project("async () => { for (;;) await 1; }");
    limit_cpu(&server_project, 1000);
    let server = serve(&server_project);
    let started = Instant::now();
    match while_others_are_served(&server, &bad()) {
        Ok(answer) => assert!(answer.status >= 500, "{answer:?}"),
        // The worker was replaced, and with it went the connection.
        Err(error) => assert!(
            started.elapsed() < Duration::from_secs(55),
            "nobody stopped it: {error}"
        ),
    }
    assert_recovers(&server);
    server.stop();
}

#[test]
fn allocates_until_memory_ends() {
    // It gives up at 4 GB, so that a server without a limit fails this test instead of the machine.
    let server_project = project(
        "async () => { const hoard = []; for (let i = 0; i < 256; i++) { hoard.push(new Uint8Array(16 << 20).fill(i + 1)); await new Promise((resolve) => setTimeout(resolve, 20)); } return new Response(`allocated ${hoard.length * 16} MB`); }",
    );
    let server = serve(&server_project);
    match while_others_are_served(&server, &bad()) {
        Ok(answer) => assert!(answer.status >= 500, "{answer:?}"),
        // The worker was replaced, and with it went the connection.
        Err(_) => server.wait_for_output("memory", Duration::from_secs(5)),
    }
    assert_recovers(&server);
    let largest = process_tree(server.pid())
        .into_iter()
        .map(resident)
        .max()
        .unwrap_or(0)
        / 1024;
    assert!(largest < 600, "a worker still takes {largest} MiB");
    server.stop();
}

#[test]
fn many_kinds_at_once() {
    let project = project("() => { throw new Error(\"one of many\"); }");
    project.function("slow.js", "export const onRequest = async () => { await new Promise((resolve) => setTimeout(resolve, 300)); return new Response(\"slow\"); };\n");
    let server = serve(&project);
    std::thread::scope(|scope| {
        for index in 0..60 {
            let server = &server;
            scope.spawn(move || match index % 3 {
                0 => assert_eq!(server.get("/bad").status, 500),
                1 => assert_eq!(server.get("/slow").text(), "slow"),
                _ => assert_serves_others(server, "amid the others"),
            });
        }
    });
    assert_recovers(&server);
    server.stop();
}
