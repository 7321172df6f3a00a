//! `_redirects` before a file is looked for, and `_headers` on the answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, Entry, LOCATION, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use quire_routes::{HeaderChange, Redirect, SiteRules};

use crate::body::AssetBody;
use crate::cache::{LONGEST_REMEMBERED_PATH, REMEMBERED_PATHS};
use crate::generations::Generations;
use crate::response::{AssetRequest, plain};

/// What a redirect makes of a request.
pub(crate) enum Redirected {
    /// The client goes elsewhere.
    To(Box<Response<AssetBody>>),
    /// The answer is that of another path.
    Within(String),
}

/// The site's rules.
pub(crate) struct Rules {
    site: SiteRules,
    /// What they say of paths that were asked for: a table lookup costs the same for any rules.
    said: Mutex<Generations<Box<str>, Arc<Said>>>,
}

/// What the rules say of a path.
pub(crate) struct Said {
    redirect: Option<Redirect>,
    changes: Vec<Change>,
}

/// What happens to an answer's headers.
enum Change {
    Remove(HeaderName),
    Set(HeaderName, HeaderValue),
    Append(HeaderName, HeaderValue),
}

impl Rules {
    pub(crate) fn new(site: SiteRules) -> Self {
        Self {
            site,
            said: Mutex::new(Generations::new(REMEMBERED_PATHS)),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.site.is_empty()
    }

    /// What the rules say of a request.
    pub(crate) fn of(&self, request: &AssetRequest<'_>) -> Arc<Said> {
        // Where they name hosts, the path alone does not decide.
        if self.site.headers.name_hosts() || request.path.len() > LONGEST_REMEMBERED_PATH {
            return Arc::new(self.apply(request));
        }
        if let Some(said) = self.said().get(request.path) {
            return said;
        }
        let said = Arc::new(self.apply(request));
        self.said().insert(request.path.into(), said.clone(), 1);
        said
    }

    fn apply(&self, request: &AssetRequest<'_>) -> Said {
        let host = request.host.map(|host| match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        });
        let changes = self.site.headers.changes(host, request.path).into_iter();
        Said {
            redirect: self.site.redirects.find(request.path),
            changes: changes.filter_map(Change::new).collect(),
        }
    }

    fn said(&self) -> MutexGuard<'_, Generations<Box<str>, Arc<Said>>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Change {
    /// The change as it is made. Values go out as Latin-1, beyond which the parser of the rules lets nothing pass.
    fn new(change: HeaderChange<'_>) -> Option<Self> {
        let header = |name: &str, value: &str| {
            let bytes: Option<Vec<u8>> = value
                .chars()
                .map(|character| u8::try_from(u32::from(character)).ok())
                .collect();
            let value = HeaderValue::from_bytes(&bytes?).ok()?;
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value))
        };
        Some(match change {
            HeaderChange::Remove(name) => {
                Self::Remove(HeaderName::from_bytes(name.as_bytes()).ok()?)
            }
            HeaderChange::Set(name, value) => {
                let (name, value) = header(name, &value)?;
                Self::Set(name, value)
            }
            HeaderChange::Append(name, value) => {
                let (name, value) = header(name, &value)?;
                Self::Append(name, value)
            }
        })
    }
}

/// What the rules make of a request; `None` leaves it as it is.
pub(crate) fn redirect(said: &Said, request: &AssetRequest<'_>) -> Option<Redirected> {
    let redirect = said.redirect.as_ref()?;
    let base = request.url()?;
    match redirect {
        Redirect::Rewrite { target } => {
            let target = base.join(target).ok()?;
            Some(Redirected::Within(target.path().to_owned()))
        }
        Redirect::To { status, target } => {
            let mut target = base.join(target).ok()?;
            if target.query().unwrap_or_default().is_empty() {
                target.set_query(request.query.filter(|query| !query.is_empty()));
            }
            let location = match target.origin() == base.origin() {
                true => &target[url::Position::BeforePath..],
                false => target.as_str(),
            };
            let status = StatusCode::from_u16(*status).ok()?;
            Some(Redirected::To(Box::new(redirection(status, location)?)))
        }
    }
}

fn redirection(status: StatusCode, location: &str) -> Option<Response<AssetBody>> {
    let mut response = plain(status);
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::from_str(location).ok()?);
    // As in the original: status 308 has no text.
    if status != StatusCode::PERMANENT_REDIRECT {
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain;charset=UTF-8"),
        );
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let text = format!("Redirecting to {location}");
        *response.body_mut() = AssetBody::from_bytes(text.into());
    }
    Some(response)
}

/// Changes the headers of an answer as the rules say. Errors of the server are left alone.
pub(crate) fn change_headers(said: &Said, response: &mut Response<AssetBody>) {
    if response.status().is_server_error() {
        return;
    }
    let headers = response.headers_mut();
    for change in &said.changes {
        match change {
            Change::Remove(name) => {
                headers.remove(name);
            }
            Change::Set(name, value) => {
                headers.insert(name, value.clone());
            }
            Change::Append(name, value) => append(headers, name.clone(), value.clone()),
        }
    }
    if response.status() == StatusCode::NOT_FOUND {
        let no_store = HeaderValue::from_static("no-store");
        response.headers_mut().insert(CACHE_CONTROL, no_store);
    }
}

/// Adds a value to those that a header has: on the same line, but for cookies.
fn append(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if name == SET_COOKIE {
        headers.append(name, value);
        return;
    }
    match headers.entry(name) {
        Entry::Vacant(entry) => {
            entry.insert(value);
        }
        Entry::Occupied(mut entry) => {
            let joined = [entry.get().as_bytes(), b", ", value.as_bytes()].concat();
            if let Ok(joined) = HeaderValue::from_bytes(&joined) {
                entry.insert(joined);
            }
        }
    }
}
