//! Compatibility dates and flags: which behaviours a project asks for.

mod date;
mod flags;

pub use date::{CompatibilityDate, InvalidDate};
pub use flags::{Default as FlagDefault, FLAGS, Flag};

use crate::problem::Severity;
use crate::project::Strictness;

/// The date and flags of a project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compatibility {
    /// The date; `None` if the project does not say, which means the newest behaviours.
    pub date: Option<CompatibilityDate>,
    /// The flags, as written.
    pub flags: Vec<String>,
}

/// Which of [`FLAGS`] are on for a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behaviour {
    bits: [u64; WORDS],
}

/// Room for 256 flags; a test sees to it that there are not more.
const WORDS: usize = 4;

/// What is wrong with a listed flag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlagProblem {
    /// There is none of this name.
    #[error("No such compatibility flag: {0}")]
    Unknown(String),
    /// It is listed more than once.
    #[error("Compatibility flag specified multiple times: {0}")]
    Repeated(String),
    /// It is listed together with its opposite.
    #[error("Compatibility flags are mutually contradictory: {flag} vs {opposite}")]
    Contradictory {
        /// The flag
        flag: &'static str,
        /// The flag that turns it off
        opposite: &'static str,
    },
    /// It cannot be used in deployments.
    #[error(
        "The compatibility flag {0} is experimental and cannot yet be used in Workers deployed to Cloudflare."
    )]
    Experimental(String),
    /// The date implies it.
    #[error(
        "The compatibility flag {flag} became the default as of {since} so does not need to be specified anymore."
    )]
    Redundant {
        /// The flag
        flag: &'static str,
        /// From when on it is the default
        since: CompatibilityDate,
    },
}

impl FlagProblem {
    /// How serious it is.
    pub fn severity(&self, strictness: Strictness) -> Severity {
        match (self, strictness) {
            (Self::Unknown(_) | Self::Repeated(_) | Self::Contradictory { .. }, _)
            | (Self::Experimental(_), Strictness::Fail) => Severity::Error,
            (Self::Experimental(_) | Self::Redundant { .. }, _) => Severity::Warning,
        }
    }
}

impl Behaviour {
    fn set(&mut self, index: usize) {
        self.bits[index / 64] |= 1 << (index % 64);
    }

    /// Whether the flag at this place of [`FLAGS`] is on.
    pub fn is_on(&self, index: usize) -> bool {
        self.bits
            .get(index / 64)
            .is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Whether the flag of this name is on; `false` for a name that is none.
    pub fn has(&self, flag: &str) -> bool {
        FLAGS
            .iter()
            .position(|known| known.name == flag)
            .is_some_and(|index| self.is_on(index))
    }
}

impl Compatibility {
    /// Which flags are on: those that are listed, those that the date or another flag brings. A flag that turns
    /// a behaviour off is stronger than the date and than other flags.
    pub fn behaviour(&self) -> Behaviour {
        let listed = |name: &str| self.flags.iter().any(|flag| flag == name);
        let off = |flag: &Flag| flag.opposite.is_some_and(listed);
        let mut behaviour = Behaviour { bits: [0; WORDS] };
        for (index, flag) in FLAGS.iter().enumerate() {
            let by_default = match flag.default {
                FlagDefault::Off => false,
                FlagDefault::Since(date) => self.is_from(date),
                FlagDefault::On => true,
            };
            if listed(flag.name) || (by_default && !off(flag)) {
                behaviour.set(index);
            }
        }
        for (index, flag) in FLAGS.iter().enumerate() {
            let mut reasons = flag.implied_by.iter();
            if !off(flag)
                && reasons.any(|(other, date)| self.is_from(*date) && behaviour.has(other))
            {
                behaviour.set(index);
            }
        }
        behaviour
    }

    /// Whether a behaviour is asked for: by its flag, or by a date from which it is the default.
    pub fn has(&self, flag: &str) -> bool {
        self.behaviour().has(flag)
    }

    /// Whether there are the modules of Node.js. The flag of their second version needs no other one beside it.
    pub fn has_node(&self) -> bool {
        let behaviour = self.behaviour();
        behaviour.has("nodejs_compat") || behaviour.has("nodejs_compat_v2")
    }

    /// What is wrong with the listed flags, each with the index of the flag in question.
    pub fn problems(&self) -> Vec<(usize, FlagProblem)> {
        let mut problems = Vec::new();
        for (index, name) in self.flags.iter().enumerate() {
            let mut add = |problem| problems.push((index, problem));
            if self.flags[..index].contains(name) {
                add(FlagProblem::Repeated(name.clone()));
                continue;
            }
            let Some(flag) = FLAGS
                .iter()
                .find(|flag| flag.name == name || flag.opposite == Some(name))
            else {
                add(FlagProblem::Unknown(name.clone()));
                continue;
            };
            if let Some(opposite) = flag.opposite
                && self.flags[..index]
                    .iter()
                    .any(|other| other != name && (other == flag.name || other == opposite))
            {
                add(FlagProblem::Contradictory {
                    flag: flag.name,
                    opposite,
                });
            }
            if flag.name != name {
                continue;
            }
            if flag.experimental {
                add(FlagProblem::Experimental(name.clone()));
            }
            if let (FlagDefault::Since(since), Some(date)) = (flag.default, self.date)
                && date >= since
            {
                add(FlagProblem::Redundant {
                    flag: flag.name,
                    since,
                });
            }
        }
        problems
    }

    fn is_from(&self, since: CompatibilityDate) -> bool {
        self.date.is_none_or(|date| date >= since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compatibility(date: &str, flags: &[&str]) -> Compatibility {
        Compatibility {
            date: date.parse().ok(),
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        }
    }

    #[test]
    fn flags() {
        assert!(compatibility("2024-01-01", &["nodejs_compat"]).has("nodejs_compat"));
        assert!(!compatibility("2024-01-01", &["nodejs_compat"]).has("nodejs_compat_v2"));
        assert!(compatibility("2024-09-23", &["nodejs_compat"]).has("nodejs_compat_v2"));
        assert!(
            !compatibility("2024-09-23", &["nodejs_compat", "no_nodejs_compat_v2"])
                .has("nodejs_compat_v2")
        );
        assert!(compatibility("2024-08-20", &["nodejs_compat_v2"]).has_node());
        assert!(compatibility("2024-08-20", &["nodejs_compat"]).has_node());
        assert!(!compatibility("2024-09-23", &["no_nodejs_compat_v2"]).has_node());
        assert!(!compatibility("2026-08-03", &[]).has("nodejs_compat"));
        assert!(compatibility("2026-08-04", &[]).has("nodejs_compat"));
        assert!(!compatibility("2026-08-04", &["no_nodejs_compat"]).has("nodejs_compat"));
        assert!(
            compatibility("", &[]).has("nodejs_compat"),
            "no date means the newest"
        );
        assert!(!compatibility("", &[]).has("pages_catchall_shadows_index"));
        assert!(
            compatibility("2026-01-01", &["pages_catchall_shadows_index"])
                .has("pages_catchall_shadows_index")
        );
    }

    #[test]
    fn there_is_room_for_all_flags() {
        assert!(FLAGS.len() <= 64 * WORDS);
    }

    #[test]
    fn dates_switch_on_and_flags_decide() {
        for (date, flags, flag, on) in [
            ("2024-10-13", &[][..], "upper_case_all_http_methods", false),
            ("2024-10-14", &[], "upper_case_all_http_methods", true),
            (
                "2026-06-01",
                &["no_upper_case_all_http_methods"],
                "upper_case_all_http_methods",
                false,
            ),
            ("2021-05-01", &[], "r2_public_beta_bindings", true),
            ("2026-11-16", &[], "enable_request_signal", false),
            ("2026-11-17", &[], "enable_request_signal", true),
            // By another flag, from a date.
            ("2025-08-06", &[], "cache_no_cache_enabled", false),
            ("2025-08-07", &[], "cache_no_cache_enabled", true),
            (
                "2025-08-07",
                &["cache_option_disabled"],
                "cache_no_cache_enabled",
                false,
            ),
            // Through two others.
            (
                "2025-09-01",
                &["nodejs_compat"],
                "enable_nodejs_http_server_modules",
                true,
            ),
            (
                "2025-09-01",
                &[],
                "enable_nodejs_http_server_modules",
                false,
            ),
        ] {
            let behaviour = compatibility(date, flags).behaviour();
            assert_eq!(behaviour.has(flag), on, "{flag} at {date} with {flags:?}");
        }
    }

    #[test]
    fn wrong_flags_are_named_as_the_original_does() {
        let problems = |flags: &[&str]| -> Vec<String> {
            compatibility("2026-06-01", flags)
                .problems()
                .into_iter()
                .map(|(index, problem)| {
                    format!("{index} {:?} {problem}", problem.severity(Strictness::Warn))
                })
                .collect()
        };
        assert_eq!(
            problems(&["nodejs_compat", "pages_catchall_shadows_index"]),
            [""; 0]
        );
        assert_eq!(
            problems(&["nope", "nodejs_compat", "nodejs_compat", "no_nodejs_compat"]),
            [
                "0 Error No such compatibility flag: nope",
                "2 Error Compatibility flag specified multiple times: nodejs_compat",
                "3 Error Compatibility flags are mutually contradictory: nodejs_compat vs no_nodejs_compat",
            ]
        );
        assert_eq!(
            problems(&["webgpu", "rpc"]),
            [
                "0 Warning The compatibility flag webgpu is experimental and cannot yet be used in Workers deployed to Cloudflare.",
                "1 Warning The compatibility flag rpc became the default as of 2024-04-03 so does not need to be specified anymore.",
            ]
        );
    }
}
