//! The text and the names of source files.

use std::path::{Path, PathBuf};

use crate::diagnostics::Problem;

/// The text of a file that is called `label` in messages, without a byte order mark.
pub(crate) fn decode(bytes: Vec<u8>, label: &str) -> Result<String, Problem> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|&&byte| byte == b'\n').count() + 1;
        Problem::error(format!("`{label}` is not valid UTF-8 (line {line})"))
            .with_help("save the file with the encoding UTF-8")
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// `path` as seen from `base`; the whole path where that would lead through the root.
pub(crate) fn relative_to(base: &Path, path: &Path) -> String {
    let mut up = PathBuf::new();
    for ancestor in base
        .ancestors()
        .take_while(|ancestor| ancestor.parent().is_some())
    {
        if let Ok(rest) = path.strip_prefix(ancestor) {
            return up.join(rest).to_string_lossy().into_owned();
        }
        up.push("..");
    }
    path.to_string_lossy().into_owned()
}

/// A name made of a path and nothing else: 16 hexadecimal digits (FNV-1a).
pub(crate) fn path_hash(path: &str) -> String {
    let hash = path.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_project() {
        let from = |path: &str| relative_to(Path::new("/srv/site"), Path::new(path));
        assert_eq!(from("/srv/site/functions/a.ts"), "functions/a.ts");
        assert_eq!(from("/srv/shared/a.ts"), "../shared/a.ts");
        assert_eq!(from("/etc/a.ts"), "/etc/a.ts");
    }

    #[test]
    fn the_byte_order_mark_is_dropped_and_other_encodings_refused() {
        assert_eq!(
            decode(b"\xef\xbb\xbfx".to_vec(), "a.ts").ok().as_deref(),
            Some("x")
        );
        let problem =
            decode(b"a\nb\xff".to_vec(), "functions/a.ts").map_err(|problem| problem.message);
        assert_eq!(
            problem,
            Err("`functions/a.ts` is not valid UTF-8 (line 2)".to_owned())
        );
    }
}
