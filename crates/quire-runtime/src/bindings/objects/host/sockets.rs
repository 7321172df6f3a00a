//! WebSockets of an object that outlive its instances: they are kept here while it sleeps, and wake it when something arrives.

use super::super::Target;
use super::Objects;
use super::instance::Instance;
use crate::core::realm::Realm;
use crate::web::websocket::{Close, Endpoint, Message, adopt_shared};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::time::{SystemTime, UNIX_EPOCH};

/// Sockets that an object may have at a time.
pub(super) const SOCKETS_MAX: usize = 32 * 1024;

/// The sockets of one object.
pub(super) struct Sockets {
    objects: Weak<Objects>,
    target: Target,
    /// By the numbers of the sockets.
    entries: RefCell<BTreeMap<u64, Rc<Entry>>>,
    /// How many were ever accepted.
    accepted: Cell<u64>,
    /// What is answered without waking the object, and the answer.
    auto_response: RefCell<Option<(String, String)>>,
    this: Weak<Self>,
}

/// One socket.
pub(super) struct Entry {
    /// Its place among all that were accepted.
    place: u64,
    endpoint: Rc<Endpoint>,
    tags: Box<[String]>,
    attachment: RefCell<Option<Box<[u8]>>>,
    /// When something was last answered without waking the object, in milliseconds since 1970.
    answered: Cell<Option<f64>>,
    /// Whether the other side has closed, and the object is being told.
    closed: Cell<bool>,
}

impl Sockets {
    pub(super) fn new(objects: Weak<Objects>, target: Target) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            objects,
            target,
            entries: RefCell::default(),
            accepted: Cell::new(0),
            auto_response: RefCell::default(),
            this: this.clone(),
        })
    }

    /// Takes a socket in, under the number that JavaScript knows it by.
    pub(super) fn add(&self, number: u64, endpoint: Rc<Endpoint>, tags: Vec<String>) {
        let place = self.accepted.get();
        self.accepted.set(place + 1);
        let entry = Rc::new(Entry {
            place,
            endpoint,
            tags: tags.into(),
            attachment: RefCell::default(),
            answered: Cell::default(),
            closed: Cell::default(),
        });
        self.entries.borrow_mut().insert(number, entry.clone());
        if let Some(this) = self.this.upgrade() {
            tokio::task::spawn_local(this.attend(number, entry));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.borrow().is_empty() && self.auto_response.borrow().is_none()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    /// The numbers of the sockets with this tag, or of all, in the order in which they were accepted.
    pub(super) fn numbers(&self, tag: Option<&str>) -> Vec<u64> {
        let has_tag = |entry: &Entry| tag.is_none_or(|tag| entry.tags.iter().any(|own| own == tag));
        let entries = self.entries.borrow();
        let tagged = entries.iter().filter(|(_, entry)| has_tag(entry));
        let mut places: Vec<_> = tagged
            .map(|(&number, entry)| (entry.place, number))
            .collect();
        places.sort_unstable();
        places.into_iter().map(|(_, number)| number).collect()
    }

    pub(super) fn entry(&self, number: u64) -> Option<Rc<Entry>> {
        self.entries.borrow().get(&number).cloned()
    }

    pub(super) fn set_auto_response(&self, pair: Option<(String, String)>) {
        *self.auto_response.borrow_mut() = pair;
    }

    pub(super) fn auto_response(&self) -> Option<(String, String)> {
        self.auto_response.borrow().clone()
    }

    /// Lets a new instance use the sockets.
    pub(super) fn attach(&self, instance: &Instance) {
        for (&number, entry) in self.entries.borrow().iter() {
            adopt_shared(instance.context(), number, entry.endpoint.clone());
        }
    }

    /// The object has dealt with the end of a socket.
    pub(super) fn remove(&self, number: u64) {
        let removed = self.entries.borrow_mut().remove(&number);
        drop(removed);
    }

    /// Ends all of them: with a `Close` if there is a reason to give, else as a loss.
    pub(super) fn end(&self, close: Option<&Close>) {
        for entry in self.entries.take().into_values() {
            match close {
                Some(close) => drop(entry.endpoint.send(Message::Close(close.clone()))),
                None => entry.endpoint.abandon(),
            }
        }
    }

    /// Brings what a socket receives to the object, which may have to be woken for it.
    async fn attend(self: Rc<Self>, number: u64, entry: Rc<Entry>) {
        loop {
            let message = entry.endpoint.receive().await;
            if self.entry(number).is_none() {
                return;
            }
            if let Some(answer) = self.answer(&message) {
                entry.endpoint.send(Message::Text(answer));
                entry.answered.set(Some(now()));
                continue;
            }
            let is_last = message.is_last();
            entry.closed.set(is_last);
            let Some(objects) = self.objects.upgrade() else {
                return;
            };
            let Ok(instance) = objects.instance(&self.target) else {
                return;
            };
            drop(objects);
            let begun = instance.deliver(number, message);
            drop(instance);
            // Others wait in the socket's own queue, which holds a fast sender back.
            let _ = begun.await;
            if is_last {
                return;
            }
        }
    }

    fn answer(&self, message: &Message) -> Option<String> {
        let Message::Text(text) = message else {
            return None;
        };
        let pair = self.auto_response.borrow();
        let (request, response) = pair.as_ref()?;
        (request == text).then(|| response.clone())
    }
}

impl Entry {
    pub(super) fn tags(&self) -> &[String] {
        &self.tags
    }

    pub(super) fn set_attachment(&self, bytes: Vec<u8>) {
        *self.attachment.borrow_mut() = Some(bytes.into());
    }

    pub(super) fn attachment(&self) -> Option<Vec<u8>> {
        self.attachment.borrow().as_deref().map(<[u8]>::to_vec)
    }

    pub(super) fn answered(&self) -> Option<f64> {
        self.answered.get()
    }

    /// Whether the other side has closed: bit 0; whether the object has: bit 1.
    pub(super) fn closed(&self) -> f64 {
        f64::from(u8::from(self.closed.get()) | u8::from(self.endpoint.has_closed()) << 1)
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        self.end(None);
    }
}

/// Milliseconds since 1970.
fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |time| time.as_millis() as f64)
}

/// The sockets of the object that a number of JavaScript's stands for.
pub(super) fn of(realm: &Realm, instance: u64) -> Option<Rc<Sockets>> {
    Instance::numbered(realm, instance).map(|instance| instance.sockets())
}
