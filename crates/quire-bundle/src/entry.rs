//! The generated module that everything else is reached from.

use std::collections::BTreeMap;
use std::path::Path;

use quire_routes::HandlerRef;

/// The specifier rolldown is given as its input.
pub(crate) const ENTRY: &str = "quire:entry";

/// Imports exactly the needed exports of each file and hands them over by file and name, in the order of `handlers`.
pub(crate) fn functions_entry(dir: &Path, handlers: &[HandlerRef]) -> String {
    let mut by_file: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
    for (index, handler) in handlers.iter().enumerate() {
        by_file
            .entry(&handler.file)
            .or_default()
            .push((&handler.export, index));
    }
    let mut text = String::new();
    for (file, exports) in by_file {
        let names: Vec<String> = exports
            .iter()
            .map(|(export, index)| format!("{} as handler{index}", literal(export)))
            .collect();
        let path = dir.join(file);
        text.push_str(&format!(
            "import {{ {} }} from {};\n",
            names.join(", "),
            literal(&path.to_string_lossy())
        ));
    }
    text.push_str("quire.register([\n");
    for (index, handler) in handlers.iter().enumerate() {
        text.push_str(&format!(
            "  [{}, {}, handler{index}],\n",
            literal(&handler.file),
            literal(&handler.export)
        ));
    }
    text.push_str("]);\n");
    text
}

/// The specifier of the module that makes those known which are imported by computed names.
pub(crate) const MODULES: &str = "quire:modules";

/// Hands over every export of a module, whatever they are: which of them are entry points is only known when it runs.
/// `has_modules`: whether it may import others by computed names, be it at its start.
pub(crate) fn worker_entry(entry: &Path, has_modules: bool) -> String {
    let modules = match has_modules {
        true => format!("import {};\n", literal(MODULES)),
        false => String::new(),
    };
    format!(
        "{modules}import * as worker from {};\nquire.worker(worker);\n",
        literal(&entry.to_string_lossy())
    )
}

/// A JavaScript string literal.
pub(crate) fn literal(text: &str) -> String {
    // JSON strings are JavaScript strings since ES2019.
    serde_json::Value::from(text).to_string()
}
