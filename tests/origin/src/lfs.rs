//! The git LFS server protocol: the batch API, and the `basic` transfers that it hands out links for.

use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde::{Deserialize, Serialize};
use serde_json::json as object;

use crate::body::{Answer, empty, json, text};
use crate::dispatch::{Service, public_url};
use crate::file_answer::{FileAnswer, send_file};
use crate::objects::{UploadError, is_oid, object_path, object_size, store};

const MEDIA_TYPE: &str = "application/vnd.git-lfs+json";
/// Batches hold at most a hundred objects by default; this is far above any real one.
const LARGEST_BATCH: usize = 4 * 1024 * 1024;

#[derive(Deserialize)]
struct Batch {
    operation: Operation,
    #[serde(default)]
    transfers: Vec<String>,
    objects: Vec<Wanted>,
    #[serde(default)]
    hash_algo: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Operation {
    Upload,
    Download,
}

#[derive(Deserialize)]
struct Wanted {
    oid: String,
    size: u64,
}

#[derive(Serialize)]
struct Offer {
    oid: String,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<serde_json::Value>,
}

/// Answers `/{repository}/info/lfs/{rest}`.
pub(crate) async fn answer(
    service: &Service,
    repository: &str,
    rest: &str,
    request: Request<Incoming>,
) -> Answer {
    if rest == "objects/batch" && request.method() == Method::POST {
        return batch(service, repository, request).await;
    }
    let Some(oid) = rest.strip_prefix("objects/") else {
        // Locking is optional; clients read this status as "not offered".
        return failure(StatusCode::NOT_IMPLEMENTED, "this server offers no locks");
    };
    if oid == "verify" && request.method() == Method::POST {
        return verify(service, request).await;
    }
    if !is_oid(oid) {
        return failure(
            StatusCode::NOT_FOUND,
            "an object is named by a SHA-256 in lower-case hex",
        );
    }
    match *request.method() {
        Method::PUT => match store(&service.layout, oid, request.into_body()).await {
            Ok(_) => empty(StatusCode::OK),
            Err(error @ UploadError::Disk(_)) => {
                failure(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
            }
            Err(error) => failure(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
        },
        Method::GET | Method::HEAD => {
            let file = FileAnswer {
                path: object_path(&service.layout, oid),
                media_type: "application/octet-stream",
                etag: Some(oid.to_owned()),
            };
            send_file(file, &request)
                .await
                .unwrap_or_else(|| failure(StatusCode::NOT_FOUND, "no such object"))
        }
        _ => failure(
            StatusCode::METHOD_NOT_ALLOWED,
            "objects are read by `GET` and stored by `PUT`",
        ),
    }
}

async fn batch(service: &Service, repository: &str, request: Request<Incoming>) -> Answer {
    let base = format!(
        "{}/{repository}/info/lfs/objects",
        public_url(request.headers(), service)
    );
    let authorization = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let batch: Batch = match read_json(request).await {
        Ok(batch) => batch,
        Err(answer) => return answer,
    };
    if !batch.transfers.is_empty() && !batch.transfers.iter().any(|transfer| transfer == "basic") {
        return failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            "only the transfer `basic` is offered",
        );
    }
    if batch
        .hash_algo
        .as_deref()
        .is_some_and(|name| name != "sha256")
    {
        return failure(StatusCode::CONFLICT, "only `sha256` is offered");
    }
    let mut objects = Vec::with_capacity(batch.objects.len());
    for wanted in batch.objects {
        objects.push(
            offer(
                service,
                &base,
                authorization.as_deref(),
                batch.operation,
                wanted,
            )
            .await,
        );
    }
    json(
        StatusCode::OK,
        MEDIA_TYPE,
        &object!({ "transfer": "basic", "objects": objects, "hash_algo": "sha256" }),
    )
}

async fn offer(
    service: &Service,
    base: &str,
    authorization: Option<&str>,
    operation: Operation,
    wanted: Wanted,
) -> Offer {
    let Wanted { oid, size } = wanted;
    let refused = |code: u16, message: &str| Some(object!({ "code": code, "message": message }));
    if !is_oid(&oid) {
        return Offer {
            oid,
            size,
            authenticated: None,
            actions: None,
            error: refused(422, "an object is named by a SHA-256 in lower-case hex"),
        };
    }
    let stored = object_size(&service.layout, &oid).await;
    let header =
        authorization.map_or_else(|| object!({}), |value| object!({ "Authorization": value }));
    let href = format!("{base}/{oid}");
    let (actions, error) = match (operation, stored) {
        (Operation::Download, Some(_)) => (
            Some(object!({ "download": { "href": href, "header": header, "expires_in": 3600 } })),
            None,
        ),
        (Operation::Download, None) => (None, refused(404, "no such object")),
        // Nothing to do: the client skips objects without actions.
        (Operation::Upload, Some(length)) if length == size => (None, None),
        (Operation::Upload, _) => (
            Some(object!({
                "upload": { "href": href, "header": header, "expires_in": 3600 },
                "verify": { "href": format!("{base}/verify"), "header": header, "expires_in": 3600 },
            })),
            None,
        ),
    };
    Offer {
        oid,
        size,
        authenticated: Some(true),
        actions,
        error,
    }
}

async fn verify(service: &Service, request: Request<Incoming>) -> Answer {
    let wanted: Wanted = match read_json(request).await {
        Ok(wanted) => wanted,
        Err(answer) => return answer,
    };
    let stored = if is_oid(&wanted.oid) {
        object_size(&service.layout, &wanted.oid).await
    } else {
        None
    };
    match stored {
        Some(size) if size == wanted.size => empty(StatusCode::OK),
        Some(size) => failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            &format!("the object has {size} bytes, not {}", wanted.size),
        ),
        None => failure(StatusCode::NOT_FOUND, "no such object"),
    }
}

async fn read_json<T: for<'de> Deserialize<'de>>(request: Request<Incoming>) -> Result<T, Answer> {
    let body = Limited::new(request.into_body(), LARGEST_BATCH)
        .collect()
        .await
        .map_err(|error| {
            text(
                StatusCode::BAD_REQUEST,
                format!("the body broke off or is too long: {error}"),
            )
        })?;
    serde_json::from_slice(&body.to_bytes()).map_err(|error| {
        failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            &format!("not a request of the LFS API: {error}"),
        )
    })
}

fn failure(status: StatusCode, message: &str) -> Answer {
    json(status, MEDIA_TYPE, &object!({ "message": message }))
}
