//! A served directory for a test, and a request to it.

use std::fs;
use std::path::PathBuf;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt as _;

use crate::{AssetRequest, Assets, AssetsOptions};

pub(super) struct Site {
    place: tempfile::TempDir,
    pub(super) assets: Assets,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(super) fn header_names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Site {
    /// A site of files with the given contents.
    pub(super) fn new(options: AssetsOptions, files: &[(&str, &str)]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("site");
        fs::create_dir(&root).unwrap();
        let site = Self {
            assets: Assets::open(&root, options).unwrap(),
            place,
        };
        for (name, content) in files {
            site.write(name, content);
        }
        site
    }

    /// A site in which every file's content is its own name.
    pub(super) fn of(names: &[&str]) -> Self {
        let files: Vec<_> = names.iter().map(|name| (*name, *name)).collect();
        Self::new(AssetsOptions::serve(), &files)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join("site").join(name)
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(super) async fn get(&self, target: &str) -> Answer {
        self.request(Method::GET, target, &[], None).await
    }

    pub(super) async fn request(
        &self,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        host: Option<&str>,
    ) -> Answer {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let request = AssetRequest {
            method: &method,
            path,
            query,
            headers: &map,
            host,
            https: false,
        };
        let (parts, body) = self.assets.respond(request).await.into_parts();
        let announced = body.size_hint().exact();
        let body = body.collect().await.unwrap().to_bytes();
        assert_eq!(announced, Some(body.len() as u64), "{target}");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}
