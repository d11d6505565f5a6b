//! How big a lab may be: files, nesting, steps, filled-in placeholders. A lab may come from a stranger, and none of
//! its files may hang the program, fill the memory or crash the process. Each limit is far above what a real lab
//! needs.

use super::{Lab, LabError, Place};
use crate::i18n::{Text, harmless, m};

/// Bytes of one file.
pub(super) const FILE: u64 = 256 * 1024;
/// Bytes of all files of a lab.
pub(super) const FOLDER: u64 = 2 * 1024 * 1024;
/// Drills of a lab.
pub(super) const DRILLS: usize = 64;
/// Labs in a folder.
pub(super) const LABS: usize = 256;
/// Bytes of a file once its placeholders are filled in.
pub(super) const FILLED: usize = 512 * 1024;
/// Nesting levels in YAML.
pub(super) const YAML_DEPTH: usize = 32;
/// Lists, maps and values in a YAML file, counting each use of an alias.
pub(super) const YAML_NODES: usize = 20_000;
/// Aliases in a YAML file.
const YAML_ALIASES: usize = 200;
/// Nesting levels in Markdown: lists in lists, quotes in quotes, emphasis in emphasis.
pub(super) const PROSE_DEPTH: usize = 24;
/// Headings of a Markdown file.
pub(super) const HEADINGS: usize = 1_000;
/// Bars in a line of Markdown, which are cells of a table.
pub(super) const BARS: usize = 64;
/// Faults of a lab that are reported.
pub(super) const FAULTS: usize = 50;
/// Characters of a name.
const NAME: usize = 64;
const STEPS: usize = 100;
const RESOURCES: usize = 400;
const CHECKS: usize = 1_000;
const PREDICTIONS: usize = 200;
const VARIABLES: usize = 32;
/// Values of all `choice` variables: `labs check` proves the lab once for each.
const CHOICES: usize = 32;

/// A bomb of aliases counts by what it expands to.
pub(super) fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: YAML_DEPTH,
            flow_nesting_limit: YAML_DEPTH,
            max_nodes: YAML_NODES,
            max_events: YAML_NODES * 4,
            max_aliases: YAML_ALIASES,
            max_anchors: YAML_ALIASES,
            max_recorded_anchor_events: YAML_NODES,
            max_recorded_anchor_bytes: 1024 * 1024,
            max_documents: 1,
            max_inclusion_depth: 0,
            max_merge_keys: YAML_ALIASES,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: YAML_NODES,
            max_replay_stack_depth: YAML_DEPTH,
            max_alias_expansions_per_anchor: YAML_ALIASES,
        },
    }
}

/// Whether `text` may be the name of a lab, a step, a resource, a variable, a prediction, a detour or a drill. Names
/// end up in commands, tags, files and anchors, so no character may have a meaning in any of those.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.len() <= NAME && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(plain)
}

/// The fault for an invalid name in `file`.
pub(super) fn bad_name(file: &str, yaml: &str, name: &str) -> LabError {
    LabError {
        file: file.to_owned(),
        place: Place::of_word(yaml, 1, name),
        what: m::LabNameWrong { most: NAME, name: shown(name) }.text(),
    }
}

/// Cuts a text of any length to what is shown.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(NAME).collect();
    if shown.len() < text.len() {
        shown.push_str("...");
    }
    shown
}

pub(super) fn too_many(what: Text, most: usize) -> Text {
    m::LabTooMany { most, what }.text()
}

/// Reports what exceeds a limit in a lab, and invalid names.
pub(super) fn judge(file: &str, yaml: &str, lab: &Lab) -> Vec<LabError> {
    let mut errors = Vec::new();
    let sum = |count: fn(&super::Step) -> usize| lab.steps.iter().map(count).sum::<usize>();
    let checks =
        sum(|step| step.looks.len() + step.checks.len() + step.detour.as_ref().map_or(0, |detour| detour.checks.len()));
    let choices = lab.variables.values().map(|variable| variable.allowed.len()).sum::<usize>();
    for (count, most, key, what) in [
        (lab.steps.len(), STEPS, "steps", m::lab_limit_steps()),
        (sum(|step| step.makes.len()), RESOURCES, "makes", m::lab_limit_resources()),
        (checks, CHECKS, "checks", m::lab_limit_checks()),
        (sum(|step| step.predict.len()) + lab.recap.len(), PREDICTIONS, "predict", m::lab_limit_predictions()),
        (lab.variables.len(), VARIABLES, "variables", m::lab_limit_variables()),
        (choices, CHOICES, "allowed", m::lab_limit_choices()),
    ] {
        if count > most {
            let place = Place::of_word(yaml, 1, key);
            errors.push(LabError { file: file.to_owned(), place, what: too_many(what, most) });
        }
    }
    if errors.is_empty() {
        let made = lab.steps.iter().flat_map(|step| {
            let made = step.makes.iter().map(super::Resource::name);
            let asked = step.predict.iter().flat_map(|it| it.options.iter().chain([&it.id])).map(String::as_str);
            let round = step.detour.iter().map(|detour| detour.id.as_str());
            [step.id.as_str()].into_iter().chain(made).chain(asked).chain(round)
        });
        let recap = lab.recap.iter().flat_map(|it| it.options.iter().chain([&it.id])).map(String::as_str);
        let names = lab.variables.keys().map(String::as_str).chain([lab.id.as_str()]).chain(made).chain(recap);
        errors.extend(names.filter(|name| !is_name(name)).take(FAULTS).map(|name| bad_name(file, yaml, name)));
    }
    errors
}

/// What the AWS CLI takes for the place of a value instead of the value: version 2 the first two, version 1 all of them
/// (<https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html>). A command that a learner pastes
/// would send that file of theirs to AWS, and no quotes prevent it.
const READ_FROM: [&str; 4] = ["file://", "fileb://", "http://", "https://"];

/// Reports texts that are not what they seem. Some hide something: characters that nobody sees or that a terminal acts
/// on, such as marks of the reading direction; line breaks and tabs are allowed. Some the AWS CLI would replace by what
/// is in a file. What a learner reads and pastes must be what is there.
pub(super) fn deceiving(file: &str, yaml: &str, value: &serde_json::Value) -> Vec<LabError> {
    use serde_json::Value;
    let is_hidden = |c: char| c != '\n' && c != '\t' && harmless::is_unwelcome(c);
    let mut errors = Vec::new();
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) => {
                if let Some((at, found)) = text.char_indices().find(|(_, c)| is_hidden(*c)) {
                    // The character as it stands in the file. If it is written as an escape, the words before it give
                    // the place.
                    let written = yaml.find(found).map(|at| Place::of_offset(yaml, at));
                    let before = text[..at].lines().next_back().map(str::trim).filter(|words| !words.is_empty());
                    let place = written.or_else(|| Place::of_word(yaml, 1, before?));
                    let code = format!("U+{:04X}", u32::from(found));
                    errors.push(LabError { file: file.to_owned(), place, what: m::lab_hidden_character(code) });
                }
                if let Some(scheme) = READ_FROM.iter().find(|scheme| text.starts_with(**scheme)) {
                    let place = yaml.find(text.lines().next().unwrap_or_default());
                    let place = place.map(|at| Place::of_offset(yaml, at));
                    errors.push(LabError { file: file.to_owned(), place, what: m::lab_text_from_a_file(*scheme) });
                }
            }
            Value::Array(items) => left.extend(items),
            Value::Object(members) => left.extend(members.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    errors
}

/// The first faults, and how many more there are: a stranger's file may have as many as it has bytes.
pub(super) fn told(mut errors: Vec<LabError>) -> Vec<LabError> {
    let more = errors.len().saturating_sub(FAULTS);
    if more > 0 {
        errors.truncate(FAULTS);
        let file = errors[0].file.clone();
        errors.push(LabError { file, place: None, what: m::lab_more_faults(more) });
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_name_means_nothing_anywhere() {
        for good in ["web", "web-sg", "a1_b", "0"] {
            assert!(is_name(good), "{good}");
        }
        let long = "a".repeat(65);
        for bad in
            ["", "-a", "_a", "a b", "a'b", "a$(id)", "a`b`", "a\nb", "a/b", "..", "a\u{202e}b", "é", long.as_str()]
        {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
