//! `[name]` and `[[name]]` in file names become `:name` and `:name*` in route paths.

/// A placeholder whose name is not made of letters, digits and underscores.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadPlaceholder {
    /// As written, with its brackets.
    pub(crate) text: String,
}

/// Rewrites every placeholder of `path`: catch-alls first, then single ones, each from the left.
///
/// Brackets that hold nothing (`[]`) or never close stay ordinary text.
pub(crate) fn rewrite(path: &str) -> Result<String, BadPlaceholder> {
    let path = replace(path, "[[", "]]", "*")?;
    replace(&path, "[", "]", "")
}

fn replace(path: &str, open: &str, close: &str, modifier: &str) -> Result<String, BadPlaceholder> {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(start) = rest.find(open) {
        let inside = &rest[start + open.len()..];
        let Some(end) = inside.find(']') else { break };
        if end == 0 || !inside[end..].starts_with(close) {
            out.push_str(&rest[..=start]);
            rest = &rest[start + 1..];
            continue;
        }
        let name = &inside[..end];
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(BadPlaceholder {
                text: format!("{open}{name}{close}"),
            });
        }
        out.push_str(&rest[..start]);
        out.push(':');
        out.push_str(name);
        out.push_str(modifier);
        rest = &inside[end + close.len()..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_may_stand_anywhere() {
        for (file, route) in [
            ("/api/[id]", "/api/:id"),
            ("/[[path]]", "/:path*"),
            ("/[[repo]].git/info/refs", "/:repo*.git/info/refs"),
            ("/[id].json", "/:id.json"),
            ("/a-[x]-b", "/a-:x-b"),
            ("/[name].[ext]", "/:name.:ext"),
            ("/[9lives]/[_]", "/:9lives/:_"),
            ("/[]/x", "/[]/x"),
            ("/a[b", "/a[b"),
            ("/a]b", "/a]b"),
            ("/[[x]]]", "/:x*]"),
        ] {
            assert_eq!(rewrite(file).as_deref(), Ok(route), "{file}");
        }
    }

    #[test]
    fn other_text_in_brackets_is_refused_as_written() {
        for (file, text) in [
            ("/[a-b]", "[a-b]"),
            ("/[...slug]", "[...slug]"),
            ("/[[a b]]", "[[a b]]"),
            ("/[[x]", "[[x]"),
            ("/[[[x]]", "[[[x]]"),
            ("/[[]]", "[[]"),
            ("/[[...slug]]", "[[...slug]]"),
            ("/[é]", "[é]"),
            ("/[a/b]", "[a/b]"),
        ] {
            assert_eq!(
                rewrite(file),
                Err(BadPlaceholder {
                    text: text.to_owned()
                }),
                "{file}"
            );
        }
    }
}
