//! What was printed since the learner's last answer, and what waits because the terminal is full.

use super::pages::{Page, Part, Room, pages, paragraphs, rows};
use crate::ui::text::line::{Line, stack};

/// Filled by everything that is printed between two answers, so that the learner can go back over it.
#[derive(Default)]
pub struct UnreadOutput {
    /// Printed, in order.
    shown: Vec<Line>,
    held: Vec<Part>,
}

impl UnreadOutput {
    /// Takes lines, and returns those to print now: as many as fit into `most` rows with what was printed before. The
    /// others wait, and so does all that comes after them. `apart` puts a blank line above.
    pub fn take(&mut self, lines: &[Line], apart: bool, begins_page: bool, most: usize, columns: usize) -> Vec<Line> {
        let begins_page = begins_page && !self.shown.is_empty();
        let part = Part { lines: lines.to_vec(), begins_page, continues: false };
        if !self.held.is_empty() || part.begins_page {
            self.held.push(part);
            return Vec::new();
        }
        let gap = if apart { vec![Line::blank()] } else { Vec::new() };
        let whole = [gap.clone(), part.lines.clone()].concat();
        if rows(&self.shown, columns) + rows(&whole, columns) <= most {
            self.shown.extend(whole.iter().cloned());
            return whole;
        }
        let mut now: Vec<Vec<Line>> = Vec::new();
        let free = most.saturating_sub(rows(&self.shown, columns) + gap.len());
        let mut rest = paragraphs(&part, if self.shown.is_empty() { free.max(1) } else { most }, columns).into_iter();
        for paragraph in rest.by_ref() {
            if rows(&stack([now.concat(), paragraph.lines.clone()]), columns) + now.len() > free {
                self.held.push(paragraph);
                break;
            }
            now.push(paragraph.lines);
        }
        self.held.extend(rest);
        let now = stack(now);
        let now = if now.is_empty() { now } else { [gap, now].concat() };
        self.shown.extend(now.iter().cloned());
        now
    }

    /// Whether something waits.
    pub fn waits(&self) -> bool {
        !self.held.is_empty()
    }

    /// Adds what is printed at once, whether it fits or not.
    pub fn note(&mut self, lines: &[Line]) {
        self.shown.extend_from_slice(lines);
    }

    /// All pages; the first is on the terminal already.
    pub fn pages(&self, room: Room) -> Vec<Page> {
        let mut all = vec![Page { lines: self.shown.clone(), ..Page::default() }];
        all.extend(pages(&self.held, room));
        all
    }

    /// Whether what was printed leaves `below` of `rows` rows free.
    pub fn leaves(&self, below: usize, screen: usize, columns: usize) -> bool {
        rows(&self.shown, columns) + below <= screen
    }

    /// What waits, which counts as printed from now on.
    pub fn release(&mut self) -> Vec<Line> {
        let mut held: Vec<Vec<Line>> = Vec::new();
        for part in std::mem::take(&mut self.held) {
            match held.last_mut() {
                Some(paragraph) if part.continues => paragraph.extend(part.lines),
                _ => held.push(part.lines),
            }
        }
        let held = stack(held);
        self.shown.extend(held.iter().cloned());
        held
    }

    /// Begins a new unread.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Everything to copy that was printed, each value whole.
    pub fn to_copy(&self) -> Option<String> {
        let values = self.shown.split(|line| !line.is_to_copy()).filter(|lines| !lines.is_empty());
        let text = |lines: &[Line]| lines.iter().map(Line::text).collect::<Vec<_>>().join("\n");
        let all: Vec<String> = values.map(text).collect();
        (!all.is_empty()).then(|| all.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Room, UnreadOutput};
    use crate::ui::text::line::{Line, Tone};

    proptest! {
        #[test]
        fn whatever_is_printed_nothing_leaves_the_screen_and_nothing_is_lost(
            blocks in proptest::collection::vec((1_usize..50, any::<bool>(), any::<bool>()), 1..12),
            most in 6_usize..40,
        ) {
            let mut unread = UnreadOutput::default();
            let mut now = Vec::new();
            let mut all = Vec::new();
            for (number, (height, apart, begins)) in blocks.into_iter().enumerate() {
                let lines: Vec<Line> = (0..height).map(|line| Line::plain(format!("{number} {line}"))).collect();
                now.extend(unread.take(&lines, apart && !all.is_empty(), begins, most, 80));
                all.extend(lines);
            }
            prop_assert!(!now.is_empty() && now.len() <= most, "{} > {most}", now.len());
            let pages = unread.pages(Room { columns: 80, most, last: most.min(3) });
            prop_assert_eq!(&pages[0].lines, &now);
            prop_assert!(pages.iter().all(|page| page.lines.len() <= most));
            let words = |lines: Vec<Line>| lines.into_iter().filter(|line| !line.is_blank()).collect::<Vec<_>>();
            prop_assert_eq!(words(pages.into_iter().flat_map(|page| page.lines).collect()), all.clone());
            now.extend(unread.release());
            prop_assert_eq!(words(now), all);
        }
    }

    #[test]
    fn commands_are_copied_whole() {
        let mut unread = UnreadOutput::default();
        let copy = |text: &str| Line::to_copy(Tone::Code, text);
        unread.note(&[copy("aws one"), Line::blank(), copy("aws two \\"), copy("  --three"), Line::plain("words")]);
        assert_eq!(unread.to_copy().as_deref(), Some("aws one\naws two \\\n  --three"));
        unread.clear();
        assert_eq!(unread.to_copy(), None);
    }
}
