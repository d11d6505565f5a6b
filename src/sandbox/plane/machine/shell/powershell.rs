//! User data of a Windows instance: the few lines of PowerShell that make it a web client.

use std::sync::Arc;

use super::tree::{Chain, Command, Item, Kind, List, Part, Pipeline, RedirectKind, Script, Word};

/// How many loops may be inside each other.
const MOST_NESTED: usize = 16;

/// The script between the `<powershell>` tags, if there are any.
pub fn script(user_data: &str) -> Option<&str> {
    let (_, rest) = user_data.split_once("<powershell>")?;
    Some(rest.split("</powershell>").next().unwrap_or(rest))
}

/// Reads the script. Line numbers count from the line of the opening tag.
pub fn parse(script: &str) -> Script {
    let mut open: Vec<List> = vec![List::new()];
    let mut skipped_blocks = 0_usize;
    for (at, raw) in script.lines().enumerate() {
        let line = raw.trim();
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let squeezed: String = line.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        if skipped_blocks > 0 {
            skipped_blocks = (skipped_blocks + line.matches('{').count()).saturating_sub(line.matches('}').count());
            continue;
        }
        let kind = if squeezed == "while($true){" {
            // The script itself is among the open ones.
            if open.len() <= MOST_NESTED {
                open.push(List::new());
                continue;
            }
            skipped_blocks = 1;
            Kind::Unmodelled(Vec::new())
        } else if squeezed == "}" && open.len() > 1 {
            let body = open.pop().unwrap_or_default();
            let condition = vec![item(Kind::Simple { assignments: Vec::new(), words: vec![word("true")] }, number, "")];
            Kind::Loop { until: false, condition, body }
        } else {
            command(line, number).unwrap_or_else(|| {
                skipped_blocks = line.matches('{').count().saturating_sub(line.matches('}').count());
                Kind::Unmodelled(Vec::new())
            })
        };
        if let Some(list) = open.last_mut() {
            list.push(item(kind, number, line));
        }
    }
    // A block that is never closed is a syntax error: PowerShell would run nothing of it.
    open.truncate(1);
    Script { items: open.pop().unwrap_or_default(), trouble: None }
}

fn word(text: &str) -> Word {
    vec![Part::Quoted(text.to_owned())]
}

fn item(kind: Kind, line: u32, text: &str) -> Item {
    let command = Command { kind, redirects: Vec::new(), line, text: super::state::on_one_line(text).into() };
    let first = Pipeline { negated: false, stages: vec![Arc::new(command)] };
    Item { chain: Arc::new(Chain { first, rest: Vec::new() }), background: false }
}

fn command(line: &str, number: u32) -> Option<Kind> {
    // This part sends each line of the output somewhere, such as to a serial port. Here all output goes to the
    // console.
    let line = line.split_once("| ForEach-Object {").map_or(line, |(command, _)| command);
    // Quoting rules that differ from a shell's (a backtick, a doubled quote) do not occur in a curl command.
    let words = literal_words(line, number)?;
    let (name, rest) = words.split_first()?;
    let words = match name.to_ascii_lowercase().as_str() {
        "curl.exe" => std::iter::once("curl").chain(rest.iter().map(String::as_str)).map(word).collect(),
        "start-sleep" => {
            let seconds = match rest {
                [seconds] => seconds,
                [flag, seconds] if "-seconds".starts_with(&flag.to_ascii_lowercase()) && flag.len() > 1 => seconds,
                _ => return None,
            };
            seconds.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0)?;
            vec![word("sleep"), word(seconds)]
        }
        "write-host" | "write-output" => vec![word("printf"), word("%s\\n"), word(&rest.join(" "))],
        _ => return None,
    };
    Some(Kind::Simple { assignments: Vec::new(), words })
}

/// The words of a line that has nothing but words. `2>&1` changes nothing here.
fn literal_words(line: &str, number: u32) -> Option<Vec<String>> {
    let script = Script::parse(line, number, 0);
    let ([item], None) = (script.items.as_slice(), &script.trouble) else { return None };
    let ([command], true) = (item.chain.first.stages.as_slice(), item.chain.rest.is_empty()) else { return None };
    let Kind::Simple { assignments, words } = &command.kind else { return None };
    let plain = command.redirects.iter().all(|it| matches!(it.kind, RedirectKind::Copy));
    if !assignments.is_empty() || !plain || item.background {
        return None;
    }
    let text = |word: &Word| {
        let parts = word.iter().map(|part| match part {
            Part::Text(text) | Part::Quoted(text) => Some(text.as_str()),
            _ => None,
        });
        parts.collect::<Option<String>>()
    };
    words.iter().map(text).collect()
}
