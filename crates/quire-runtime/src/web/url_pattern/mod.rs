//! `URLPattern`. JavaScript only: its regular expressions are the language's own.

/// Evaluated after web/url.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("web/url_pattern/tokenize.js", include_str!("tokenize.js")),
    ("web/url_pattern/pattern.js", include_str!("pattern.js")),
    (
        "web/url_pattern/components.js",
        include_str!("components.js"),
    ),
    (
        "web/url_pattern/constructor-string.js",
        include_str!("constructor-string.js"),
    ),
    (
        "web/url_pattern/url-pattern.js",
        include_str!("url-pattern.js"),
    ),
];
