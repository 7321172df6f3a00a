//! What headers mean by which answers are sent: codings, ranges, types worth compressing.
//!
//! Pure: values in, values out. Who has the bytes acts on them.
//!
//! - [`AcceptEncoding`] is what a client takes, and [`Coding`] what there is to choose from; [`compress`] makes it.
//! - [`RangeRequest`] is the part of a representation that a client asks for.
//! - [`is_compressible`] tells media types that shrink from those that do not.
#![forbid(unsafe_code)]

mod accept_encoding;
mod coding;
mod compress;
mod compressible;
mod range;

pub use accept_encoding::AcceptEncoding;
pub use coding::Coding;
pub use compress::{Effort, WORTH_COMPRESSING, compress};
pub use compressible::is_compressible;
pub use range::RangeRequest;
