//! What a configuration must not say, and how that is told.

use miette::Diagnostic as _;

use super::{errors, parse, warnings};
use crate::Strictness::{Fail, Warn};
use crate::{ConfigFormat, ProjectConfig};

/// The only error of a text.
fn error(text: &str) -> String {
    let errors = errors(text);
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors.into_iter().next().unwrap()
}

#[test]
fn wrong_types_say_what_was_expected() {
    for (text, message) in [
        (
            "name = 1",
            "1:8: `name` must be a string, found the number `1`",
        ),
        (
            "name = \"x\"\n[dev]\nport = \"3000\"",
            "3:8: `dev.port` must be a port, a number from 0 to 65535, found a string",
        ),
        (
            "dev.port = 65536",
            "1:12: `dev.port` must be a port, a number from 0 to 65535, found the number `65536`",
        ),
        (
            "dev.port = -1",
            "1:12: `dev.port` must be a port, a number from 0 to 65535, found the number `-1`",
        ),
        (
            "dev.port = 80.5",
            "1:12: `dev.port` must be a port, a number from 0 to 65535, found the number `80.5`",
        ),
        (
            "dev.ip = true",
            "1:10: `dev.ip` must be a string, found the boolean `true`",
        ),
        (
            "dev = 1",
            "1:7: `dev` must be a table, found the number `1`",
        ),
        (
            "dev.local_protocol = \"ftp\"",
            "1:22: `dev.local_protocol` must be `\"http\"` or `\"https\"`, found `\"ftp\"`",
        ),
        (
            "compatibility_flags = \"a\"",
            "1:23: `compatibility_flags` must be a list of strings, found a string",
        ),
        (
            "compatibility_flags = [\"a\", 1]",
            "1:29: `compatibility_flags[1]` must be a string, found the number `1`",
        ),
        (
            "compatibility_flags = [\"nodejs_als\", \"no\"]",
            "1:38: `compatibility_flags[1]`: No such compatibility flag: no",
        ),
        (
            "compatibility_flags = [\"webgpu\"]",
            "1:24: `compatibility_flags[0]`: The compatibility flag webgpu is experimental and cannot yet be used in Workers deployed to Cloudflare.",
        ),
        (
            "compatibility_date = \"June\"",
            "1:22: `compatibility_date`: a compatibility date must be written as year-month-day, such as `2026-06-01`, found `June`",
        ),
        (
            "compatibility_date = \"2026-02-30\"",
            "1:22: `compatibility_date`: the compatibility date `2026-02-30` is not a day of the calendar",
        ),
        (
            "compatibility_date = 1",
            "1:22: `compatibility_date` must be a string, found the number `1`",
        ),
        (
            "no_bundle = \"yes\"",
            "1:13: `no_bundle` must be `true` or `false`, found a string",
        ),
        (
            "limits.cpu_ms = \"1\"",
            "1:17: `limits.cpu_ms` must be a number of milliseconds, found a string",
        ),
        ("vars = []", "1:8: `vars` must be a table, found a list"),
        (
            "vars.PORT = 2026-01-01",
            "1:13: `vars.PORT` must be a string or JSON, found a date",
        ),
        (
            "vars.A = [{ b = nan }]",
            "1:17: `vars.A[0].b` must be a string or JSON, found the number `NaN`",
        ),
        (
            "kv_namespaces = {}",
            "1:17: `kv_namespaces` must be a list of tables, found a table",
        ),
        (
            "kv_namespaces = [\"A\"]",
            "1:18: `kv_namespaces[0]` must be a table, found a string",
        ),
        (
            "kv_namespaces = [{ id = \"x\" }]",
            "1:18: `kv_namespaces[0]` lacks `binding`, a string",
        ),
        (
            "kv_namespaces = [{ binding = \"A\" }, { binding = \"\" }]",
            "1:49: `kv_namespaces[1].binding` must not be empty",
        ),
        (
            "services = [{ binding = \"A\" }]",
            "1:13: `services[0]` lacks `service`, a string",
        ),
        (
            "queues = []",
            "1:10: `queues` must be a table, found a list",
        ),
        (
            "[[queues.producers]]\nbinding = \"A\"",
            "1:1: `queues.producers[0]` lacks `queue`, a string",
        ),
        (
            "{\"name\": null}",
            "1:10: `name` must be a string, found `null`",
        ),
        (
            "{\n  // ümlaut\n  \"ü\": 1, \"name\": [1]\n}",
            "3:19: `name` must be a string, found a list",
        ),
        (
            "[env.preview]\nvars = 1",
            "2:8: `env.preview.vars` must be a table, found the number `1`",
        ),
        (
            "r2_buckets = [{ binding = \"A\", bucket_name = \"No\" }]",
            "1:46: `r2_buckets[0].bucket_name` must be 3 to 63 lower-case letters, digits and hyphens that begin and end with a letter or digit, found `No`",
        ),
    ] {
        assert_eq!(error(text), message, "{text}");
    }
}

#[test]
fn broken_syntax_points_at_the_place() {
    assert!(
        error("name = \"x\nport = 1").starts_with("1:10: "),
        "{}",
        error("name = \"x\nport = 1")
    );
    assert_eq!(
        error("a = 99999999999999999999"),
        "1:5: the number `99999999999999999999` is out of range"
    );
    assert!(error("[vars]\nA = 1\nA = 2").starts_with("3:1: "));
    assert_eq!(
        error("{\n  \"name\": \"x\"\n  \"dev\": {}\n}"),
        "2:14: expected comma"
    );
    assert_eq!(
        error("{ 'name': 1 }"),
        "1:3: single-quoted strings are not allowed"
    );
    assert_eq!(
        error("{ name: 1 }"),
        "1:3: expected string for object property"
    );
    assert_eq!(
        error("{ \"a\": 0x10 }"),
        "1:8: hexadecimal numbers are not allowed"
    );
    assert_eq!(
        error("// nothing"),
        "1:1: the file is empty; an object such as `{}` is expected"
    );
    let list = ProjectConfig::parse("[]", "wrangler.json", ConfigFormat::Json, Fail).unwrap_err();
    assert_eq!(
        list.to_string(),
        "wrangler.json:1:1: a configuration must be a table, found a list"
    );
}

#[test]
fn names_that_cannot_be_had() {
    let reserved =
        "the name `ASSETS` is reserved for the project's own assets; choose another name";
    for (text, place) in [
        ("[vars]\nASSETS = 1", "2:1"),
        ("kv_namespaces = [{ binding = \"ASSETS\" }]", "1:30"),
        (
            "durable_objects.bindings = [{ name = \"ASSETS\", class_name = \"A\", script_name = \"s\" }]",
            "1:38",
        ),
        ("ai = { binding = \"ASSETS\" }", "1:18"),
    ] {
        assert_eq!(error(text), format!("{place}: {reserved}"));
        assert!(parse(text, Warn).is_err(), "{text}");
    }
    assert_eq!(
        error("vars.A = 1\n[[kv_namespaces]]\nbinding = \"A\""),
        "3:11: the name `A` is given to a variable and to a key-value namespace; names in `env` must differ"
    );
    // Another environment is another `env`.
    assert!(
        parse(
            "vars.A = 1\n[[env.preview.kv_namespaces]]\nbinding = \"A\"",
            Fail
        )
        .is_ok()
    );
}

#[test]
fn what_only_workers_have_is_refused_but_in_development() {
    for (text, problem) in [
        (
            "main = \"index.js\"",
            "1:1: `main` is not available to Pages projects",
        ),
        (
            "main = \"index.js\"\npages_build_output_dir = \"dist\"",
            "1:1: `main` and `pages_build_output_dir` cannot stand together",
        ),
        (
            "[triggers]\ncrons = [\"* * * * *\"]",
            "1:2: `triggers` is not available to Pages projects",
        ),
        (
            "[assets]\ndirectory = \"x\"",
            "1:2: `assets` is not available to Pages projects",
        ),
        (
            "[env.staging]\nname = \"x\"",
            "1:6: `env.staging` is not an environment of a Pages project",
        ),
        (
            "[env.preview]\nworkers_dev = true",
            "2:1: `env.preview.workers_dev` is not available to Pages projects",
        ),
        (
            "[[queues.consumers]]\nqueue = \"jobs\"",
            "1:10: `queues.consumers` is not available to Pages projects",
        ),
        (
            "name = \"no spaces\"",
            "1:8: `name` must consist of letters, digits and dashes, found `no spaces`",
        ),
        (
            "name = \"\"",
            "1:8: `name` must consist of letters, digits and dashes, found ``",
        ),
    ] {
        assert_eq!(error(text), problem);
        assert_eq!(warnings(text, Warn), [problem]);
    }
}

#[test]
fn what_says_nothing_is_not_refused() {
    let text = "rules = []\nmigrations = []\ntriggers = { crons = [] }\ndefine = {}\nobservability.enabled = true\nqueues.consumers = []";
    assert_eq!(warnings(text, Fail), Vec::<String>::new());
    assert_eq!(
        error("observability.enabled = false"),
        "1:1: `observability` is not available to Pages projects"
    );
}

#[test]
fn unknown_keys_are_told_with_a_suggestion() {
    for (text, warning, help) in [
        (
            "compatability_date = \"2026-01-01\"",
            "1:1: unknown key `compatability_date`, which has no effect",
            Some("did you mean `compatibility_date`?"),
        ),
        (
            "whatever = 1",
            "1:1: unknown key `whatever`, which has no effect",
            None,
        ),
        (
            "dev.prot = 1",
            "1:5: unknown key `dev.prot`, which has no effect",
            None,
        ),
        (
            "limits.cpu = 1",
            "1:8: unknown key `limits.cpu`, which has no effect",
            None,
        ),
        (
            "kv_namespaces = [{ binding = \"A\", idd = \"x\" }]",
            "1:35: unknown key `kv_namespaces[0].idd`, which has no effect",
            None,
        ),
        (
            "[env.preview]\ndev.port = 1",
            "2:1: `env.preview.dev` has no effect; `dev` is read at the top level only",
            None,
        ),
    ] {
        for strictness in [Fail, Warn] {
            let found = parse(text, strictness).unwrap().warnings;
            assert_eq!(super::shown(&found), [warning]);
            assert_eq!(
                found[0].help().map(|help| help.to_string()).as_deref(),
                help,
                "{text}"
            );
        }
    }
}

#[test]
fn all_problems_are_told_in_the_order_of_the_text() {
    let text = "name = 1\n[vars]\nASSETS = 1\n[dev]\nport = \"x\"\nip = 2\n";
    let found = errors(text);
    let lines: Vec<_> = found
        .iter()
        .map(|error| error.split(':').next().unwrap())
        .collect();
    assert_eq!(lines, ["1", "3", "5", "6"]);
    let errors = parse(text, Fail).unwrap_err();
    assert!(
        errors
            .to_string()
            .starts_with("wrangler.toml:1:8: `name` must be"),
        "{errors}"
    );
    assert_eq!(errors.related().unwrap().count(), 4);
}

#[test]
fn a_problem_shows_its_place() {
    let errors = parse("name = \"x\"\ndev.port = \"80\"", Fail).unwrap_err();
    let problem = &errors.problems()[0];
    assert_eq!(
        (problem.file(), problem.line(), problem.column()),
        ("wrangler.toml", 2, 12)
    );
    let label = problem.labels().unwrap().next().unwrap();
    assert_eq!(
        label.label(),
        Some("expected a port, a number from 0 to 65535")
    );
    assert_eq!((label.offset(), label.len()), (22, 4));
    let source = problem
        .source_code()
        .unwrap()
        .read_span(label.inner(), 0, 0)
        .unwrap();
    assert_eq!(source.name(), Some("wrangler.toml"));
    assert_eq!(source.data(), b"\"80\"");
}
