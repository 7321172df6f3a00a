//! Files that hold another one's content in a coding: `app.js.br` beside `app.js`.

use std::io;

use quire_http::Coding;

use crate::directory::{OpenDirectory, Stamp};

/// Which of them a file has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Siblings(u8);

impl Siblings {
    /// Looks for those of the file at `key`. One that is older than the file was made from an earlier version and does not count.
    pub(crate) fn find(
        directory: &OpenDirectory<'_>,
        key: &str,
        stamp: &Stamp,
        mut found: impl FnMut(&str, &Stamp),
    ) -> io::Result<Self> {
        let mut siblings = Self::default();
        for coding in Coding::ALL {
            let name = name(key, coding);
            if let Some(sibling) = directory.stamp(&name)?
                && !sibling.is_older_than(stamp)
            {
                siblings.0 |= bit(coding);
                found(&name, &sibling);
            }
        }
        Ok(siblings)
    }

    /// The codings that there is a file of.
    pub(crate) fn codings(self) -> impl Iterator<Item = Coding> {
        Coding::ALL
            .into_iter()
            .filter(move |coding| self.0 & bit(*coding) != 0)
    }
}

/// The path of the file that holds the one at `key` in this coding.
pub(crate) fn name(key: &str, coding: Coding) -> String {
    let extension = match coding {
        Coding::Brotli => ".br",
        Coding::Zstd => ".zst",
        Coding::Gzip => ".gz",
    };
    [key, extension].concat()
}

fn bit(coding: Coding) -> u8 {
    match coding {
        Coding::Brotli => 1,
        Coding::Zstd => 2,
        Coding::Gzip => 4,
    }
}
