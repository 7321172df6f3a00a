//! Sites made with frameworks, built by the frameworks' own tools: every answer as recorded from the original.
//!
//! `QUIRE_FRAMEWORKS=all` adds those that take long to install. Their tests say so and pass without it.

use std::path::PathBuf;

use quire_end_to_end::expected::Recording;
use quire_end_to_end::{Command, checkout, is_wrangler, packages};

fn folder(name: &str) -> PathBuf {
    checkout().join("tests/end-to-end/frameworks").join(name)
}

fn check(name: &str) {
    let project = folder(name);
    packages::install(&project);
    packages::build(&project);
    let recording = Recording::read(&project.join("expected.json"));
    let data = tempfile::tempdir().expect("the system has a folder for temporary files");
    let mut command = Command::serve(&project).workers(1);
    if !is_wrangler() {
        // Pages count their visits: each run begins anew.
        let data = data.path().to_string_lossy();
        command = command.argument("--persist-to").argument(&data);
    }
    let server = command.start();
    recording.check(&server, is_wrangler());
    server.stop();
}

fn check_if_asked(name: &str) {
    if std::env::var("QUIRE_FRAMEWORKS").is_ok_and(|which| which == "all") {
        check(name);
    } else {
        println!("`{name}` is only checked with `QUIRE_FRAMEWORKS=all`");
    }
}

/// `_worker.js` in one file, bundled by `@hono/vite-build`.
#[test]
fn hono() {
    check("hono");
}

/// `_worker.js` in one file with chunks beside the site, by `@sveltejs/adapter-cloudflare`.
#[test]
fn sveltekit() {
    check("sveltekit");
}

/// `functions/[[path]].ts` that imports what the build made.
#[test]
fn react_router() {
    check("react-router");
}

/// `_worker.js` as a folder, by `@astrojs/cloudflare`.
#[test]
fn astro() {
    check_if_asked("astro");
}

/// `_worker.js` as a folder, by Nitro's preset `cloudflare_pages`.
#[test]
fn nuxt() {
    check_if_asked("nuxt");
}
