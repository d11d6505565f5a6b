//! The positions of a picture's nodes, before they become cells or pixels. The terminal and the reports share them.

use super::{Lane, Mark, Node, Picture};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    pub node: &'a Node,
    /// How many nodes of this lane lead to it; 0 is the outermost.
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
}

/// Both lanes side by side, with both ends of the tie on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout<'a> {
    pub columns: [Column<'a>; 2],
    /// The number of lines of the taller column.
    pub height: usize,
    /// The line of the tie, if both ends of it are on one line.
    pub tie: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column<'a> {
    /// From top to bottom.
    pub rows: Vec<Row<'a>>,
    /// The number of empty lines above the rows.
    pub skip: usize,
}

impl Lane {
    #[must_use]
    pub fn rows(&self, states_beside: bool) -> Vec<Row<'_>> {
        rows(self.nodes.iter().filter(|node| node.mark != Mark::Absent), states_beside)
    }

    #[must_use]
    pub fn all_rows(&self, states_beside: bool) -> Vec<Row<'_>> {
        rows(self.nodes.iter(), states_beside)
    }
}

impl Picture {
    #[must_use]
    pub fn layout(&self, states_beside: bool) -> Layout<'_> {
        let rows = [&self.consumer, &self.provider].map(|lane| lane.rows(states_beside));
        let tied = [0, 1].map(|side| rows[side].iter().position(|row| row.node.tied));
        // Push down the side whose end of the tie comes first.
        let level = tied.iter().flatten().max().copied().unwrap_or(0);
        let mut side = 0;
        let columns = rows.map(|rows| {
            let skip = tied[side].map_or(0, |at| level - at);
            side += 1;
            Column { rows, skip }
        });
        let height = columns.iter().map(|column| column.skip + column.rows.len()).max().unwrap_or(0);
        Layout { columns, height, tie: tied.iter().all(Option::is_some).then_some(level) }
    }
}

fn rows<'a>(nodes: impl Iterator<Item = &'a Node>, states_beside: bool) -> Vec<Row<'a>> {
    nodes
        .enumerate()
        .flat_map(|(depth, node)| {
            let parts: &[Part] = match (&node.state, states_beside) {
                (None, _) | (_, true) => &[Part::Whole],
                (Some(_), false) => &[Part::Name, Part::State],
            };
            parts.iter().map(move |part| Row { node, depth, part: *part })
        })
        .collect()
}
