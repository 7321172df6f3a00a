//! The basic URL parser (§4.4). The standard describes it as a machine that looks at one character after the other; here the
//! input is cut at its delimiters, with the same outcome.

use super::encode::{
    C0_CONTROL, FRAGMENT, PATH, QUERY, SPECIAL_QUERY, USERINFO, encode, encode_onto, without_tabs,
};
use super::{Url, default_port, host};

impl Url {
    pub(crate) fn parse(input: &str, base: Option<&Url>) -> Option<Self> {
        let input = without_tabs(input.trim_matches(|c: char| c <= ' '));
        let (input, fragment) = match input.split_once('#') {
            Some((input, fragment)) => (input, Some(fragment)),
            None => (&*input, None),
        };
        let mut url = match split_scheme(input) {
            Some((scheme, rest)) => {
                Self::with_scheme(scheme.to_ascii_lowercase(), rest, base, fragment.is_some())?
            }
            None => Self::without_scheme(input, base?, fragment.is_some())?,
        };
        url.fragment = fragment.map(|fragment| encode(fragment, &FRAGMENT));
        Some(url)
    }

    fn with_scheme(
        scheme: String,
        rest: &str,
        base: Option<&Url>,
        has_fragment: bool,
    ) -> Option<Self> {
        let mut url = Self {
            scheme,
            ..Self::default()
        };
        if url.scheme == "file" {
            url.parse_file(rest, base.filter(|base| base.scheme == "file"))?;
        } else if url.is_special() {
            match base {
                Some(base) if base.scheme == url.scheme && !rest.starts_with("//") => {
                    url.parse_relative(rest, base)?;
                }
                _ => url.parse_authority(rest.trim_start_matches(['/', '\\']))?,
            }
        } else if let Some(rest) = rest.strip_prefix("//") {
            url.parse_authority(rest)?;
        } else if let Some(rest) = rest.strip_prefix('/') {
            url.parse_path_and_query(rest);
        } else {
            url.parse_opaque(rest, has_fragment);
        }
        Some(url)
    }

    fn without_scheme(input: &str, base: &Url, has_fragment: bool) -> Option<Self> {
        if base.opaque {
            return (input.is_empty() && has_fragment).then(|| base.clone());
        }
        let mut url = Self {
            scheme: base.scheme.clone(),
            ..Self::default()
        };
        if base.scheme == "file" {
            url.parse_file(input, Some(base))?;
        } else {
            url.parse_relative(input, base)?;
        }
        Some(url)
    }

    /// What follows `//`: credentials, host and port, then path and query.
    fn parse_authority(&mut self, rest: &str) -> Option<()> {
        let special = self.is_special();
        let end = rest
            .find(|c| c == '/' || c == '?' || (special && c == '\\'))
            .unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let host_and_port = match authority.rsplit_once('@') {
            Some((credentials, host_and_port)) => {
                let (username, password) = credentials.split_once(':').unwrap_or((credentials, ""));
                self.username = encode(username, &USERINFO);
                self.password = encode(password, &USERINFO);
                if host_and_port.is_empty() {
                    return None;
                }
                host_and_port
            }
            None => authority,
        };
        let (host, port) = split_port(host_and_port);
        if host.is_empty() && (special || port.is_some()) {
            return None;
        }
        self.host = Some(host::parse(host, special)?);
        if let Some(port) = port {
            if !port.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            self.set_port_digits(port)?;
        }
        self.parse_path_start(rest);
        Some(())
    }

    /// Decimal digits; none mean no port, as does the scheme's own.
    pub(super) fn set_port_digits(&mut self, digits: &str) -> Option<()> {
        if digits.is_empty() {
            return Some(());
        }
        let port = digits.trim_start_matches('0');
        let port = if port.is_empty() {
            0
        } else {
            port.parse().ok()?
        };
        self.port = Some(port).filter(|&port| default_port(&self.scheme) != Some(port));
        Some(())
    }

    /// A path behind a host. Special URLs have one at least, `/`.
    fn parse_path_start(&mut self, rest: &str) {
        let special = self.is_special();
        let stripped = rest.strip_prefix(|c| c == '/' || (special && c == '\\'));
        match stripped {
            Some(rest) => self.parse_path_and_query(rest),
            None if special => self.parse_path_and_query(rest),
            None => self.parse_query(rest),
        }
    }

    /// A URL that takes its host from the base, unless it begins with two slashes.
    fn parse_relative(&mut self, rest: &str, base: &Url) -> Option<()> {
        let special = self.is_special();
        let is_slash = |c: char| c == '/' || (special && c == '\\');
        let Some(after_slash) = rest.strip_prefix(is_slash) else {
            self.take_authority(base);
            self.path.clone_from(&base.path);
            self.take_rest_of_path(rest, base);
            return Some(());
        };
        if after_slash.starts_with(is_slash) {
            let slashes: &[char] = if special { &['/', '\\'] } else { &[] };
            return self.parse_authority(after_slash[1..].trim_start_matches(slashes));
        }
        self.take_authority(base);
        self.parse_path_and_query(after_slash);
        Some(())
    }

    fn take_authority(&mut self, base: &Url) {
        self.username.clone_from(&base.username);
        self.password.clone_from(&base.password);
        self.host.clone_from(&base.host);
        self.port = base.port;
    }

    /// With the base's path in place: `?query` and nothing leave it, else its last segment is replaced.
    fn take_rest_of_path(&mut self, rest: &str, base: &Url) {
        if rest.is_empty() {
            self.query.clone_from(&base.query);
        } else if rest.starts_with('?') {
            self.parse_query(rest);
        } else {
            self.shorten_path();
            self.parse_path_and_query(rest);
        }
    }

    fn parse_file(&mut self, rest: &str, base: Option<&Url>) -> Option<()> {
        self.host = Some(String::new());
        let is_slash = |c: char| c == '/' || c == '\\';
        if let Some(after_slash) = rest.strip_prefix(is_slash) {
            if let Some(after_slashes) = after_slash.strip_prefix(is_slash) {
                return self.parse_file_host(after_slashes);
            }
            if let Some(base) = base {
                self.host.clone_from(&base.host);
                if !starts_with_drive(after_slash)
                    && let Some(drive) = base.drive()
                {
                    self.path = format!("/{drive}");
                }
            }
            self.parse_path_and_query(after_slash);
        } else if let Some(base) = base {
            self.host.clone_from(&base.host);
            if starts_with_drive(rest) {
                self.parse_path_and_query(rest);
            } else {
                self.path.clone_from(&base.path);
                self.take_rest_of_path(rest, base);
            }
        } else {
            self.parse_path_and_query(rest);
        }
        Some(())
    }

    fn parse_file_host(&mut self, rest: &str) -> Option<()> {
        let end = rest.find(['/', '\\', '?']).unwrap_or(rest.len());
        let (host, after) = rest.split_at(end);
        if is_drive(host) {
            self.parse_path_and_query(rest);
            return Some(());
        }
        self.set_file_host(host)?;
        self.parse_path_start(after);
        Some(())
    }

    pub(super) fn set_file_host(&mut self, text: &str) -> Option<()> {
        let host = if text.is_empty() {
            String::new()
        } else {
            host::parse(text, true)?
        };
        self.host = Some(if host == "localhost" {
            String::new()
        } else {
            host
        });
        Some(())
    }

    fn parse_opaque(&mut self, rest: &str, has_fragment: bool) {
        self.opaque = true;
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        match path.strip_suffix(' ') {
            // A space at the end would be lost when this is parsed again.
            Some(path) if has_fragment || query.is_some() => {
                self.path = encode(path, &C0_CONTROL) + "%20";
            }
            _ => self.path = encode(path, &C0_CONTROL),
        }
        self.query = query.map(|query| self.encode_query(query));
    }

    /// `rest` begins behind a path's slash.
    fn parse_path_and_query(&mut self, rest: &str) {
        let end = rest.find('?').unwrap_or(rest.len());
        let (path, query) = rest.split_at(end);
        self.append_path(path);
        self.parse_query(query);
    }

    /// Nothing, or `?` and a query.
    fn parse_query(&mut self, rest: &str) {
        self.query = rest.strip_prefix('?').map(|query| self.encode_query(query));
    }

    pub(super) fn encode_query(&self, query: &str) -> String {
        encode(
            query,
            if self.is_special() {
                &SPECIAL_QUERY
            } else {
                &QUERY
            },
        )
    }

    /// Appends each segment of `path`, with `.` and `..` resolved.
    pub(super) fn append_path(&mut self, path: &str) {
        let special = self.is_special();
        let mut rest = path;
        loop {
            let end = rest.find(|c| c == '/' || (special && c == '\\'));
            let segment = &rest[..end.unwrap_or(rest.len())];
            let last = end.is_none();
            if is_double_dot(segment) {
                self.shorten_path();
                if last {
                    self.path.push('/');
                }
            } else if is_single_dot(segment) {
                if last {
                    self.path.push('/');
                }
            } else if self.scheme == "file" && self.path.is_empty() && is_drive(segment) {
                self.path.push('/');
                self.path.push_str(&segment[..1]);
                self.path.push(':');
            } else {
                self.path.push('/');
                encode_onto(&mut self.path, segment, &PATH);
            }
            match end {
                Some(end) => rest = &rest[end + 1..],
                None => return,
            }
        }
    }

    /// Removes the last segment; a file's drive stays.
    fn shorten_path(&mut self) {
        if self.scheme == "file"
            && self
                .drive()
                .is_some_and(|drive| self.path.len() == drive.len() + 1)
        {
            return;
        }
        if let Some(slash) = self.path.rfind('/') {
            self.path.truncate(slash);
        }
    }

    /// The drive, such as `C:`, that the path begins with.
    fn drive(&self) -> Option<&str> {
        let first = self.path.strip_prefix('/')?.split('/').next()?;
        (is_drive(first) && first.ends_with(':')).then_some(first)
    }
}

/// The scheme, and what follows its colon.
pub(super) fn split_scheme(input: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = input.split_once(':')?;
    let mut bytes = scheme.bytes();
    let valid = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    valid.then_some((scheme, rest))
}

/// The host, and the port if there is a colon outside of brackets.
pub(super) fn split_port(host_and_port: &str) -> (&str, Option<&str>) {
    let mut in_brackets = false;
    for (index, byte) in host_and_port.bytes().enumerate() {
        match byte {
            b'[' => in_brackets = true,
            b']' => in_brackets = false,
            b':' if !in_brackets => {
                return (&host_and_port[..index], Some(&host_and_port[index + 1..]));
            }
            _ => {}
        }
    }
    (host_and_port, None)
}

fn is_single_dot(segment: &str) -> bool {
    segment == "." || segment.eq_ignore_ascii_case("%2e")
}

fn is_double_dot(segment: &str) -> bool {
    match segment.len() {
        2 => segment == "..",
        4 => segment.eq_ignore_ascii_case(".%2e") || segment.eq_ignore_ascii_case("%2e."),
        6 => segment.eq_ignore_ascii_case("%2e%2e"),
        _ => false,
    }
}

/// `C:` or `C|`
fn is_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':' | b'|'] if letter.is_ascii_alphabetic())
}

fn starts_with_drive(text: &str) -> bool {
    match text.as_bytes() {
        [letter, b':' | b'|'] => letter.is_ascii_alphabetic(),
        [letter, b':' | b'|', b'/' | b'\\' | b'?', ..] => letter.is_ascii_alphabetic(),
        _ => false,
    }
}
