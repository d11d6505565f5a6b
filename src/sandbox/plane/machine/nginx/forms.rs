//! Directives whose values have rules of their own: those that lead to files or contain texts, and blocks of entries.

use super::directive::Directive;
use super::translation::{COMBINED, Translation, Unsafe};
use super::values::{is_block, is_fixed_path, is_made_of, is_regex, is_request_path, local_path, number};
use super::variables::{Part, free, parts};

/// Whether a text is an HTTP status code.
fn is_code(text: &str) -> bool {
    text.len() == 3 && number(text).is_some()
}

impl Translation<'_> {
    /// The values of a directive with rules of its own, as they are written.
    ///
    /// # Errors
    /// What is not run here.
    pub fn own(&mut self, name: &str, values: &[&str]) -> Result<Vec<String>, Unsafe> {
        let refuse = || Unsafe(name.to_owned());
        let own = |values: &[&str]| values.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let run = |runs: bool| if runs { Ok(own(values)) } else { Err(refuse()) };
        match (name, values) {
            ("root", [path]) => Ok(vec![local_path(path).ok_or_else(refuse)?]),
            ("index", _) => run(values.iter().all(|it| !it.is_empty() && is_fixed_path(it))),
            ("server_name", _) => run(values.iter().all(|it| match it.strip_prefix('~') {
                Some(regex) => is_regex(regex),
                None => it.is_empty() || is_made_of(it, ".-_*"),
            })),
            ("expires", _) => run(values.iter().all(|it| is_made_of(it, "+-@"))),
            ("try_files", [paths @ .., last]) => {
                if !paths.iter().all(|it| is_request_path(it)) {
                    return Err(refuse());
                }
                let mut out = self.texts(paths)?;
                let code = last.strip_prefix('=').is_some_and(is_code);
                out.push(if code { (*last).to_owned() } else { self.target(last, name)? });
                Ok(out)
            }
            ("error_page", [more @ .., target]) => {
                let (codes, change) = match more {
                    [codes @ .., last] if last.starts_with('=') => (codes, Some(*last)),
                    _ => (more, None),
                };
                let changes = change.is_none_or(|it| it == "=" || is_code(&it[1..]));
                if codes.is_empty() || !codes.iter().all(|it| is_code(it)) || !changes {
                    return Err(refuse());
                }
                let mut out = own(more);
                let elsewhere = ["http://", "https://"].iter().any(|it| target.starts_with(it));
                out.push(if elsewhere { self.text(target)? } else { self.target(target, name)? });
                Ok(out)
            }
            ("return", [code]) if is_code(code) => Ok(own(values)),
            // nginx accepts a URL alone and answers with this code.
            ("return", [url]) if ["http://", "https://", "$scheme"].iter().any(|it| url.starts_with(it)) => {
                Ok(vec!["302".to_owned(), self.text(url)?])
            }
            ("return", [code, text]) if is_code(code) => Ok(vec![(*code).to_owned(), self.text(text)?]),
            ("set", [variable, text]) => {
                free(variable).ok_or_else(refuse)?;
                Ok(vec![(*variable).to_owned(), self.text(text)?])
            }
            ("add_header", [header, text, more @ ..])
                if is_made_of(header, "-_") && matches!(more, [] | ["always"]) =>
            {
                let mut out = vec![(*header).to_owned(), self.text(text)?];
                out.extend(own(more));
                Ok(out)
            }
            ("log_format", [format, texts @ ..]) => {
                let (escape, texts) = match texts {
                    [escape @ ("escape=default" | "escape=json" | "escape=none"), texts @ ..] => (Some(*escape), texts),
                    _ => (None, texts),
                };
                let grouped =
                    |text: &&str| parts(text).is_ok_and(|it| it.iter().any(|it| matches!(it, Part::Group(_))));
                if !is_made_of(format, "-_.") || texts.is_empty() || texts.iter().any(grouped) {
                    return Err(refuse());
                }
                if texts.iter().any(|it| it.starts_with("escape=")) || !self.formats.insert((*format).to_owned()) {
                    return Err(refuse());
                }
                let first = std::iter::once((*format).to_owned()).chain(escape.map(str::to_owned));
                Ok(first.chain(self.texts(texts)?).collect())
            }
            ("access_log", ["off"]) => Ok(own(values)),
            // The caller has checked the path.
            ("access_log", [_, more @ ..]) => {
                let format = more.first().unwrap_or(&"combined");
                if !self.formats.contains(*format) {
                    return Err(refuse());
                }
                let format = if *format == "combined" { COMBINED } else { format };
                let mut out = vec!["/dev/stdout".to_owned(), format.to_owned()];
                for option in more.iter().skip(1) {
                    match option.split_once('=') {
                        Some(("if", text)) => out.push(format!("if={}", self.text(text)?)),
                        // These options buffer the log, and here every line is shown when it is written.
                        Some(("buffer" | "flush" | "gzip", _)) => {}
                        None if *option == "gzip" => {}
                        _ => return Err(refuse()),
                    }
                }
                Ok(out)
            }
            _ => Err(refuse()),
        }
    }

    /// The target of a redirect within nginx: a named location, or a path without a variable. nginx splits the
    /// expanded text at its first question mark, and a request's own path may contain one: what is left of the path
    /// could then lead upwards.
    fn target(&mut self, text: &str, name: &str) -> Result<String, Unsafe> {
        if text.strip_prefix('@').is_some_and(|it| is_made_of(it, "-_.")) {
            return Ok(text.to_owned());
        }
        let (path, rest) = match (text.split_once('?'), text.strip_suffix("$is_args$args")) {
            (Some((path, arguments)), _) => (path, format!("?{}", self.text(arguments)?)),
            (None, Some(path)) => (path, "${is_args}${args}".to_owned()),
            (None, None) => (text, String::new()),
        };
        if !path.starts_with('/') || !is_fixed_path(path) {
            return Err(Unsafe(name.to_owned()));
        }
        Ok(format!("{path}{rest}"))
    }

    /// The condition of an `if`, each part as a word of its own. `None` if it is not run here: conditions about files
    /// are not.
    pub fn condition(&mut self, values: &[&str]) -> Option<Vec<String>> {
        let mut values = values.to_vec();
        let first = values.first_mut()?;
        *first = first.strip_prefix('(')?;
        let last = values.last_mut()?;
        *last = last.strip_suffix(')')?;
        if values.first().is_some_and(|it| it.is_empty()) {
            values.remove(0);
        }
        // Only if there are two words or more: a single empty word is not a detached parenthesis.
        if values.len() > 1 && values.last().is_some_and(|it| it.is_empty()) {
            values.pop();
        }
        let inner = match values[..] {
            [variable] => vec![self.variable(variable)?],
            [variable, sign @ ("=" | "!="), text] => {
                vec![self.variable(variable)?, sign.to_owned(), self.text(text).ok()?]
            }
            [variable, sign @ ("~" | "~*" | "!~" | "!~*"), regex] if is_regex(regex) => {
                vec![self.variable(variable)?, sign.to_owned(), regex.to_owned()]
            }
            _ => return None,
        };
        Some(std::iter::once("(".to_owned()).chain(inner).chain([")".to_owned()]).collect())
    }

    /// A `map`: its values and its entries. Regular expressions are not allowed: their groups would change for the
    /// request that uses the variable.
    ///
    /// # Errors
    /// What is not run here.
    pub fn map(&mut self, values: &[&str], block: &[Directive]) -> Result<(Vec<String>, Vec<Directive>), Unsafe> {
        let refuse = || Unsafe("map".to_owned());
        let [source, variable] = values else { return Err(refuse()) };
        free(variable).ok_or_else(refuse)?;
        let values = vec![self.text(source)?, (*variable).to_owned()];
        let mut entries = Vec::new();
        for entry in block {
            let words = match entry.words.as_slice() {
                _ if entry.block.is_some() => return Err(refuse()),
                [only] if only == "hostnames" => vec![only.clone()],
                [key, text] if !key.starts_with('~') && key != "include" => vec![key.clone(), self.text(text)?],
                _ => return Err(refuse()),
            };
            entries.push(entry.at(words, None));
        }
        Ok((values, entries))
    }

    /// A `geo`: its values and its entries. `None` if it is not run here.
    pub fn geo(&mut self, values: &[&str], block: &[Directive]) -> Option<(Vec<String>, Vec<Directive>)> {
        let (sources, variable) = match values {
            [variable] => (Vec::new(), variable),
            [source, variable] => (vec![self.variable(source)?], variable),
            _ => return None,
        };
        free(variable)?;
        let is_entry = |it: &&Directive| match it.words.as_slice() {
            [key, text] => it.block.is_none() && (key == "default" || is_block(key)) && is_made_of(text, "-_./:"),
            _ => false,
        };
        let values = sources.into_iter().chain([(*variable).to_owned()]).collect();
        block.iter().all(|it| is_entry(&it)).then(|| (values, block.to_vec()))
    }
}

/// The entries of `types`: a media type and file extensions. `None` if they are not run here.
pub fn types(block: &[Directive]) -> Option<Vec<Directive>> {
    let is_entry = |it: &Directive| match it.words.as_slice() {
        // Without the slash it could be a directive.
        [kind, ends @ ..] => {
            it.block.is_none()
                && kind.contains('/')
                && is_made_of(kind, "!#&^_.+*/-")
                && !ends.is_empty()
                && ends.iter().all(|end| is_made_of(end, "-_.+"))
        }
        [] => false,
    };
    block.iter().all(is_entry).then(|| block.to_vec())
}
