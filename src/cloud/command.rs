//! The AWS CLI command that does what a call does, made from the same parameters.

mod option;
mod shell;
#[cfg(test)]
mod tests;

use serde_json::Value;

use self::option::{kebab, option};
use self::shell::{quote, script, variable};
use super::{Api, Call};

/// A command longer than this goes over several lines.
const LINE: usize = 100;

impl Call {
    /// The AWS CLI (version 2) command for this call, ready to paste into a POSIX shell. A reference `${name.fact}` becomes
    /// the shell variable `$NAME_FACT`.
    #[must_use]
    pub fn command(&self) -> String {
        self.render(&[])
    }

    /// The same command, keeping parts of its answer in shell variables: pairs of a variable's name and a `--query` path.
    /// With several of them the command needs a shell that knows `<<<`: bash or zsh.
    #[must_use]
    pub fn command_capturing(&self, captures: &[(&str, &str)]) -> String {
        match captures {
            [] => self.render(&[]),
            [(name, path)] => {
                format!("{name}=$({})", self.render(&query(path)))
            }
            _ => {
                let names: Vec<_> = captures.iter().map(|(name, _)| *name).collect();
                let paths: Vec<_> = captures.iter().map(|(_, path)| *path).collect();
                let command = self.render(&query(&format!("[{}]", paths.join(","))));
                format!("read -r {} <<< \"$({command})\"", names.join(" "))
            }
        }
    }

    /// The shell variable that stands for a resource's fact in these commands.
    #[must_use]
    pub fn variable(resource: &str, fact: &str) -> String {
        variable(resource, fact)
    }

    fn render(&self, more: &[String]) -> String {
        let service = match self.api {
            Api::Ec2 => "ec2",
            Api::Elbv2 => "elbv2",
            Api::Quotas => "service-quotas",
            Api::Route53 => "route53",
        };
        let mut parts = vec![format!("aws {service} {}", kebab(self.operation))];
        let (last, first): (Vec<_>, Vec<_>) = self.params.iter().partition(|(name, _)| goes_last(name));
        for (name, value) in first {
            match name.as_str() {
                // The CLI has one option for the two.
                "MinCount" => parts.push(format!("--count {}", self.count())),
                "MaxCount" => {}
                _ => parts.push(option(name, value)),
            }
        }
        parts.extend(last.iter().filter(|(name, _)| *name != "UserData").map(|(name, value)| option(name, value)));
        parts.extend_from_slice(more);
        // A script of many lines is best at the end, where nothing has to be found behind it.
        if let Some(Value::String(text)) = self.params.get("UserData") {
            let value = if text.contains('\n') { script(text) } else { quote(text) };
            parts.push(format!("--user-data {value}"));
        }
        let line = parts.join(" ");
        if line.chars().count() <= LINE && !line.contains('\n') { line } else { parts.join(" \\\n  ") }
    }

    fn count(&self) -> String {
        let text = |name| self.params.get(name).map(Value::to_string).unwrap_or_default();
        let (min, max) = (text("MinCount"), text("MaxCount"));
        if min == max || max.is_empty() { min } else { format!("{min}:{max}") }
    }
}

/// What says least about a call stands last.
fn goes_last(name: &str) -> bool {
    matches!(name, "TagSpecifications" | "Tags" | "UserData" | "ClientToken")
}

fn query(path: &str) -> [String; 2] {
    [format!("--query {}", quote(path)), "--output text".to_owned()]
}
