//! What a program's compatibility date and flags switch on. The table of flags is quire-config's.
//!
//! JavaScript halves read `internals.compatibility.<flag>`, a boolean, when they need it: the program, and
//! with it the flags, becomes known only after they ran. What has to shape globals by flags says so with
//! `internals.beforeProgram(callback)`.

use super::program::Program;
use super::realm::Realm;
use quire_config::{Behaviour, FLAGS};
use quire_jsc::{Arg, Exception};

/// The flags that are on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compatibility {
    behaviour: Behaviour,
    /// `strip_bom_in_read_all_text`.
    pub(crate) strip_bom: bool,
    /// `strip_authorization_on_cross_origin_redirect`.
    pub(crate) strip_authorization: bool,
    /// `web_socket_compression`.
    pub(crate) websocket_compression: bool,
    /// `allow_eval_during_startup`
    pub(crate) eval_during_startup: bool,
    /// `wasm_compile_in_handlers`, quire's own: handlers may make code, from strings too.
    pub(crate) eval_in_handlers: bool,
}

impl Compatibility {
    /// Reads a date, `YYYY-MM-DD`, and flags. A text that is no date means the newest behaviours.
    pub(crate) fn new(date: &str, flags: &[String]) -> Self {
        let read = quire_config::Compatibility {
            date: date.parse().ok(),
            flags: flags.to_vec(),
        };
        let behaviour = read.behaviour();
        Self {
            behaviour,
            strip_bom: behaviour.has("strip_bom_in_read_all_text"),
            strip_authorization: behaviour.has("strip_authorization_on_cross_origin_redirect"),
            websocket_compression: behaviour.has("web_socket_compression"),
            eval_in_handlers: behaviour.has("wasm_compile_in_handlers"),
            eval_during_startup: behaviour.has("allow_eval_during_startup"),
        }
    }

    /// A program's.
    pub(crate) fn of(program: &Program) -> Self {
        Self::new(&program.compatibility_date, &program.compatibility_flags)
    }

    /// Whether the flag of this name is on.
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.behaviour.has(flag)
    }

    /// All flags of the original as JSON: an object of booleans.
    fn json(&self) -> String {
        let mut json = String::with_capacity(10_000);
        for (index, flag) in FLAGS.iter().enumerate().filter(|(_, flag)| !flag.own) {
            json.push(if json.is_empty() { '{' } else { ',' });
            json.push('"');
            json.push_str(flag.name);
            json.push_str(match self.behaviour.is_on(index) {
                true => "\":true",
                false => "\":false",
            });
        }
        json.push('}');
        json
    }
}

impl Realm {
    /// Sets the flags of the program that is about to be loaded, and lets the JavaScript halves adapt to them.
    pub(crate) fn set_compatibility(&self, compatibility: Compatibility) -> Result<(), Exception> {
        self.remember_compatibility(compatibility);
        self.internal("setCompatibility")?
            .call_and_forget(None, [Arg::String(&compatibility.json())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_and_flags_decide() {
        let read = Compatibility::new("2024-01-01", &["enable_request_signal".into()]);
        assert!(read.behaviour.has("enable_request_signal"));
        assert!(read.behaviour.has("http_headers_getsetcookie"));
        assert!(!read.strip_bom);
        assert!(Compatibility::new("2026-01-13", &[]).strip_bom);
    }

    #[test]
    fn json_holds_the_flags_of_the_original() {
        let json = Compatibility::new("2024-01-01", &[]).json();
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&json).unwrap_or_default();
        assert_eq!(object.len(), 205);
        assert_eq!(object["rpc"], false);
        assert_eq!(object["global_navigator"], true);
        assert!(!object.contains_key("pages_catchall_shadows_index"));
    }
}
