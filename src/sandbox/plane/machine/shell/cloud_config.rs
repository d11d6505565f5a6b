//! `#cloud-config`: `write_files`, `packages` and `runcmd`, as the shell commands that do the same.

use serde::Deserialize;

use super::simple::in_quotes;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    write_files: Vec<File>,
    packages: Vec<Package>,
    runcmd: Vec<Command>,
    package_update: Option<bool>,
    package_upgrade: Option<bool>,
    #[serde(flatten)]
    #[expect(clippy::zero_sized_map_values, reason = "a set cannot be read from the rest of a mapping")]
    others: std::collections::BTreeMap<String, Other>,
}

/// A value that nobody reads.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Other {
    _value: serde::de::IgnoredAny,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    path: String,
    content: String,
    append: bool,
    encoding: Option<String>,
    #[serde(rename = "permissions")]
    _permissions: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Package {
    Name(String),
    Version(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Command {
    Line(String),
    Words(Vec<String>),
}

/// The limit of nodes and of depth. User data is 16 KiB at most.
const NODES: usize = 4000;

/// The commands, and what the console says of the rest.
///
/// # Errors
/// What the console says if it cannot be read.
pub fn script(text: &str) -> Result<(String, Vec<String>), String> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 16,
            flow_nesting_limit: 16,
            max_nodes: NODES,
            max_events: NODES * 4,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
            max_inclusion_depth: 0,
            max_merge_keys: 0,
        },
    };
    let read: Result<Option<Config>, _> = serde_saphyr::from_str_with_options(text, options);
    let config =
        read.map_err(|_| "[pllab sandbox] this cloud-config cannot be read here; nothing of it is run".to_owned())?;
    let config = config.unwrap_or_default();
    let mut told: Vec<String> = Vec::new();
    for key in config.others.keys().take(20) {
        let key: String = key.chars().filter(|c| !c.is_control()).take(60).collect();
        told.push(format!("[pllab sandbox] cloud-config: {key} is not run here"));
    }
    let mut lines = Vec::new();
    for file in &config.write_files {
        if file.encoding.as_deref().is_some_and(|it| it != "text/plain") {
            told.push("[pllab sandbox] cloud-config: a file with an encoding is not written here".to_owned());
            continue;
        }
        let arrow = if file.append { ">>" } else { ">" };
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        // cloud-init makes the folder too.
        let made = if folder.is_empty() { String::new() } else { format!("mkdir -p {}; ", in_quotes(folder)) };
        lines.push(format!("{made}printf %s {} {arrow} {}", in_quotes(&file.content), in_quotes(&file.path)));
    }
    if config.package_update == Some(true) || config.package_upgrade == Some(true) {
        lines.push("dnf upgrade -y".to_owned());
    }
    let names: Vec<String> = config
        .packages
        .iter()
        .filter_map(|package| match package {
            Package::Name(name) => Some(in_quotes(name)),
            Package::Version(list) => list.first().map(|name| in_quotes(name)),
        })
        .collect();
    if !names.is_empty() {
        lines.push(format!("dnf install -y {}", names.join(" ")));
    }
    for command in &config.runcmd {
        lines.push(match command {
            Command::Line(line) => line.clone(),
            Command::Words(words) => words.iter().map(|it| in_quotes(it)).collect::<Vec<_>>().join(" "),
        });
    }
    Ok((lines.join("\n"), told))
}
