//! `node:crypto`'s native half, on the system's OpenSSL and on what the Web Cryptography API here already has.

mod agreement;
mod certificates;
mod ciphers;
mod extensions;
mod failure;
mod hashing;
mod key_handle;
mod key_text;
mod keys;
mod random;
mod signatures;

use crate::core::realm::Realm;
use std::rc::Rc;

pub(crate) fn install(realm: &Rc<Realm>) {
    hashing::install(realm);
    random::install(realm);
    key_handle::install(realm);
    ciphers::install(realm);
    agreement::install(realm);
    certificates::install(realm);
}
