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
    /// The columns' zones, once for all of its lane. It stands with the lane's first node, but belongs to none.
    ZoneNames,
    /// What of the node stands in which zone.
    Zones,
}

impl Part {
    /// Whether this line has the node's name.
    #[must_use]
    pub fn is_name(self) -> bool {
        matches!(self, Self::Whole | Self::Name)
    }
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

    /// The cells of a line that has one for each zone, each as wide as its column; empty for every other line.
    #[must_use]
    pub fn zone_cells(&self, row: &Row<'_>) -> Vec<String> {
        let cell = |node: &Node, zone: &str| node.zones.get(zone).map_or("-", String::as_str).to_owned();
        let width = |zone: &String| {
            let cells = self.nodes.iter().filter(|node| !node.zones.is_empty()).map(|node| cell(node, zone).len());
            cells.max().unwrap_or(0).max(zone.len())
        };
        let padded = |zone: &String, words: &str| format!("{words:<width$}", width = width(zone));
        match row.part {
            Part::ZoneNames => self.zones.iter().map(|zone| padded(zone, zone)).collect(),
            Part::Zones => self.zones.iter().map(|zone| padded(zone, &cell(row.node, zone))).collect(),
            Part::Whole | Part::Name | Part::State | Part::Detail(_) => Vec::new(),
        }
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
            lane.rows(fullness).iter().position(|row| names.contains(&&row.node.name) && row.part.is_name())
        });
        let level = at.iter().flatten().max().copied()?;
        Some(at.each_mut().map(|at| at.map_or(0, |at| level - at)))
    }
}

fn rows<'a>(nodes: impl Iterator<Item = &'a Node>, fullness: Fullness) -> Vec<Row<'a>> {
    let nodes: Vec<&Node> = nodes.collect();
    let places: BTreeSet<usize> = nodes.iter().map(|node| node.place).collect();
    let depth = |node: &Node| places.range(..node.place).count();
    let zoned = nodes.iter().filter(|node| fullness.details && !node.zones.is_empty());
    // One column has one position, whichever node it belongs to.
    let column = zoned.map(|node| depth(node)).max();
    let mut rows: Vec<Row<'a>> = Vec::new();
    if let (Some(depth), Some(&node)) = (column, nodes.first()) {
        rows.push(Row { node, depth, part: Part::ZoneNames });
    }
    for node in nodes {
        let mut parts = match (&node.state, fullness.states_beside) {
            (None, _) | (_, true) => vec![Part::Whole],
            (Some(_), false) => vec![Part::Name, Part::State],
        };
        parts.extend((0..node.details.len()).filter(|_| fullness.details).map(Part::Detail));
        rows.extend(parts.into_iter().map(|part| Row { node, depth: depth(node), part }));
        let cells = column.filter(|_| !node.zones.is_empty());
        rows.extend(cells.map(|depth| Row { node, depth, part: Part::Zones }));
    }
    rows
}
