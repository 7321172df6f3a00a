//! What the property tests and the fuzz targets check, from plain bytes.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use quire_store::Blob;
use quire_store::cache::{
    CacheDirectory, CacheEntry, CacheHead, CacheKey, CacheLimits, CacheStore,
};
use tempfile::TempDir;

/// Takes numbers off the input; zeros when it is used up.
struct Bytes<'a>(std::slice::Iter<'a, u8>);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        *self.0.next().unwrap_or(&0)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.byte()) % limit
    }

    /// A length: mostly of bodies that are kept in the database, sometimes of those that are files, or about to be.
    fn length(&mut self) -> usize {
        let fine = usize::from(self.byte());
        match self.below(5) {
            0 => 0,
            1 | 2 => fine,
            3 => INLINE_BYTES_MAX - 128 + fine,
            _ => 40_000 + fine * 200,
        }
    }

    fn text(&mut self, choices: &[&str]) -> String {
        choices[self.below(choices.len())].to_owned()
    }
}

/// Bodies up to this size lie in the database.
const INLINE_BYTES_MAX: usize = 16 * 1024;
const TOTAL_BYTES_MAX: u64 = 300_000;
const ENTRY_BYTES_MAX: u64 = 80_000;

const URLS: &[&str] = &["http://a/", "http://a/?b", "http://é/\u{0}", "", "'; --"];
const CACHES: &[&str] = &["", "other"];
const HEADERS: &[&str] = &["", "a\n1", "a\n1\nb\né\u{1}"];
const CODINGS: &[Option<&str>] = &[None, Some("gzip")];

/// What an entry should be: all but the body, and the body.
type Expected = (CacheHead, Vec<u8>);

/// Puts, removes, finds and sweeps through two views of one cache, against a map. The cache may forget what it has no room
/// for; what it finds must be what was put last, and fresh.
pub fn cache(data: &[u8]) {
    let mut input = Bytes(data.iter());
    let folder = TempDir::new().expect("there is room for a folder");
    let roomy = input.below(2) == 0;
    let limits = CacheLimits {
        total_bytes_max: if roomy { u64::MAX / 2 } else { TOTAL_BYTES_MAX },
        entry_bytes_max: ENTRY_BYTES_MAX,
    };
    let views =
        [(); 2].map(|()| CacheDirectory::open(folder.path(), limits).expect("a cache opens"));
    let mut model: HashMap<(String, String), Expected> = HashMap::new();
    let mut now = 1_000_i64;
    for number in 0..data.len() / 3 {
        let view = &views[input.below(views.len())];
        let key = CacheKey {
            cache: input.text(CACHES),
            url: input.text(URLS),
        };
        let place = (key.cache.clone(), key.url.clone());
        model.retain(|_, (head, _)| head.expires > now);
        match input.below(8) {
            0..3 => {
                let body = vec![number as u8; input.length()];
                let head = CacheHead {
                    status: 200 + u16::from(input.byte()),
                    headers: input.text(HEADERS),
                    coding: CODINGS[input.below(CODINGS.len())].map(str::to_owned),
                    stored: now,
                    expires: now + input.below(60) as i64,
                };
                let stored = put(view, &key, &head, &body, 1 + input.below(20) * 900);
                assert_eq!(stored, body.len() as u64 <= ENTRY_BYTES_MAX);
                if stored {
                    model.insert(place, (head, body));
                }
            }
            3 => {
                let removed = view.remove(&key, now).expect("an entry can be removed");
                let expected = model.remove(&place).filter(|(head, _)| head.expires > now);
                assert!(removed == expected.is_some() || (!roomy && !removed));
            }
            4..6 => {
                let found = view.find(&key, now).expect("an entry can be looked for");
                let expected = model.get(&place).filter(|(head, _)| head.expires > now);
                match found {
                    Some(entry) => assert_eq!(Some(&read(entry)), expected),
                    None => assert!(expected.is_none() || !roomy),
                }
            }
            6 => now += input.byte() as i64 / 4,
            _ => view.sweep(now).expect("a cache can be swept"),
        }
        let size = view.size().expect("a cache has a size");
        assert!(roomy || size <= TOTAL_BYTES_MAX, "{size} bytes");
    }
    views[0].sweep(now).expect("a cache can be swept");
    model.retain(|_, (head, _)| head.expires > now);
    let files = |(_, body): &&Expected| body.len() > INLINE_BYTES_MAX;
    let expected = model.values().filter(files).count();
    let present = count_files(&folder.path().join("bodies"));
    assert!(
        present == expected || (!roomy && present < expected),
        "{present} files, not {expected}"
    );
}

/// Whether it was stored; it is not if it is too large.
fn put(
    store: &dyn CacheStore,
    key: &CacheKey,
    head: &CacheHead,
    body: &[u8],
    piece: usize,
) -> bool {
    let mut draft = store.draft().expect("a draft can be begun");
    body.chunks(piece).all(|bytes| draft.write(bytes).is_ok())
        && draft
            .commit(key, head)
            .map_or_else(|error| panic!("{error}"), |()| true)
}

fn read(entry: CacheEntry) -> Expected {
    let body = match entry.body {
        Blob::Bytes(bytes) => bytes,
        Blob::File(mut file, length) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("a body can be read");
            assert_eq!(bytes.len() as u64, length);
            bytes
        }
    };
    (entry.head, body)
}

fn count_files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder)
        .expect("the folder of bodies is there")
        .flatten();
    entries
        .map(|entry| match entry.path() {
            path if path.is_dir() => count_files(&path),
            _ => 1,
        })
        .sum()
}
