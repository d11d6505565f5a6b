//! Reads user data line by line into a [`Program`]: a small part of the shell. Everything else becomes a step that
//! says so.

#[cfg(test)]
mod tests;
use super::curl_args;
use super::powershell;
use super::program::{Action, MOST_NESTED, Program, Sink, Step, When};
use super::words::{Redirection, Token, Unclosed, Variables, cut, expand};

/// A variable whose value is longer than this, in bytes, counts as unknown: `A=$A$A`, line after line, would fill any
/// memory.
const LONGEST_VALUE: usize = 4 * 1024;

/// How many further lines a command may span: it is read again for each.
const MOST_JOINED: usize = 200;

/// Reads user data: a shell script, or PowerShell between `<powershell>` tags.
pub fn parse(user_data: &str) -> Program {
    if let Some(script) = powershell::script(user_data) {
        return powershell::parse(script);
    }
    let mut reader = Reader { open: vec![Frame::default()], ..Reader::default() };
    if !user_data.trim().is_empty() && !user_data.starts_with("#!") {
        // cloud-init does not run what does not start with `#!`. Its other formats are not modelled.
        reader.skip(1, user_data.lines().next().unwrap_or_default());
        return reader.finish();
    }
    let lines: Vec<&str> = user_data.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        at = reader.line(&lines, at);
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    /// The open loops, outermost (the script itself) first.
    open: Vec<Frame>,
    variables: Variables,
    /// The keyword that ends a block that is not modelled, and how deep it is nested.
    skipping: Option<(&'static str, usize)>,
    when: When,
}

#[derive(Default)]
struct Frame {
    until: Vec<Step>,
    /// Whether the loop's condition is still being read.
    condition: bool,
    steps: Vec<Step>,
    when: When,
}

/// A simple command: its words and the targets of its output.
#[derive(Default)]
struct Command {
    words: Vec<String>,
    out: Option<Sink>,
    err: Option<Sink>,
    here: bool,
    strange: bool,
}

impl Reader {
    /// Reads the line at `at` and the lines that belong to it, and returns the index of the next line.
    fn line(&mut self, lines: &[&str], at: usize) -> usize {
        let mut text = lines[at].to_owned();
        let mut next = at + 1;
        // With `exec > >(tee …)` scripts send their output to the console, where it goes here anyway.
        if text.trim_start().starts_with("exec ") {
            return next;
        }
        // Where a line ends does not depend on the variables.
        let none = Variables::new();
        let mut joined = 0;
        loop {
            let continued = text.ends_with('\\');
            match cut(&text, &none) {
                Ok(_) if !continued || next == lines.len() => break,
                Ok(_) => {
                    text.pop();
                    text.push_str(lines[next]);
                    next += 1;
                }
                Err(Unclosed(_)) if next == lines.len() => {
                    self.skip(at + 1, &text);
                    return next;
                }
                // Only a line that contains the same quote can close it.
                Err(Unclosed(quote)) => {
                    while let Some(line) = lines.get(next) {
                        text.push('\n');
                        text.push_str(line);
                        next += 1;
                        if line.contains(quote) {
                            break;
                        }
                    }
                }
            }
            joined += 1;
            if joined > MOST_JOINED {
                self.skip(at + 1, "a command that goes on over too many lines, and what follows it");
                return lines.len();
            }
        }
        let Ok(tokens) = cut(&text, &self.variables) else { return next };
        let mut heredoc = None;
        if let Some((mark, quoted)) = tokens.iter().find_map(|token| match token {
            Token::Redirect { kind: Redirection::Here { quoted }, target, .. } => Some((target.clone(), *quoted)),
            _ => None,
        }) {
            let mut body = String::new();
            while next < lines.len() && lines[next] != mark {
                body.push_str(lines[next]);
                body.push('\n');
                next += 1;
            }
            next += 1;
            heredoc = Some(if quoted { body } else { expand(&body, &self.variables) });
        }
        self.commands(at + 1, text.trim(), tokens, heredoc.as_deref());
        next
    }

    fn commands(&mut self, line: usize, text: &str, tokens: Vec<Token>, heredoc: Option<&str>) {
        let mut command = Command::default();
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                Token::Word(word) => command.words.push(word),
                Token::Redirect { fd, kind, target } => command.redirect(fd, kind, target),
                Token::Control("|") => {
                    // `| tee /dev/console` and the like: the output goes where tee's would.
                    let mut tail = Vec::new();
                    while let Some(Token::Word(word)) = tokens.next_if(|token| matches!(token, Token::Word(_))) {
                        tail.push(word);
                    }
                    if tail.first().is_some_and(|word| matches!(word.as_str(), "tee" | "logger")) {
                        command.out = tail.last().filter(|file| *file == "/dev/console").map(|_| Sink::Console);
                    } else {
                        command.strange = true;
                    }
                }
                Token::Control(control) => {
                    self.command(line, text, std::mem::take(&mut command), control, heredoc);
                    self.when = match control {
                        "&&" => When::Succeeded,
                        "||" => When::Failed,
                        _ => When::Always,
                    };
                }
            }
        }
        self.command(line, text, command, ";", heredoc);
        self.when = When::Always;
    }

    fn command(&mut self, line: usize, text: &str, mut command: Command, control: &str, heredoc: Option<&str>) {
        if let Some((end, depth)) = self.skipping.as_mut() {
            // A command may follow these words on the same line.
            let mut words = command.words.iter().map(String::as_str);
            let first = words.find(|word| !matches!(*word, "do" | "then" | "else")).unwrap_or_default();
            let begins = match *end {
                "fi" => first == "if",
                "done" => matches!(first, "for" | "while" | "until"),
                "esac" => first == "case",
                _ => first.ends_with('{'),
            };
            *depth += usize::from(begins);
            *depth -= usize::from(first == *end);
            if *depth == 0 {
                self.skipping = None;
            }
            return;
        }
        let background = control == "&";
        loop {
            let Some(first) = command.words.first().cloned() else { return };
            match first.as_str() {
                "do" => {
                    command.words.remove(0);
                    if let Some(frame) = self.open.last_mut().filter(|frame| frame.condition) {
                        frame.until = std::mem::take(&mut frame.steps);
                        frame.condition = false;
                    }
                }
                "sudo" | "nohup" => {
                    command.words.remove(0);
                }
                "while" if matches!(command.words.get(1).map(String::as_str), Some("true" | ":" | "1")) => {
                    self.begin(line, false);
                    return;
                }
                "until" => {
                    command.words.remove(0);
                    if !self.begin(line, true) {
                        return;
                    }
                }
                "done" if self.open.len() > 1 => {
                    let Some(frame) = self.open.pop() else { return };
                    let action = Action::Loop { until: frame.until, body: frame.steps };
                    let Command { out, err, .. } = command;
                    return self.push(Step { action, out, err, background, when: frame.when });
                }
                "if" | "for" | "while" | "case" => {
                    let end = match first.as_str() {
                        "if" => "fi",
                        "case" => "esac",
                        _ => "done",
                    };
                    self.skipping = Some((end, 1));
                    return self.skip(line, text);
                }
                name if name.ends_with("()") => {
                    self.skipping = Some(("}", 1));
                    return self.skip(line, text);
                }
                _ => break,
            }
        }
        if let Some((name, value)) = assignment(&command.words) {
            // A command's output is not known, so the variable stays unknown and appears as it was written.
            if !value.contains("$(") && !value.contains('`') && value.len() <= LONGEST_VALUE {
                self.variables.insert(name, value);
                return;
            }
            self.variables.remove(&name);
            return self.skip(line, text);
        }
        let impatient = self.open.last().is_some_and(|frame| frame.condition);
        let action = if command.strange { None } else { action(&command, heredoc, impatient) };
        let action = action.unwrap_or_else(|| Action::skipped(line, text));
        let (out, err) = match action {
            // A step that is not modelled writes no file.
            Action::Skipped { .. } => (None, None),
            _ => (command.out, command.err),
        };
        self.push(Step { action, out, err, background, when: self.when });
    }

    /// Begins a loop. `false` if it is nested too deeply, and skipped to its end.
    fn begin(&mut self, line: usize, condition: bool) -> bool {
        // The script itself is among the open ones.
        let fits = self.open.len() <= MOST_NESTED;
        if fits {
            self.open.push(Frame { condition, when: self.when, ..Frame::default() });
        } else {
            self.skipping = Some(("done", 1));
            self.push_skipped(Action::too_deep(line));
        }
        fits
    }

    fn push(&mut self, step: Step) {
        if let Some(frame) = self.open.last_mut() {
            frame.steps.push(step);
        }
    }

    fn skip(&mut self, line: usize, text: &str) {
        self.push_skipped(Action::skipped(line, text));
    }

    fn push_skipped(&mut self, action: Action) {
        self.push(Step { action, out: None, err: None, background: false, when: When::Always });
    }

    fn finish(mut self) -> Program {
        // A loop that is never closed is a syntax error: a shell would run nothing of it.
        self.open.truncate(1);
        Program { steps: self.open.pop().map(|frame| frame.steps).unwrap_or_default() }
    }
}

impl Command {
    fn redirect(&mut self, fd: u8, kind: Redirection, target: String) {
        match kind {
            Redirection::Write | Redirection::Append => {
                let sink = sink(target, kind == Redirection::Append);
                if fd != 2 {
                    self.out = Some(sink.clone());
                }
                if fd != 1 {
                    self.err = Some(sink);
                }
            }
            Redirection::Copy if fd == 2 && target == "1" => {
                self.err = Some(self.out.clone().unwrap_or(Sink::Console));
            }
            Redirection::Copy if fd == 1 && target == "2" => {
                self.out = Some(self.err.clone().unwrap_or(Sink::Console));
            }
            Redirection::Here { .. } => self.here = true,
            Redirection::Read if target == "/dev/null" => {}
            Redirection::Copy | Redirection::Read | Redirection::Strange => self.strange = true,
        }
    }
}

fn sink(path: String, append: bool) -> Sink {
    match path.as_str() {
        "/dev/console" | "/dev/ttyS0" | "/dev/tty" | "/dev/stdout" | "/dev/stderr" => Sink::Console,
        "/dev/null" => Sink::Null,
        _ => Sink::File { path, append },
    }
}

fn assignment(words: &[String]) -> Option<(String, String)> {
    let words = if words.first().is_some_and(|word| word == "export") { &words[1..] } else { words };
    let [word] = words else { return None };
    let (name, value) = word.split_once('=')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (name.chars().all(plain) && name.starts_with(|c: char| !c.is_ascii_digit()))
        .then(|| (name.to_owned(), value.to_owned()))
}

fn action(command: &Command, heredoc: Option<&str>, impatient: bool) -> Option<Action> {
    let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
    let (name, rest) = words.split_first()?;
    let plain: Vec<&str> = rest.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let text = heredoc.filter(|_| command.here);
    match (*name, rest) {
        ("true" | ":" | "set" | "mkdir" | "chmod" | "chown", _) => Some(Action::Nothing),
        ("dnf" | "yum", _) => match plain.split_first()? {
            (&"install", packages) if !packages.is_empty() => Some(Action::Install {
                packages: packages.iter().map(|&package| package.to_owned()).collect(),
                patient: !impatient,
            }),
            _ => None,
        },
        ("cat", _) if plain.is_empty() => text.map(|text| Action::Print(text.to_owned())),
        ("tee", _) => Some(Action::Tee {
            path: (*plain.first()?).to_owned(),
            append: rest.contains(&"-a"),
            text: text?.to_owned(),
        }),
        ("echo", _) => Some(Action::Print(echo(rest))),
        ("printf", [format]) if !format.contains('%') => Some(Action::Print(unescape(format))),
        ("printf", [format, value]) if matches!(*format, "%s\\n" | "%s") => {
            Some(Action::Print(format!("{value}{}", if format.len() > 2 { "\n" } else { "" })))
        }
        ("systemctl", _) => {
            let (verb, units) = plain.split_first()?;
            let now = rest.contains(&"--now");
            let verb = if *verb == "enable" && now { "start" } else { verb };
            let known = matches!(verb, "start" | "enable" | "restart" | "reload" | "stop" | "daemon-reload");
            let unit = units.first().map_or("", |unit| unit.trim_end_matches(".service"));
            known.then(|| Action::Unit { verb: verb.to_owned(), unit: unit.to_owned() })
        }
        ("nginx", ["-s", "reload"]) => Some(Action::Unit { verb: "reload".to_owned(), unit: "nginx".to_owned() }),
        ("tail", _) if rest.iter().any(|word| matches!(*word, "-F" | "-f")) => {
            let from_start = rest.windows(2).any(|pair| pair == ["-n", "+1"]) || rest.contains(&"-n+1");
            let path = plain.iter().rfind(|word| word.starts_with('/'))?;
            Some(Action::Follow { path: (*path).to_owned(), from_start })
        }
        ("python3", ["-m", "http.server", port]) => Some(Action::ServeFolder { port: port.parse().ok()? }),
        ("python3", ["-m", "http.server"]) => Some(Action::ServeFolder { port: 8000 }),
        ("cd", [folder]) => Some(Action::ChangeFolder((*folder).to_owned())),
        ("curl", _) => curl_args::parse(&command.words[1..]).map(Action::Curl),
        ("sleep", [time]) => {
            let seconds: f64 = time.strip_suffix('s').unwrap_or(time).parse().ok()?;
            (seconds.is_finite() && seconds >= 0.0).then_some(Action::Sleep(seconds))
        }
        ("exit", _) => Some(Action::Exit),
        _ => None,
    }
}

fn echo(words: &[&str]) -> String {
    let flags = words.iter().take_while(|word| matches!(**word, "-n" | "-e" | "-ne" | "-en")).count();
    let text = words[flags..].join(" ");
    let has = |flag| words[..flags].iter().any(|word| word.contains(flag));
    let text = if has('e') { unescape(&text) } else { text };
    if has('n') { text } else { text + "\n" }
}

fn unescape(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r")
}
