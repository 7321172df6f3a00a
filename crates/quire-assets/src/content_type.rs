//! File names to content types.
//!
//! The base is the `new_mime_guess` table. Where the original's table differs, the entries below win, so that a
//! site is served with the types it has always had.

use std::borrow::Cow;

use new_mime_guess::from_ext;

use crate::etag::extension;

const UNKNOWN: &str = "application/octet-stream";

/// Extensions whose type differs from the base table's, or that the base table lacks. Sorted.
const OVERRIDES: &[(&str, &str)] = &[
    ("aac", "audio/x-aac"),
    ("ac", "application/pkix-attr-cert"),
    ("adp", "audio/adpcm"),
    ("aif", "audio/x-aiff"),
    ("aifc", "audio/x-aiff"),
    ("aiff", "audio/x-aiff"),
    ("cdf", "application/x-netcdf"),
    ("class", "application/java-vm"),
    ("cod", "application/vnd.rim.cod"),
    ("cpp", "text/x-c"),
    ("cxx", "text/x-c"),
    ("dbf", "application/vnd.dbf"),
    ("deb", "application/octet-stream"),
    ("dll", "application/octet-stream"),
    ("ecma", "application/ecmascript"),
    ("emf", "image/emf"),
    ("es", "application/ecmascript"),
    ("evy", "application/x-envoy"),
    ("exe", "application/octet-stream"),
    ("exp", "application/express"),
    ("exr", "image/aces"),
    ("flac", "audio/x-flac"),
    ("h", "text/x-c"),
    ("iso", "application/octet-stream"),
    ("jhc", "image/jphc"),
    ("js", "application/javascript"),
    ("jsx", "text/jsx"),
    ("m3u8", "application/vnd.apple.mpegurl"),
    ("m4p", "application/mp4"),
    ("msi", "application/octet-stream"),
    ("mvt", "application/vnd.mapbox-vector-tile"),
    ("mxmf", "audio/mobile-xmf"),
    ("mxml", "application/xv+xml"),
    ("nq", "application/n-quads"),
    ("nsc", "application/x-conference"),
    ("pct", "image/x-pict"),
    ("php", "application/x-httpd-php"),
    ("pic", "image/x-pict"),
    ("pls", "application/pls+xml"),
    ("pml", "application/vnd.ctc-posml"),
    ("py", "application/octet-stream"),
    ("qxd", "application/vnd.quark.quarkxpress"),
    ("rpm", "application/x-redhat-package-manager"),
    ("rs", "application/rls-services+xml"),
    ("rtf", "application/rtf"),
    ("sh", "application/x-sh"),
    ("smi", "application/smil+xml"),
    ("spl", "application/x-futuresplash"),
    ("stpx", "model/step+xml"),
    ("stpxz", "model/step-xml+zip"),
    ("stpz", "model/step+zip"),
    ("swf", "application/x-shockwave-flash"),
    ("tex", "application/x-tex"),
    ("x3db", "model/x3d+fastinfoset"),
    ("x3dv", "model/x3d-vrml"),
    ("xsl", "application/xml"),
];

/// The `Content-Type` of a file by the extension of its name or path. Text types carry `charset=utf-8`.
pub fn content_type(name: &str) -> Cow<'static, str> {
    let bare = bare_type(&extension(name).to_ascii_lowercase());
    if bare.starts_with("text/") {
        Cow::Owned(format!("{bare}; charset=utf-8"))
    } else {
        Cow::Borrowed(bare)
    }
}

fn bare_type(extension: &str) -> &'static str {
    if extension.is_empty() {
        return UNKNOWN;
    }
    match OVERRIDES.binary_search_by_key(&extension, |(known, _)| known) {
        Ok(at) => OVERRIDES[at].1,
        Err(_) => from_ext(extension).first_raw().unwrap_or(UNKNOWN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_are_sorted() {
        assert!(OVERRIDES.is_sorted_by(|(left, _), (right, _)| left < right));
    }

    #[test]
    fn the_types_that_sites_are_served_with() {
        for (extensions, expected) in [
            ("html htm HTML", "text/html; charset=utf-8"),
            ("css", "text/css; charset=utf-8"),
            ("js mjs JS", "application/javascript"),
            ("cjs", "application/node"),
            ("json map", "application/json"),
            ("txt log conf", "text/plain; charset=utf-8"),
            ("md", "text/markdown; charset=utf-8"),
            ("csv", "text/csv; charset=utf-8"),
            ("xml", "application/xml"),
            ("svg", "image/svg+xml"),
            ("ico", "image/vnd.microsoft.icon"),
            ("png", "image/png"),
            ("jpg jpeg", "image/jpeg"),
            ("webp", "image/webp"),
            ("avif", "image/avif"),
            ("gif", "image/gif"),
            ("woff2", "font/woff2"),
            ("woff", "font/woff"),
            ("ttf", "font/ttf"),
            ("otf", "font/otf"),
            ("eot", "application/vnd.ms-fontobject"),
            ("wasm", "application/wasm"),
            ("webmanifest", "application/manifest+json"),
            ("pdf", "application/pdf"),
            ("zip", "application/zip"),
            ("gz", "application/gzip"),
            ("mp4", "video/mp4"),
            ("ts", "video/mp2t"),
            ("tsx py dmg unheardof", "application/octet-stream"),
            ("jsx", "text/jsx; charset=utf-8"),
            ("yaml", "text/yaml; charset=utf-8"),
            ("toml", "application/toml"),
            ("vtt", "text/vtt; charset=utf-8"),
            ("ics", "text/calendar; charset=utf-8"),
            ("atom", "application/atom+xml"),
            ("rss", "application/rss+xml"),
            ("m3u8", "application/vnd.apple.mpegurl"),
            ("php", "application/x-httpd-php"),
            ("sh", "application/x-sh"),
            ("geojson", "application/geo+json"),
            ("jsonld", "application/ld+json"),
        ] {
            for extension in extensions.split(' ') {
                assert_eq!(
                    content_type(&format!("dir/name.{extension}")),
                    expected,
                    "{extension}"
                );
            }
        }
        for name in [
            "noext",
            ".hidden",
            ".html",
            "sub/.html",
            "x.",
            "dir.txt/noext",
        ] {
            assert_eq!(content_type(name), UNKNOWN, "{name}");
        }
    }
}
