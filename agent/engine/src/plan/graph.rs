//! Who waits for whom.

use indexmap::IndexMap;

/// The place of a node.
pub(crate) type NodeId = usize;

/// What an edge does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// Whether changes of the source refresh the target.
    pub(crate) refresh: bool,
}

impl Label {
    /// First the one, then the other.
    pub(crate) const ORDER: Self = Self { refresh: false };
    /// That, and changes travel along.
    pub(crate) const REFRESH: Self = Self { refresh: true };
}

/// A directed graph. Edges keep their order: events travel along them in it.
#[derive(Default)]
pub(crate) struct Graph {
    outgoing: Vec<IndexMap<NodeId, Label>>,
    incoming: Vec<IndexMap<NodeId, Label>>,
}

impl Graph {
    pub(crate) fn add_node(&mut self) {
        self.outgoing.push(IndexMap::new());
        self.incoming.push(IndexMap::new());
    }

    pub(crate) fn len(&self) -> usize {
        self.outgoing.len()
    }

    /// Adds an edge; of two between the same nodes the one that refreshes wins.
    pub(crate) fn add(&mut self, source: NodeId, target: NodeId, label: Label) {
        let merge = |edges: &mut IndexMap<NodeId, Label>, node: NodeId| {
            let edge = edges.entry(node).or_insert(label);
            edge.refresh |= label.refresh;
        };
        merge(&mut self.outgoing[source], target);
        merge(&mut self.incoming[target], source);
    }

    pub(crate) fn has(&self, source: NodeId, target: NodeId) -> bool {
        self.outgoing[source].contains_key(&target)
    }

    pub(crate) fn remove(&mut self, source: NodeId, target: NodeId) {
        self.outgoing[source].shift_remove(&target);
        self.incoming[target].shift_remove(&source);
    }

    /// What comes after a node.
    pub(crate) fn after(&self, id: NodeId) -> impl Iterator<Item = (NodeId, Label)> + '_ {
        self.outgoing[id]
            .iter()
            .map(|(&node, &label)| (node, label))
    }

    /// What comes before a node.
    pub(crate) fn before(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.incoming[id].keys().copied()
    }
}
