//! Finding the few routes worth matching.
//!
//! Routes stand in a tree by their leading segments: fixed ones are looked up by hash, so the size of the table
//! does not matter. The tree only ever leaves out routes that cannot match; the route path itself decides.
//! A route leaves the tree at its first catch-all, for that takes any number of segments. Routes that go on
//! after it with a fixed last segment (`/:repo*.git/info/refs`) are found by that one.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::pattern::{Extent, RoutePath, hash, hash_ascii};

/// The keys are hashes already.
#[derive(Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

type BySegment<T> = HashMap<u64, T, BuildHasherDefault<Ready>>;

/// Segments of parameters and text that have equally long text before the first parameter and after the last one,
/// found by that text.
#[derive(Debug)]
struct Mixed {
    start: usize,
    end: usize,
    /// The segment as the route has it, and the node below it.
    nodes: BySegment<Vec<(Box<str>, usize)>>,
}

impl Mixed {
    fn key(start: &[u8], end: &[u8]) -> u64 {
        hash_ascii(start).rotate_left(1) ^ hash_ascii(end)
    }

    /// The nodes below the segments that `segment` may match.
    fn nodes(&self, segment: &str) -> &[(Box<str>, usize)] {
        let bytes = segment.as_bytes();
        let Some(end) = bytes
            .len()
            .checked_sub(self.end)
            .filter(|end| *end >= self.start)
        else {
            return &[];
        };
        self.nodes
            .get(&Mixed::key(&bytes[..self.start], &bytes[end..]))
            .map_or(&[], Vec::as_slice)
    }
}

#[derive(Debug)]
struct Node {
    /// The first entry at or below this node.
    least: u32,
    fixed: BySegment<usize>,
    /// Below a segment that is one parameter.
    param: Option<usize>,
    mixed: Vec<Mixed>,
    /// Entries whose path ends here.
    ends: Vec<u32>,
    /// Entries that go on here with a catch-all.
    wild: Vec<u32>,
    /// The same, by their fixed last segment.
    wild_by_last: BySegment<Vec<u32>>,
}

impl Node {
    fn new() -> Self {
        Node {
            least: u32::MAX,
            fixed: BySegment::default(),
            param: None,
            mixed: Vec::new(),
            ends: Vec::new(),
            wild: Vec::new(),
            wild_by_last: BySegment::default(),
        }
    }
}

/// A tree over some entries of a table.
#[derive(Debug)]
pub(crate) struct Index {
    nodes: Vec<Node>,
    extent: Extent,
}

/// What to do after an entry has been looked at.
pub(crate) enum Next {
    /// Only entries before this one are still of interest.
    Before(u32),
    /// All are.
    All,
}

impl Index {
    /// Builds the tree. Entries must come in ascending order.
    pub(crate) fn new<'r>(
        extent: Extent,
        entries: impl Iterator<Item = (u32, &'r RoutePath)>,
    ) -> Self {
        let mut index = Index {
            nodes: vec![Node::new()],
            extent,
        };
        for (entry, path) in entries {
            index.insert(entry, path);
        }
        index
    }

    fn insert(&mut self, entry: u32, path: &RoutePath) {
        let segments: Vec<&str> = path.segments().collect();
        let certain = certain_segments(&segments, path, self.extent);
        let mut node = 0;
        self.nodes[node].least = self.nodes[node].least.min(entry);
        for segment in &segments[..certain] {
            node = self.child(node, segment);
            self.nodes[node].least = self.nodes[node].least.min(entry);
        }
        let place = &mut self.nodes[node];
        let Some(last) = segments.last().filter(|_| certain < segments.len()) else {
            place.ends.push(entry);
            return;
        };
        if self.extent == Extent::Whole && !last.contains(':') {
            place
                .wild_by_last
                .entry(hash(last))
                .or_default()
                .push(entry);
        } else {
            place.wild.push(entry);
        }
    }

    fn child(&mut self, node: usize, segment: &str) -> usize {
        let new = self.nodes.len();
        let parent = &mut self.nodes[node];
        let Some((start, params)) = segment.split_once(':') else {
            let child = *parent.fixed.entry(hash(segment)).or_insert(new);
            return self.grow(child);
        };
        let name_end = |text: &str| {
            text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(text.len())
        };
        if start.is_empty() && name_end(params) == params.len() {
            let child = *parent.param.get_or_insert(new);
            return self.grow(child);
        }
        let last = params.rsplit(':').next().unwrap_or_default();
        // Beyond ASCII, equal but for case does not mean equally long: such text is left to the route path.
        let known = |text: &'_ str| if text.is_ascii() { text.len() } else { 0 };
        let (start, end) = (&start[..known(start)], &last[name_end(last)..]);
        let end = &end[end.len() - known(end)..];
        let groups = &mut parent.mixed;
        let group = groups
            .iter()
            .position(|group| (group.start, group.end) == (start.len(), end.len()));
        let group = group.unwrap_or_else(|| {
            groups.push(Mixed {
                start: start.len(),
                end: end.len(),
                nodes: BySegment::default(),
            });
            groups.len() - 1
        });
        let nodes = groups[group]
            .nodes
            .entry(Mixed::key(start.as_bytes(), end.as_bytes()))
            .or_default();
        if let Some((_, child)) = nodes.iter().find(|(known, _)| **known == *segment) {
            return *child;
        }
        nodes.push((segment.into(), new));
        self.grow(new)
    }

    fn grow(&mut self, node: usize) -> usize {
        if node == self.nodes.len() {
            self.nodes.push(Node::new());
        }
        node
    }

    /// Calls `look` with every entry that may match `path`, in no particular order.
    pub(crate) fn candidates(&self, path: &str, look: &mut dyn FnMut(u32) -> Next) {
        let last = match self.extent {
            Extent::Whole => {
                let path = path.strip_suffix('/').unwrap_or(path);
                &path[path.rfind('/').map_or(0, |slash| slash + 1)..]
            }
            Extent::Prefix => "",
        };
        Walk {
            index: self,
            path,
            last,
            last_hash: None,
            bound: u32::MAX,
            look,
        }
        .visit(0, 0);
    }
}

/// How many leading segments of a route path stand for one segment of a pathname each.
fn certain_segments(segments: &[&str], path: &RoutePath, extent: Extent) -> usize {
    let Some(first_star) = segments.iter().position(|segment| segment.contains('*')) else {
        // A prefix that needs no slash after it may end inside a segment.
        let loose = extent == Extent::Prefix && !segments.is_empty() && path.ends_delimited();
        return segments.len() - usize::from(loose);
    };
    // A catch-all that takes nothing lets the text after it join the segment before: `/foo/:x*.git` has `/foo.git`.
    let after_stars = segments[first_star..]
        .iter()
        .find(|segment| !segment.ends_with('*'));
    let joins = after_stars.is_some_and(|segment| segment.contains('*'));
    first_star - usize::from(joins && first_star > 0)
}

struct Walk<'w> {
    index: &'w Index,
    path: &'w str,
    last: &'w str,
    last_hash: Option<u64>,
    bound: u32,
    look: &'w mut dyn FnMut(u32) -> Next,
}

impl Walk<'_> {
    /// Visits a node whose segments reach up to byte `at` of the path.
    fn visit(&mut self, node: usize, at: usize) {
        let index = self.index;
        let node = &index.nodes[node];
        if node.least >= self.bound {
            return;
        }
        let rest = &self.path[at..];
        // The root's own slash is part of its path, hence the two.
        let at_end = matches!(rest, "" | "/") || (at == 0 && rest == "//");
        if at_end || index.extent == Extent::Prefix {
            self.offer(&node.ends);
        }
        if let Some(segment_on) = rest.strip_prefix('/') {
            let segment = &segment_on[..segment_on.find('/').unwrap_or(segment_on.len())];
            let next = at + 1 + segment.len();
            if !segment.is_empty() {
                if !node.fixed.is_empty()
                    && let Some(&child) = node.fixed.get(&hash(segment))
                {
                    self.visit(child, next);
                }
                for group in &node.mixed {
                    for (_, child) in group.nodes(segment) {
                        self.visit(*child, next);
                    }
                }
                if let Some(child) = node.param {
                    self.visit(child, next);
                }
            }
        }
        if !node.wild_by_last.is_empty() {
            let last = self.last;
            let key = *self.last_hash.get_or_insert_with(|| hash(last));
            if let Some(entries) = node.wild_by_last.get(&key) {
                self.offer(entries);
            }
        }
        self.offer(&node.wild);
    }

    fn offer(&mut self, entries: &[u32]) {
        for &entry in entries {
            if entry >= self.bound {
                break;
            }
            if let Next::Before(bound) = (self.look)(entry) {
                self.bound = self.bound.min(bound);
            }
        }
    }
}
