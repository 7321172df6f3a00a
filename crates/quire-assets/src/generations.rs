//! A bounded map that forgets what has not been used for long.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Two generations of entries. New and used entries are in the young one; when it has taken half of the room it
/// becomes the old one, and the old one's remaining entries are forgotten. So an entry in use stays, at a constant
/// cost per access, and a flood of new keys cannot push it out.
pub(crate) struct Generations<K, V> {
    young: HashMap<K, (V, usize)>,
    old: HashMap<K, (V, usize)>,
    young_weight: usize,
    room: usize,
}

impl<K: Hash + Eq, V: Clone> Generations<K, V> {
    /// A map whose entries' weights add up to at most `room`.
    pub(crate) fn new(room: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            young_weight: 0,
            room,
        }
    }

    pub(crate) fn get<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if let Some((value, _)) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, (value, weight)) = self.old.remove_entry(key)?;
        self.insert(key, value.clone(), weight);
        Some(value)
    }

    /// Adds or replaces an entry. One that is heavier than half of the room is not kept.
    pub(crate) fn insert(&mut self, key: K, value: V, weight: usize) {
        self.remove(&key);
        if weight > self.room / 2 {
            return;
        }
        if self.young_weight + weight > self.room / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_weight = 0;
        }
        self.young_weight += weight;
        self.young.insert(key, (value, weight));
    }

    /// What all entries weigh.
    #[cfg(test)]
    pub(crate) fn weight(&self) -> usize {
        let entries = self.young.values().chain(self.old.values());
        entries.map(|(_, weight)| weight).sum()
    }

    pub(crate) fn remove<Q>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if let Some((_, weight)) = self.young.remove(key) {
            self.young_weight -= weight;
        }
        self.old.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_used_survives_a_flood() {
        let mut map = Generations::new(100);
        map.insert("kept".to_owned(), 1, 1);
        map.insert("idle".to_owned(), 2, 1);
        for n in 0..1000 {
            map.insert(format!("flood {n}"), n, 1);
            assert_eq!(map.get("kept"), Some(1));
        }
        assert_eq!(map.get("idle"), None);
    }

    #[test]
    fn replacing_removing_and_oversize() {
        let mut map = Generations::new(10);
        map.insert("a", 1, 3);
        map.insert("a", 2, 1);
        assert_eq!((map.get("a"), map.young_weight), (Some(2), 1));
        map.remove("a");
        assert_eq!((map.get("a"), map.young_weight), (None, 0));
        map.insert("big", 1, 6);
        assert_eq!(map.get("big"), None);
    }

    proptest! {
        #[test]
        fn never_holds_more_than_its_room(steps in proptest::collection::vec((0u8..30, 0usize..60, 0u8..3), 0..200)) {
            let mut map = Generations::new(100);
            for (key, weight, step) in steps {
                match step {
                    0 => map.insert(key, (), weight),
                    1 => { map.get(&key); }
                    _ => map.remove(&key),
                }
                prop_assert!(map.weight() <= 100);
                prop_assert_eq!(map.young_weight, map.young.values().map(|(_, weight)| weight).sum::<usize>());
                prop_assert!(map.young.keys().all(|key| !map.old.contains_key(key)));
            }
        }
    }
}
