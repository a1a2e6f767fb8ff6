//! The trace of one call, or of one order.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::standin::{Told, attributes};

/// The spans of one trace.
pub(super) struct Tree(Vec<Told>);

impl Tree {
    /// The trace of a call or an order, out of everything that was told. Which one it is follows from its id alone.
    pub(super) fn of(id: &str, told: Vec<Told>) -> Self {
        let hash = Sha256::digest(id.as_bytes());
        Self(told.into_iter().filter(|told| told.span.trace_id == hash[..16]).collect())
    }

    /// Why it is no tree yet: one span has no parent, and every other one's parent is there.
    pub(super) fn flaw(&self) -> Option<String> {
        let ids: BTreeSet<_> = self.0.iter().map(|told| told.span.span_id.as_slice()).collect();
        if ids.len() != self.0.len() {
            return Some("two spans have one id".to_owned());
        }
        let roots: Vec<_> = self.0.iter().filter(|told| told.span.parent_span_id.is_empty()).collect();
        match &roots[..] {
            [root] if ["call", "order"].contains(&root.span.name.as_str()) => {}
            _ => return Some(format!("{} spans have no parent", roots.len())),
        }
        let orphan = self.0.iter().find(|told| {
            let parent = told.span.parent_span_id.as_slice();
            !parent.is_empty() && !ids.contains(parent)
        });
        orphan.map(|orphan| format!("the parent of `{}` is missing", orphan.span.name))
    }

    /// The call's own span's attributes.
    pub(super) fn call(&self) -> BTreeMap<String, String> {
        attributes(&self.named("call").next().expect("the call has ended").span.attributes)
    }

    /// The spans whose name begins so.
    pub(super) fn named(&self, beginning: &str) -> impl Iterator<Item = &Told> {
        self.0.iter().filter(move |told| told.span.name.starts_with(beginning))
    }

    /// The spans right under one.
    pub(super) fn under(&self, parent: &Told) -> impl Iterator<Item = &Told> {
        self.0.iter().filter(move |told| told.span.parent_span_id == parent.span.span_id)
    }

    /// The processes that had a part in it.
    pub(super) fn instances(&self) -> BTreeSet<&str> {
        self.0.iter().map(|told| told.instance.as_str()).collect()
    }
}
