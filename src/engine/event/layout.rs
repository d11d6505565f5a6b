//! The lines of a picture's boxes, before they become cells or pixels. The terminal and the reports share them.

use std::collections::BTreeSet;

use super::{Lane, Mark, Node, Picture};
use crate::lab::Side;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    pub node: &'a Node,
    /// How many positions of this lane lead to it; 0 is the outermost.
    pub depth: usize,
    pub part: Part,
}

/// What part of a node's text a line shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Whole,
    /// The name; the state, if any, is on the next line.
    Name,
    /// The state only.
    State,
    /// The detail with this index.
    Detail(usize),
}

/// How much of a node is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fullness {
    /// Whether a state is on the line of its node.
    pub states_beside: bool,
    /// Whether addresses, zones, groups and names are shown.
    pub details: bool,
}

impl Lane {
    #[must_use]
    pub fn rows(&self, fullness: Fullness) -> Vec<Row<'_>> {
        rows(self.nodes.iter().filter(|node| node.mark != Mark::Absent), fullness)
    }

    /// The rows, with those of nodes that do not exist yet.
    #[must_use]
    pub fn all_rows(&self, fullness: Fullness) -> Vec<Row<'_>> {
        rows(self.nodes.iter(), fullness)
    }
}

impl Picture {
    /// The empty lines above the rows of consumer and provider that put both ends of the tie on one line, if there is one
    /// tie between two VPCs.
    #[must_use]
    pub fn level(&self, fullness: Fullness) -> Option<[usize; 2]> {
        let [link] = self.links.as_slice() else { return None };
        let mut at = [Side::Consumer, Side::Provider].map(|side| {
            let mut lanes = self.side(side);
            let lane = lanes.next().filter(|_| lanes.next().is_none())?;
            let names = [&link.endpoint, &link.service];
            lane.rows(fullness).iter().position(|row| names.contains(&&row.node.name) && row.part != Part::State)
        });
        let level = at.iter().flatten().max().copied()?;
        Some(at.each_mut().map(|at| at.map_or(0, |at| level - at)))
    }
}

fn rows<'a>(nodes: impl Iterator<Item = &'a Node>, fullness: Fullness) -> Vec<Row<'a>> {
    let nodes: Vec<&Node> = nodes.collect();
    let places: BTreeSet<usize> = nodes.iter().map(|node| node.place).collect();
    let depth = |node: &Node| places.range(..node.place).count();
    let parts = |node: &Node| {
        let mut parts = match (&node.state, fullness.states_beside) {
            (None, _) | (_, true) => vec![Part::Whole],
            (Some(_), false) => vec![Part::Name, Part::State],
        };
        parts.extend((0..node.details.len()).filter(|_| fullness.details).map(Part::Detail));
        parts
    };
    nodes.iter().flat_map(|node| parts(node).into_iter().map(|part| Row { node, depth: depth(node), part })).collect()
}
