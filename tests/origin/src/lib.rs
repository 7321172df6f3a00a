//! A stand-in for the backend of a model hub, for development and tests only.
//!
//! Everything lives below one root folder and is reached over plain HTTP:
//!
//! | path | what |
//! |---|---|
//! | `/{namespace}/{name}.git/…` | git smart HTTP (clone, fetch, push), by `git http-backend` as CGI |
//! | `/{namespace}/{name}.git/info/lfs/…` | git LFS: batch API, upload, download, verify |
//! | `[/{models,datasets,spaces}]/{namespace}/{name}/resolve/{revision}/{file}` | downloads: small files directly, big ones by a redirect |
//! | `/storage/…` | where those redirects lead: the stand-in for object storage |
//! | `/api/…`, `/org/…` | an echo of the request as JSON, and a few special answers |
//!
//! A request goes through [`Origin`]'s listener to `dispatch`, which picks one of the modules by path. Bodies stream in both
//! directions; nothing is held in memory as a whole except JSON and blobs read from a repository.

mod body;
mod dispatch;
mod downloads;
mod echo;
mod file_answer;
mod git_http;
mod layout;
mod lfs;
mod listener;
mod objects;
mod repositories;
mod sample;

pub use layout::Layout;
pub use listener::{Origin, OriginError, OriginOptions};
pub use objects::sha256_hex;
pub use repositories::{RepositoryError, create_repository};
pub use sample::{SampleError, add_sample};
