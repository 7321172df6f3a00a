//! The form that answers take on their way out: parts of files, and content in a coding.
#![allow(clippy::unwrap_used)]

use std::io::Read;

use quire_end_to_end::{Answer, Command, Project, Request, Server};

/// `data/LENGTH` answers with JSON of about that length, `stream/LENGTH` with a stream of it; `?` and a name change the headers.
const DATA: &str = r#"
const variants = {
  untransformed: { "cache-control": "public, no-transform" },
  image: { "content-type": "image/png" },
  events: { "content-type": "text/event-stream" },
  tagged: { etag: '"own"', vary: "Origin" },
  varied: { vary: "*" },
};
export function onRequest({ request, params, functionPath }) {
  const url = new URL(request.url);
  const text = JSON.stringify({ text: "a".repeat(Number(params.length)) });
  const headers = { "content-type": "application/json", ...variants[url.search.slice(1)] };
  const status = url.search === "?teapot" ? 418 : url.search === "?missing" ? 404 : 200;
  const body = url.pathname.startsWith("/stream") ? new Blob([text]).stream() : text;
  return new Response(body, { status, headers });
}
"#;

const MIDDLEWARE: &str = r#"
export async function onRequest({ request, next }) {
  const response = await next();
  response.headers.set("x-status", response.status);
  response.headers.set("x-encoding", String(response.headers.get("content-encoding")));
  return request.url.includes("rewritten")
    ? new HTMLRewriter().on("h1", { element: (h1) => void h1.after("<p>added</p>", { html: true }) }).transform(response)
    : response;
}
"#;

fn page() -> String {
    format!("<!doctype html><h1>{}</h1>\n", "page ".repeat(200))
}

fn video() -> Vec<u8> {
    (0..2_000_000_u32).map(|n| (n / 5) as u8).collect()
}

fn project() -> Project {
    let project = Project::new();
    project.function("data/[length].js", DATA);
    project.function("stream/[length].js", DATA);
    project.function("guarded/_middleware.js", MIDDLEWARE);
    for folder in ["public", "public/guarded"] {
        project.write(&format!("{folder}/page.html"), page());
        project.write(&format!("{folder}/rewritten.html"), page());
        project.write(&format!("{folder}/video.mp4"), video());
        project.write(
            &format!("{folder}/app.css"),
            "a { color: red }\n".repeat(100),
        );
        project.write(&format!("{folder}/app.css.br"), "app.css as br");
    }
    project.overwrite("public/404.html", format!("none{}", page()));
    project.write("public/tiny.css", "a {}");
    project.write(
        "public/_headers",
        "/untransformed/*\n  cache-control: no-transform\n",
    );
    project.write("public/untransformed/page.html", page());
    project
}

fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    send(server, "GET", path, headers)
}

fn send(server: &Server, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::new(method, path);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    server.send(request)
}

fn encoding(answer: &Answer) -> Option<String> {
    answer.header("content-encoding")
}

fn gunzip(answer: &Answer) -> String {
    assert_eq!(encoding(answer).as_deref(), Some("gzip"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(&answer.body[..])
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn files_come_in_the_coding_that_the_client_wants() {
    let project = project();
    let server = Command::serve(project.path()).start();
    for folder in ["", "/guarded"] {
        let path = &format!("{folder}/page");
        let plain = get(&server, path, &[]);
        assert_eq!((encoding(&plain), plain.header("vary")), (None, None));
        assert_eq!(plain.text(), page());
        let tag = plain.header("etag").unwrap();
        // The second answer comes from memory.
        for _ in 0..2 {
            for (accept, coding) in [
                ("gzip, deflate, br, zstd", Some("br")),
                ("gzip, zstd", Some("zstd")),
                ("gzip", Some("gzip")),
                ("br;q=0.5, gzip", Some("gzip")),
                ("identity;q=1, *;q=0", None),
                ("deflate", None),
            ] {
                let headers = [("accept-encoding", accept)];
                let answer = get(&server, path, &headers);
                assert_eq!(encoding(&answer).as_deref(), coding, "{path} {accept}");
                assert_eq!(answer.header("vary").as_deref(), Some("Accept-Encoding"));
                let expected = match coding {
                    Some(_) => format!("W/{tag}"),
                    None => tag.clone(),
                };
                assert_eq!(answer.header("etag"), Some(expected), "{path} {accept}");
                let length = answer.body.len();
                assert_eq!(
                    coding.is_some(),
                    length < page().len() / 4,
                    "{path} {accept}"
                );
                let head = send(&server, "HEAD", path, &headers);
                assert_eq!(encoding(&head), encoding(&answer), "{path} {accept}");
                assert_eq!(head.header("content-length"), Some(length.to_string()));
                assert!(head.body.is_empty());
            }
        }
        assert_eq!(
            gunzip(&get(&server, path, &[("accept-encoding", "gzip")])),
            page()
        );
        // Either tag names the file, in whatever form the client has it.
        for tag in [tag.clone(), format!("W/{tag}")] {
            let headers = [("accept-encoding", "gzip"), ("if-none-match", tag.as_str())];
            assert_eq!(get(&server, path, &headers).status, 304);
        }
        let all = [("accept-encoding", "gzip, br")];
        assert_eq!(
            get(&server, &format!("{folder}/app.css"), &all).text(),
            "app.css as br"
        );
        let video = get(&server, &format!("{folder}/video.mp4"), &all);
        assert_eq!((encoding(&video), video.header("vary")), (None, None));
    }
    let gzip = [("accept-encoding", "gzip")];
    let missing = get(&server, "/missing", &gzip);
    assert_eq!(
        (missing.status, gunzip(&missing)),
        (404, format!("none{}", page()))
    );
    for path in ["/tiny.css", "/untransformed/page"] {
        assert_eq!(encoding(&get(&server, path, &gzip)), None, "{path}");
    }
    // What middlewares see is the file as it is, whole.
    let guarded = get(&server, "/guarded/page", &gzip);
    assert_eq!(guarded.header("x-status").as_deref(), Some("200"));
    assert_eq!(guarded.header("x-encoding").as_deref(), Some("null"));
    // And what they change is not taken for the file.
    let rewritten = get(&server, "/guarded/rewritten", &gzip);
    assert!(gunzip(&rewritten).contains("</h1><p>added</p>"));
    server.stop();
}

#[test]
fn answers_of_functions_are_compressed_on_their_way_out() {
    let project = project();
    let server = Command::serve(project.path()).start();
    let text = |length: usize| format!("{{\"text\":\"{}\"}}", "a".repeat(length));
    for length in [1_000, 100_000] {
        for kind in ["data", "stream"] {
            let path = format!("/{kind}/{length}");
            assert_eq!(get(&server, &path, &[]).text(), text(length));
            for (accept, coding) in [
                ("gzip, br", "br"),
                ("gzip, br, zstd", "zstd"),
                ("gzip", "gzip"),
            ] {
                let answer = get(&server, &path, &[("accept-encoding", accept)]);
                assert_eq!(encoding(&answer).as_deref(), Some(coding), "{path}");
                assert_eq!(answer.header("vary").as_deref(), Some("Accept-Encoding"));
                assert!(answer.body.len() < 300, "{path}");
                if coding == "gzip" {
                    assert_eq!(gunzip(&answer), text(length));
                }
            }
        }
    }
    let gzip = [("accept-encoding", "gzip")];
    for (path, compressed) in [
        ("/data/10", false),
        ("/data/1000?untransformed", false),
        ("/data/1000?image", false),
        ("/stream/1000?events", false),
        ("/data/1000?teapot", false),
        ("/data/1000?missing", true),
        ("/data/1000?tagged", true),
        ("/data/1000?varied", true),
    ] {
        let answer = get(&server, path, &gzip);
        assert_eq!(encoding(&answer).is_some(), compressed, "{path}");
    }
    let tagged = get(&server, "/data/1000?tagged", &gzip);
    assert_eq!(tagged.header("etag").as_deref(), Some("W/\"own\""));
    assert_eq!(
        tagged.header("vary").as_deref(),
        Some("Origin, Accept-Encoding")
    );
    let varied = get(&server, "/data/1000?varied", &gzip);
    assert_eq!(varied.header("vary").as_deref(), Some("*"));
    server.stop();
}

#[test]
fn parts_of_files() {
    let project = project();
    let server = Command::serve(project.path()).start();
    let video = video();
    let total = video.len();
    for path in ["/video.mp4", "/guarded/video.mp4"] {
        let whole = get(&server, path, &[]);
        assert_eq!(whole.header("accept-ranges").as_deref(), Some("bytes"));
        let tag = whole.header("etag").unwrap();
        for (range, start, end) in [
            ("bytes=0-1", 0, 2),
            ("bytes=0-", 0, total),
            ("bytes=1999990-", total - 10, total),
            ("bytes=-10", total - 10, total),
            ("bytes=300000-700000", 300_000, 700_001),
            ("bytes=1000000-99999999", 1_000_000, total),
        ] {
            // What browsers send for video.
            let headers = [
                ("range", range),
                ("accept-encoding", "identity;q=1, *;q=0"),
                ("if-range", tag.as_str()),
            ];
            let part = get(&server, path, &headers);
            assert_eq!(
                (part.status, part.reason.as_str()),
                (206, "Partial Content")
            );
            assert!(part.body == video[start..end], "{path} {range}");
            assert_eq!(
                part.header("content-range"),
                Some(format!("bytes {start}-{}/{total}", end - 1))
            );
            assert_eq!(part.header("etag").as_ref(), Some(&tag));
        }
        let none = get(&server, path, &[("range", "bytes=2000000-")]);
        assert_eq!((none.status, none.body.len()), (416, 0));
        assert_eq!(
            none.header("content-range").as_deref(),
            Some("bytes */2000000")
        );
        for headers in [
            [("range", "bytes=0-1"), ("if-range", "\"another\"")],
            [("range", "bytes=0-1,5-6"), ("x", "y")],
            [("range", "pages=1-2"), ("x", "y")],
            [("range", "bytes=0-1"), ("if-range", &format!("W/{tag}"))],
        ] {
            let answer = get(&server, path, &headers);
            assert_eq!(
                (answer.status, answer.body.len()),
                (200, total),
                "{headers:?}"
            );
        }
        let head = send(&server, "HEAD", path, &[("range", "bytes=0-1")]);
        assert_eq!(head.status, 200);
        assert_eq!(head.header("content-length").as_deref(), Some("2000000"));
    }
    // A middleware sees the file whole, and what it makes of it is whole too.
    let guarded = get(&server, "/guarded/video.mp4", &[("range", "bytes=0-1")]);
    assert_eq!(guarded.header("x-status").as_deref(), Some("200"));
    let rewritten = get(&server, "/guarded/rewritten", &[("range", "bytes=0-1")]);
    assert_eq!(rewritten.status, 200);
    assert_eq!(
        get(&server, "/data/1000", &[("range", "bytes=0-1")]).status,
        200
    );
    server.stop();
}
