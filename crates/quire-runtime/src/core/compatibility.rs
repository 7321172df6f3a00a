//! What a program's compatibility flags switch on, of what this runtime has both ways.

/// Behaviour that differs between programs. Everything else is as of the newest compatibility date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Compatibility {
    /// `enable_request_signal`: `request.signal` aborts when the client goes away.
    pub(crate) request_signal: bool,
    /// `request_signal_passthrough`: a request that is passed on to `fetch` keeps its signal.
    pub(crate) request_signal_passthrough: bool,
    /// `cache_reload_enabled`: requests may have `cache: "reload"`.
    pub(crate) cache_reload: bool,
}

impl Compatibility {
    /// Reads a program's flags. Flags of which nothing here depends are ignored.
    pub(crate) fn new(flags: &[String]) -> Self {
        let mut read = Self::default();
        for flag in flags {
            if let Some(switch) = read.switch(flag) {
                *switch = true;
            }
        }
        read
    }

    /// Whether the flag of this name is on.
    pub(crate) fn is_on(mut self, flag: &str) -> bool {
        self.switch(flag).is_some_and(|switch| *switch)
    }

    fn switch(&mut self, flag: &str) -> Option<&mut bool> {
        match flag {
            "enable_request_signal" => Some(&mut self.request_signal),
            "request_signal_passthrough" => Some(&mut self.request_signal_passthrough),
            "cache_reload_enabled" => Some(&mut self.cache_reload),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_listed_flags_are_on() {
        let read = Compatibility::new(&["nodejs_compat".into(), "enable_request_signal".into()]);
        assert!(read.request_signal);
        assert!(read.is_on("enable_request_signal"));
        assert!(!read.is_on("cache_reload_enabled"));
        assert!(!read.is_on("nodejs_compat"));
    }
}
