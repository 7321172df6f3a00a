//! What of Node.js a program's compatibility date and flags ask for.

/// The parts of Node.js that a program sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NodeCompatibility {
    /// `nodejs_compat`: every `node:` module can be imported.
    pub(crate) modules: bool,
    /// `nodejs_als`: `node:async_hooks` can be imported.
    pub(crate) async_hooks: bool,
    /// `nodejs_compat_v2`: the globals `Buffer`, `process`, `global`, `setImmediate` and `clearImmediate`.
    pub(crate) globals: bool,
    /// `nodejs_compat_populate_process_env`: `process.env` holds the project's variables.
    pub(crate) populate_environment: bool,
    /// `enable_nodejs_process_v2`: all of `process`.
    pub(crate) full_process: bool,
    /// `enable_nodejs_global_timers`: `setTimeout` and `setInterval` give `Timeout` objects.
    pub(crate) timer_objects: bool,
}

impl NodeCompatibility {
    /// Reads a date (`YYYY-MM-DD`) and flags.
    pub(crate) fn new(date: &str, flags: &[String]) -> Self {
        let behaviour = quire_config::Compatibility {
            date: date.parse().ok(),
            flags: flags.to_vec(),
        }
        .behaviour();
        let globals = behaviour.has("nodejs_compat_v2");
        let modules = globals || behaviour.has("nodejs_compat");
        Self {
            modules,
            async_hooks: modules || behaviour.has("nodejs_als"),
            globals,
            populate_environment: behaviour.has("nodejs_compat_populate_process_env"),
            full_process: behaviour.has("enable_nodejs_process_v2"),
            timer_objects: modules && behaviour.has("enable_nodejs_global_timers"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(date: &str, flags: &[&str]) -> NodeCompatibility {
        let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
        NodeCompatibility::new(date, &flags)
    }

    #[test]
    fn nothing_of_node_without_a_flag_before_it_became_the_default() {
        assert_eq!(read("2026-08-03", &[]), NodeCompatibility::default());
        assert!(read("2026-08-04", &[]).globals);
        assert!(!read("2026-08-04", &["no_nodejs_compat", "no_nodejs_compat_v2"]).modules);
    }

    #[test]
    fn the_flag_means_more_from_certain_days_on() {
        let first = read("2024-09-22", &["nodejs_compat"]);
        assert!(first.modules && first.async_hooks);
        assert!(!first.globals && !first.populate_environment);
        assert!(read("2024-09-23", &["nodejs_compat"]).globals);
        assert!(!read("2024-09-23", &["nodejs_compat", "no_nodejs_compat_v2"]).globals);
        assert!(!read("2025-03-31", &["nodejs_compat"]).populate_environment);
        assert!(read("2025-04-01", &["nodejs_compat"]).populate_environment);
        assert!(!read("2026-02-09", &["nodejs_compat"]).timer_objects);
        assert!(read("2026-02-10", &["nodejs_compat"]).timer_objects);
        let kept = ["nodejs_compat", "nodejs_compat_do_not_populate_process_env"];
        assert!(!read("2026-01-01", &kept).populate_environment);
    }

    #[test]
    fn async_local_storage_alone() {
        let alone = read("2026-01-01", &["nodejs_als"]);
        assert!(alone.async_hooks);
        assert!(!alone.modules && !alone.globals && !alone.timer_objects);
    }
}
