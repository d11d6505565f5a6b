//! User data of a Windows instance: the few lines of PowerShell that make it a web client.

use std::sync::LazyLock;

use super::curl_args;
use super::program::{Action, MOST_NESTED, Program, Step, When};
use super::words::{Token, Variables, cut};

/// The script between the `<powershell>` tags, if there are any.
pub fn script(user_data: &str) -> Option<&str> {
    let (_, rest) = user_data.split_once("<powershell>")?;
    Some(rest.split("</powershell>").next().unwrap_or(rest))
}

/// Reads the script. Line numbers count from the line of the opening tag.
pub fn parse(script: &str) -> Program {
    let mut open: Vec<Vec<Step>> = vec![Vec::new()];
    let mut skipped_blocks = 0_usize;
    for (at, raw) in script.lines().enumerate() {
        let line = raw.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let squeezed: String = line.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        if skipped_blocks > 0 {
            skipped_blocks = skipped_blocks + line.matches('{').count() - line.matches('}').count().min(skipped_blocks);
            continue;
        }
        let action = if squeezed == "while($true){" {
            // The script itself is among the open ones.
            if open.len() <= MOST_NESTED {
                open.push(Vec::new());
                continue;
            }
            skipped_blocks = 1;
            Action::too_deep(at + 1)
        } else if squeezed == "}" && open.len() > 1 {
            let body = open.pop().unwrap_or_default();
            Action::Loop { until: Vec::new(), body }
        } else {
            command(line).unwrap_or_else(|| {
                skipped_blocks = line.matches('{').count().saturating_sub(line.matches('}').count());
                Action::skipped(at + 1, line)
            })
        };
        if let Some(steps) = open.last_mut() {
            steps.push(Step { action, out: None, err: None, background: false, when: When::Always });
        }
    }
    // A block that is never closed is a syntax error: PowerShell would run nothing of it.
    open.truncate(1);
    Program { steps: open.pop().unwrap_or_default() }
}

fn command(line: &str) -> Option<Action> {
    static NO_VARIABLES: LazyLock<Variables> = LazyLock::new(Variables::new);
    // This part sends each line of the output somewhere, such as to a serial port. Here all output goes to the
    // console.
    let line = line.split_once("| ForEach-Object {").map_or(line, |(command, _)| command);
    // Quoting rules that differ from a shell's (a backtick, a doubled quote) do not occur in a curl command.
    let words: Vec<String> = cut(line, &NO_VARIABLES)
        .ok()?
        .into_iter()
        .filter_map(|token| match token {
            Token::Word(word) => Some(Some(word)),
            Token::Control(";") => None,
            Token::Redirect { fd: 2, target, .. } if target == "1" => None,
            Token::Control(_) | Token::Redirect { .. } => Some(None),
        })
        .collect::<Option<_>>()?;
    let (name, rest) = words.split_first()?;
    match name.to_ascii_lowercase().as_str() {
        "curl.exe" => curl_args::parse(rest).map(Action::Curl),
        "start-sleep" => {
            let seconds = match rest {
                [seconds] => seconds,
                [flag, seconds] if "-seconds".starts_with(&flag.to_ascii_lowercase()) && flag.len() > 1 => seconds,
                _ => return None,
            };
            seconds.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0).map(Action::Sleep)
        }
        "write-host" | "write-output" => Some(Action::Print(rest.join(" ") + "\n")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::plane::machine::script::user_data;

    #[test]
    fn a_windows_client_is_understood() {
        let program = user_data::parse(
            "<powershell>\n$x = 1\nwhile ($true) {\n  curl.exe -sS -m 5 \"http://vpce-1.example/\" 2>&1\n  \
             Start-Sleep -Seconds 10\n}\n</powershell>\n<persist>true</persist>\n",
        );
        let [skipped, looped] = program.steps.as_slice() else { panic!("{:?}", program.steps) };
        assert_eq!(skipped.action, Action::Skipped { line: 2, text: "$x = 1".to_owned() });
        let Action::Loop { body, .. } = &looped.action else { panic!("no loop") };
        assert!(matches!(body[0].action, Action::Curl(_)));
        assert_eq!(body[1].action, Action::Sleep(10.0));
        assert_eq!(program.hosts(), [("vpce-1.example".to_owned(), 80)]);
    }

    #[test]
    fn loops_nest_to_a_limit() {
        let script = format!(
            "<powershell>\n{}{}Start-Sleep 3\n</powershell>",
            "while ($true) {\nStart-Sleep 1\n".repeat(900),
            "}\n".repeat(900)
        );
        let program = user_data::parse(&script);
        let [looped, after] = program.steps.as_slice() else { panic!("{}", program.steps.len()) };
        assert_eq!(after.action, Action::Sleep(3.0));
        let mut body = std::slice::from_ref(looped);
        let mut depth = 0;
        while let Some(Step { action: Action::Loop { body: inner, .. }, .. }) = body.last() {
            (depth, body) = (depth + 1, inner.as_slice());
        }
        assert_eq!((depth, body.last().map(|step| &step.action)), (MOST_NESTED, Some(&Action::too_deep(34))));
    }

    #[test]
    fn other_blocks_are_skipped_whole() {
        let program =
            user_data::parse("<powershell>\nif ($a) {\n  curl.exe http://h/\n}\nStart-Sleep 3\n</powershell>");
        assert_eq!(program.steps.len(), 2);
        assert_eq!(program.steps[1].action, Action::Sleep(3.0));
    }
}
