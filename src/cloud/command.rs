//! Renders a call as the AWS CLI command that does the same, from the same parameters.

mod option;
mod shell;
#[cfg(test)]
mod tests;

use serde_json::Value;

use self::option::{LINE, kebab, option};
use self::shell::{quote, script, variable};
use super::{Api, Call};

impl Call {
    /// The AWS CLI (version 2) command for this call, ready to paste into a POSIX shell. A reference `${name.fact}`
    /// becomes the shell variable `$NAME_FACT`.
    #[must_use]
    pub fn command(&self) -> String {
        self.render(&[], 0)
    }

    /// The same command, storing parts of its answer in shell variables: pairs of a variable's name and a `--query`
    /// path. With several of them the command needs a shell that supports `<<<`: bash or zsh.
    #[must_use]
    pub fn command_capturing(&self, captures: &[(&str, &str)]) -> String {
        let (before, query, after) = match captures {
            [] => return self.render(&[], 0),
            [(name, path)] => (format!("{name}=$("), (*path).to_owned(), ")"),
            _ => {
                let names: Vec<_> = captures.iter().map(|(name, _)| *name).collect();
                let paths: Vec<_> = captures.iter().map(|(_, path)| *path).collect();
                (format!("read -r {} <<< \"$(", names.join(" ")), format!("[{}]", paths.join(",")), ")\"")
            }
        };
        let more = [format!("--query {}", quote(&query)), "--output text".to_owned()];
        let command = self.render(&more, before.len() + after.len());
        let first = command.lines().next().unwrap_or_default();
        if before.len() + first.len() <= LINE {
            format!("{before}{command}{after}")
        } else {
            format!("{before}\n  {command}\n{after}")
        }
    }

    /// The shell variable that stands for a resource's fact in these commands.
    #[must_use]
    pub fn variable(resource: &str, fact: &str) -> String {
        variable(resource, fact)
    }

    /// The command with `more` options, on one line if that leaves room for `around` more characters.
    fn render(&self, more: &[String], around: usize) -> String {
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
                // The CLI has one option, `--count`, for both.
                "MinCount" => parts.push(format!("--count {}", self.count())),
                "MaxCount" => {}
                _ => parts.push(option(name, value)),
            }
        }
        parts.extend(last.iter().filter(|(name, _)| *name != "UserData").map(|(name, value)| option(name, value)));
        parts.extend_from_slice(more);
        // A multi-line script comes last, so that no option hides behind it.
        if let Some(Value::String(text)) = self.params.get("UserData") {
            let value = if text.contains('\n') { script(text) } else { quote(text) };
            parts.push(format!("--user-data {value}"));
        }
        let line = parts.join(" ");
        if line.chars().count() + around <= LINE && !line.contains('\n') { line } else { parts.join(" \\\n  ") }
    }

    fn count(&self) -> String {
        let text = |name| self.params.get(name).map(Value::to_string).unwrap_or_default();
        let (min, max) = (text("MinCount"), text("MaxCount"));
        if min == max || max.is_empty() { min } else { format!("{min}:{max}") }
    }
}

/// The least telling parameters come last.
fn goes_last(name: &str) -> bool {
    matches!(name, "TagSpecifications" | "Tags" | "UserData" | "ClientToken")
}
