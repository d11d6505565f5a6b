//! The shell's own commands, and where all others are.

use super::outcome::{Halt, Outcome};
use super::parser::is_name;
use super::places::{Found, NO_FOLDER, NO_SUCH};
use super::run::Run;
use super::state::Shell;
use super::world::{Later, Wait};

/// A sleep that is longer is one of a day: sums of times must not overflow.
const LONGEST_SLEEP: f64 = 86_400.0;

impl Shell {
    pub fn builtin<'a>(&'a mut self, name: &'a str, rest: &'a [String]) -> Run<'a> {
        Box::pin(async move {
            let words: Vec<&str> = rest.iter().map(String::as_str).collect();
            match (name, words.as_slice()) {
                ("true" | ":" | "sync", _) | ("exec", []) | ("umask", [_]) => Ok(Outcome::WELL),
                ("umask", []) => self.print(b"0022\n"),
                ("chmod" | "chown" | "chgrp", _) => self.modes(name, &words),
                ("false", _) => Ok(Outcome::BADLY),
                ("sudo", [first, ..]) if first.starts_with('-') => Err(Halt::Unknown),
                ("sudo" | "nohup" | "builtin", [_, ..]) => self.named(rest).await,
                ("command", [first, ..]) if !first.starts_with('-') => {
                    self.builtin(first, rest.get(1..).unwrap_or_default()).await
                }
                ("command", ["-v", name]) if self.functions.contains_key(*name) => {
                    self.print(format!("{name}\n").as_bytes())
                }
                ("exec", [_, ..]) => {
                    let outcome = self.named(rest).await?;
                    Err(Halt::Exit(outcome))
                }
                ("cd", _) => self.change_folder(&words),
                ("pwd", []) => {
                    let folder = self.folder.clone().ok_or(Halt::Unknown)?;
                    self.print(format!("{folder}\n").as_bytes())
                }
                ("exit", _) => Err(Halt::Exit(self.code(&words)?)),
                ("return", _) => Err(Halt::Return(self.code(&words)?)),
                ("eval", _) => self.run_here(&rest.join(" ")).await,
                ("source" | ".", [path, ..]) => self.source(path, rest.get(1..).unwrap_or_default()).await,
                ("break" | "continue", _) => {
                    let count: u32 = words.first().map_or(Some(1), |it| it.parse().ok()).ok_or(Halt::Unknown)?;
                    if self.loops == 0 {
                        self.complain(&format!("{name}: only meaningful in a `for', `while', or `until' loop"))?;
                        return Ok(Outcome::WELL);
                    }
                    if count == 0 {
                        return Err(Halt::Unknown);
                    }
                    let more = count.min(self.loops) - 1;
                    Err(if name == "break" { Halt::Break(more) } else { Halt::Continue(more) })
                }
                // It lists what is set, which is not modelled.
                ("set", []) => Err(Halt::Unknown),
                ("set", _) => self.set(&words),
                ("shift", _) => {
                    let count: usize = words.first().map_or(Some(1), |it| it.parse().ok()).ok_or(Halt::Unknown)?;
                    if count > self.arguments.len() {
                        return Ok(Outcome::BADLY);
                    }
                    self.arguments.drain(..count);
                    Ok(Outcome::WELL)
                }
                ("export" | "local" | "readonly" | "declare" | "typeset", _) => self.declare(name, &words),
                ("unset", _) => {
                    let (flag, names) = match words.split_first() {
                        Some((flag @ (&"-f" | &"-v"), names)) => (*flag, names),
                        _ => ("", words.as_slice()),
                    };
                    for name in names {
                        if self.variables.clouded || !is_name(name) {
                            return Err(Halt::Unknown);
                        }
                        if self.variables.is_fixed(name) && flag != "-f" {
                            return self.complain(&format!("unset: {name}: cannot unset: readonly variable"));
                        }
                        // Without a flag it is the function's turn only where there is no such variable.
                        let is_variable = self.variables.own(name).is_some();
                        if flag != "-f" {
                            self.variables.remove(name);
                            self.variables.export(name, false);
                        }
                        if flag == "-f" || (flag.is_empty() && !is_variable) {
                            self.functions.remove(*name);
                        }
                    }
                    Ok(Outcome::WELL)
                }
                ("read", _) => self.read(&words),
                ("let", _) => {
                    let mut value = 0;
                    for word in &words {
                        value = self.number(word)?;
                    }
                    Ok(Outcome::of(value != 0))
                }
                ("trap", _) => {
                    let text = format!("line {}: trap has no effect here: signals are not modelled", self.line);
                    self.note(&text);
                    Ok(Outcome::WELL)
                }
                ("wait", _) => {
                    if !self.quiet {
                        self.world.wait(Wait::Jobs).await;
                    }
                    if words.is_empty() { Ok(Outcome::WELL) } else { Err(Halt::Unknown) }
                }
                ("sleep", _) => self.sleep(&words).await,
                ("test", _) => self.test(&words, false),
                ("[", _) => self.test(&words, true),
                ("bash" | "sh", _) => self.run_shell(rest).await,
                _ if name.contains('/') => self.run_file(name, rest).await,
                (
                    "echo" | "printf" | "date" | "hostname" | "seq" | "basename" | "dirname" | "id" | "whoami"
                    | "uname",
                    _,
                ) => self.speak(name, &words),
                ("mkdir" | "rm" | "cp" | "mv" | "touch" | "tee" | "rmdir", _) => self.files(name, &words),
                ("cat" | "grep" | "egrep" | "fgrep" | "cut" | "tr" | "head" | "wc" | "sort" | "uniq" | "tac", _) => {
                    self.filter_text(name, &words)
                }
                ("tail", _) => self.tail(&words).await,
                _ => self.program(name, rest).await,
            }
        })
    }

    fn code(&self, words: &[&str]) -> Result<Outcome, Halt> {
        match words {
            [] => Ok(self.status),
            [code, ..] => {
                let code: i64 = code.parse().map_err(|_| Halt::Unknown)?;
                Ok(Outcome::Status(u8::try_from(code.rem_euclid(256)).unwrap_or(255)))
            }
        }
    }

    fn change_folder(&mut self, words: &[&str]) -> Result<Outcome, Halt> {
        let folder = match words {
            [] => "/root",
            ["-"] => return Err(Halt::Unknown),
            [folder] | ["--", folder] => folder,
            _ => return Err(Halt::Unknown),
        };
        let path = self.absolute(folder)?;
        if !self.world.fits(&path) {
            return self.complain(&format!("cd: {}: File name too long", super::state::shortened(folder)));
        }
        let refused = match self.exists(&path)? {
            Found::Folder => None,
            Found::File => Some(NO_FOLDER),
            Found::Nothing => Some(NO_SUCH),
        };
        if let Some(words) = refused {
            return self.complain(&format!("cd: {}: {words}", super::state::shortened(folder)));
        }
        self.folder = Some(path);
        Ok(Outcome::WELL)
    }

    fn set(&mut self, words: &[&str]) -> Result<Outcome, Halt> {
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if *word == "--" {
                self.arguments = words.map(|it| (*it).to_owned()).collect();
                return Ok(Outcome::WELL);
            }
            let on = word.starts_with('-');
            let Some(flags) = word.strip_prefix(['-', '+']) else { return Err(Halt::Unknown) };
            for flag in flags.chars() {
                match flag {
                    'e' => self.options.exit_on_error = on,
                    'u' => self.options.unset_is_error = on,
                    'x' => self.options.trace = on,
                    'E' | 'a' | 'h' | 'B' | 'm' => {}
                    'o' => match words.next() {
                        Some(&"pipefail") => self.options.pipe_fail = on,
                        Some(&"errexit") => self.options.exit_on_error = on,
                        Some(&"nounset") => self.options.unset_is_error = on,
                        Some(&"xtrace") => self.options.trace = on,
                        Some(&("errtrace" | "posix")) => {}
                        _ => return Err(Halt::Unknown),
                    },
                    _ => return Err(Halt::Unknown),
                }
            }
        }
        Ok(Outcome::WELL)
    }

    fn declare(&mut self, how: &str, words: &[&str]) -> Result<Outcome, Halt> {
        let (mut exports, mut fixes) = (how == "export", how == "readonly");
        for word in words {
            match *word {
                "-x" => exports = true,
                "-r" => fixes = true,
                "-g" if self.variables.in_function() => return Err(Halt::Unknown),
                _ => {}
            }
            if matches!(*word, "-x" | "-r" | "-g") {
                continue;
            }
            let (name, value) = word.split_once('=').map_or((*word, None), |(name, value)| (name, Some(value)));
            if !is_name(name) {
                return Err(Halt::Unknown);
            }
            if self.variables.is_fixed(name) && value.is_some() {
                return self.complain(&format!("{name}: readonly variable"));
            }
            // In a function these make local variables too.
            let hides = how == "local" || (matches!(how, "declare" | "typeset") && self.variables.in_function());
            if hides && !self.variables.hide(name)? {
                return self.complain("local: can only be used in a function");
            }
            if let Some(value) = value {
                self.variables.text(name, value)?;
            }
            if exports {
                self.variables.export(name, true);
            }
            if fixes {
                self.variables.fix(name);
            }
        }
        Ok(Outcome::WELL)
    }

    fn read(&mut self, words: &[&str]) -> Result<Outcome, Halt> {
        let mut raw = false;
        let mut names = Vec::new();
        for word in words {
            match *word {
                "-r" => raw = true,
                _ if word.starts_with('-') => return Err(Halt::Unknown),
                name if is_name(name) => names.push(name),
                _ => return Err(Halt::Unknown),
            }
        }
        let line = self.input.line();
        let (bytes, whole) = line.unwrap_or_default();
        self.meter.charge(bytes.len() + 10)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if !raw && text.contains('\\') {
            return Err(Halt::Unknown);
        }
        let separators = self.separators()?;
        let mut rest = text.as_str();
        let blank = |c: char| separators.has(c) && c.is_whitespace();
        rest = rest.trim_matches(blank);
        if names.is_empty() {
            self.variables.text("REPLY", &text)?;
        }
        for (at, name) in names.iter().enumerate() {
            if at + 1 == names.len() {
                // A single separator at the end of all belongs to the last field.
                let cut = rest.char_indices().last().filter(|(at, c)| {
                    separators.has(*c) && !rest.get(..*at).unwrap_or_default().contains(|c| separators.has(c))
                });
                self.variables.text(name, cut.and_then(|(at, _)| rest.get(..at)).unwrap_or(rest))?;
                break;
            }
            let (first, after) = rest.split_once(|c| separators.has(c)).unwrap_or((rest, ""));
            self.variables.text(name, first)?;
            rest = after.trim_start_matches(blank);
        }
        Ok(Outcome::of(whole))
    }

    fn sleep<'a>(&'a mut self, words: &'a [&'a str]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let mut sum = 0.0_f64;
            for word in words {
                let (number, unit) = match word.char_indices().last() {
                    Some((at, 's')) => (word.get(..at), 1.0),
                    Some((at, 'm')) => (word.get(..at), 60.0),
                    Some((at, 'h')) => (word.get(..at), 3600.0),
                    Some((at, 'd')) => (word.get(..at), 86_400.0),
                    _ => (Some(*word), 1.0),
                };
                let seconds: Option<f64> = number.and_then(|it| it.parse().ok());
                let Some(seconds) = seconds.filter(|it| *it >= 0.0) else {
                    self.error(&format!(
                        "sleep: invalid time interval ‘{word}’\nTry 'sleep --help' for more information.\n"
                    ))?;
                    return Ok(Outcome::BADLY);
                };
                sum += seconds * unit;
            }
            if words.is_empty() {
                return Err(Halt::Unknown);
            }
            self.waited = true;
            if !self.quiet {
                let time = std::time::Duration::try_from_secs_f64(sum.min(LONGEST_SLEEP)).unwrap_or_default();
                self.world.wait(Wait::Sleep(time)).await;
            }
            Ok(Outcome::WELL)
        })
    }
}
