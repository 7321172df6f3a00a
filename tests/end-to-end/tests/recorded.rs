//! Every recorded answer of the original, compared with the program's.

use quire_end_to_end::expected::Recording;
use quire_end_to_end::{Command, checkout, is_wrangler, packages};

fn check(name: &str) {
    check_with(name, 1);
}

fn check_with(name: &str, workers: u32) {
    let recording =
        Recording::read(&checkout().join(format!("tests/end-to-end/expected/{name}.json")));
    let project = checkout().join(&recording.project);
    packages::install(&project);
    let mut command = Command::serve(project).workers(workers);
    // Each begins with nothing stored.
    let data = tempfile::tempdir().expect("the system has a folder for temporary files");
    if is_wrangler() {
        for argument in &recording.arguments {
            command = command.argument(argument);
        }
    } else {
        let data = data.path().display().to_string();
        command = command.argument("--persist-to").argument(&data);
    }
    let server = command.start();
    recording.check(&server, is_wrangler());
    server.stop();
}

/// What one worker stores, the other one knows.
#[test]
fn storage_on_two_workers() {
    for name in ["kv", "d1", "objects", "durable-objects", "passing"] {
        check_with(name, 2);
    }
}

macro_rules! recorded {
    ($($test:ident: $name:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            check($name);
        })*

        /// A file that no test reads would prove nothing.
        #[test]
        fn every_recording_is_checked() {
            let folder = checkout().join("tests/end-to-end/expected");
            for entry in std::fs::read_dir(folder).expect("the recordings are there").flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                assert!([$(concat!($name, ".json")),*].contains(&name.as_str()), "no test reads `{name}`");
            }
        }
    };
}

recorded! {
    routing_example: "routing",
    middleware_example: "middleware",
    params: "params",
    methods: "methods",
    precedence: "precedence",
    chain: "chain",
    rules: "rules",
    static_files: "static",
    site_rules: "site-rules",
    paths_of_files_and_rules: "site-paths",
    advanced_mode: "advanced",
    advanced_mode_of_a_folder: "advanced-folder",
    single_page: "single-page",
    context: "context",
    imports: "imports",
    web_apis: "web",
    contexts: "contexts",
    html_rewriter: "html",
    cache: "cache",
    objects_storage: "objects",
    npm_packages: "packages",
    plugins: "plugins",
    key_value: "kv",
    error_stacks: "stacks",
    sql_databases: "d1",
    buckets: "r2",
    services: "services",
    durable_objects: "durable-objects",
    what_passes_between_programs: "passing",
    alarms_sockets_and_rate_limits: "sleeping",
    queues: "queues",
}
