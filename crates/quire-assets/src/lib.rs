//! Static files of a project: from a request's path to a complete response.
//!
//! How a request moves through the crate:
//!
//! 1. `path` turns the raw request path into the decoded text that the lookup works on.
//! 2. `cache` answers from memory while its knowledge is fresh enough. Otherwise one blocking job runs
//!    `lookup` (which file, redirect or not-found page belongs to the path) against `directory`, the only
//!    module that opens files and the one that keeps every access inside the served directory.
//! 3. `content` reads and hashes a file once for all requests that wait for it.
//! 4. `response` builds status and headers; `body` sends small files from memory and big ones piece by piece.
//!
//! That is the content as it is. Who sends the answer asks the [`Asset`] in its body for what suits the client better: a part,
//! or the content in a coding, from a file beside it (`siblings`) or compressed once and kept.
//!
//! `hidden` lists what is never served, `content_type` maps file names to types, `etag` hashes content, `report` tells what goes wrong.
//!
//! Before and after that `rules` applies the site's `_redirects` and `_headers`, if there are any.
#![forbid(unsafe_code)]

mod asset;
mod body;
mod cache;
mod content;
mod content_type;
mod directory;
mod error;
mod etag;
mod file_reader;
mod generations;
mod hidden;
mod hints;
mod lookup;
mod path;
mod report;
mod response;
mod rules;
mod shared_job;
mod siblings;

#[cfg(test)]
mod tests;

pub use asset::Asset;
pub use body::AssetBody;
pub use content_type::content_type;
pub use error::AssetsError;
pub use etag::content_hash;
pub use hidden::is_hidden;
pub use response::{AssetRequest, Assets, AssetsOptions};
