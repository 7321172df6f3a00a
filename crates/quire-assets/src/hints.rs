//! Early hints: what a page says is worth loading ahead, as a `Link` header, from which proxies in front make responses of
//! status 103.
//!
//! The rules are the original's: `<link>` elements whose `rel` has `preconnect`, `preload` or `modulepreload`, and that have no
//! attributes besides `rel`, `as` and `href`, since the header would not carry over the others.

use std::cell::RefCell;

use http::HeaderValue;
use lol_html::{HtmlRewriter, Settings, element};
use url::Url;

/// The only attributes that a link may have.
const ATTRIBUTES: [&str; 3] = ["rel", "as", "href"];

/// The links of a page.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    links: Vec<Link>,
    /// The first `<base href>`.
    base: Option<String>,
    /// The header, where it is the same for every URL of the page.
    header: Option<HeaderValue>,
}

#[derive(Debug)]
struct Link {
    href: String,
    rel: String,
    kind: Option<String>,
}

impl Hints {
    /// What the page says; `None` if it says nothing.
    pub(crate) fn of_page(page: &[u8]) -> Option<Self> {
        let found = RefCell::new(Self::default());
        let base = element!("base[href]", |base| {
            let mut found = found.borrow_mut();
            if found.base.is_none() {
                found.base = base.get_attribute("href");
            }
            Ok(())
        });
        let links = "link[rel~=preconnect],link[rel~=preload],link[rel~=modulepreload]";
        let links = element!(links, |link| {
            let known = |name: &str| ATTRIBUTES.contains(&name);
            if link.attributes().iter().all(|it| known(&it.name()))
                && let Some(href) = link.get_attribute("href").filter(|it| !it.is_empty())
                && !href.starts_with("data:")
                && let Some(rel) = link.get_attribute("rel")
            {
                let kind = link.get_attribute("as").filter(|it| !it.is_empty());
                found.borrow_mut().links.push(Link { href, rel, kind });
            }
            Ok(())
        });
        let settings = Settings::new()
            .append_element_content_handler(base)
            .append_element_content_handler(links)
            .with_strict(false);
        let mut reader = HtmlRewriter::new(settings, |_: &[u8]| {});
        // A page that cannot be read to its end says what it said until there.
        let _ = reader.write(page).and_then(|()| reader.end());
        let mut hints = found.into_inner();
        if hints.links.is_empty() {
            return None;
        }
        if hints.base.is_none() {
            hints.header = Some(header(&hints.links, None)?);
        }
        Some(hints)
    }

    /// The `Link` header of the page at this URL, which is asked for only if it matters.
    pub(crate) fn link(&self, url: impl FnOnce() -> Option<Url>) -> Option<HeaderValue> {
        match (&self.header, &self.base) {
            (Some(header), _) => Some(header.clone()),
            (None, Some(base)) => {
                let base = url().and_then(|url| url.join(base).ok());
                header(&self.links, base.as_ref())
            }
            (None, None) => None,
        }
    }
}

fn header(links: &[Link], base: Option<&Url>) -> Option<HeaderValue> {
    let mut value = String::new();
    for Link { href, rel, kind } in links {
        let resolved = base.and_then(|base| base.join(href).ok());
        let href = resolved.as_ref().map_or(href.as_str(), Url::as_str);
        let kind = kind.as_ref().map(|kind| format!("; as={kind}"));
        let link = format!("<{href}>; rel=\"{rel}\"{}", kind.unwrap_or_default());
        // What no header can hold stays out, and the other links in.
        if !link.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            continue;
        }
        if !value.is_empty() {
            value.push_str(", ");
        }
        value.push_str(&link);
    }
    HeaderValue::try_from(value)
        .ok()
        .filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn link(page: &str) -> Option<String> {
        let url = || Url::parse("https://site.example/dir/page").ok();
        let header = Hints::of_page(page.as_bytes())?.link(url)?;
        Some(header.to_str().unwrap().to_owned())
    }

    #[test]
    fn links_that_the_header_can_carry() {
        for (page, expected) in [
            (
                "<link rel=preload as=style href=/a.css><link href='b.js' rel=modulepreload>",
                Some("</a.css>; rel=\"preload\"; as=style, <b.js>; rel=\"modulepreload\""),
            ),
            (
                "<body><LINK REL='x preconnect' HREF=https://c.example>",
                Some("<https://c.example>; rel=\"x preconnect\""),
            ),
            ("<link rel=preload href=/a crossorigin>", None),
            ("<link rel=stylesheet href=/a>", None),
            ("<link rel=preloader href=/a>", None),
            ("<link rel=preload>", None),
            ("<link rel=preload href=''>", None),
            ("<link rel=preload href=data:x>", None),
            ("<link rel=preload href='/a\nb'>", None),
            ("<!-- <link rel=preload href=/a> -->", None),
            (
                "<link rel=preload href=/é><link rel=preload href=/e>",
                Some("</e>; rel=\"preload\""),
            ),
            ("", None),
        ] {
            assert_eq!(link(page).as_deref(), expected, "{page}");
        }
    }

    #[test]
    fn a_base_resolves_them() {
        for (page, expected) in [
            (
                "<base href=sub/><base href=/no/><link rel=preload href=a>",
                "<https://site.example/dir/sub/a>; rel=\"preload\"",
            ),
            (
                "<link rel=preload href=a><base href=//b.example>",
                "<https://b.example/a>; rel=\"preload\"",
            ),
            (
                "<base href='https://['><link rel=preload href=a>",
                "<a>; rel=\"preload\"",
            ),
        ] {
            assert_eq!(link(page).as_deref(), Some(expected), "{page}");
        }
    }
}
