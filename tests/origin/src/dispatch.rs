//! From a request's path to the module that answers it.

use std::net::SocketAddr;

use http::{HeaderMap, Request, StatusCode, header};
use hyper::body::Incoming;

use crate::body::{Answer, text};
use crate::layout::Layout;
use crate::{downloads, echo, git_http, lfs};

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    pub(crate) redirect_above: u64,
    pub(crate) layout: Layout,
    /// Held while a repository is created, so that two first pushes do not create it twice.
    pub(crate) creating: tokio::sync::Mutex<()>,
}

/// Answers one request.
pub(crate) async fn answer(service: &Service, request: Request<Incoming>) -> Answer {
    let path = request.uri().path().to_owned();
    if let Some((repository, rest)) = split_repository(&path) {
        return match rest.strip_prefix("info/lfs/") {
            Some(rest) => lfs::answer(service, repository, rest, request).await,
            None => git_http::answer(service, repository, request).await,
        };
    }
    if path == "/api" || path.starts_with("/api/") || path.starts_with("/org/") {
        return echo::answer(request).await;
    }
    if let Some(rest) = path.strip_prefix("/storage/") {
        return downloads::storage(service, rest, &request).await;
    }
    if let Some(wanted) = downloads::Wanted::parse(&path) {
        return downloads::resolve(service, &wanted, &request).await;
    }
    text(
        StatusCode::NOT_FOUND,
        format!("nothing is served at `{path}`"),
    )
}

/// Splits `/namespace/name.git/info/refs` into `namespace/name.git` and `info/refs`.
fn split_repository(path: &str) -> Option<(&str, &str)> {
    let end = path.find(".git/")? + ".git".len();
    Some((path[..end].trim_start_matches('/'), &path[end + 1..]))
}

/// The URL under which the client reached us, as the proxy in front of us reports it.
pub(crate) fn public_url(headers: &HeaderMap, service: &Service) -> String {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = value("x-forwarded-host")
        .or_else(|| value(header::HOST.as_str()))
        .map_or_else(|| service.address.to_string(), str::to_owned);
    format!("{}://{host}", value("x-forwarded-proto").unwrap_or("http"))
}

#[cfg(test)]
mod tests {
    use super::split_repository;

    #[test]
    fn finds_the_repository_in_a_path() {
        assert_eq!(
            split_repository("/a/b.git/info/refs"),
            Some(("a/b.git", "info/refs"))
        );
        assert_eq!(split_repository("/b.git/HEAD"), Some(("b.git", "HEAD")));
        assert_eq!(split_repository("/a/b.git"), None);
        assert_eq!(split_repository("/api/x"), None);
    }
}
