//! Everything that a configuration can say.

use serde_json::json;

use super::{config, parse};
use crate::{
    ConfigFormat, D1Database, DurableObjectBinding, KvNamespace, Limits, LocalProtocol,
    OtherBinding, OtherDetail, QueueProducer, R2Bucket, ServiceBinding, Strictness, Target,
    VarValue,
};

const TOML: &str = r#"
name = "my-site"
pages_build_output_dir = "./dist" # where the site is
compatibility_date = "2026-06-01"
compatibility_flags = ["nodejs_compat"]
send_metrics = false
no_bundle = true
upload_source_maps = true
placement = { mode = "smart" }

[limits]
cpu_ms = 50

[dev]
ip = "0.0.0.0"
port = 3000
inspector_port = 9230
local_protocol = "https"

[vars]
TEXT = "a"
NUMBER = 1
FLOAT = 1.5
YES = true
LIST = [1, "two"]
[vars.OBJECT]
a = { b = [] }

[[kv_namespaces]]
binding = "CACHE"
id = "abc"
preview_id = "def"

[[kv_namespaces]]
binding = "PLAIN"

[[r2_buckets]]
binding = "FILES"
bucket_name = "my-files"

[[d1_databases]]
binding = "DB"
database_name = "main"
database_id = "123"
migrations_dir = "sql"

[durable_objects]
bindings = [{ name = "ROOM", class_name = "Room", script_name = "chat" }]

[[services]]
binding = "AUTH"
service = "auth"
entrypoint = "Login"

[[queues.producers]]
binding = "JOBS"
queue = "jobs"
delivery_delay = 5

[[hyperdrive]]
binding = "PG"
id = "1"

[ai]
binding = "AI"

[env.preview]
compatibility_date = "2026-07-01"
[env.preview.vars]
TEXT = "preview"

[env.production]
vars = {}
"#;

const JSONC: &str = r#"// my site
{
  "$schema": "./node_modules/wrangler/config-schema.json",
  "name": "my-site",
  "pages_build_output_dir": "./dist", // where the site is
  "compatibility_date": "2026-06-01",
  "compatibility_flags": ["nodejs_compat",],
  "send_metrics": false,
  "no_bundle": true,
  "upload_source_maps": true,
  "placement": { "mode": "smart" },
  "limits": { "cpu_ms": 50.0 },
  "dev": { "ip": "0.0.0.0", "port": 3000, "inspector_port": 9230, "local_protocol": "https" },
  /* variables */
  "vars": {
    "TEXT": "a", "NUMBER": 1, "FLOAT": 1.5, "YES": true, "LIST": [1, "two"], "OBJECT": { "a": { "b": [] } },
  },
  "kv_namespaces": [{ "binding": "CACHE", "id": "abc", "preview_id": "def" }, { "binding": "PLAIN" }],
  "r2_buckets": [{ "binding": "FILES", "bucket_name": "my-files" }],
  "d1_databases": [{ "binding": "DB", "database_name": "main", "database_id": "123", "migrations_dir": "sql" }],
  "durable_objects": { "bindings": [{ "name": "ROOM", "class_name": "Room", "script_name": "chat" }] },
  "services": [{ "binding": "AUTH", "service": "auth", "entrypoint": "Login" }],
  "queues": { "producers": [{ "binding": "JOBS", "queue": "jobs", "delivery_delay": 5 }] },
  "hyperdrive": [{ "binding": "PG", "id": "1" }],
  "ai": { "binding": "AI" },
  "env": {
    "preview": { "compatibility_date": "2026-07-01", "vars": { "TEXT": "preview" } },
    "production": { "vars": {} },
  },
}
"#;

#[test]
fn every_setting() {
    let config = config(TOML);
    assert_eq!(config.name.as_deref(), Some("my-site"));
    assert_eq!(config.pages_build_output_dir.as_deref(), Some("./dist"));
    assert_eq!(config.dev.ip.as_deref(), Some("0.0.0.0"));
    assert_eq!(
        (config.dev.port, config.dev.inspector_port),
        (Some(3000), Some(9230))
    );
    assert_eq!(config.dev.local_protocol, Some(LocalProtocol::Https));
    assert!(config.preview.is_some() && config.production.is_some());

    let environment = config.environment(Target::Local).environment;
    assert_eq!(
        environment.compatibility.date.unwrap().to_string(),
        "2026-06-01"
    );
    assert!(environment.compatibility.has("nodejs_compat"));
    assert_eq!(
        (environment.no_bundle, environment.upload_source_maps),
        (Some(true), Some(true))
    );
    assert_eq!(
        environment.limits,
        Limits {
            cpu_ms: Some(50),
            subrequests: None
        }
    );
    let vars: Vec<_> = environment.vars.into_iter().collect();
    let json = |name: &str, value| (name.to_owned(), VarValue::Json(value));
    assert_eq!(
        vars,
        [
            ("TEXT".to_owned(), VarValue::Text("a".to_owned())),
            json("NUMBER", json!(1)),
            json("FLOAT", json!(1.5)),
            json("YES", json!(true)),
            json("LIST", json!([1, "two"])),
            json("OBJECT", json!({"a": {"b": []}})),
        ]
    );
    let text = str::to_owned;
    assert_eq!(
        environment.kv_namespaces,
        [
            KvNamespace {
                binding: text("CACHE"),
                id: text("abc"),
                preview_id: Some(text("def"))
            },
            KvNamespace {
                binding: text("PLAIN"),
                id: text("PLAIN"),
                preview_id: None
            },
        ]
    );
    let bucket = R2Bucket {
        binding: text("FILES"),
        bucket_name: text("my-files"),
        preview_bucket_name: None,
    };
    assert_eq!(environment.r2_buckets, [bucket]);
    let database = D1Database {
        binding: text("DB"),
        database_id: text("123"),
        preview_database_id: None,
        database_name: Some(text("main")),
        migrations_dir: Some(text("sql")),
        migrations_table: None,
    };
    assert_eq!(environment.d1_databases, [database]);
    let object = DurableObjectBinding {
        name: text("ROOM"),
        class_name: text("Room"),
        script_name: Some(text("chat")),
        environment: None,
    };
    assert_eq!(environment.durable_objects, [object]);
    let service = ServiceBinding {
        binding: text("AUTH"),
        service: text("auth"),
        environment: None,
        entrypoint: Some(text("Login")),
        props: None,
    };
    assert_eq!(environment.services, [service]);
    let queue = QueueProducer {
        binding: text("JOBS"),
        queue: text("jobs"),
        delivery_delay: Some(5),
    };
    assert_eq!(environment.queue_producers, [queue]);
    let other = |kind, binding, detail| OtherBinding {
        kind,
        binding: text(binding),
        detail,
    };
    assert_eq!(
        environment.others,
        [
            other("hyperdrive", "PG", OtherDetail::Connection(None)),
            other("ai", "AI", OtherDetail::None)
        ]
    );
}

#[test]
fn both_languages_say_the_same() {
    assert_eq!(config(TOML), config(JSONC));
}

#[test]
fn nothing_set() {
    for text in ["", "# nothing\n", "{}", "{ /* nothing */ }", "\u{feff}"] {
        assert_eq!(config(text), super::ProjectConfig::default(), "{text:?}");
    }
}

#[test]
fn oddities_of_the_languages() {
    // A date without quotes, dotted keys, and the last of equal keys.
    assert_eq!(
        config("compatibility_date = 2026-06-01"),
        config("{\"compatibility_date\": \"2026-06-01\"}")
    );
    assert_eq!(
        config("vars.A = \"x\"\nvars.\"B C\" = 1"),
        config("{\"vars\": {\"A\": \"x\", \"B C\": 1}}")
    );
    assert_eq!(
        config("{\"name\": \"a\", \"name\": \"b\"}").name.as_deref(),
        Some("b")
    );
    // To JavaScript these are the same numbers.
    assert_eq!(
        config("vars = {A = 1.0, B = 1e3, C = 0x10}"),
        config("{\"vars\": {\"A\": 1, \"B\": 1000, \"C\": 16}}")
    );
    assert_eq!(config("\u{feff}name = \"x\"").name.as_deref(), Some("x"));
    assert_eq!(
        config("{\"vars\": {\"A\": null}}").top.vars.unwrap()["A"],
        VarValue::Json(json!(null))
    );
}

#[test]
fn formats_by_file_name() {
    for (name, format) in [
        ("wrangler.toml", Some(ConfigFormat::Toml)),
        ("wrangler.json", Some(ConfigFormat::Json)),
        ("wrangler.jsonc", Some(ConfigFormat::Json)),
        ("wrangler", None),
        ("wrangler.yaml", None),
    ] {
        assert_eq!(ConfigFormat::of(name), format, "{name}");
    }
    for name in crate::CONFIG_FILE_NAMES {
        assert!(ConfigFormat::of(name).is_some());
    }
    assert!(parse("name = 'x'", Strictness::Fail).is_ok());
}
