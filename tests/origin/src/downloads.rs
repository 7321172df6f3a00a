//! File downloads of a hub: `/resolve/` gives small files itself and sends clients to the storage for big ones.

use http::{HeaderName, Request, StatusCode, header};

use crate::body::{Answer, empty, full, text, with_header};
use crate::dispatch::Service;
use crate::file_answer::{FileAnswer, send_file};
use crate::layout::safe_segments;
use crate::objects::{is_oid, object_path, object_size, sha256_hex};
use crate::repositories::{is_repository_name, read_blob};

const KINDS: [&str; 3] = ["models", "datasets", "spaces"];

/// What a `/resolve/` path asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    kind: String,
    namespace: String,
    name: String,
    revision: String,
    file: Vec<String>,
}

impl Wanted {
    /// Reads `[/{kind}]/{namespace}/{name}/resolve/{revision}/{file}`; without a kind it is a model.
    pub(crate) fn parse(path: &str) -> Option<Wanted> {
        let mut segments = safe_segments(path)?;
        let kind = if KINDS.contains(&segments.first()?.as_str()) {
            segments.remove(0)
        } else {
            "models".to_owned()
        };
        if segments.len() < 5 || segments[2] != "resolve" {
            return None;
        }
        let file = segments.split_off(4);
        let mut segments = segments.into_iter();
        let (namespace, name) = (segments.next()?, segments.next()?);
        let revision = segments.nth(1)?;
        Some(Wanted {
            kind,
            namespace,
            name,
            revision,
            file,
        })
    }

    fn stored_path(&self) -> String {
        let Wanted {
            kind,
            namespace,
            name,
            revision,
            file,
        } = self;
        format!("{kind}/{namespace}/{name}/{revision}/{}", file.join("/"))
    }
}

/// Answers a `/resolve/` request from the files folder, else from the git repository of that name.
pub(crate) async fn resolve<B>(service: &Service, wanted: &Wanted, request: &Request<B>) -> Answer {
    let stored = service.layout.files().join(wanted.stored_path());
    if let Ok(metadata) = tokio::fs::metadata(&stored).await
        && metadata.is_file()
    {
        if metadata.len() > service.redirect_above {
            return redirect(
                service,
                &format!("files/{}", wanted.stored_path()),
                metadata.len(),
            );
        }
        let file = FileAnswer {
            path: stored,
            media_type: media_type(wanted),
            etag: None,
        };
        if let Some(answer) = send_file(file, request).await {
            return with_header(
                answer,
                HeaderName::from_static("x-repo-commit"),
                &wanted.revision,
            );
        }
    }
    match from_repository(service, wanted).await {
        Some(answer) => answer,
        None => {
            let answer = text(
                StatusCode::NOT_FOUND,
                format!(
                    "there is no `{}` at `{}`",
                    wanted.file.join("/"),
                    wanted.revision
                ),
            );
            with_header(
                answer,
                HeaderName::from_static("x-error-code"),
                "EntryNotFound",
            )
        }
    }
}

async fn from_repository(service: &Service, wanted: &Wanted) -> Option<Answer> {
    let name = format!("{}/{}.git", wanted.namespace, wanted.name);
    if !is_repository_name(&name) {
        return None;
    }
    let repository = service.layout.repositories().join(name);
    let blob = read_blob(&repository, &wanted.revision, &wanted.file.join("/")).await?;
    if let Some(oid) = pointed_object(&blob) {
        let size = object_size(&service.layout, oid).await?;
        return Some(redirect(service, &format!("objects/{oid}"), size));
    }
    let mut answer = empty(StatusCode::OK);
    answer = with_header(answer, header::CONTENT_TYPE, media_type(wanted));
    answer = with_header(answer, header::ETAG, &format!("\"{}\"", sha256_hex(&blob)));
    *answer.body_mut() = full(blob);
    Some(answer)
}

/// The object that an LFS pointer file stands for.
fn pointed_object(blob: &[u8]) -> Option<&str> {
    if blob.len() > 1024 || !blob.starts_with(b"version https://git-lfs.github.com/spec/v1\n") {
        return None;
    }
    std::str::from_utf8(blob)
        .ok()?
        .lines()
        .find_map(|line| line.strip_prefix("oid sha256:"))
        .filter(|oid| is_oid(oid))
}

/// The storage has an address of its own, as object storage does: its links do not lead back through the proxy.
fn redirect(service: &Service, path: &str, size: u64) -> Answer {
    let path: Vec<String> = path
        .split('/')
        .map(|segment| {
            percent_encoding::utf8_percent_encode(segment, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
        })
        .collect();
    let answer = with_header(
        empty(StatusCode::FOUND),
        header::LOCATION,
        &format!("http://{}/storage/{}", service.address, path.join("/")),
    );
    with_header(
        answer,
        HeaderName::from_static("x-linked-size"),
        &size.to_string(),
    )
}

/// Answers `/storage/{path}`.
pub(crate) async fn storage<B>(service: &Service, path: &str, request: &Request<B>) -> Answer {
    let missing = || text(StatusCode::NOT_FOUND, "nothing is stored there");
    let Some(segments) = safe_segments(path) else {
        return missing();
    };
    let (path, etag) = match segments.split_first() {
        Some((first, [oid])) if first == "objects" && is_oid(oid) => {
            (object_path(&service.layout, oid), Some(oid.clone()))
        }
        Some((first, rest)) if first == "files" => {
            (service.layout.files().join(rest.join("/")), None)
        }
        _ => return missing(),
    };
    send_file(
        FileAnswer {
            path,
            media_type: "application/octet-stream",
            etag,
        },
        request,
    )
    .await
    .unwrap_or_else(missing)
}

fn media_type(wanted: &Wanted) -> &'static str {
    match wanted
        .file
        .last()
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, extension)| extension)
    {
        Some("json") => "application/json",
        Some("md" | "txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Wanted, pointed_object};

    #[test]
    fn reads_resolve_paths() {
        let wanted = Wanted::parse("/datasets/org/set/resolve/main/data/a%20b.bin").unwrap();
        assert_eq!(wanted.stored_path(), "datasets/org/set/main/data/a b.bin");
        assert_eq!(
            Wanted::parse("/org/model/resolve/v1/x")
                .unwrap()
                .stored_path(),
            "models/org/model/v1/x"
        );
        assert_eq!(Wanted::parse("/org/model/blob/v1/x"), None);
        assert_eq!(Wanted::parse("/org/model/resolve/v1"), None);
        assert_eq!(Wanted::parse("/org/model/resolve/v1/../x"), None);
    }

    #[test]
    fn recognises_pointers() {
        let oid = "a".repeat(64);
        let pointer =
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 5\n");
        assert_eq!(pointed_object(pointer.as_bytes()), Some(oid.as_str()));
        assert_eq!(pointed_object(b"version 2"), None);
    }
}
