//! Clients that misbehave: they learn nothing and hurt nobody.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use quire_end_to_end::bystanders::assert_serves_others;
use quire_end_to_end::memory::{process_tree, resident};
use quire_end_to_end::{Command, Project, Request, Server, raw};

const SECRET: &str = "this lies beside the output folder";

fn project() -> Project {
    let project = Project::new();
    project.function(
        "ok.js",
        "export const onRequest = () => new Response(\"ok\");\n",
    );
    project.function(
        "echo.js",
        "export const onRequest = async ({ request }) => new Response(await request.text());\n",
    );
    project.write("secret.txt", SECRET);
    project.write("public/folder/page.txt", "page");
    project
}

fn serve(project: &Project) -> Server {
    Command::serve(project.path()).workers(2).start()
}

fn answer_to(server: &Server, bytes: &[u8]) -> String {
    String::from_utf8_lossy(&raw(server.address(), bytes, Duration::from_secs(5)).unwrap())
        .into_owned()
}

fn status_of(answer: &str) -> Option<u16> {
    answer
        .strip_prefix("HTTP/1.1 ")
        .or(answer.strip_prefix("HTTP/1.0 "))?
        .get(..3)?
        .parse()
        .ok()
}

#[test]
fn malformed_requests() {
    let project = project();
    let server = serve(&project);
    let long_target = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(300_000));
    for request in [
        "GARBAGE\r\n\r\n",
        "\r\n\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "GET / FTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a b c HTTP/1.1\r\nHost: x\r\n\r\n",
        "G\u{1}T / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nbad name: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n: empty\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nx-null: a\0b\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5x\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: nonsense\r\n\r\nhello",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}",
        &long_target,
    ] {
        let shown: String = request.chars().take(60).collect();
        let answer = answer_to(&server, request.as_bytes());
        // Refused, or cut off: never taken for a good request.
        let refused = answer.is_empty()
            || status_of(&answer).is_some_and(|status| (400..600).contains(&status));
        assert!(refused, "{shown:?} was answered by {answer:.300}");
        // A Function that reads a broken body throws, which is a 500; nothing else here reaches one.
        let reaches_a_function = shown.contains("chunked");
        assert!(
            reaches_a_function || status_of(&answer) != Some(500),
            "{shown:?}: it is the client's fault, not the server's: {answer:.300}"
        );
        assert_serves_others(&server, &format!("after {shown:?}"));
    }
    server.stop();
}

/// Two lengths in one request are how requests are smuggled past a proxy: the inner one must not be answered.
#[test]
fn smuggled_requests() {
    let project = project();
    let server = serve(&project);
    let request = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = answer_to(&server, request.as_bytes());
    assert!(
        answer.matches("HTTP/1.1 ").count() <= 1,
        "the connection went on after an ambiguous request:\n{answer}"
    );
    assert_serves_others(&server, "after an ambiguous request");
    server.stop();
}

#[test]
fn paths_that_leave_the_folder() {
    let project = project();
    let server = serve(&project);
    let mut targets = Vec::new();
    for dots in [
        "..",
        "%2e%2e",
        ".%2e",
        "%2E.",
        "%252e%252e",
        "..%00",
        "....",
        "..;",
        "%c0%ae%c0%ae",
        "%u002e%u002e",
        "\u{ff0e}\u{ff0e}",
    ] {
        for slash in [
            "/", "%2f", "%2F", "\\", "%5c", "%252f", "//", "/./", "%c0%af",
        ] {
            for depth in [1, 2, 8] {
                let climb = format!("{dots}{slash}").repeat(depth);
                targets.push(format!("/{climb}etc/passwd"));
                targets.push(format!("/{climb}secret.txt"));
                targets.push(format!("/folder/{climb}{climb}secret.txt"));
            }
        }
    }
    for target in [
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/static.txt/../../secret.txt",
        "/static.txt/../../../../../../etc/passwd",
        "/folder/..",
        "/folder/../..",
        "/file:///etc/passwd",
        "/%00/../../secret.txt",
        "/secret.txt%00.html",
        "/../secret.txt%00",
        "/.",
        "/..",
        "/../",
        "http://127.0.0.1/../../etc/passwd",
        "http://127.0.0.1/%2e%2e/secret.txt",
        "*",
        "../secret.txt",
        "etc/passwd",
        "/wrangler.toml",
        "/../wrangler.toml",
        "/functions/ok.js",
        "/../functions/ok.js",
    ] {
        targets.push(target.to_owned());
    }
    for target in &targets {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            server.address()
        );
        let answer = answer_to(&server, request.as_bytes());
        for leaked in ["root:", SECRET, "pages_build_output_dir", "export const"] {
            assert!(
                !answer.contains(leaked),
                "`GET {target}` leaked `{leaked}`:\n{answer}"
            );
        }
        assert_ne!(status_of(&answer), Some(500), "`GET {target}`: {answer}");
    }
    assert_serves_others(&server, "afterwards");
    server.stop();
}

#[test]
fn symbolic_links_that_leave_the_folder() {
    let project = project();
    let public = project.path().join("public");
    for (link, to) in [
        ("link.txt", "../secret.txt"),
        ("passwd", "/etc/passwd"),
        ("up", ".."),
        ("root", "/"),
        ("folder/deep.txt", "../../secret.txt"),
        ("page.html", "../secret.txt"),
    ] {
        std::os::unix::fs::symlink(to, public.join(link)).unwrap();
    }
    std::os::unix::fs::symlink("up", public.join("twice")).unwrap();
    let server = serve(&project);
    for target in [
        "/link.txt",
        "/passwd",
        "/up/secret.txt",
        "/root/etc/passwd",
        "/folder/deep.txt",
        "/page",
        "/page.html",
        "/twice/secret.txt",
        "/up/functions/ok.js",
    ] {
        let answer = server.get(target);
        for leaked in ["root:", SECRET, "export const"] {
            assert!(
                !answer.text().contains(leaked),
                "`GET {target}` leaked `{leaked}`: {answer:?}"
            );
        }
        assert_ne!(answer.status, 500, "`GET {target}`: {answer:?}");
    }
    assert_serves_others(&server, "afterwards");
    server.stop();
}

#[test]
fn a_header_of_1_mb() {
    let project = project();
    let server = serve(&project);
    let one = format!(
        "GET /ok HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n",
        "a".repeat(1 << 20)
    );
    let many: String = (0..20_000)
        .map(|index| format!("X-{index}: {index}\r\n"))
        .collect();
    let many = format!("GET /ok HTTP/1.1\r\nHost: x\r\n{many}\r\n");
    for request in [one, many] {
        for _ in 0..3 {
            let answer = answer_to(&server, request.as_bytes());
            let refused =
                answer.is_empty() || matches!(status_of(&answer), Some(400 | 413 | 414 | 431));
            assert!(refused, "a header of 1 MB was answered by {answer:.300}");
            assert_serves_others(&server, "after a header of 1 MB");
        }
    }
    server.stop();
}

/// What the original allows must still pass: 128 KB of headers in all.
#[test]
fn headers_of_ordinary_size_pass() {
    let project = project();
    let server = serve(&project);
    let answer = server.send(
        Request::get("/ok")
            .header("X-Long", &"a".repeat(14_000))
            .header("Cookie", &"b".repeat(14_000)),
    );
    assert_eq!(answer.status, 200, "{answer:?}");
    server.stop();
}

#[test]
fn slow_clients() {
    let project = project();
    let server = serve(&project);
    let mut slow: Vec<TcpStream> = (0..300)
        .map(|_| TcpStream::connect(server.address()).unwrap())
        .collect();
    for (index, stream) in slow.iter_mut().enumerate() {
        let begin: &[u8] = match index % 3 {
            0 => b"GET /ok HT",
            1 => b"GET /ok HTTP/1.1\r\nHost: x\r\nX-Slow: ",
            _ => b"",
        };
        stream.write_all(begin).unwrap();
    }
    for round in 0..20 {
        for stream in &mut slow {
            // A byte at a time; those that were cut off already are no longer of interest.
            let _ = stream.write_all(b"a");
        }
        assert_serves_others(
            &server,
            &format!("beside 300 slow clients, in round {round}"),
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    // Whoever has not finished the head of a request is cut off in the end.
    let deadline = Instant::now() + Duration::from_secs(90);
    for (index, stream) in slow
        .iter_mut()
        .enumerate()
        .filter(|(index, _)| index % 3 != 2)
    {
        let left = deadline
            .saturating_duration_since(Instant::now())
            .max(Duration::from_millis(1));
        stream.set_read_timeout(Some(left)).unwrap();
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest);
        let still_open = ended.is_err_and(|error| {
            matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            )
        });
        assert!(
            !still_open,
            "slow client {index} is still connected after 90 seconds"
        );
    }
    assert_serves_others(&server, "after the slow clients");
    server.stop();
}

#[test]
fn clients_that_go_away() {
    let project = project();
    project.function(
        "stream.js",
        "export const onRequest = () => new Response(new ReadableStream({ async pull(controller) { await new Promise((resolve) => setTimeout(resolve, 5)); controller.enqueue(new Uint8Array(65536)); } }));\n",
    );
    project.function("slow.js", "export const onRequest = async () => { await new Promise((resolve) => setTimeout(resolve, 400)); return new Response(\"slow\"); };\n");
    let server = serve(&project);
    let rounds = |count: usize| {
        for index in 0..count {
            let mut stream = TcpStream::connect(server.address()).unwrap();
            let target = if index % 2 == 0 { "/stream" } else { "/slow" };
            stream
                .write_all(&Request::get(target).bytes(server.address()))
                .unwrap();
            if index % 4 == 0 {
                let _ = stream.read(&mut [0; 100]).unwrap();
            }
        }
        std::thread::sleep(Duration::from_millis(800));
        assert_serves_others(&server, "after clients went away");
        process_tree(server.pid())
            .into_iter()
            .map(resident)
            .sum::<u64>()
    };
    rounds(200);
    let before = rounds(200);
    let after = rounds(600);
    assert!(
        after < before + 60_000,
        "endless streams that nobody reads go on: {before} KiB became {after} KiB"
    );
    server.stop();
}
