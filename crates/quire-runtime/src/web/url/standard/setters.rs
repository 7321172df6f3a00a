//! What assigning to an attribute of a URL object does (§6.1).

use super::encode::{FRAGMENT, USERINFO, encode, without_tabs};
use super::parser::{split_port, split_scheme};
use super::{Url, default_port, host, is_special};

impl Url {
    /// Where the value does not fit, the URL stays as it is.
    pub(super) fn set(&mut self, component: &str, value: &str) {
        match component {
            "protocol" => self.set_protocol(value),
            "username" if self.may_have_port() => self.username = encode(value, &USERINFO),
            "password" if self.may_have_port() => self.password = encode(value, &USERINFO),
            "host" if !self.opaque => self.set_host(&without_tabs(value), true),
            "hostname" if !self.opaque => self.set_host(&without_tabs(value), false),
            "port" if self.may_have_port() => self.set_port(value),
            "pathname" if !self.opaque => self.set_pathname(&without_tabs(value)),
            "search" => self.set_search(value),
            "hash" => {
                let text = value.strip_prefix('#').unwrap_or(value);
                self.fragment = (!value.is_empty()).then(|| encode(&without_tabs(text), &FRAGMENT));
            }
            _ => {}
        }
    }

    /// Credentials likewise.
    fn may_have_port(&self) -> bool {
        self.scheme != "file" && self.host.as_ref().is_some_and(|host| !host.is_empty())
    }

    fn set_protocol(&mut self, value: &str) {
        let text = without_tabs(value) + ":";
        let Some((scheme, _)) = split_scheme(&text) else {
            return;
        };
        let scheme = scheme.to_ascii_lowercase();
        let loses_parts = scheme == "file" && (self.has_credentials() || self.port.is_some());
        let lacks_host = self.scheme == "file" && self.host.as_deref().is_none_or(str::is_empty);
        if is_special(&scheme) != self.is_special() || loses_parts || lacks_host {
            return;
        }
        self.port = self
            .port
            .filter(|&port| default_port(&scheme) != Some(port));
        self.scheme = scheme;
    }

    /// `with_port`: whether the value may end with one.
    fn set_host(&mut self, value: &str, with_port: bool) {
        let special = self.is_special();
        let end = value
            .find(|c| matches!(c, '/' | '?' | '#') || (special && c == '\\'))
            .unwrap_or(value.len());
        let value = &value[..end];
        if self.scheme == "file" {
            // On failure the host stays.
            let _ = self.set_file_host(value);
            return;
        }
        let (text, port) = split_port(value);
        let loses_parts = self.has_credentials() || self.port.is_some();
        let refused = match port {
            Some(_) => text.is_empty() || !with_port,
            None => text.is_empty() && (special || loses_parts),
        };
        if refused {
            return;
        }
        let Some(host) = host::parse(text, special) else {
            return;
        };
        self.host = Some(host);
        if let Some(port) = port {
            self.set_leading_port(port);
        }
    }

    fn set_port(&mut self, value: &str) {
        if value.is_empty() {
            self.port = None;
        } else {
            self.set_leading_port(&without_tabs(value));
        }
    }

    /// The digits that the text begins with.
    fn set_leading_port(&mut self, text: &str) {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        // A number too big changes nothing.
        let _ = self.set_port_digits(&text[..digits]);
    }

    fn set_pathname(&mut self, value: &str) {
        self.path.clear();
        let special = self.is_special();
        let rest = value.strip_prefix(|c| c == '/' || (special && c == '\\'));
        match rest {
            Some(rest) => self.append_path(rest),
            None if !value.is_empty() || special => self.append_path(value),
            // Without a host there must be a path.
            None if self.host.is_none() => self.path.push('/'),
            None => {}
        }
    }

    fn set_search(&mut self, value: &str) {
        let text = value.strip_prefix('?').unwrap_or(value);
        self.query = (!value.is_empty()).then(|| self.encode_query(&without_tabs(text)));
    }
}
