//! Things that would have to come before themselves.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{Graph, NodeId};

/// The cycles of a graph: each its members in the order of the catalog, and a shortest way round.
pub(crate) fn find(graph: &Graph) -> Vec<Cycle> {
    let mut cycles: Vec<Cycle> = components(graph)
        .into_iter()
        .filter(|members| members.len() > 1 || graph.has(members[0], members[0]))
        .map(|mut members| {
            members.sort_unstable();
            let path = way_round(graph, &members);
            Cycle { members, path }
        })
        .collect();
    cycles.sort_by(|left, right| left.members.cmp(&right.members));
    cycles
}

/// A cycle.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cycle {
    pub(crate) members: Vec<NodeId>,
    /// Begins and ends with the same node.
    pub(crate) path: Vec<NodeId>,
}

/// Tarjan's strongly connected components, without recursion: catalogs may be long chains.
fn components(graph: &Graph) -> Vec<Vec<NodeId>> {
    const UNSEEN: usize = usize::MAX;
    let count = graph.len();
    let mut index = vec![UNSEEN; count];
    let mut low = vec![0; count];
    let mut on_stack = vec![false; count];
    let mut stack = Vec::new();
    let mut next = 0;
    let mut found = Vec::new();
    for root in 0..count {
        if index[root] != UNSEEN {
            continue;
        }
        let mut work: Vec<(NodeId, Vec<NodeId>)> = Vec::new();
        let mut enter = Some(root);
        loop {
            if let Some(node) = enter.take() {
                index[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                on_stack[node] = true;
                work.push((node, graph.after(node).map(|(target, _)| target).collect()));
            }
            let Some((node, targets)) = work.last_mut() else {
                break;
            };
            let node = *node;
            if let Some(target) = targets.pop() {
                if index[target] == UNSEEN {
                    enter = Some(target);
                } else if on_stack[target] {
                    low[node] = low[node].min(index[target]);
                }
                continue;
            }
            work.pop();
            if let Some((parent, _)) = work.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
            if low[node] == index[node] {
                let mut component = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member] = false;
                    component.push(member);
                    if member == node {
                        break;
                    }
                }
                found.push(component);
            }
        }
    }
    found
}

fn way_round(graph: &Graph, members: &[NodeId]) -> Vec<NodeId> {
    let inside: HashSet<NodeId> = members.iter().copied().collect();
    let start = members[0];
    let mut came_from: HashMap<NodeId, NodeId> = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for (target, _) in graph.after(node) {
            if target == start {
                let mut path = vec![start, node];
                let mut at = node;
                while at != start {
                    at = came_from[&at];
                    path.push(at);
                }
                if node == start {
                    path.truncate(2);
                }
                path.reverse();
                return path;
            }
            if inside.contains(&target) && !came_from.contains_key(&target) {
                came_from.insert(target, node);
                queue.push_back(target);
            }
        }
    }
    members.to_vec()
}

#[cfg(test)]
mod tests {
    use super::super::Label;
    use super::{Graph, find};

    fn graph(count: usize, edges: &[(usize, usize)]) -> Graph {
        let mut graph = Graph::default();
        (0..count).for_each(|_| graph.add_node());
        for &(source, target) in edges {
            graph.add(source, target, Label::ORDER);
        }
        graph
    }

    #[test]
    fn none_in_a_diamond() {
        assert_eq!(find(&graph(4, &[(0, 1), (0, 2), (1, 3), (2, 3)])), []);
    }

    #[test]
    fn the_shortest_way_round() {
        let cycles = find(&graph(5, &[(1, 2), (2, 3), (3, 1), (2, 1), (0, 1), (4, 4)]));
        let paths: Vec<_> = cycles.iter().map(|cycle| cycle.path.clone()).collect();
        assert_eq!(paths, [vec![1, 2, 1], vec![4, 4]]);
        assert_eq!(cycles[0].members, [1, 2, 3]);
    }

    #[test]
    fn a_long_chain_does_not_exhaust_the_stack() {
        let count = 200_000;
        let mut edges: Vec<_> = (1..count).map(|node| (node - 1, node)).collect();
        edges.push((count - 1, 0));
        assert_eq!(find(&graph(count, &edges))[0].path.len(), count + 1);
    }
}
