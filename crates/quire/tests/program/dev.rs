//! What `quire dev` and `quire serve` say when they start. That they serve is tested end to end.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};

use super::{HANDLER, Project, command};

/// Starts the program, waits for the line with its URL, ends it, and gives what it printed on both outputs up to then.
fn started(project: &Project, arguments: &[&str]) -> (String, String) {
    let child = command(project.path(), arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut running = Running(child.unwrap());
    let mut stdout = BufReader::new(running.0.stdout.take().unwrap());
    let mut printed = String::new();
    while !printed.contains("http://127.0.0.1:") {
        if stdout.read_line(&mut printed).unwrap() == 0 {
            break;
        }
    }
    let mut stderr = String::new();
    running.end();
    running
        .0
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert!(
        printed.contains("http://127.0.0.1:"),
        "it never became ready:\n{printed}{stderr}"
    );
    (printed, stderr)
}

struct Running(Child);

impl Running {
    fn end(&mut self) {
        // What it did so far is all that matters; its workers end with it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

fn project() -> Project {
    Project::new(&[
        (
            "wrangler.toml",
            "name = \"site\"\npages_build_output_dir = \"public\"\n[vars]\nPLAIN = \"visible\"\n\n[[kv_namespaces]]\nbinding = \"CACHE\"\nid = \"1\"\n\n[[r2_buckets]]\nbinding = \"FILES\"\nbucket_name = \"files\"\n",
        ),
        (".dev.vars", "SECRET=swordfish\n"),
        ("public/index.html", ""),
        ("functions/_middleware.js", HANDLER),
        ("functions/x/index.js", HANDLER),
        ("functions/x/[[path]].js", HANDLER),
    ])
}

#[test]
fn a_summary_of_the_project() {
    let (printed, complaints) = started(
        &project(),
        &["dev", "--port", "0", "-b", "FLAG=hunter2", "BAD"],
    );
    let (summary, ready) = printed.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(
        summary,
        concat!(
            "quire ",
            env!("CARGO_PKG_VERSION"),
            "
  project        site (.)
  settings       wrangler.toml
  functions      2 routes, 1 middleware
  static files   public
  secrets        .dev.vars

  METHOD  ROUTE      FUNCTION
  ALL     /x/:path*  x/[[path]].js
  ALL     /x         x/index.js
  ALL     /**        _middleware.js

  BINDING     VALUE              FROM
  env.PLAIN   \"visible\"          configuration
  env.SECRET  (hidden)           file of secrets
  env.FLAG    (hidden)           command line
  env.CACHE   KV namespace (1)   configuration
  env.FILES   R2 bucket (files)  configuration
"
        )
    );
    assert!(ready.contains("http://127.0.0.1:"), "{ready}");
    for wanted in [
        "warning: cannot read the binding `BAD`",
        "note: no compatibility date is set",
        "note: `/x` is answered by `x/index.js`",
    ] {
        assert!(
            complaints.contains(wanted),
            "`{wanted}` is missing:\n{complaints}"
        );
    }
    for secret in ["swordfish", "hunter2"] {
        assert!(!printed.contains(secret) && !complaints.contains(secret));
    }
}

#[test]
fn the_address_of_the_configuration() {
    let project = project();
    project.write(
        "wrangler.toml",
        "name = \"site\"\n[dev]\nip = \"nowhere\"\nport = 0\n",
    );
    let complaint = project.run(&["dev"]).complaint();
    assert!(
        complaint.contains("`dev.ip`") && complaint.contains("`nowhere`"),
        "{complaint}"
    );
    started(&project, &["dev", "--ip", "127.0.0.1"]);
}

#[test]
fn serving_says_little() {
    let (printed, complaints) = started(&project(), &["serve", "--port", "0", "--workers", "1"]);
    assert_eq!(printed.lines().count(), 1, "{printed}");
    assert!(!complaints.contains("note: "), "{complaints}");
}

#[test]
fn what_the_original_has_and_this_has_not_is_said() {
    let arguments = [
        "dev",
        "--port",
        "0",
        "--inspector-port",
        "9229",
        "--experimental-vectorize-bind-to-prod",
        "--show-interactive-dev-session=false",
        "--proxy",
        "1",
    ];
    let (_, complaints) = started(&project(), &arguments);
    for wanted in [
        "`--inspector-port` has no effect",
        "`--experimental-vectorize-bind-to-prod` is passed over",
        "`--proxy` has no effect beside a folder of static files",
    ] {
        assert!(complaints.contains(wanted), "{wanted}:\n{complaints}");
    }
}

#[test]
fn variables_of_named_files() {
    let project = project();
    project.write("some.env", "ONE=1\nTWO=1\n");
    project.write("more.env", "TWO=${ONE}2\n");
    let arguments = [
        "dev",
        "--port",
        "0",
        "--env-file",
        "some.env",
        "--env-file",
        "more.env",
    ];
    let (printed, _) = started(&project, &arguments);
    assert!(printed.contains("some.env, more.env"), "{printed}");
    assert!(
        printed.contains("env.TWO") && !printed.contains("env.SECRET"),
        "{printed}"
    );
}

#[test]
fn another_folder_to_start_in() {
    let project = project();
    let elsewhere = Project::new(&[]);
    let folder = project.path().display().to_string();
    let (printed, _) = started(&elsewhere, &["dev", "--cwd", &folder, "--port", "0"]);
    assert!(printed.contains("site (.)"), "{printed}");
    let complaint = elsewhere.run(&["routes", "--cwd", "missing"]);
    assert!(complaint.stderr.contains("--cwd missing"), "{complaint:?}");
}
