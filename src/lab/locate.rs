//! Finds places in a lab's structure file.

use super::Place;

/// The line on which a step begins; the first line if it is not found.
pub(super) fn step_line(yaml: &str, step: &str) -> usize {
    let wanted = format!("- id: {step}");
    yaml.lines().position(|line| line.trim() == wanted).map_or(1, |index| index + 1)
}

impl Place {
    #[must_use]
    pub fn of_step(yaml: &str, step: &str) -> Self {
        let line = step_line(yaml, step);
        let column = yaml.lines().nth(line - 1).map_or(0, indent) + 1;
        Self::at(yaml, line, column)
    }

    /// Where a step mentions a name, such as a resource's; the step's own line if it does not.
    #[must_use]
    pub fn of_name(yaml: &str, step: &str, name: &str) -> Self {
        Self::of_word(yaml, step_line(yaml, step), name).unwrap_or_else(|| Self::of_step(yaml, step))
    }

    /// A top-level key, such as a drill's `plant`; the first line if there is none.
    #[must_use]
    pub fn of_key(yaml: &str, key: &str) -> Self {
        let wanted = format!("{key}:");
        let line = yaml.lines().position(|line| line.starts_with(&wanted)).map_or(1, |index| index + 1);
        Self::at(yaml, line, 1)
    }

    /// The `index`-th item of a step's list, such as `checks`; with `within`, of the list inside that part of the
    /// step. The step's own line if the list is not written one item a line.
    #[must_use]
    pub fn of_item(yaml: &str, step: &str, within: Option<&str>, list: &str, index: usize) -> Self {
        Self::item(yaml, step, within, list, index).unwrap_or_else(|| Self::of_step(yaml, step))
    }

    fn item(yaml: &str, step: &str, within: Option<&str>, list: &str, index: usize) -> Option<Self> {
        let begin = step_line(yaml, step);
        let mut lines = yaml.lines().enumerate().skip(begin - 1);
        // The step's keys are indented two columns further than its dash.
        let mut level = indent(lines.next()?.1) + 2;
        if let Some(part) = within {
            let (_, line) = lines.find(|(_, line)| indent(line) == level && line.trim() == format!("{part}:"))?;
            level = indent(line) + 2;
        }
        lines.find(|(_, line)| indent(line) == level && line.trim() == format!("{list}:"))?;
        let mut items = lines.take_while(|(_, line)| {
            line.trim().is_empty() || indent(line) > level || line.trim_start().starts_with('#')
        });
        let depth = level + 2;
        let (at, _) =
            items.by_ref().filter(|(_, line)| indent(line) == depth && line[depth..].starts_with("- ")).nth(index)?;
        Some(Self::at(yaml, at + 1, depth + 1))
    }
}

/// The number of leading spaces.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "steps:\n  - id: one\n    checks:\n      - a: {}\n  - id: two\n    checks:\n      - a: {}\n      - b: {}\n    detour:\n      checks:\n        - c: {}\n";

    #[test]
    fn items_are_found_in_their_step() {
        let line = |step, within, index| {
            let place = Place::of_item(YAML, step, within, "checks", index);
            (place.line, place.column, place.excerpt.trim().to_owned())
        };
        assert_eq!(line("one", None, 0), (4, 7, "- a: {}".to_owned()));
        assert_eq!(line("two", None, 1), (8, 7, "- b: {}".to_owned()));
        assert_eq!(line("two", Some("detour"), 0), (11, 9, "- c: {}".to_owned()));
        assert_eq!(line("one", None, 1), (2, 3, "- id: one".to_owned()), "the step itself where there is no such item");
        assert_eq!(line("none", None, 0).0, 1);
        assert_eq!([Place::of_key(YAML, "steps").line, Place::of_key(YAML, "id").line], [1, 1]);
        assert_eq!(Place::of_key("id: a\n  plant: b\nplant:\n", "plant").line, 3);
    }
}
