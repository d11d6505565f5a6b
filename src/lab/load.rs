//! Loads a lab: placeholders, structure, references, prose.

use std::collections::{BTreeMap, BTreeSet};

use serde_saphyr::Error as YamlError;
use serde_saphyr::budget::BudgetBreach;

use super::fill::fill;
use super::limits::{self, FAULTS};
use super::locate::step_line;
use super::prose::{self, Prose};
use super::{Kind, Lab, LabError, Pair, Place, Reference, Source, variables, waves};
use crate::i18n::{Text, m};

/// The lab-file format that this program reads.
const FORMAT: u32 = 1;

/// A lab with its values filled in, and its prose.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub lab: Lab,
    /// The prose, with the same values filled in.
    pub prose: Pair<Prose>,
    pub variables: BTreeMap<String, String>,
}

impl Loaded {
    /// A stand-in for a lab whose files are gone: it makes nothing and checks nothing.
    #[must_use]
    pub fn without_steps(id: &str) -> Self {
        let lab = Lab {
            format: FORMAT,
            id: id.to_owned(),
            minutes: 0,
            two_accounts: false,
            variables: BTreeMap::new(),
            steps: Vec::new(),
            recap: Vec::new(),
        };
        Self { lab, prose: Pair::default(), variables: BTreeMap::new() }
    }
}

/// The lab's header, parsed before any value is filled in.
#[derive(serde::Deserialize)]
struct Header {
    format: u32,
    #[serde(default)]
    minutes: Option<u32>,
    #[serde(default)]
    variables: BTreeMap<String, super::Variable>,
}

/// How many minutes a lab takes, as its file says at the top; the rest of the file is not looked at. `None` if the top
/// cannot be read.
#[must_use]
pub fn minutes(source: &Source) -> Option<u32> {
    parse::<Header>("lab.yaml", &blank_steps(&source.yaml)).ok()?.minutes
}

#[derive(Clone, Debug)]
pub enum LoadError {
    /// The files are at fault; never empty.
    Files(Vec<LabError>),
    /// A value that the learner set is at fault.
    Variable(Text),
}

impl From<Vec<LabError>> for LoadError {
    fn from(errors: Vec<LabError>) -> Self {
        Self::Files(errors)
    }
}

/// Loads `source` with the values in `set`. `facts` (`token`, `region`) are values that the learner cannot choose.
///
/// # Errors
/// Every fault found in the files, each with its place; or the value that is not allowed.
pub fn load(
    source: &Source,
    set: &BTreeMap<String, String>,
    facts: &BTreeMap<&str, String>,
) -> Result<Loaded, LoadError> {
    let file = format!("{}/lab.yaml", source.folder);
    // The header has no placeholders. The steps are not parsed here.
    let header: Header = parse(&file, &blank_steps(&source.yaml))?;
    if header.format != FORMAT {
        let place = Place::of_word(&source.yaml, 1, "format");
        return Err(LoadError::Files(vec![LabError {
            file,
            place,
            what: m::LabFormat { found: header.format, known: FORMAT }.text(),
        }]));
    }
    defaults(&file, &source.yaml, &header.variables)?;
    let values = variables::settle(&header.variables, set).map_err(LoadError::Variable)?;
    let mut context: BTreeMap<&str, String> = facts.clone();
    context.extend(values.iter().map(|(name, value)| (name.as_str(), value.clone())));

    let yaml = fill(&file, &source.yaml, &context)?;
    let mut lab: Lab = parse(&file, &yaml)?;
    // Check the limits first, because everything below takes time proportional to the size.
    let mut judged = limits::judge(&file, &source.yaml, &lab);
    judged.extend(limits::deceiving(&file, &source.yaml, &parse(&file, &yaml)?));
    if !judged.is_empty() {
        return Err(LoadError::Files(judged));
    }
    for step in &mut lab.steps {
        step.makes.retain(|it| match it {
            super::Resource::Instance(it) => it.when.iter().all(|(name, value)| values.get(name) == Some(value)),
            _ => true,
        });
    }
    let mut errors = lint(&file, &source.yaml, &source.id, &lab);
    prose::parity(&source.folder, &source.ja, &source.en).unwrap_or_else(|found| errors.extend(found));
    let mut words = |name: &str, text: &str| {
        if lab.steps.is_empty() {
            // Without steps, every heading would be reported as unknown.
            return Prose::default();
        }
        let file = format!("{}/{name}", source.folder);
        let read = fill(&file, text, &context).and_then(|text| Prose::read(&file, &text, &lab));
        read.unwrap_or_else(|found| {
            errors.extend(found);
            Prose::default()
        })
    };
    let prose = Pair { ja: words("ja.md", &source.ja), en: words("en.md", &source.en) };
    if !errors.is_empty() {
        // A missing anchor is reported as a difference between the languages and as a gap in one of them: keep one.
        let mut seen = BTreeSet::new();
        errors.retain(|error| seen.insert((error.file.clone(), format!("{:?}", error.what))));
        return Err(LoadError::Files(limits::told(errors)));
    }
    Ok(Loaded { lab, prose, variables: values })
}

/// A default that its own variable does not allow is the lab's fault, not the learner's.
fn defaults(file: &str, yaml: &str, variables: &BTreeMap<String, super::Variable>) -> Result<(), LoadError> {
    variables::settle(variables, &BTreeMap::new()).map(drop).map_err(|what| {
        let wrong = variables.iter().find(|(name, variable)| {
            variables::settle(&BTreeMap::from([((*name).clone(), (*variable).clone())]), &BTreeMap::new()).is_err()
        });
        let place = wrong.and_then(|(name, variable)| {
            let from = Place::of_word(yaml, 1, name).map_or(1, |place| place.line);
            Place::of_word(yaml, from, &variable.default).or_else(|| Place::of_word(yaml, from, name))
        });
        LoadError::Files(vec![LabError { file: file.to_owned(), place, what }])
    })
}

/// Blanks the lines from `steps:` on, so that the rest parses before its placeholders are filled in.
fn blank_steps(yaml: &str) -> String {
    let mut in_steps = false;
    let lines = yaml.lines().map(|line| {
        let top_level = line.chars().next().is_some_and(|c| !c.is_whitespace() && c != '#');
        if top_level {
            in_steps = line.starts_with("steps:");
        }
        if in_steps { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn parse<T: serde::de::DeserializeOwned>(file: &str, yaml: &str) -> Result<T, Vec<LabError>> {
    serde_saphyr::from_str_with_options(yaml, limits::yaml_options()).map_err(|error| {
        let place = error.location().map(|at| {
            let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
            Place::at(yaml, number(at.line()), number(at.column()))
        });
        vec![LabError { file: file.to_owned(), place, what: worded(error.without_snippet()) }]
    })
}

fn worded(error: &YamlError) -> Text {
    match error {
        YamlError::SerdeUnknownField { field, expected, .. } => {
            m::LabFieldUnknown { expected: expected.join(", "), field }.text()
        }
        YamlError::SerdeMissingField { field, .. } => m::lab_field_missing(*field),
        YamlError::SerdeUnknownVariant { variant, expected, .. } => {
            m::LabKindUnknown { expected: expected.join(", "), kind: variant }.text()
        }
        YamlError::SerdeInvalidType { unexpected, expected, .. }
        | YamlError::SerdeInvalidValue { unexpected, expected, .. } => {
            m::LabValueWrong { expected, found: unexpected }.text()
        }
        YamlError::DuplicateMappingKey { key, .. } => m::lab_key_twice(key.clone().unwrap_or_default()),
        YamlError::InvalidScalar { ty: "bool", .. } => m::lab_flag_wrong(),
        YamlError::InvalidScalar { ty, .. } if ty.starts_with(['u', 'i']) => m::lab_number_wrong(),
        YamlError::Budget { breach: BudgetBreach::Depth { .. }, .. } => m::lab_yaml_deep(limits::YAML_DEPTH),
        YamlError::Budget { .. }
        | YamlError::AliasReplayLimitExceeded { .. }
        | YamlError::AliasExpansionLimitExceeded { .. }
        | YamlError::AliasReplayStackDepthExceeded { .. } => m::lab_yaml_long(limits::YAML_NODES),
        // The inner error is about what the alias stands for.
        YamlError::AliasError { error, .. } => worded(error),
        // The scanner reads ahead and hits the limit before the parser does; it has no error kind of its own for it.
        other if other.to_string().starts_with("recursion limit exceeded") => m::lab_yaml_deep(limits::YAML_DEPTH),
        other => m::lab_yaml_wrong(without_advice(other.to_string().lines().next().unwrap_or_default())),
    }
}

/// A parser's words without its advice to programmers, such as `, set DuplicateKeyPolicy in Options if acceptable`.
fn without_advice(words: &str) -> &str {
    let marks = [", set ", "; set ", " (set ", ". Set ", ", enable ", "; enable ", ", use Options", ", consider "];
    words[..marks.into_iter().filter_map(|mark| words.find(mark)).min().unwrap_or(words.len())].trim_end()
}

/// Finds duplicate names, references to nothing, to later steps or to the wrong kind, and cycles.
fn lint(file: &str, yaml: &str, id: &str, lab: &Lab) -> Vec<LabError> {
    let mut errors = Vec::new();
    let mut fault = |place, what| errors.push(LabError { file: file.to_owned(), place, what });
    // Finding a fault's place reads the whole file, so only the first faults get one.
    let mut looked = 0;
    if lab.id != id {
        fault(Place::of_word(yaml, 1, &lab.id), m::LabIdDiffers { folder: id, id: &lab.id }.text());
    }
    if lab.steps.is_empty() {
        fault(Place::of_word(yaml, 1, "steps"), m::lab_without_steps());
    }
    let mut known: BTreeMap<&str, Kind> = BTreeMap::new();
    let mut steps: BTreeSet<&str> = BTreeSet::new();
    for step in &lab.steps {
        let from = step_line(yaml, &step.id);
        let place = |word: &str| Place::of_word(yaml, from, word);
        if looked > FAULTS {
            break;
        }
        if !steps.insert(&step.id) {
            fault(last_step(yaml, &step.id), m::lab_name_twice(&step.id));
        }
        let here: Vec<_> = step.makes.iter().collect();
        for resource in &here {
            if known.insert(resource.name(), resource.kind()).is_some() {
                fault(place(resource.name()), m::lab_name_twice(resource.name()));
            }
            if let super::Resource::Instance(instance) = resource {
                for (variable, value) in &instance.when {
                    if !lab.variables.contains_key(variable) {
                        let known = lab.variables.keys().cloned().collect::<Vec<_>>().join(", ");
                        fault(place(value), m::LabVariableUnknown { known, name: variable }.text());
                    }
                }
            }
        }
        let mut wrong = |by: &str, (name, wanted): Reference<'_>| {
            let what = match (known.get(name), wanted) {
                (None, _) => m::LabReferenceUnknown { by, name: limits::shown(name) }.text(),
                (Some(kind), Some(wanted)) if *kind != wanted => {
                    m::LabReferenceKind { by, found: kind.name(), name, wanted: wanted.name() }.text()
                }
                _ => return,
            };
            looked += 1;
            if looked <= FAULTS {
                fault(place(name), what);
            }
        };
        for resource in &here {
            resource.refers().into_iter().for_each(|reference| wrong(resource.name(), reference));
        }
        let mut checked: Vec<_> = step.looks.iter().chain(&step.checks).flat_map(super::Check::refers).collect();
        if let Some(detour) = &step.detour {
            checked.extend(detour.checks.iter().flat_map(super::Check::refers));
            checked.extend(detour.remakes.iter().map(|name| (name.as_str(), None)));
            checked.extend(detour.reject.refers());
        }
        for reference in checked {
            wrong(&step.id, reference);
        }
        for predict in &step.predict {
            if lab.answers(&step.id, predict).is_none() || !predict.options.contains(&predict.right) {
                fault(place(&predict.id), m::lab_prediction_wrong(&predict.id));
            }
        }
        if let Err(circle) = waves(&here) {
            fault(circle.first().and_then(|name| place(name)), m::lab_circle(circle.join(", ")));
        }
    }
    for recap in &lab.recap {
        let twice = lab.recap.iter().filter(|other| other.id == recap.id).count() > 1;
        if twice || !lab.proves(recap) || !recap.options.contains(&recap.right) {
            fault(Place::of_word(yaml, 1, &recap.id), m::lab_recap_wrong(&recap.id));
        }
    }
    errors
}

/// The last step of this name, which is the duplicate.
fn last_step(yaml: &str, id: &str) -> Option<Place> {
    let wanted = format!("- id: {id}");
    let (index, line) = yaml.lines().enumerate().filter(|(_, line)| line.trim() == wanted).last()?;
    Some(Place::at(yaml, index + 1, line.len() - line.trim_start().len() + 1))
}
