//! `examples/image-share`: images that people upload, by HTTP and in a browser.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::Command as Process;
use std::sync::Once;

use quire_end_to_end::{Browser, Command, Request, Server, example, packages};
use serde_json::Value;

/// A PNG file of one red pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDAT\x08\xd7c\xf8\xcf\xc0\0\0\x03\x01\x01\0\x18\xdd\x8d\xb0\0\0\0\0IEND\xaeB`\x82";

static BUILT: Once = Once::new();

/// The example with its packages, and the page built.
fn project() -> PathBuf {
    let project = example("image-share");
    BUILT.call_once(|| {
        packages::install(&project);
        let built = Process::new("npm")
            .args(["run", "-s", "build"])
            .current_dir(&project)
            .status();
        assert!(
            built.is_ok_and(|status| status.success()),
            "`npm run build` failed"
        );
    });
    project
}

/// Serves it, with data of its own.
fn start(data: &tempfile::TempDir) -> Server {
    Command::serve(project())
        .workers(2)
        .argument("--data-dir")
        .argument(data.path().to_str().unwrap())
        .binding("SIGNING_SECRET", "of the test")
        .start()
}

fn upload(server: &Server, name: &str, bytes: &[u8]) -> Value {
    let target = format!("/api/images?name={name}");
    let request = Request::new("POST", &target)
        .header("content-type", "image/png")
        .body(bytes);
    let answer = server.send(request);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn images_are_uploaded_listed_downloaded_and_counted() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data);
    let page = server.get("/");
    assert!(page.text().contains("<title>Image share</title>"));
    let large: Vec<u8> = PNG.iter().copied().cycle().take(1_000_000).collect();
    let images: Vec<Value> = (0..5)
        .map(|number| upload(&server, &format!("{number}.png"), &large[number..]))
        .collect();

    // Page by page, newest first.
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = server
            .get(&format!("/api/images?limit=2&cursor={cursor}"))
            .json();
        let listed = page["images"].as_array().unwrap();
        assert!(listed.len() <= 2);
        names.extend(listed.iter().map(|image| text(&image["name"]).to_owned()));
        match page["cursor"].as_str() {
            Some(next) => cursor = next.replace('=', "%3D"),
            None => break,
        }
    }
    assert_eq!(names, ["4.png", "3.png", "2.png", "1.png", "0.png"]);

    let (id, url) = (text(&images[0]["id"]), text(&images[0]["url"]));
    for _ in 0..3 {
        let answer = server.get(&format!("{url}&download"));
        assert_eq!((answer.status, answer.body.len()), (200, large.len()));
        assert!(answer.body == large);
        assert_eq!(answer.header("content-type").as_deref(), Some("image/png"));
    }
    let shown = server.get(url);
    let part = server.send(Request::get(url).header("range", "bytes=1-3"));
    assert_eq!((part.status, part.body.as_slice()), (206, &b"PNG"[..]));
    assert_eq!(
        part.header("content-range").as_deref(),
        Some("bytes 1-3/1000000")
    );
    let etag = shown.header("etag").unwrap();
    assert_eq!(
        server
            .send(Request::get(url).header("if-none-match", &etag))
            .status,
        304
    );
    let listed = server.get("/api/images").json();
    let downloads = |id: &str| {
        let images = listed["images"].as_array().unwrap().iter();
        images
            .filter(|image| image["id"] == id)
            .map(|image| image["downloads"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(downloads(id), [3], "what is only shown is not counted");
    assert_eq!(downloads(text(&images[1]["id"])), [0]);

    for wrong in [
        format!("/images/{id}"),
        url.replace("expires=", "expires=1"),
        url.replace(id, text(&images[1]["id"])),
    ] {
        assert_eq!(server.get(&wrong).status, 403, "{wrong}");
    }
    for (kind, status) in [("text/html", 415), ("image/svg+xml", 415)] {
        let request = Request::new("POST", "/api/images")
            .header("content-type", kind)
            .body("<svg/>");
        assert_eq!(server.send(request).status, status);
    }
    server.stop();
}

#[test]
fn only_administrators_remove_images() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data);
    let image = upload(&server, "a.png", PNG);
    let target = format!("/api/admin/images/{}", text(&image["id"]));
    let delete = |token: Option<&str>| {
        let request = Request::new("DELETE", &target);
        server.send(match token {
            Some(token) => request.header("cookie", &format!("a=b; CF_Authorization={token}")),
            None => request,
        })
    };
    assert_eq!(delete(None).status, 401);
    let token = server
        .send(Request::new("POST", "/access/login?email=ada@example.com"))
        .text();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (head, _) = signed.split_once('.').unwrap();
    // One of nobody, one whose claims were exchanged, one that needs no signature.
    let claims = "eyJlbWFpbCI6ImV2ZUBleGFtcGxlLmNvbSJ9";
    for forged in [
        "x".to_owned(),
        format!("{head}.{claims}.{signature}"),
        format!("eyJhbGciOiJub25lIn0.{claims}."),
    ] {
        assert_eq!(delete(Some(&forged)).status, 401, "{forged}");
    }
    let me = server.send(Request::get("/api/admin/me").header("cf-access-jwt-assertion", &token));
    assert_eq!(me.json()["email"], "ada@example.com");
    assert_eq!(delete(Some(&token)).status, 204);
    assert_eq!(delete(Some(&token)).status, 404);
    assert_eq!(server.get(text(&image["url"])).status, 404);
    assert_eq!(
        server.get("/api/images").json()["images"],
        Value::Array(Vec::new())
    );
    server.stop();
}

#[test]
fn a_browser_uploads_and_downloads() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data);
    let Some(browser) = Browser::start() else {
        return;
    };
    browser.open(&server.url());
    browser
        .wait_until("document.querySelector('[role=status]').textContent === 'Nothing here yet.'");
    for number in 0..7 {
        browser.evaluate(&format!(
            "(async () => {{
               const canvas = new OffscreenCanvas(320, 240);
               const context = canvas.getContext('2d');
               context.fillStyle = `hsl(${{{number} * 50}} 70% 50%)`;
               context.fillRect(0, 0, 320, 240);
               context.fillStyle = 'white';
               context.font = '120px sans-serif';
               context.fillText('{number}', 120, 160);
               const files = new DataTransfer();
               files.items.add(new File([await canvas.convertToBlob()], 'picture {number}.png', {{ type: 'image/png' }}));
               const input = document.querySelector('input[type=file]');
               input.files = files.files;
               input.dispatchEvent(new Event('change', {{ bubbles: true }}));
             }})()"
        ));
        browser.wait_until(&format!(
            "document.querySelector('figure strong')?.textContent === 'picture {number}.png'"
        ));
    }
    browser.wait_until("document.querySelector('figure img').naturalWidth === 320");
    browser.evaluate("document.querySelector('figure a').click()");
    browser
        .wait_until("document.querySelector('figure span').textContent.endsWith(', 1 download')");

    // What the server has counted, on a page that is opened anew: six images, and more when asked for.
    browser.wait_until("(await (await fetch('/api/images')).json()).images[0].downloads === 1");
    browser.evaluate("location.reload()");
    browser.wait_until("document.querySelectorAll('figure').length === 6 && document.querySelector('figure span').textContent.endsWith(', 1 download')");
    browser.evaluate("document.querySelector('.more').click()");
    browser.wait_until("document.querySelectorAll('figure').length === 7 && document.querySelector('.more') === null");

    browser.evaluate("document.querySelector('header button').click()");
    browser.wait_until("document.querySelector('.admin')?.textContent === 'admin@example.com'");
    browser.wait_until("[...document.querySelectorAll('figure img')].slice(0, 4).every((image) => image.naturalWidth === 320)");
    if let Some(path) = std::env::var_os("QUIRE_SCREENSHOT") {
        browser.screenshot(path.as_ref());
    }
    browser.evaluate("document.querySelector('figure button').click()");
    browser.wait_until("document.querySelectorAll('figure').length === 6");
    drop(browser);
    server.stop();
}
