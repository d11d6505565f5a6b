//! Simple commands: assignments, redirections, functions, and which command a name means.

use super::outcome::{Halt, Leave, Outcome};
use super::run::Run;
use super::state::{Function, Shell};
use super::tree::{Assignment, Part, Redirect, Word};
use super::unmodelled::program;
use super::variables::Value;
use super::world::Later;

impl Shell {
    /// Also returns whether its redirections stay.
    pub fn simple<'a>(
        &'a mut self,
        assignments: &'a [Assignment],
        words: &'a [Word],
        redirects: &'a [Redirect],
    ) -> Later<'a, Result<(Outcome, bool), Halt>> {
        Box::pin(async move {
            self.substituted = None;
            let words = self.fields(words).await?;
            let _held = self.meter.hold(words.iter().map(|it| it.len() + 64).sum())?;
            let Some(name) = words.first() else {
                if let Some(failed) = self.redirect(redirects).await? {
                    return Ok((failed, false));
                }
                let mut outcome = Outcome::WELL;
                for assignment in assignments {
                    if self.assign(assignment).await? == Outcome::Unknown {
                        outcome = Outcome::Unknown;
                    }
                }
                self.close(redirects)?;
                return Ok((
                    if outcome == Outcome::Unknown { outcome } else { self.substituted.unwrap_or(outcome) },
                    false,
                ));
            };
            self.trace(&words)?;
            if let Some(failed) = self.redirect(redirects).await? {
                return Ok((failed, false));
            }
            let stays = name == "exec" && words.len() == 1;
            let mut before = Vec::new();
            let outcome = match self.lend(assignments, &mut before).await {
                Ok(()) => self.named(&words).await,
                Err(halt) => Err(halt),
            };
            for (name, value, exported) in before {
                self.variables.restore(&name, value)?;
                self.variables.export(&name, exported);
            }
            if outcome == Err(Halt::Unknown) {
                self.reached = Some(words);
                return Err(Halt::Unknown);
            }
            if !stays {
                self.close(redirects)?;
            }
            Ok((outcome?, stays))
        })
    }

    /// Gives a command variables of its own. Those of that name are put into `before`.
    fn lend<'a>(
        &'a mut self,
        assignments: &'a [Assignment],
        before: &'a mut Vec<(String, Option<Value>, bool)>,
    ) -> Later<'a, Result<(), Halt>> {
        Box::pin(async move {
            for assignment in assignments {
                let name = &assignment.name;
                let word = assignment.value.as_ref().filter(|_| !assignment.appends).ok_or(Halt::Unknown)?;
                let text = self.text(word).await?;
                before.push((name.clone(), self.variables.own(name), self.variables.is_exported(name)));
                self.variables.text(name, &text)?;
                self.variables.export(name, true);
            }
            Ok(())
        })
    }

    /// Shows a command, after `set -x`.
    fn trace(&mut self, words: &[String]) -> Result<(), Halt> {
        if !self.options.trace {
            return Ok(());
        }
        // bash shows quotes where they are needed.
        let shown: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        self.trace_line(&shown.join(" "))
    }

    fn trace_line(&mut self, line: &str) -> Result<(), Halt> {
        let signs = "+".repeat(self.level + 1);
        self.error(&format!("{signs} {line}\n"))
    }

    fn assign<'a>(&'a mut self, assignment: &'a Assignment) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let name = &assignment.name;
            if self.variables.is_fixed(name) {
                self.complain(&format!("{name}: readonly variable"))?;
                return Err(Halt::Failed);
            }
            // A `~` after a colon is a folder too, which is not modelled.
            let home = |part: &Part| matches!(part, Part::Text(text) if text.contains(":~"));
            let text = match &assignment.value {
                Some(word) if word.iter().any(home) => Err(Halt::Unknown),
                Some(word) => self.text(word).await,
                None => Err(Halt::Unknown),
            };
            let text = match text {
                Err(Halt::Unknown) => {
                    self.variables.set(name, Value::Unknown)?;
                    return Err(Halt::Unknown);
                }
                text => text?,
            };
            if self.options.trace {
                let sign = if assignment.appends { "+=" } else { "=" };
                let line =
                    if text.is_empty() { format!("{name}{sign}") } else { format!("{name}{sign}{}", quoted(&text)) };
                self.trace_line(&line)?;
            }
            if assignment.appends {
                match self.variables.get(name) {
                    Some(Value::Unknown) => return Ok(Outcome::Unknown),
                    Some(Value::Known(before)) => {
                        self.fits(before.len() + text.len())?;
                        self.variables.text(name, &format!("{before}{text}"))?;
                        return Ok(Outcome::WELL);
                    }
                    None => {}
                }
            }
            self.variables.text(name, &text)?;
            Ok(Outcome::WELL)
        })
    }

    /// Runs a command by its name.
    pub fn named<'a>(&'a mut self, words: &'a [String]) -> Run<'a> {
        Box::pin(async move {
            let Some((name, rest)) = words.split_first() else { return Ok(Outcome::WELL) };
            self.deeper()?;
            while !self.world.takes(weight(name)) {
                self.world.next_call().await;
            }
            let outcome = match self.functions.get(name).cloned() {
                Some(Some(function)) => self.call(&function, rest).await,
                Some(None) => Err(Halt::Unknown),
                None => self.builtin(program(name), rest).await,
            };
            self.depth = self.depth.saturating_sub(1);
            outcome
        })
    }

    fn call<'a>(&'a mut self, function: &'a Function, arguments: &'a [String]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let size = arguments.iter().map(|it| it.len() + 64).sum();
            let _held = self.meter.hold(size)?;
            self.meter.charge(size / 4)?;
            let before = std::mem::replace(&mut self.arguments, arguments.to_vec());
            let loops = std::mem::take(&mut self.loops);
            let text = std::mem::replace(&mut self.text, function.text.clone());
            self.variables.enter();
            let ended = self.command(&function.body).await;
            self.variables.leave()?;
            self.arguments = before;
            self.text = text;
            self.loops = loops;
            match ended {
                Err(Halt::Return(outcome)) => Ok(outcome),
                Err(Halt::Lost(Leave::Loop | Leave::Function)) => Ok(Outcome::Unknown),
                ended => ended,
            }
        })
    }
}

/// How much of a call a command takes, where calls run the script.
fn weight(name: &str) -> usize {
    match program(name) {
        // It reads a configuration and may start a web server.
        "systemctl" | "service" | "nginx" => 64,
        // It makes connections through every hop.
        "curl" | "wget" | "nc" | "ncat" => 4,
        _ => 1,
    }
}

/// A word as `set -x` shows it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { in_quotes(word) }
}

/// A word in single quotes: it stands for itself, whatever is in it.
pub fn in_quotes(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
