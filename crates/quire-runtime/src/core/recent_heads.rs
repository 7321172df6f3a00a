//! The heads of requests that ended lately: programs may keep a request and read its headers later.

use super::client::Client;
use http::request::Parts;
use std::cell::RefCell;
use std::collections::VecDeque;

/// How many heads are kept.
const KEPT_MAX: usize = 32;

/// A head that takes more than this, in bytes, is not kept.
const SIZE_MAX: usize = 16 * 1024;

/// The last few heads, by the numbers of their requests.
#[derive(Default)]
pub(super) struct RecentHeads(RefCell<VecDeque<(u64, Parts, Client)>>);

impl RecentHeads {
    /// Keeps the head of a request that ended.
    pub(super) fn keep(&self, id: u64, mut head: Parts, client: Client) {
        let header_sizes =
            (head.headers.iter()).map(|(name, value)| name.as_str().len() + value.len());
        if header_sizes.sum::<usize>() > SIZE_MAX {
            return;
        }
        // What belongs to the connection ends with the request.
        head.extensions.clear();
        let mut kept = self.0.borrow_mut();
        if kept.len() == KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back((id, head, client));
    }

    /// Reads the head of request `id`, if it is still here.
    pub(super) fn read<R>(
        &self,
        id: u64,
        read: impl FnOnce(&Parts, Option<Client>) -> R,
    ) -> Option<R> {
        let kept = self.0.borrow();
        let (_, head, client) = kept.iter().find(|(known, ..)| *known == id)?;
        Some(read(head, Some(*client)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn head(path: &str, header: &str) -> Parts {
        let request = http::Request::get(path).header("a", header).body(());
        request.unwrap().into_parts().0
    }

    #[test]
    fn the_last_ones_can_be_read() {
        let heads = RecentHeads::default();
        let path = |id| heads.read(id, |head, _| head.uri.path().to_owned());
        for id in 0..=KEPT_MAX as u64 {
            heads.keep(id, head(&format!("/{id}"), "b"), Client::default());
        }
        assert_eq!(path(0), None);
        assert_eq!(path(1).as_deref(), Some("/1"));
        heads.keep(
            1000,
            head("/large", &"x".repeat(SIZE_MAX)),
            Client::default(),
        );
        assert_eq!(path(1000), None);
    }
}
