//! Media types whose content is worth compressing.

/// Those that the original's edge compresses. Sorted.
const TYPES: &[&str] = &[
    "application/eot",
    "application/font",
    "application/font-sfnt",
    "application/font-woff",
    "application/geo+json",
    "application/graphql+json",
    "application/javascript",
    "application/javascript-binast",
    "application/json",
    "application/ld+json",
    "application/manifest+json",
    "application/opentype",
    "application/otf",
    "application/rss+xml",
    "application/truetype",
    "application/ttf",
    "application/vnd.api+json",
    "application/vnd.ms-fontobject",
    "application/wasm",
    "application/x-httpd-cgi",
    "application/x-javascript",
    "application/x-opentype",
    "application/x-otf",
    "application/x-perl",
    "application/x-protobuf",
    "application/x-ttf",
    "application/xhtml+xml",
    "application/xml",
    "font/otf",
    "font/ttf",
    "font/x-woff",
    "image/svg+xml",
    "image/vnd.microsoft.icon",
    "image/x-icon",
    "multipart/bag",
    "multipart/mixed",
    "text/css",
    "text/html",
    "text/javascript",
    "text/js",
    "text/plain",
    "text/richtext",
    "text/x-component",
    "text/x-java-source",
    "text/x-markdown",
    "text/x-script",
    "text/xml",
];

/// Whether content of this `Content-Type` is compressed for clients that take it. Parameters do not matter.
pub fn is_compressible(content_type: &[u8]) -> bool {
    let essence = match content_type.iter().position(|byte| *byte == b';') {
        Some(end) => &content_type[..end],
        None => content_type,
    }
    .trim_ascii();
    let compared = |known: &&str| {
        let lower = essence.iter().map(u8::to_ascii_lowercase);
        known.bytes().cmp(lower)
    };
    TYPES.binary_search_by(compared).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sorted() {
        assert!(TYPES.is_sorted_by(|left, right| left < right));
    }

    #[test]
    fn parameters_and_case_do_not_matter() {
        for kind in TYPES {
            assert!(is_compressible(kind.as_bytes()), "{kind}");
        }
        for (value, compressible) in [
            ("text/html; charset=utf-8", true),
            (" Text/HTML ;charset=utf-8", true),
            ("application/json", true),
            ("text/event-stream", false),
            ("image/png", false),
            ("video/mp4", false),
            ("text/htm", false),
            ("text/html5", false),
            ("", false),
            (";", false),
        ] {
            assert_eq!(is_compressible(value.as_bytes()), compressible, "{value}");
        }
    }
}
