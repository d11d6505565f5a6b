//! Which file of `src/` uses which: resolves every path in the code as the compiler does, to the file that defines
//! the item.
//!
//! A `mod.rs` only declares and re-exports, so it does not count as a file of its own: items named through it are
//! defined elsewhere. Unit tests do not count. A path into a macro or a glob of another crate cannot be resolved and
//! is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A module's path without `crate`.
type ModPath = Vec<String>;

#[derive(Default)]
struct Module {
    file: String,
    /// Names defined here, except for modules.
    items: BTreeSet<String>,
    children: BTreeSet<String>,
    /// The names that `use` introduces, each with its target path.
    bindings: Vec<(String, Vec<String>)>,
    globs: Vec<Vec<String>>,
    /// Every path in the code with at least two names.
    paths: Vec<Vec<String>>,
}

/// The target of a path.
enum Place {
    Module(ModPath),
    /// The module that defines the item.
    Item(ModPath),
}

/// The files of `src/` and what each uses of the others.
pub struct Graph {
    modules: BTreeMap<ModPath, Module>,
    /// From a file to each file that it uses, with the paths by which it does.
    pub edges: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

impl Graph {
    /// Reads a crate from the folder of its `lib.rs`.
    pub fn read(root: &Path) -> Self {
        let mut graph = Self { modules: BTreeMap::new(), edges: BTreeMap::new() };
        graph.file(root, &root.join("lib.rs"), Vec::new());
        graph.connect();
        graph
    }

    fn file(&mut self, root: &Path, path: &Path, module: ModPath) {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.strip_prefix(root).expect("it is below the root").to_string_lossy().replace('\\', "/");
        let stem = path.file_stem().expect("files have names").to_string_lossy();
        let own = path.parent().expect("files are in folders");
        let folder = if ["lib", "mod", "main"].contains(&&*stem) { own.to_owned() } else { own.join(&*stem) };
        let mut children = Vec::new();
        self.block(&name, &tokens(&text), module, &mut children);
        for child in children {
            let last = child.last().expect("children have names");
            let inner = inline_folder(&folder, &child, &name, &self.modules);
            let (flat, deep) = (inner.join(format!("{last}.rs")), inner.join(last).join("mod.rs"));
            self.file(root, if flat.exists() { &flat } else { &deep }, child);
        }
    }

    /// Reads the items of a module's body; inline modules become modules of the same file.
    fn block(&mut self, file: &str, tokens: &[String], module: ModPath, outside: &mut Vec<ModPath>) {
        let mut found = Module { file: file.to_owned(), ..Module::default() };
        let (mut at, mut depth) = (0, 0_usize);
        while at < tokens.len() {
            let word = tokens[at].as_str();
            if word == "#" && is_test_only(&tokens[at..]) {
                at += item_length(&tokens[at..]);
                continue;
            }
            match word {
                "{" => depth += 1,
                "}" => {
                    depth = depth
                        .checked_sub(1)
                        .unwrap_or_else(|| panic!("{file}: {}", tokens[at.saturating_sub(30)..at].join(" ")));
                }
                // `use<..>` says which lifetimes a type captures.
                "use" if tokens[at + 1] != "<" => {
                    let end = at + tokens[at..].iter().position(|it| it == ";").expect("a use ends");
                    for (path, name) in use_tree(&tokens[at + 1..end]) {
                        match name.as_deref() {
                            Some("*") => found.globs.push(path),
                            Some(name) => found.bindings.push((name.to_owned(), path)),
                            None => {}
                        }
                    }
                    at = end;
                }
                "mod" if depth == 0 && is_name(&tokens[at + 1]) => {
                    let name = tokens[at + 1].clone();
                    let mut child = module.clone();
                    child.push(name.clone());
                    found.children.insert(name);
                    if tokens[at + 2] == "{" {
                        let end = closing(tokens, at + 2);
                        self.block(file, &tokens[at + 3..end], child, outside);
                        at = end;
                    } else {
                        outside.push(child);
                        at += 2;
                    }
                }
                "struct" | "enum" | "trait" | "type" | "fn" | "const" | "static" | "union" if depth == 0 => {
                    let name = tokens[at + 1..]
                        .iter()
                        .find(|it| is_name(it) && !["fn", "mut", "unsafe"].contains(&it.as_str()));
                    found.items.extend(name.cloned());
                }
                "macro_rules" => {
                    found.items.extend(tokens.get(at + 2).cloned());
                }
                name if is_name(name) && tokens.get(at + 1).is_some_and(|it| it == "::") => {
                    let mut path = vec![name.to_owned()];
                    while tokens.get(at + 1).is_some_and(|it| it == "::")
                        && tokens.get(at + 2).is_some_and(|it| is_name(it))
                    {
                        path.push(tokens[at + 2].clone());
                        at += 2;
                    }
                    if path.len() > 1 {
                        found.paths.push(path);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        self.modules.insert(module, found);
    }

    fn connect(&mut self) {
        let mut edges: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for (path, module) in &self.modules {
            edges.entry(module.file.clone()).or_default();
            let named = module.bindings.iter().map(|(_, path)| path).chain(&module.paths);
            for used in named {
                let Some(place) = self.resolve(path, used, &mut BTreeSet::new()) else { continue };
                let (Place::Module(target) | Place::Item(target)) = &place;
                let target = &self.modules[target].file;
                if *target != module.file && !is_list(target) {
                    let by = edges.entry(module.file.clone()).or_default().entry(target.clone()).or_default();
                    by.insert(used.join("::"));
                }
            }
            for used in &module.globs {
                let Some(Place::Module(target)) = self.resolve(path, used, &mut BTreeSet::new()) else { continue };
                let target = &self.modules[&target].file;
                if *target != module.file && !is_list(target) {
                    let by = edges.entry(module.file.clone()).or_default().entry(target.clone()).or_default();
                    by.insert(format!("{}::*", used.join("::")));
                }
            }
        }
        edges.retain(|file, _| !is_list(file));
        self.edges = edges;
    }

    /// Every path that leads out of the crate, spelled from the other crate's name, and the file that has it.
    pub fn foreign(&self) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        for (path, module) in &self.modules {
            let imported = module.bindings.iter().map(|(_, path)| path);
            let glob = module.globs.iter();
            let spelled = module.paths.iter().map(|used| {
                let bound = module.bindings.iter().find(|(name, _)| *name == used[0]);
                bound.map_or_else(|| used.clone(), |(_, from)| [from, &used[1..]].concat())
            });
            for used in imported.chain(glob).cloned().chain(spelled) {
                if self.resolve(path, &used, &mut BTreeSet::new()).is_none() {
                    found.insert((module.file.clone(), used.join("::")));
                }
            }
        }
        found
    }

    /// The target of `path` in `module`; `None` for another crate's.
    fn resolve(&self, module: &[String], path: &[String], seen: &mut BTreeSet<(ModPath, String)>) -> Option<Place> {
        let mut here = module.to_vec();
        let mut rest = path;
        match path[0].as_str() {
            "crate" => {
                here.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|it| it == "super") {
                    here.pop();
                    rest = &rest[1..];
                }
            }
            // An associated item.
            "Self" => return None,
            _ => {}
        }
        for name in rest {
            match self.look(&here, name, seen)? {
                Place::Module(next) => here = next,
                // A variant, a method or the like may follow.
                item @ Place::Item(_) => return Some(item),
            }
        }
        Some(Place::Module(here))
    }

    fn look(&self, module: &[String], name: &str, seen: &mut BTreeSet<(ModPath, String)>) -> Option<Place> {
        if !seen.insert((module.to_vec(), name.to_owned())) {
            return None;
        }
        let inside = self.modules.get(module)?;
        if inside.children.contains(name) {
            let mut child = module.to_vec();
            child.push(name.to_owned());
            // A test module is declared but not read.
            return self.modules.contains_key(&child).then_some(Place::Module(child));
        }
        if inside.items.contains(name) {
            return Some(Place::Item(module.to_vec()));
        }
        for (_, path) in inside.bindings.iter().filter(|(bound, _)| bound == name) {
            if let Some(place) = self.resolve(module, path, seen) {
                return Some(place);
            }
        }
        for glob in &inside.globs {
            if let Some(Place::Module(target)) = self.resolve(module, glob, seen)
                && let Some(place) = self.look(&target, name, seen)
            {
                return Some(place);
            }
        }
        None
    }

    /// Every cycle, as the files that reach each other.
    pub fn circles(&self) -> Vec<BTreeSet<String>> {
        let reach: BTreeMap<&String, BTreeSet<&String>> =
            self.edges.keys().map(|file| (file, self.reached_from(file))).collect();
        let mut circles = Vec::new();
        let mut done: BTreeSet<&String> = BTreeSet::new();
        for (file, reached) in &reach {
            if reached.contains(file) && !done.contains(file) {
                let circle: BTreeSet<&String> =
                    reached.iter().copied().filter(|other| reach[other].contains(file)).collect();
                done.extend(&circle);
                circles.push(circle.into_iter().cloned().collect());
            }
        }
        circles
    }

    fn reached_from(&self, file: &String) -> BTreeSet<&String> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&String> = self.edges[file].keys().collect();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(self.edges[next].keys());
            }
        }
        reached
    }

    /// The edges within a cycle, one line each: the file, the file it uses, and by which paths.
    pub fn within(&self, circle: &BTreeSet<String>) -> Vec<String> {
        let inner = |file: &String| {
            let edges = self.edges[file].iter().filter(|(to, _)| circle.contains(*to));
            edges.map(|(to, by)| format!("  {file} -> {to} ({})", join(by))).collect::<Vec<_>>()
        };
        circle.iter().flat_map(inner).collect()
    }
}

fn join(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Whether a file only lists modules and their exports.
fn is_list(file: &str) -> bool {
    file == "lib.rs" || file == "mod.rs" || file.ends_with("/mod.rs")
}

/// The folder of a module's file; inline modules of `file` around it count as folders.
fn inline_folder(folder: &Path, child: &[String], file: &str, modules: &BTreeMap<ModPath, Module>) -> PathBuf {
    let mut around: Vec<&String> = Vec::new();
    let mut path = &child[..child.len() - 1];
    while let Some((last, before)) = path.split_last() {
        if modules.get(before).is_none_or(|it| it.file != file) {
            break;
        }
        around.push(last);
        path = before;
    }
    around.iter().rev().fold(folder.to_owned(), |folder, name| folder.join(name))
}

fn is_name(token: &str) -> bool {
    token.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
}

/// Whether an attribute restricts its item to tests: `#[cfg(test)]`, or a combination that requires `test`.
fn is_test_only(tokens: &[String]) -> bool {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|it| it == word);
    if !(is(1, "[") && is(2, "cfg") && is(3, "(")) {
        return false;
    }
    is(4, "test")
        || (is(4, "all")
            && tokens[5..closing(tokens, 3)]
                .split(|it| it == ",")
                .any(|it| it.concat().trim_matches(['(', ')']) == "test"))
}

/// The number of tokens of an item with its attributes: to its semicolon, its comma, or the end of its body.
fn item_length(tokens: &[String]) -> usize {
    const ITEMS: [&str; 12] =
        ["fn", "mod", "use", "impl", "struct", "enum", "trait", "type", "const", "static", "async", "macro_rules"];
    let (mut at, mut is_item) = (0, false);
    while at < tokens.len() {
        match tokens[at].as_str() {
            "(" | "[" => at = closing(tokens, at),
            word if ITEMS.contains(&word) => is_item = true,
            "{" => {
                let end = closing(tokens, at);
                // The group of a `use` is followed by its semicolon.
                return if tokens.get(end + 1).is_some_and(|it| it == ";") { end + 2 } else { end + 1 };
            }
            ";" => return at + 1,
            // After a field or a variant; within an item it only separates arguments.
            "," if !is_item => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// The position of the bracket that closes the one at `from`.
fn closing(tokens: &[String], from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    panic!("a bracket stays open: {:?}", &tokens[from..tokens.len().min(from + 10)]);
}

/// The leaves of a `use` tree: the path, and the name it introduces; `*` for a glob.
fn use_tree(tokens: &[String]) -> Vec<(Vec<String>, Option<String>)> {
    let mut leaves = Vec::new();
    leaf(&mut leaves, &[], tokens);
    leaves
}

fn leaf(leaves: &mut Vec<(Vec<String>, Option<String>)>, before: &[String], tokens: &[String]) {
    let mut path = before.to_vec();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" => {
                let end = closing(tokens, at);
                let (mut depth, mut start) = (0_usize, at + 1);
                for place in at + 1..=end {
                    match tokens[place].as_str() {
                        "{" => depth += 1,
                        "," if depth == 0 => {
                            leaf(leaves, &path, &tokens[start..place]);
                            start = place + 1;
                        }
                        "}" if place == end && start < end => leaf(leaves, &path, &tokens[start..end]),
                        "}" => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                }
                return;
            }
            "*" => return leaves.push((path, Some("*".to_owned()))),
            "as" => {
                let name = tokens[at + 1].clone();
                // Imported only for its methods: it introduces no name, but it is a use.
                return leaves.push((path, Some(name)));
            }
            "::" => {}
            // `a::{self}` is `a`.
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
        at += 1;
    }
    if let Some(name) = path.last().cloned() {
        leaves.push((path, Some(name)));
    }
}

/// Names, `::` and single characters. Comments and strings are left out.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let (c, next) = (chars[at], chars.get(at + 1).copied());
        if c == '/' && next == Some('/') {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if c == '/' && next == Some('*') {
            while at < chars.len() && !(chars[at] == '*' && chars.get(at + 1) == Some(&'/')) {
                at += 1;
            }
            at += 2;
        } else if let Some(end) = raw_text(&chars, at) {
            at = end;
        } else if c == '"' || (c == 'b' && next == Some('"')) {
            at += if c == 'b' { 2 } else { 1 };
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if c == '\'' {
            // A character, or a lifetime.
            if next == Some('\\') {
                at += 3;
                while chars[at] != '\'' {
                    at += 1;
                }
                at += 1;
            } else if chars.get(at + 2) == Some(&'\'') {
                at += 3;
            } else {
                at += 2;
                while chars.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
                    at += 1;
                }
            }
        } else if c.is_alphanumeric() || c == '_' {
            let start = at;
            while chars.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
                at += 1;
            }
            tokens.push(chars[start..at].iter().collect());
        } else if c == ':' && next == Some(':') {
            tokens.push("::".to_owned());
            at += 2;
        } else {
            if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
            at += 1;
        }
    }
    tokens
}

/// The end of a raw string that begins at `from`: `r"…"`, `r#"…"#`, `br"…"`.
fn raw_text(chars: &[char], from: usize) -> Option<usize> {
    let mut at = from;
    if chars.get(at) == Some(&'b') {
        at += 1;
    }
    if chars.get(at) != Some(&'r') {
        return None;
    }
    at += 1;
    let marks = chars[at..].iter().take_while(|c| **c == '#').count();
    at += marks;
    if chars.get(at) != Some(&'"') {
        return None;
    }
    at += 1;
    while at < chars.len() {
        if chars[at] == '"' && chars[at + 1..].iter().take(marks).filter(|c| **c == '#').count() == marks {
            return Some(at + 1 + marks);
        }
        at += 1;
    }
    Some(at)
}
