//! What is near a resource and differs, and when to say so.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::matching::{Assignment, Reading};
use crate::actions;
use crate::engine::calls::run_log::RunLog;
use crate::engine::event::Difference;
use crate::lab::Resource;

/// The id of the object that is the nearest match, and what differs; both empty if nothing does.
pub(super) fn near(
    core: &RunLog,
    resource: &Resource,
    one: Option<&Assignment>,
    reading: &Reading,
) -> (String, Vec<Difference>) {
    let Some(one) = one else { return Default::default() };
    let known = |name: &str, fact: &str| {
        let of = if name == resource.name() { Some(one) } else { reading.found.get(name) };
        of.map_or_else(|| core.fact(name, fact), |it| it.sighting.facts.get(fact).cloned())
    };
    let difference = |point: &actions::Comparison| Difference {
        what: point.what.clone(),
        expected: point.expected.clone(),
        seen: point.seen.clone(),
        // What refers to something that does not exist yet cannot be set right.
        commands: point
            .mend
            .iter()
            .map(|call| call.resolve(&known).ok().map(|call| call.command()))
            .collect::<Option<_>>()
            .unwrap_or_default(),
    };
    let differs: Vec<Difference> = one.differs().map(difference).collect();
    (if differs.is_empty() { String::new() } else { one.id.clone() }, differs)
}

/// How long a difference must be seen before it is told: a learner makes many things with two commands, one right
/// after the other.
const SETTLED: Duration = Duration::from_secs(3);

/// The differences that were seen and not told yet, by resource, and since when.
#[derive(Default)]
pub(super) struct Fresh(BTreeMap<String, (String, Vec<Difference>, Instant)>);

impl Fresh {
    /// Whether a look before this one saw the same of `name`, long enough ago.
    pub(super) fn has_settled(&mut self, name: &str, (id, differs): (&str, &[Difference]), at: Instant) -> bool {
        match self.0.get(name) {
            Some((seen, told, since)) if seen == id && told == differs => at.duration_since(*since) >= SETTLED,
            _ => {
                self.0.insert(name.to_owned(), (id.to_owned(), differs.to_vec(), at));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Text;

    fn differs(seen: &str) -> Vec<Difference> {
        let text = Text::literal;
        let (what, expected, seen) = (text("rules"), text("tcp 80"), text(seen));
        vec![Difference { what, expected, seen, commands: Vec::new() }]
    }

    #[test]
    fn what_a_second_command_sets_right_is_not_told() {
        let mut fresh = Fresh::default();
        let began = Instant::now();
        let at = |millis| began + Duration::from_millis(millis);
        let mut look =
            |name: &str, id: &str, seen: &str, millis| fresh.has_settled(name, (id, &differs(seen)), at(millis));
        // A group without its rule, and then with another one.
        assert!(!look("web-sg", "sg-1", "none", 0) && !look("web-sg", "sg-1", "none", 1_000));
        assert!(!look("web-sg", "sg-1", "tcp 8080", 2_900) && !look("web-sg", "sg-1", "tcp 8080", 5_000));
        // Something else in its place, and another resource.
        assert!(!look("web-sg", "sg-2", "tcp 8080", 5_800) && !look("nlb-sg", "sg-1", "tcp 8080", 5_900));
        assert!(look("web-sg", "sg-2", "tcp 8080", 8_800) && !look("nlb-sg", "sg-1", "tcp 8080", 8_800));
        assert!(look("nlb-sg", "sg-1", "tcp 8080", 9_000));
    }
}
