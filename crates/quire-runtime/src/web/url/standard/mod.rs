//! The URL Standard: parsing, setters, serialising. <https://url.spec.whatwg.org/>
//!
//! The `url` crate keeps to an older reading of file and non-special URLs, and refuses some relative ones; programs that move
//! here were written against a runtime that follows the standard to the letter.

mod encode;
mod host;
mod parser;
mod setters;

/// A URL record (§4.1), its path as one string.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Url {
    /// In lower case, without the colon.
    scheme: String,
    username: String,
    password: String,
    /// Serialised; empty for `file:///`.
    host: Option<String>,
    port: Option<u16>,
    /// Each segment behind a slash; or, of an opaque path, the text.
    path: String,
    opaque: bool,
    query: Option<String>,
    fragment: Option<String>,
}

/// The serialisation of `input`, resolved against `base` when there is one.
pub(crate) fn parse(input: &str, base: Option<&str>) -> Option<String> {
    let base = match base {
        Some(base) => Some(Url::parse(base, None)?),
        None => None,
    };
    Url::parse(input, base.as_ref()).map(|url| url.serialize())
}

/// What assigning `value` to `component` of a URL object makes of `href`. `None` where the
/// standard leaves the URL unchanged.
pub(crate) fn set(href: &str, component: &str, value: &str) -> Option<String> {
    let mut url = Url::parse(href, None)?;
    url.set(component, value);
    Some(url.serialize())
}

impl Url {
    fn is_special(&self) -> bool {
        is_special(&self.scheme)
    }

    fn has_credentials(&self) -> bool {
        !self.username.is_empty() || !self.password.is_empty()
    }

    /// §4.5
    fn serialize(&self) -> String {
        let mut text = String::with_capacity(
            self.scheme.len()
                + self.host.as_ref().map_or(0, String::len)
                + self.path.len()
                + self.query.as_ref().map_or(0, String::len)
                + 16,
        );
        text.push_str(&self.scheme);
        text.push(':');
        if let Some(host) = &self.host {
            text.push_str("//");
            if self.has_credentials() {
                text.push_str(&self.username);
                if !self.password.is_empty() {
                    text.push(':');
                    text.push_str(&self.password);
                }
                text.push('@');
            }
            text.push_str(host);
            if let Some(port) = self.port {
                text.push(':');
                text.push_str(&port.to_string());
            }
        } else if !self.opaque && self.path.starts_with("//") {
            // The path must not read as a host.
            text.push_str("/.");
        }
        text.push_str(&self.path);
        if let Some(query) = &self.query {
            text.push('?');
            text.push_str(query);
        }
        if let Some(fragment) = &self.fragment {
            text.push('#');
            text.push_str(fragment);
        }
        text
    }
}

/// Schemes whose URLs always have a host, and whose paths may be written with backslashes.
fn is_special(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "ws" | "wss" | "ftp" | "file")
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(input: &str, base: Option<&str>, expected: Option<&str>) {
        assert_eq!(
            parse(input, base).as_deref(),
            expected,
            "{input:?} on {base:?}"
        );
    }

    #[test]
    fn absolute_urls_are_normalised() {
        check(
            "HTTP://EXAMPLE.com:80/a/./b/../c d",
            None,
            Some("http://example.com/a/c%20d"),
        );
        check(
            "  https:\\\\h\\x?y'\"#z` ",
            None,
            Some("https://h/x?y%27%22#z%60"),
        );
        check(
            "http://u:p@h:1/%zz^{}",
            None,
            Some("http://u:p@h:1/%zz%5E%7B%7D"),
        );
        check("http://a@b@c/", None, Some("http://a%40b@c/"));
        check("ht\ntp://h\t/", None, Some("http://h/"));
        check("http://0x7f.1/", None, Some("http://127.0.0.1/"));
        check(
            "http://[1:0:0:2::]:443/",
            None,
            Some("http://[1:0:0:2::]:443/"),
        );
        check(
            "http://ÜBER.de/ü?ü",
            None,
            Some("http://xn--ber-goa.de/%C3%BC?%C3%BC"),
        );
        check("http://%41.b/", None, Some("http://a.b/"));
        check("http:example.com", None, Some("http://example.com/"));
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for input in [
            "",
            "x",
            "//h",
            "http://",
            "http://a b",
            "http://h:x",
            "http://h:65536",
            "http://1.2.3.4.5",
            "http://256.1.1.1",
            "http://[::1",
            "http://u@/",
            "http://a<b",
            "http://%zz",
            "1x:y",
            "http://[1::2::3]",
            "http://a:b@:1/",
            "foo://h:x",
        ] {
            check(input, None, None);
        }
        check("x", Some("mailto:a"), None);
    }

    #[test]
    fn relative_urls_take_from_their_base() {
        let base = Some("http://u:p@h:8/a/b/c?q#f");
        check("", base, Some("http://u:p@h:8/a/b/c?q"));
        check("#x", base, Some("http://u:p@h:8/a/b/c?q#x"));
        check("?x", base, Some("http://u:p@h:8/a/b/c?x"));
        check("x", base, Some("http://u:p@h:8/a/b/x"));
        check("../../../x", base, Some("http://u:p@h:8/x"));
        check("/x", base, Some("http://u:p@h:8/x"));
        check("//x", base, Some("http://x/"));
        check("///x/y", base, Some("http://x/y"));
        check("http:x", base, Some("http://u:p@h:8/a/b/x"));
        check("https:x", base, Some("https://x/"));
        check("\\x", base, Some("http://u:p@h:8/x"));
        check("\\x", Some("foo://h/a"), Some("foo://h/\\x"));
        check("#x", Some("mailto:a"), Some("mailto:a#x"));
    }

    #[test]
    fn files_have_drives_and_seldom_hosts() {
        check("file:///C|/x/../..", None, Some("file:///C:/"));
        check("file://localhost/x", None, Some("file:///x"));
        check("file:////x", None, Some("file:////x"));
        check("C|/y", Some("file://h/x"), Some("file://h/C:/y"));
        check("/y", Some("file:///C:/x"), Some("file:///C:/y"));
        check("..", Some("file:///C:/"), Some("file:///C:/"));
    }

    #[test]
    fn other_schemes_are_left_alone() {
        check("mailto:a b", None, Some("mailto:a b"));
        check("data:a  #x", None, Some("data:a %20#x"));
        check("foo://H%41/..", None, Some("foo://H%41/"));
        check("foo:/.//x", None, Some("foo:/.//x"));
        check("foo://", None, Some("foo://"));
        check("javascript:alert('x')", None, Some("javascript:alert('x')"));
    }

    #[test]
    fn setters_keep_to_what_a_url_can_be() {
        let after = |href: &str, component: &str, value: &str| {
            set(href, component, value).unwrap_or_default()
        };
        assert_eq!(after("http://h:443/", "protocol", "https:x"), "https://h/");
        assert_eq!(after("http://h/", "protocol", "mailto"), "http://h/");
        assert_eq!(after("http://h/", "host", "x:81/y"), "http://x:81/");
        assert_eq!(after("http://h/", "host", ":1"), "http://h/");
        assert_eq!(after("http://h:1/", "hostname", "x:2"), "http://h:1/");
        assert_eq!(after("http://h:1/", "hostname", "[::1]"), "http://[::1]:1/");
        assert_eq!(after("http://h/", "port", "81x"), "http://h:81/");
        assert_eq!(after("http://h:1/", "port", ""), "http://h/");
        assert_eq!(
            after("http://h/", "pathname", "a/../b?#"),
            "http://h/b%3F%23"
        );
        assert_eq!(after("foo:/x", "pathname", "//y"), "foo:/.//y");
        assert_eq!(after("mailto:a", "pathname", "b"), "mailto:a");
        assert_eq!(after("http://h/?a", "search", "?b#"), "http://h/?b%23");
        assert_eq!(after("http://h/?a#b", "hash", ""), "http://h/?a");
        assert_eq!(after("http://h/", "username", "a:b"), "http://a%3Ab@h/");
        assert_eq!(after("file:///", "username", "a"), "file:///");
    }

    proptest! {
        #[test]
        fn a_serialised_url_parses_to_itself(input in "(https?|file|foo|data):[/\\\\]{0,3}[a-z0-9.:@%|\\[\\] ü^/?#\\\\]{0,24}") {
            if let Some(once) = parse(&input, None) {
                prop_assert_eq!(parse(&once, None), Some(once.clone()), "of {:?}", input);
            }
        }

        #[test]
        fn no_input_is_too_strange(input in "\\PC{0,24}", base in "[a-z]{1,5}:[/a-zA-Z|:.?#]{0,10}", value in "\\PC{0,12}") {
            parse(&input, Some(&base));
            for component in ["protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"] {
                if let Some(href) = set(&base, component, &value) {
                    prop_assert_eq!(parse(&href, None), Some(href.clone()), "{} = {:?}", component, value);
                }
            }
        }
    }
}
