//! Where the things of a picture stand, before they have cells or pixels: the terminal's drawing and the reports' share it.

use super::{Lane, Mark, Node, Picture};

/// A line in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// What stands on it.
    pub node: &'a Node,
    /// How many things it is reached through in this lane: 0 is the outermost.
    pub depth: usize,
    /// Which of the node's words.
    pub part: Part,
}

/// Which of a node's words stand on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Name and state, one after the other.
    Whole,
    /// The name; the state, if any, has the next line.
    Name,
    /// The state alone.
    State,
}

/// Both lanes side by side, with both ends of the tie on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout<'a> {
    /// The consumer's lane, then the provider's.
    pub columns: [Column<'a>; 2],
    /// How many lines the higher of both has.
    pub height: usize,
    /// The line of the tie, where both ends stand on it.
    pub tie: Option<usize>,
}

/// One lane of a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column<'a> {
    /// Its lines, from the top.
    pub rows: Vec<Row<'a>>,
    /// How many lines stay empty above them.
    pub skip: usize,
}

impl Lane {
    /// The lines of what exists, each thing below the one it is reached through; states on the names' lines, or below them.
    #[must_use]
    pub fn rows(&self, states_beside: bool) -> Vec<Row<'_>> {
        rows(self.nodes.iter().filter(|node| node.mark != Mark::Absent), states_beside)
    }

    /// The same with what does not exist yet: how much room the lane will need.
    #[must_use]
    pub fn all_rows(&self, states_beside: bool) -> Vec<Row<'_>> {
        rows(self.nodes.iter(), states_beside)
    }
}

impl Picture {
    /// Lays both lanes side by side.
    #[must_use]
    pub fn layout(&self, states_beside: bool) -> Layout<'_> {
        let rows = [&self.consumer, &self.provider].map(|lane| lane.rows(states_beside));
        let tied = [0, 1].map(|side| rows[side].iter().position(|row| row.node.tied));
        // The side whose end comes first begins lower.
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
