//! The table of all compatibility flags.

use super::date::CompatibilityDate;
use std::sync::LazyLock;

/// A compatibility flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its name.
    pub name: &'static str,
    /// The flag that turns the same behaviour off.
    pub opposite: Option<&'static str>,
    /// When it is on without being listed.
    pub default: Default,
    /// Flags that bring it with them, and from which date they do.
    pub implied_by: Vec<(&'static str, CompatibilityDate)>,
    /// Whether the original refuses it in deployments.
    pub experimental: bool,
    /// Whether only quire has it.
    pub own: bool,
}

/// When a flag is on without being listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// Never.
    Off,
    /// From this date on.
    Since(CompatibilityDate),
    /// Always.
    On,
}

/// All flags, in the original's order.
pub static FLAGS: LazyLock<Vec<Flag>> = LazyLock::new(|| {
    include_str!("flags.txt")
        .lines()
        .filter_map(parse)
        .collect()
});

/// One line of the table; `None` for a comment. A test sees to it that no line is lost.
fn parse(line: &'static str) -> Option<Flag> {
    let mut words = line.split(' ').filter(|_| !line.starts_with('#'));
    let (name, opposite, default) = (words.next()?, words.next()?, words.next()?);
    let mut flag = Flag {
        name,
        opposite: (opposite != "-").then_some(opposite),
        default: match default {
            "-" => Default::Off,
            "always" => Default::On,
            date => Default::Since(date.parse().ok()?),
        },
        implied_by: Vec::new(),
        experimental: false,
        own: false,
    };
    for word in words {
        match (word, word.split_once('@')) {
            (_, Some((other, date))) => flag.implied_by.push((other, date.parse().ok()?)),
            ("experimental", None) => flag.experimental = true,
            ("own", None) => flag.own = true,
            _ => return None,
        }
    }
    Some(flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let text = include_str!("flags.txt");
        let lines = text.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(FLAGS.len(), lines);
        assert_eq!(FLAGS.iter().filter(|flag| !flag.own).count(), 205);
    }

    #[test]
    fn names_stand_once_and_implications_name_flags() {
        let mut names: Vec<_> = FLAGS
            .iter()
            .flat_map(|flag| [Some(flag.name), flag.opposite])
            .flatten()
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for flag in FLAGS.iter() {
            for (other, _) in &flag.implied_by {
                let known = FLAGS.iter().any(|flag| flag.name == *other);
                assert!(known, "{} is implied by {other}", flag.name);
            }
        }
    }
}
