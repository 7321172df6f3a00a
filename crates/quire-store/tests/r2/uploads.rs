//! Uploads in parts.

use super::support::*;
use quire_store::r2::{
    PART_BYTES_MIN, R2CustomerKey, R2Directory, R2Error, R2Get, R2Part, R2Store,
};
use std::io::Read;
use tempfile::TempDir;

const MIN: usize = PART_BYTES_MIN as usize;

#[test]
fn parts_become_an_object_at_once() {
    let folder = TempDir::new().unwrap();
    let store = R2Directory::open(folder.path()).unwrap();
    let contents = folder.path().join("contents");
    put(&store, "key", &content(100_000));
    let upload = create_upload(&store, "key");
    let second = put_part(&store, &upload, 2, &content(MIN)).unwrap();
    let replaced = put_part(&store, &upload, 1, b"replaced").unwrap();
    let first = put_part(&store, &upload, 1, &vec![7; MIN]).unwrap();
    put_part(&store, &upload, 4, &content(100_000)).unwrap();
    let last = put_part(&store, &upload, 7, b"end").unwrap();
    assert_eq!(
        get(&store, "key"),
        Some(content(100_000)),
        "nothing is seen before the end"
    );
    let refused = |parts: &[&R2Part]| {
        let parts = parts.iter().map(|part| (*part).clone()).collect();
        complete(&store, &upload, parts).unwrap_err().code()
    };
    assert_eq!(refused(&[&replaced]), 10025);
    assert_eq!(refused(&[&first, &first]), 10001);
    assert_eq!(refused(&[&last, &first]), 10011);
    let object = complete(&store, &upload, vec![second.clone(), first, last]).unwrap();
    assert!(object.etag.ends_with("-3"), "{}", object.etag);
    assert_eq!(object.metadata.http, "{\"contentType\":\"text/x\"}");
    let all = [vec![7; MIN], content(MIN), b"end".to_vec()].concat();
    assert_eq!(object.size, all.len() as u64);
    assert_eq!(get(&store, "key"), Some(all.clone()));
    for (offset, length) in [
        (MIN - 2, 4),
        (2 * MIN, 3),
        (2 * MIN + 1, 1),
        (0, 1),
        (MIN, MIN + 1),
    ] {
        let range = get_range(&store, "key", offset as u64, length as u64);
        assert_eq!(range, all[offset..offset + length]);
    }
    eventually(
        "the part that was not used and the old object are deleted",
        || files(&contents) == 2,
    );
    let ended = put_part(&store, &upload, 8, &content(100_000)).unwrap_err();
    assert_eq!(ended.code(), 10024);
    assert_eq!(
        complete(&store, &upload, vec![second]).unwrap_err().code(),
        10024
    );
    wait(|done| store.abort(upload, done)).unwrap();
    assert_eq!(get(&store, "key"), Some(all));
    eventually("what was refused is deleted", || files(&contents) == 2);
}

#[test]
fn an_object_in_several_files_is_read_to_its_end_though_it_was_removed() {
    let folder = TempDir::new().unwrap();
    let store = R2Directory::open(folder.path()).unwrap();
    let contents = folder.path().join("contents");
    let upload = create_upload(&store, "key");
    let parts =
        (1..=3).map(|number| put_part(&store, &upload, number, &vec![number as u8; MIN]).unwrap());
    complete(&store, &upload, parts.collect()).unwrap();
    let all = [vec![1; MIN], vec![2; MIN], vec![3; MIN]].concat();
    let [mut one, mut two] = [(); 2].map(|()| {
        let found = found(&store, "key", &R2Get::default()).unwrap();
        found.content.unwrap()
    });
    let mut start = vec![0; 10];
    one.read_exact(&mut start).unwrap();
    delete(&store, &["key"]);
    assert_eq!(get(&store, "key"), None);
    put(&store, "key", b"new");
    let mut read = Vec::new();
    two.read_to_end(&mut read).unwrap();
    assert!(read == all);
    drop(two);
    assert_eq!(files(&contents), 3, "another one still reads");
    read.clear();
    one.read_to_end(&mut read).unwrap();
    assert!(read == all[10..]);
    drop(one);
    // A write that removes such an object makes the store look again; else it does so after a while.
    let upload = create_upload(&store, "other");
    let parts = (1..=2).map(|number| put_part(&store, &upload, number, &vec![9; MIN]).unwrap());
    complete(&store, &upload, parts.collect()).unwrap();
    delete(&store, &["other"]);
    eventually("all files are deleted", || files(&contents) == 0);
    assert_eq!(get(&store, "key"), Some(b"new".to_vec()));
}

#[test]
fn uploads_that_end_leave_nothing() {
    let folder = TempDir::new().unwrap();
    let store = R2Directory::open(folder.path()).unwrap();
    let contents = folder.path().join("contents");
    let upload = create_upload(&store, "key");
    let part = put_part(&store, &upload, 1, &content(100_000)).unwrap();
    for _ in 0..2 {
        wait(|done| store.abort(upload.clone(), done)).unwrap();
    }
    eventually("its parts are deleted", || files(&contents) == 0);
    assert!(matches!(
        complete(&store, &upload, vec![part]),
        Err(R2Error::NoSuchUpload)
    ));
    let empty = create_upload(&store, "empty");
    let object = complete(&store, &empty, Vec::new()).unwrap();
    assert_eq!(object.etag, "d41d8cd98f00b204e9800998ecf8427e-0");
    assert_eq!(get(&store, "empty"), Some(Vec::new()));
    let mut other = create_upload(&store, "key");
    other.key = "another".into();
    assert_eq!(put_part(&store, &other, 1, b"x").unwrap_err().code(), 10024);
    assert_eq!(
        complete(&store, &other, Vec::new()).unwrap_err().code(),
        10001
    );
    assert_eq!(
        wait(|done| store.abort(other, done)).unwrap_err().code(),
        10001
    );
}

#[test]
fn parts_have_the_key_of_their_upload() {
    let folder = TempDir::new().unwrap();
    let store = R2Directory::open(folder.path()).unwrap();
    let upload = create_upload(&store, "key");
    let mut draft = store
        .draft(Some(R2CustomerKey::new([1; 32])), None)
        .unwrap();
    draft.write(b"v").unwrap();
    let refused = wait(|done| draft.put_part(upload, 1, done));
    assert!(matches!(refused, Err(R2Error::CustomerKey)));
}
