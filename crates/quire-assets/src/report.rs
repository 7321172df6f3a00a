//! What goes wrong with files, for the log of whoever runs the server: clients are not told.

use std::error::Error;
use std::io;
use std::path::Path;

use rustix::io::Errno;

/// A request could not be answered, since a file that is there cannot be read.
pub(crate) fn unreadable(requested: &str, error: &io::Error) {
    tracing::error!(help = advice(error), "{error} (for {requested})");
}

/// An answer that had begun could not be finished.
pub(crate) fn cut_off(file: &Path, error: &io::Error) {
    let file = file.display();
    match error.kind() {
        io::ErrorKind::UnexpectedEof => tracing::warn!(
            help = "write new versions beside it and rename them: what is being sent then stays as it was",
            "`{file}` changed while it was sent; the connection was closed, so that nobody takes what came for the whole"
        ),
        _ => tracing::error!(
            help = advice(error),
            "cannot read the rest of `{file}`: {error}; the connection was closed"
        ),
    }
}

fn advice(error: &io::Error) -> &'static str {
    let outermost: &(dyn Error + 'static) = error;
    let causes = std::iter::successors(Some(outermost), |&error| error.source());
    let mut numbers = causes.filter_map(|cause| cause.downcast_ref::<io::Error>()?.raw_os_error());
    match numbers.next().map(Errno::from_raw_os_error) {
        Some(Errno::ACCESS | Errno::PERM) => {
            "let the user that quire runs as read the file and enter the folders above it, or take it out of the site"
        }
        Some(Errno::MFILE | Errno::NFILE) => {
            "allow more open files (`ulimit -n`, `LimitNOFILE=` of a systemd service)"
        }
        _ => "see whether the disk is in order; the file is tried again with the next request",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::error::{LoadError, Unreadable};

    #[test]
    fn advice_fits_the_cause_however_deep_it_lies() {
        for (errno, expected) in [
            (Errno::ACCESS, "user"),
            (Errno::MFILE, "open files"),
            (Errno::IO, "disk"),
        ] {
            let error = Unreadable::at("/site/a.txt")(errno.into());
            assert!(advice(&error).contains(expected), "{error}");
            let error = io::Error::from(LoadError::Failed(Arc::new(error)));
            assert!(advice(&error).contains(expected), "{error}");
            assert!(
                error.to_string().starts_with("cannot read `/site/a.txt`: "),
                "{error}"
            );
        }
    }
}
