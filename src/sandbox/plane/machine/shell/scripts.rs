//! Runs other texts: `bash`, scripts in files, `eval` and `source`.

use std::sync::Arc;

use super::limits::Held;
use super::outcome::{Halt, Leave, Outcome};
use super::state::Shell;
use super::tree::Script;
use super::world::Later;

impl Shell {
    /// `bash -c …` and `bash FILE`.
    pub fn run_shell<'a>(&'a mut self, rest: &'a [String]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let Some(first) = rest.first() else { return self.run_text(None, &[]).await };
            match first.as_str() {
                "-c" => {
                    let Some(text) = rest.get(1).cloned() else { return Err(Halt::Unknown) };
                    let arguments = rest.get(3..).unwrap_or_default();
                    self.run_text(Some((rest.get(2).cloned().unwrap_or_else(|| "bash".to_owned()), text)), arguments)
                        .await
                }
                option if option.starts_with('-') => Err(Halt::Unknown),
                path => {
                    let absolute = self.absolute(path)?;
                    let Some(text) = self.file(&absolute)? else {
                        self.error(&format!("bash: {}: No such file or directory\n", super::state::shortened(path)))?;
                        return Ok(Outcome::Status(127));
                    };
                    let text = String::from_utf8_lossy(&text).into_owned();
                    self.run_text(Some((path.to_owned(), text)), rest.get(1..).unwrap_or_default()).await
                }
            }
        })
    }

    /// A script that was written to a file.
    pub fn run_file<'a>(&'a mut self, path: &'a str, rest: &'a [String]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let absolute = self.absolute(path)?;
            let Some(text) = self.file(&absolute)? else {
                self.complain(&format!("{}: No such file or directory", super::state::shortened(path)))?;
                return Ok(Outcome::Status(127));
            };
            let text = String::from_utf8_lossy(&text).into_owned();
            let first = text.lines().next().unwrap_or_default();
            let is_shell =
                ["sh", "bash"].iter().any(|name| first.starts_with("#!") && first.trim_end().ends_with(name));
            if !is_shell {
                return Err(Halt::Unknown);
            }
            self.run_text(Some((path.to_owned(), text)), rest).await
        })
    }

    /// Runs a text as a shell of its own; standard input if there is none.
    fn run_text<'a>(
        &'a mut self,
        text: Option<(String, String)>,
        arguments: &'a [String],
    ) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let (name, text) = match text {
                Some(named) => named,
                None => ("bash".to_owned(), String::from_utf8_lossy(&self.input.all()).into_owned()),
            };
            let (script, held) = self.parsed(&text, 1)?;
            let mut inner = self.inner()?;
            inner.text = Some(held);
            inner.options = super::state::Options::default();
            inner.name = name;
            inner.functions.clear();
            inner.variables.keep_exported();
            inner.arguments = arguments.to_vec();
            let outcome = inner.sub(&script.items).await;
            self.waited |= inner.waited;
            outcome
        })
    }

    /// Reads a text, with the memory that this takes. Whatever outlives its run keeps that too.
    pub fn parsed(&self, text: &str, line: u32) -> Result<(Script, Arc<Held>), Halt> {
        // What is read takes many times its length.
        self.meter.charge(text.len().saturating_mul(20))?;
        let held = Arc::new(self.meter.hold(text.len().saturating_mul(100))?);
        let script = Script::parse(text, line, self.depth);
        if script.trouble.is_some() { Err(Halt::Unknown) } else { Ok((script, held)) }
    }

    /// Runs a text in this shell, as `eval` does.
    pub fn run_here<'a>(&'a mut self, text: &'a str) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let (script, held) = self.parsed(text, self.line)?;
            let before = self.text.replace(held);
            let ended = self.list(&script.items).await;
            self.text = before;
            ended
        })
    }

    /// `source FILE`
    pub fn source<'a>(&'a mut self, path: &'a str, rest: &'a [String]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let absolute = self.absolute(path)?;
            let Some(text) = self.file(&absolute)? else {
                return self.complain(&format!("{}: No such file or directory", super::state::shortened(path)));
            };
            let text = String::from_utf8_lossy(&text).into_owned();
            let arguments =
                if rest.is_empty() { None } else { Some(std::mem::replace(&mut self.arguments, rest.to_vec())) };
            let ended = self.run_here(&text).await;
            if let Some(arguments) = arguments {
                self.arguments = arguments;
            }
            match ended {
                Err(Halt::Return(outcome)) => Ok(outcome),
                Err(Halt::Lost(Leave::Function)) => Ok(Outcome::Unknown),
                ended => ended,
            }
        })
    }
}
