//! Parsing and changing URLs as the URL Standard's JavaScript interface does, on serialisations.

use url::{Url, quirks};

/// The serialisation of `input`, resolved against `base` when there is one.
pub(crate) fn parse(input: &str, base: Option<&str>) -> Option<String> {
    let url = match base {
        Some(base) => Url::parse(base).ok()?.join(input).ok()?,
        None => Url::parse(input).ok()?,
    };
    Some(url.into())
}

/// The setter `component` of a URL object. `None` where the standard leaves the URL unchanged.
pub(crate) fn set(href: &str, component: &str, value: &str) -> Option<String> {
    let mut url = Url::parse(href).ok()?;
    match component {
        "protocol" => quirks::set_protocol(&mut url, value).ok()?,
        "username" => quirks::set_username(&mut url, value).ok()?,
        "password" => quirks::set_password(&mut url, value).ok()?,
        "host" => quirks::set_host(&mut url, value).ok()?,
        "hostname" => quirks::set_hostname(&mut url, value).ok()?,
        "port" => quirks::set_port(&mut url, value).ok()?,
        "pathname" => quirks::set_pathname(&mut url, value),
        "search" => quirks::set_search(&mut url, value),
        "hash" => quirks::set_hash(&mut url, value),
        _ => return None,
    }
    Some(url.into())
}
