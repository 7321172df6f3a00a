//! Objects in one piece.

use super::support::*;
use quire_store::r2::{
    R2Algorithm, R2Checksum, R2Condition, R2CustomerKey, R2Directory, R2Error, R2Etag, R2Get,
    R2Listing, R2Metadata, R2Put, R2Range, R2Store, SMALL_BYTES_MAX,
};
use std::io::Read;
use tempfile::TempDir;

#[test]
fn content_of_all_sizes_in_files_or_not() {
    let folder = TempDir::new().unwrap();
    let store = R2Directory::open(folder.path()).unwrap();
    for length in [0, 1, 8192, SMALL_BYTES_MAX, SMALL_BYTES_MAX + 1, 3_000_000] {
        let object = put(&store, "key", &content(length));
        assert_eq!(object.size, length as u64);
        assert_eq!(get(&store, "key"), Some(content(length)));
        assert_eq!(store.head(BUCKET, "key").unwrap(), Some(object));
    }
    let contents = folder.path().join("contents");
    eventually("files of replaced objects are deleted", || {
        files(&contents) == 1
    });
    assert_eq!(
        get_range(&store, "key", 2_000_000, 5),
        content(3_000_000)[2_000_000..][..5]
    );
    let before = found(&store, "key", &R2Get::default()).unwrap();
    put(&store, "key", b"after");
    assert_eq!(
        bytes(before),
        content(3_000_000),
        "who reads an object may go on"
    );
    eventually("the file is deleted", || files(&contents) == 0);
    put(&store, "key", &content(100_000));
    delete(&store, &["key", "none"]);
    assert_eq!(get(&store, "key"), None);
    eventually("the file is deleted", || files(&contents) == 0);
    let mut draft = store.draft(None, None).unwrap();
    draft.write(&content(200_000)).unwrap();
    drop(draft);
    assert_eq!(
        files(&contents),
        0,
        "a draft that is given up leaves nothing"
    );
}

#[test]
fn a_put_that_is_refused_leaves_what_was_there() {
    let folder = TempDir::new().unwrap();
    let store = R2Directory::open(folder.path()).unwrap();
    let first = put(&store, "key", &content(100_000));
    let refused = R2Condition {
        etag_does_not_match: Some(vec![R2Etag::Any]),
        ..R2Condition::default()
    };
    let again = R2Put {
        condition: refused.clone(),
        ..a("key")
    };
    assert_eq!(try_put(&store, again, &content(200_000)).unwrap(), None);
    let digest = vec![0; 20];
    let wrong = R2Put {
        checksum: Some(R2Checksum {
            algorithm: R2Algorithm::Sha1,
            digest,
        }),
        ..a("key")
    };
    let error = try_put(&store, wrong, &content(200_000)).unwrap_err();
    assert_eq!(error.code(), 10037);
    assert!(error.to_string().contains("SHA-1"), "{error}");
    assert_eq!(store.head(BUCKET, "key").unwrap(), Some(first));
    let contents = folder.path().join("contents");
    eventually("what was refused is deleted", || files(&contents) == 1);
    let other = R2Put {
        condition: refused,
        ..a("other")
    };
    assert!(try_put(&store, other, b"new").unwrap().is_some());
    let error = try_put(&store, a(&"x".repeat(1025)), b"").unwrap_err();
    assert_eq!(error.code(), 10020);
}

#[test]
fn of_many_that_create_one_wins() {
    let folder = TempDir::new().unwrap();
    let store = R2Directory::open(folder.path()).unwrap();
    let outcomes: Vec<_> = (0..32_u8)
        .map(|number| {
            let put = R2Put {
                condition: R2Condition {
                    etag_does_not_match: Some(vec![R2Etag::Any]),
                    ..R2Condition::default()
                },
                ..a("lock")
            };
            begin_put(&store, put, None, &[number])
        })
        .collect();
    let winners: Vec<u8> = (0..)
        .zip(outcomes)
        .filter(|(_, outcome)| outcome.recv().unwrap().unwrap().is_some())
        .map(|(number, _)| number)
        .collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(get(&store, "lock"), Some(winners));
}

#[test]
fn what_belongs_to_an_object_is_kept() {
    let folder = TempDir::new().unwrap();
    let store = R2Directory::open(folder.path()).unwrap();
    let sha256 = "4c94485e0c21ae6c41ce1dfe7b6bfaceea5ab68e40a2476f50208e526f506080";
    let digest = (0..32).map(|at| u8::from_str_radix(&sha256[2 * at..][..2], 16).unwrap());
    let given = R2Put {
        metadata: R2Metadata {
            http: "{\"contentType\":\"é\"}".into(),
            custom: "{\"a\":\"1\"}".into(),
            storage_class: "InfrequentAccess".into(),
        },
        checksum: Some(R2Checksum {
            algorithm: R2Algorithm::Sha256,
            digest: digest.collect(),
        }),
        ..a("key")
    };
    let object = try_put(&store, given.clone(), b"v").unwrap().unwrap();
    assert_eq!(object.etag, "9e3669d19b675bd57058fd4664205d2a");
    assert_eq!(
        (&object.metadata, &object.checksum),
        (&given.metadata, &given.checksum)
    );
    drop(store);
    let store = R2Directory::open(folder.path()).unwrap();
    assert_eq!(store.head(BUCKET, "key").unwrap(), Some(object.clone()));
    assert_eq!(
        list(
            &store,
            R2Listing {
                limit: 1,
                ..R2Listing::default()
            }
        )
        .objects,
        [object]
    );
    assert_eq!(store.head("other", "key").unwrap(), None);
}

#[test]
fn content_is_encrypted_with_a_key_of_the_customer() {
    let folder = TempDir::new().unwrap();
    let store = R2Directory::open(folder.path()).unwrap();
    let key = R2CustomerKey::new([7; 32]);
    for length in [1000, 300_000] {
        let text = b"secret ".repeat(length / 7);
        let outcome = begin_put(&store, a("key"), Some(key.clone()), &text);
        let object = outcome.recv().unwrap().unwrap().unwrap();
        assert_eq!(object.size, text.len() as u64);
        assert_eq!(object.customer_key_md5.as_ref().unwrap().len(), 32);
        let asked = |customer_key, range| {
            let get = R2Get {
                customer_key,
                range,
                ..R2Get::default()
            };
            store.get(BUCKET, "key", &get)
        };
        let whole = asked(Some(key.clone()), None).unwrap().unwrap();
        assert_eq!(bytes(whole), text);
        let range = Some(R2Range::Last(101));
        let end = asked(Some(key.clone()), range).unwrap().unwrap();
        assert_eq!(bytes(end), text[text.len() - 101..]);
        for wrong in [None, Some(R2CustomerKey::new([8; 32]))] {
            assert!(matches!(asked(wrong, None), Err(R2Error::CustomerKey)));
        }
    }
    let mut searched = 0;
    let mut folders = vec![folder.path().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let mut bytes = Vec::new();
            std::fs::File::open(entry.path())
                .unwrap()
                .read_to_end(&mut bytes)
                .unwrap();
            searched += bytes.len();
            assert!(
                !bytes.windows(7).any(|part| part == b"secret "),
                "{entry:?}"
            );
        }
    }
    assert!(searched > 300_000);
    drop(store);
}

#[test]
fn lists_group_by_a_delimiter() {
    let folder = TempDir::new().unwrap();
    let store = R2Directory::open(folder.path()).unwrap();
    for key in [
        "a",
        "b/1",
        "b/2",
        "c",
        "d/1",
        "d/2",
        "d/3",
        "e",
        "\u{10ffff}/x",
    ] {
        put(&store, key, b"");
    }
    let mut after = None;
    let mut pages = Vec::new();
    loop {
        let page = list(
            &store,
            R2Listing {
                delimiter: Some("/".into()),
                after: after.take(),
                limit: 2,
                ..R2Listing::default()
            },
        );
        pages.push(format!("{:?} {:?}", keys(&page), page.prefixes));
        match page.next {
            Some(next) => after = Some(next.into_bytes()),
            None => break,
        }
    }
    assert_eq!(
        pages,
        [
            r#"["a"] ["b/"]"#,
            r#"["c"] ["d/"]"#,
            r#"["e"] ["\u{10ffff}/"]"#
        ]
    );
    for limit in [0, 1001] {
        let listing = R2Listing {
            limit,
            ..R2Listing::default()
        };
        assert_eq!(store.list(&listing).unwrap_err().code(), 10022);
    }
}
