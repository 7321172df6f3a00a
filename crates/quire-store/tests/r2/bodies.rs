//! What the property test and the fuzz target check, from plain bytes.

use quire_store::r2::{
    R2Directory, R2Error, R2Get, R2Listing, R2Part, R2Put, R2Range, R2Store, R2Upload,
};
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::mpsc::channel;
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

    fn text(&mut self, choices: &[&str]) -> String {
        choices[self.below(choices.len())].to_owned()
    }

    /// Content that is kept in the database, or in a file.
    fn content(&mut self) -> Vec<u8> {
        let length = match self.below(4) {
            0 => 0,
            1 | 2 => usize::from(self.byte()),
            _ => 65_500 + usize::from(self.byte()),
        };
        let fill = self.byte();
        (0..length)
            .map(|index| fill.wrapping_add(index as u8))
            .collect()
    }
}

const KEYS: &[&str] = &[
    "",
    "a",
    "a/",
    "a/b",
    "a/c/d",
    "b",
    "é",
    "\u{10ffff}",
    "'; --",
];
const PREFIXES: &[&str] = &["", "a", "a/", "\u{10ffff}", "none"];
const DELIMITERS: &[&str] = &["", "/", "/c", "\u{10ffff}"];
const BUCKET: &str = "b";

fn wait<T: Send + 'static>(start: impl FnOnce(quire_store::r2::Done<T>)) -> Result<T, R2Error> {
    let (sender, outcome) = channel();
    start(Box::new(move |result| drop(sender.send(result))));
    outcome.recv().expect("every write is answered")
}

/// Puts, removes, reads and lists, against a map.
pub fn r2(data: &[u8]) {
    let mut input = Bytes(data.iter());
    let folder = TempDir::new().expect("there is room for a folder");
    let open = || R2Directory::open(folder.path()).expect("a store opens");
    let mut store = open();
    let mut model: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for _ in 0..data.len() / 3 {
        match input.below(9) {
            0..3 => {
                let (key, content) = (input.text(KEYS), input.content());
                let mut draft = store.draft(None, None).expect("content is taken");
                draft.write(&content).expect("there is room");
                let put = R2Put {
                    bucket: BUCKET.into(),
                    key: key.clone(),
                    ..R2Put::default()
                };
                let object = wait(|done| draft.put(put, done)).expect("it is stored");
                assert_eq!(object.expect("no condition").size, content.len() as u64);
                model.insert(key, content);
            }
            3 => {
                let (key, content) = (input.text(KEYS), input.content());
                upload(&store, &key, &content);
                model.insert(key, content);
            }
            4 => {
                let keys = vec![input.text(KEYS), input.text(KEYS)];
                for key in &keys {
                    model.remove(key);
                }
                wait(|done| store.delete(BUCKET.into(), keys, done)).expect("they are removed");
            }
            5 => {
                drop(store);
                store = open();
            }
            6 => list(&store, &mut input, &model),
            _ => read(&store, &mut input, &model),
        }
    }
}

fn upload(store: &R2Directory, key: &str, content: &[u8]) {
    let id = wait(|done| {
        store.create_upload(BUCKET.into(), key.into(), Default::default(), None, done);
    });
    let upload = R2Upload {
        bucket: BUCKET.into(),
        key: key.into(),
        id: id.expect("it is begun"),
    };
    let mut draft = store.draft(None, None).expect("content is taken");
    draft.write(content).expect("there is room");
    let etag = wait(|done| draft.put_part(upload.clone(), 1, done)).expect("it is stored");
    let part = R2Part { number: 1, etag };
    wait(|done| store.complete(upload, vec![part], done)).expect("it is complete");
}

fn read(store: &R2Directory, input: &mut Bytes<'_>, model: &BTreeMap<String, Vec<u8>>) {
    let key = input.text(KEYS);
    let (offset, length) = (input.byte().into(), input.byte().into());
    let range = match input.below(3) {
        0 => None,
        1 => Some(R2Range::Last(length)),
        _ => Some(R2Range::From {
            offset,
            length: Some(length),
        }),
    };
    let get = R2Get {
        range,
        ..R2Get::default()
    };
    let found = store.get(BUCKET, &key, &get);
    let Some(content) = model.get(&key) else {
        assert!(matches!(found, Ok(None)), "what is not there is not found");
        return;
    };
    let size = content.len();
    let (start, end) = match range {
        None => (0, size),
        Some(R2Range::Last(count)) => (size.saturating_sub(count as usize), size),
        Some(R2Range::From { .. }) => (offset as usize, size.min((offset + length) as usize)),
    };
    if range.is_some() && start >= end {
        assert!(
            matches!(found, Err(R2Error::Range)),
            "there is nothing to give"
        );
        return;
    }
    let found = found.expect("it is readable").expect("it is there");
    let mut bytes = Vec::new();
    let mut given = found.content.expect("no condition");
    given.read_to_end(&mut bytes).expect("it is whole");
    assert!(bytes == content[start..end], "{key} {range:?}");
}

fn list(store: &R2Directory, input: &mut Bytes<'_>, model: &BTreeMap<String, Vec<u8>>) {
    let (prefix, delimiter) = (input.text(PREFIXES), input.text(DELIMITERS));
    let limit = 1 + input.below(4);
    let mut after = (input.below(2) == 0).then(|| input.text(KEYS).into_bytes());
    let mut expected: Vec<String> = Vec::new();
    for key in model.keys() {
        let Some(rest) = key.strip_prefix(&prefix) else {
            continue;
        };
        if after
            .as_ref()
            .is_some_and(|after| key.as_bytes() <= after.as_slice())
        {
            continue;
        }
        let end = match delimiter.is_empty() {
            true => None,
            false => rest.find(&delimiter).map(|at| at + delimiter.len()),
        };
        let shown = match end {
            Some(end) => format!("{prefix}{} …", &rest[..end]),
            None => key.clone(),
        };
        if expected.last() != Some(&shown) {
            expected.push(shown);
        }
    }
    let mut seen = Vec::new();
    loop {
        let listing = R2Listing {
            bucket: BUCKET.into(),
            prefix: prefix.clone(),
            delimiter: Some(delimiter.clone()),
            after: after.take(),
            limit,
        };
        let page = store.list(&listing).expect("it is listed");
        let mut shown: Vec<String> = page.objects.into_iter().map(|object| object.key).collect();
        shown.extend(page.prefixes.iter().map(|prefix| format!("{prefix} …")));
        assert!(shown.len() <= limit);
        shown.sort();
        seen.extend(shown);
        match page.next {
            Some(next) => after = Some(next.into_bytes()),
            None => break,
        }
    }
    assert_eq!(seen, expected);
}
