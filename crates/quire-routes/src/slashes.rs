//! Runs of slashes.
//!
//! The asset server treats `//admin` as `/admin`; a middleware that guards `/admin` must therefore run for both.

/// `pathname` with every run of slashes made one, if there is such a run.
pub(crate) fn collapse(pathname: &str) -> Option<String> {
    if !pathname.contains("//") {
        return None;
    }
    let mut out = String::with_capacity(pathname.len());
    for c in pathname.chars() {
        if c != '/' || !out.ends_with('/') {
            out.push(c);
        }
    }
    Some(out)
}

/// The length of the prefix of `raw` that collapses to the first `collapsed_len` bytes of its collapsed form.
/// A prefix that ends in a slash takes the whole run.
pub(crate) fn raw_prefix_len(raw: &str, collapsed_len: usize) -> usize {
    let bytes = raw.as_bytes();
    let mut end = 0;
    for _ in 0..collapsed_len {
        let Some(&byte) = bytes.get(end) else { break };
        end += 1;
        if byte == b'/' {
            while bytes.get(end) == Some(&b'/') {
                end += 1;
            }
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_become_one() {
        assert_eq!(collapse("/a/b/"), None);
        assert_eq!(collapse("//a///b//").as_deref(), Some("/a/b/"));
    }

    #[test]
    fn prefixes_are_found_in_the_raw_path() {
        for (raw, collapsed, expected) in [
            ("//fp//x", "/fp", "//fp"),
            ("//fp//", "/fp/", "//fp//"),
            ("/fp//x", "/", "/"),
            ("//x", "/", "//"),
        ] {
            assert_eq!(
                &raw[..raw_prefix_len(raw, collapsed.len())],
                expected,
                "{raw}"
            );
        }
    }
}
