//! Requests to answers: status, headers and body.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, LINK, LOCATION, RANGE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use quire_routes::SiteRules;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use url::Url;

use crate::asset::{Asset, Found, whole};
use crate::body::AssetBody;
use crate::cache::Cache;
use crate::content::Content;
use crate::directory::Directory;
use crate::error::{AssetsError, LoadError};
use crate::lookup::Outcome;
use crate::path::{decode, location};
use crate::report;
use crate::rules::{self, Redirected, Rules};

/// Bytes of small files kept in memory, unless told otherwise.
const DEFAULT_MEMORY: usize = 64 * 1024 * 1024;

/// How long what is known of a file counts as current when serving, unless told otherwise.
const DEFAULT_REVALIDATE: Duration = Duration::from_secs(1);

/// How often a lookup is repeated when files change under it.
const ATTEMPTS: usize = 4;

/// Room for the headers of an answer without growing.
const USUAL_HEADERS: usize = 8;

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// How assets are served.
#[derive(Debug, Clone)]
pub struct AssetsOptions {
    /// How long what was learned from the disk counts as current. Zero looks at the disk for every request.
    pub revalidate: Duration,
    /// Bytes of small files to keep in memory at most.
    pub memory: usize,
    /// Whether pages are sent with a `Link` header of what they say is worth loading ahead.
    pub early_hints: bool,
    /// The site's `_redirects` and `_headers`.
    pub rules: SiteRules,
    /// Other directories that are part of the site, by their paths in it, without a slash at either end.
    pub mounted: BTreeMap<String, PathBuf>,
}

impl AssetsOptions {
    /// For serving: a changed file is seen within a second.
    pub fn serve() -> Self {
        Self {
            revalidate: DEFAULT_REVALIDATE,
            memory: DEFAULT_MEMORY,
            early_hints: true,
            rules: SiteRules::default(),
            mounted: BTreeMap::new(),
        }
    }

    /// For development: a changed file is seen at once, and pages get no `Link`, as on the original.
    pub fn dev() -> Self {
        Self {
            revalidate: Duration::ZERO,
            early_hints: false,
            ..Self::serve()
        }
    }
}

impl Default for AssetsOptions {
    fn default() -> Self {
        Self::serve()
    }
}

/// The parts of a request that decide about its asset.
#[derive(Debug, Clone, Copy)]
pub struct AssetRequest<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path as it came, percent-encoded.
    pub path: &'a str,
    /// The query as it came, without `?`.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The host the request is for, with or without a port.
    pub host: Option<&'a str>,
    /// Whether it came over TLS.
    pub https: bool,
}

/// Stands for a host that the request does not name.
const NO_HOST: &str = "localhost";

impl AssetRequest<'_> {
    /// The URL, without its query.
    pub(crate) fn url(&self) -> Option<Url> {
        let scheme = if self.https { "https" } else { "http" };
        let host = self.host.unwrap_or(NO_HOST);
        Url::parse(&format!("{scheme}://{host}{}", self.path)).ok()
    }
}

/// The static files of one project. Clones share what is cached.
#[derive(Clone)]
pub struct Assets {
    cache: Arc<Cache>,
    early_hints: bool,
    rules: Arc<Rules>,
}

impl std::fmt::Debug for Assets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Assets")
            .field("directory", self.cache.directory())
            .finish_non_exhaustive()
    }
}

impl Assets {
    /// Serves the files of a directory. The directory may be replaced by another under the same name at any time.
    pub fn open(directory: impl AsRef<Path>, options: AssetsOptions) -> Result<Self, AssetsError> {
        let path = directory.as_ref();
        let unreadable = |source| AssetsError::Unreadable {
            path: path.to_owned(),
            source,
        };
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(AssetsError::NotADirectory(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(AssetsError::Missing(path.to_owned()));
            }
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(AssetsError::NotADirectory(path.to_owned()));
            }
            Err(error) => return Err(unreadable(error)),
        }
        std::fs::read_dir(path).map_err(unreadable)?;
        let absolute = std::path::absolute(path).map_err(unreadable)?;
        let mut directory = Directory::new(absolute);
        for (key, path) in options.mounted {
            directory.mount(key, std::path::absolute(path).map_err(unreadable)?);
        }
        Ok(Self {
            cache: Arc::new(Cache::new(
                Arc::new(directory),
                options.revalidate,
                options.memory,
            )),
            early_hints: options.early_hints,
            rules: Arc::new(Rules::new(options.rules)),
        })
    }

    /// Answers a request. An error of the disk is logged and answered with status 500.
    pub async fn respond(&self, request: AssetRequest<'_>) -> Response<AssetBody> {
        if self.rules.is_empty() {
            return self.look_for(request).await;
        }
        let said = self.rules.of(&request);
        let mut response = match rules::redirect(&said, &request) {
            Some(Redirected::To(response)) => *response,
            Some(Redirected::Within(path)) => {
                let rewritten = AssetRequest {
                    path: &path,
                    ..request
                };
                self.look_for(rewritten).await
            }
            None => self.look_for(request).await,
        };
        rules::change_headers(&said, &mut response);
        response
    }

    async fn look_for(&self, request: AssetRequest<'_>) -> Response<AssetBody> {
        if *request.method != Method::GET && *request.method != Method::HEAD {
            return plain(StatusCode::METHOD_NOT_ALLOWED);
        }
        match self.find(&request).await {
            Ok(response) => response,
            Err(error) => {
                report::unreadable(request.path, &error);
                let mut response = Response::new(AssetBody::empty());
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                response
            }
        }
    }

    async fn find(&self, request: &AssetRequest<'_>) -> io::Result<Response<AssetBody>> {
        let path = decode(request.path);
        let mut outcome = self.cache.recall(&path);
        for _ in 0..ATTEMPTS {
            let known = match outcome.take() {
                Some(known) => known,
                None => self.look_up(&path).await?,
            };
            match self.answer(request, &known).await {
                Ok(response) => return Ok(response),
                Err(LoadError::Changed) => {}
                Err(LoadError::Failed(error)) => return Err(io::Error::new(error.kind(), error)),
            }
        }
        Err(io::Error::other("the file kept changing while it was read"))
    }

    async fn look_up(&self, path: &str) -> io::Result<Outcome<Found>> {
        let cache = Arc::clone(&self.cache);
        let path = path.to_owned();
        tokio::task::spawn_blocking(move || cache.look_up(&path))
            .await
            .map_err(io::Error::other)?
    }

    async fn answer(
        &self,
        request: &AssetRequest<'_>,
        outcome: &Outcome<Found>,
    ) -> Result<Response<AssetBody>, LoadError> {
        match outcome {
            Outcome::Page(found) => {
                let content = found.version.content(self.cache.directory()).await?;
                if is_unchanged(request.headers, &content.etag) {
                    return Ok(plain(StatusCode::NOT_MODIFIED));
                }
                let mut response = self.file_response(request, found, &content).await?;
                let headers = response.headers_mut();
                headers.insert(ETAG, content.etag.clone());
                if let Some(hints) = content.hints.as_ref().filter(|_| self.early_hints)
                    && let Some(link) = hints.link(|| request.url())
                {
                    headers.insert(LINK, link);
                }
                if !request.headers.contains_key(AUTHORIZATION)
                    && !request.headers.contains_key(RANGE)
                {
                    headers.insert(
                        CACHE_CONTROL,
                        HeaderValue::from_static("public, max-age=0, must-revalidate"),
                    );
                }
                if request.host.is_some_and(is_preview_host) {
                    headers.insert(X_ROBOTS_TAG, HeaderValue::from_static("noindex"));
                }
                Ok(response)
            }
            Outcome::NotFoundPage(found) => {
                let content = found.version.content(self.cache.directory()).await?;
                let mut response = self.file_response(request, found, &content).await?;
                *response.status_mut() = StatusCode::NOT_FOUND;
                response
                    .headers_mut()
                    .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
                Ok(response)
            }
            Outcome::Redirect(path) => {
                let mut response = plain(StatusCode::PERMANENT_REDIRECT);
                let target = HeaderValue::from_str(&location(path, request.query))
                    .map_err(io::Error::other)?;
                response.headers_mut().insert(LOCATION, target);
                Ok(response)
            }
            Outcome::Nothing => {
                let mut response = plain(StatusCode::NOT_FOUND);
                response
                    .headers_mut()
                    .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
                Ok(response)
            }
        }
    }

    /// An answer with the file's content, or for HEAD with its length.
    async fn file_response(
        &self,
        request: &AssetRequest<'_>,
        found: &Found,
        content: &Content,
    ) -> Result<Response<AssetBody>, LoadError> {
        let mut response = plain(StatusCode::OK);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, content.content_type.clone());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let body = if *request.method == Method::HEAD {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(content.length));
            AssetBody::empty()
        } else {
            whole(self.cache.directory(), &found.version).await?
        };
        *response.body_mut() = body.whole_of(Asset {
            cache: Arc::clone(&self.cache),
            found: found.clone(),
        });
        Ok(response)
    }
}

/// An answer without content, with the headers that every answer has.
pub(crate) fn plain(status: StatusCode) -> Response<AssetBody> {
    let mut response = Response::new(AssetBody::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(USUAL_HEADERS);
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        REFERRER_POLICY,
        HeaderValue::from_static("strict-origin-when-cross-origin"),
    );
    response
}

/// Whether the one entity tag that the client names, strong or weak, is this one. Lists and `*` are not understood.
fn is_unchanged(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let mut named = headers.get_all(IF_NONE_MATCH).iter();
    let (Some(named), None) = (named.next(), named.next()) else {
        return false;
    };
    let named = named.as_bytes();
    named.strip_prefix(b"W/").unwrap_or(named) == etag.as_bytes()
}

/// Whether the host is that of a preview deployment, such as `abc.project.pages.dev`.
fn is_preview_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let mut labels = name.rsplit('.');
    labels
        .next()
        .is_some_and(|label| label.eq_ignore_ascii_case("dev"))
        && labels
            .next()
            .is_some_and(|label| label.eq_ignore_ascii_case("pages"))
        && labels.count() > 1
}
