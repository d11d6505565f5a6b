//! Reads every file of `locales/`, refuses any difference between the languages, and writes one typed function per
//! message: a missing key, argument or translation is a build error.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// Message key to the names of its arguments.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn main() {
    println!("cargo:rerun-if-changed=locales");
    println!("cargo:rerun-if-changed=labs");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    match generate(Path::new(&root)) {
        Ok((messages, labs)) => {
            fs::write(Path::new(&out).join("messages.rs"), messages).expect("OUT_DIR is writable");
            fs::write(Path::new(&out).join("labs.rs"), labs).expect("OUT_DIR is writable");
        }
        Err(problems) => panic!("\n{}\n", problems.join("\n")),
    }
}

fn generate(root: &Path) -> Result<(String, String), Vec<String>> {
    let locales = root.join("locales");
    let ja = read_language(&locales.join("ja"))?;
    let en = read_language(&locales.join("en"))?;
    let mut problems = Vec::new();
    for key in ja.keys().chain(en.keys()).collect::<BTreeSet<_>>() {
        match (ja.get(key), en.get(key)) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => problems.push(format!("locales: `{key}` takes {a:?} in ja, {b:?} in en")),
            (Some(_), None) => problems.push(format!("locales: `{key}` is in ja, not in en")),
            _ => problems.push(format!("locales: `{key}` is in en, not in ja")),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut code = String::from("use super::{Arg, Text};\n");
    for (key, arguments) in &ja {
        code.push_str(&if arguments.len() < 2 { function(key, arguments) } else { named(key, arguments) });
    }
    Ok((code, labs(root)?))
}

/// A message without arguments, or with one: `m::the_key(argument)`.
fn function(key: &str, arguments: &BTreeSet<String>) -> String {
    let argument = arguments.iter().next();
    let parameters = argument.map_or(String::new(), |name| format!("{}: impl Into<Arg>", field(name)));
    let pairs = argument.map_or(String::new(), |name| format!("({name:?}, {}.into())", field(name)));
    let name = field(key);
    format!("/// `{key}`\npub(crate) fn {name}({parameters}) -> Text {{ Text::message({key:?}, [{pairs}]) }}\n")
}

/// A message with several arguments: `m::TheKey { one, other }.text()`, so that no two of them can change places unseen.
fn named(key: &str, arguments: &BTreeSet<String>) -> String {
    let name: String = key.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect();
    let each = |line: fn(usize, &str, &str) -> String| -> String {
        arguments.iter().enumerate().map(|(at, name)| line(at, name, &field(name))).collect()
    };
    let types = each(|at, _, _| format!("T{at},"));
    let bounds = each(|at, _, _| format!("T{at}: Into<Arg>,"));
    let fields = each(|at, name, field| format!("/// `{name}`\npub(crate) {field}: T{at},\n"));
    let pairs = each(|_, name, field| format!("({name:?}, self.{field}.into()),"));
    format!(
        "/// `{key}`\npub(crate) struct {name}<{types}> {{\n{fields}}}\n\
         impl<{bounds}> {name}<{types}> {{\n\
         pub(crate) fn text(self) -> Text {{ Text::message({key:?}, [{pairs}]) }}\n}}\n"
    )
}

/// A name of a message file as Rust writes it.
fn field(name: &str) -> String {
    name.replace('-', "_")
}

/// Embeds every folder of `labs/`: listing the folder is the registry.
fn labs(root: &Path) -> Result<String, Vec<String>> {
    let mut code = String::from("&[\n");
    let mut folders: Vec<_> = fs::read_dir(root.join("labs"))
        .map_err(|error| vec![format!("labs: {error}")])?
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .collect();
    folders.sort_by_key(fs::DirEntry::file_name);
    for folder in folders {
        let id = folder.file_name().to_string_lossy().into_owned();
        let file = |name: &str| format!("include_str!({:?})", folder.path().join(name).display().to_string());
        let (yaml, ja, en) = (file("lab.yaml"), file("ja.md"), file("en.md"));
        let drills = drills(&folder.path().join("drills"));
        let _ = writeln!(code, "    Embedded {{ id: {id:?}, yaml: {yaml}, ja: {ja}, en: {en}, drills: &[{drills}] }},");
    }
    code.push_str("]\n");
    Ok(code)
}

/// The drills of a lab: pairs of id and text.
fn drills(folder: &Path) -> String {
    let mut paths: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    paths.sort();
    let pair = |path: &std::path::PathBuf| {
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        format!("({id:?}, include_str!({:?}))", path.display().to_string())
    };
    paths.iter().map(pair).collect::<Vec<_>>().join(", ")
}

fn read_language(folder: &Path) -> Result<Messages, Vec<String>> {
    let mut messages = Messages::new();
    let mut problems = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| vec![format!("{}: {error}", folder.display())])?;
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "ftl"))
    {
        let name = path.display();
        let source = fs::read_to_string(&path).map_err(|error| vec![format!("{name}: {error}")])?;
        // The parser panics at an escape that a character of several bytes follows (fluent-syntax 0.12, found by fuzzing).
        let escape = |line: &str| line.contains("\\u") || line.contains("\\U");
        if let Some(line) = source.lines().position(escape) {
            problems.push(format!("{name}:{}: write the character itself, not its escape", line + 1));
            continue;
        }
        let resource = match parser::parse(source.as_str()) {
            Ok(resource) => resource,
            Err((_, errors)) => {
                for error in errors {
                    let line = source.get(..error.pos.start).map_or(0, |before| before.matches('\n').count() + 1);
                    problems.push(format!("{name}:{line}: {:?}", error.kind));
                }
                continue;
            }
        };
        for entry in resource.body {
            let Entry::Message(message) = entry else {
                if matches!(entry, Entry::Term(_) | Entry::Junk { .. }) {
                    problems.push(format!("{name}: only messages and comments, no terms"));
                }
                continue;
            };
            let key = message.id.name.to_owned();
            if !message.attributes.is_empty() {
                problems.push(format!("{name}: `{key}` has attributes; a message is one text"));
            }
            let mut arguments = BTreeSet::new();
            match &message.value {
                Some(pattern) => {
                    if let Err(problem) = collect(pattern, &mut arguments) {
                        problems.push(format!("{name}: `{key}`: {problem}"));
                    }
                }
                None => problems.push(format!("{name}: `{key}` has no text")),
            }
            if messages.insert(key.clone(), arguments).is_some() {
                problems.push(format!("{name}: `{key}` stands twice"));
            }
        }
    }
    if problems.is_empty() { Ok(messages) } else { Err(problems) }
}

fn collect(pattern: &Pattern<&str>, into: &mut BTreeSet<String>) -> Result<(), String> {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => argument(inline, into)?,
            Expression::Select { selector, variants } => {
                argument(selector, into)?;
                for variant in variants {
                    collect(&variant.value, into)?;
                }
            }
        }
    }
    Ok(())
}

fn argument(inline: &InlineExpression<&str>, into: &mut BTreeSet<String>) -> Result<(), String> {
    match inline {
        InlineExpression::VariableReference { id } => {
            into.insert(id.name.to_owned());
            Ok(())
        }
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => Ok(()),
        other => Err(format!("not used here, and not registered: {other:?}")),
    }
}
