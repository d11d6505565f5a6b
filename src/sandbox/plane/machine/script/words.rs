//! Splits a shell line into words, operators and redirections: the part of POSIX quoting that boot scripts use.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A word without quotes and with known variables expanded. Unknown ones and `$(…)` stay as they were written.
    Word(String),
    /// `;`, `&`, `&&`, `||` or `|`.
    Control(&'static str),
    /// `FD>TARGET` and its variants.
    Redirect {
        /// The file descriptor; 3 stands for "1 and 2" (`&>`).
        fd: u8,
        kind: Redirection,
        /// The file, the descriptor or the heredoc's end marker.
        target: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirection {
    /// `>`
    Write,
    /// `>>`
    Append,
    /// `>&`
    Copy,
    /// `<`
    Read,
    /// `<<MARK`; variables are expanded unless the mark is quoted.
    Here { quoted: bool },
    /// `<<-`, `<<<`, `>(…)`: recognised as redirections but not modelled.
    Strange,
}

/// A quote that is still open at the end of the line; the next line belongs to it.
#[derive(Debug, PartialEq, Eq)]
pub struct Unclosed(pub char);

/// Expanding variables does not make a word or a heredoc longer than this, in bytes. It is twice what user data may
/// hold: a script that builds more does not set up a web server.
const LONGEST: usize = 32 * 1024;

/// Variables that the script has set to plain text.
pub type Variables = BTreeMap<String, String>;

/// Splits `line` into tokens.
///
/// # Errors
/// [`Unclosed`] if a quote is open at its end.
pub fn cut(line: &str, variables: &Variables) -> Result<Vec<Token>, Unclosed> {
    let mut tokens = Vec::new();
    let mut rest = line.chars().peekable();
    loop {
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        let Some(&next) = rest.peek() else { return Ok(tokens) };
        match next {
            '#' => return Ok(tokens),
            ';' => {
                rest.next();
                tokens.push(Token::Control(";"));
            }
            '|' => {
                rest.next();
                tokens.push(Token::Control(if rest.next_if_eq(&'|').is_some() { "||" } else { "|" }));
            }
            '&' => {
                rest.next();
                if rest.next_if_eq(&'&').is_some() {
                    tokens.push(Token::Control("&&"));
                } else if rest.peek() == Some(&'>') {
                    tokens.push(redirect(3, &mut rest, variables)?);
                } else {
                    tokens.push(Token::Control("&"));
                }
            }
            '>' => tokens.push(redirect(1, &mut rest, variables)?),
            '<' => tokens.push(redirect(0, &mut rest, variables)?),
            '0'..='9' => {
                let mut ahead = rest.clone();
                ahead.next();
                if let (Some(fd), Some('>' | '<')) = (next.to_digit(10), ahead.peek()) {
                    rest.next();
                    tokens.push(redirect(u8::try_from(fd).unwrap_or(9), &mut rest, variables)?);
                } else {
                    tokens.push(Token::Word(word(&mut rest, variables)?.0));
                }
            }
            _ => tokens.push(Token::Word(word(&mut rest, variables)?.0)),
        }
    }
}

/// Expands known variables in `text`, as in a heredoc or between double quotes.
pub fn expand(text: &str, variables: &Variables) -> String {
    let mut rest = text.chars().peekable();
    let mut out = String::with_capacity(text.len());
    while let Some(c) = rest.next() {
        match c {
            '$' => variable(&mut rest, variables, &mut out),
            '\\' => match rest.next_if(|c| matches!(c, '$' | '`' | '\\')) {
                Some(escaped) => out.push(escaped),
                None => out.push('\\'),
            },
            _ => out.push(c),
        }
    }
    out
}

fn redirect(fd: u8, rest: &mut Peekable<Chars<'_>>, variables: &Variables) -> Result<Token, Unclosed> {
    let arrow = rest.next();
    let mut kind = if arrow == Some('>') {
        if rest.next_if_eq(&'>').is_some() {
            Redirection::Append
        } else if rest.next_if_eq(&'&').is_some() {
            Redirection::Copy
        } else {
            Redirection::Write
        }
    } else if rest.next_if_eq(&'<').is_some() {
        Redirection::Here { quoted: false }
    } else {
        Redirection::Read
    };
    if matches!(kind, Redirection::Here { .. }) && matches!(rest.peek(), Some('-' | '<')) {
        kind = Redirection::Strange;
    }
    while rest.next_if(|c| *c == ' ' || *c == '\t').is_some() {}
    if matches!(rest.peek(), Some('>' | '<' | '(')) {
        return Ok(Token::Redirect { fd, kind: Redirection::Strange, target: rest.by_ref().collect() });
    }
    let (target, quoted) = word(rest, variables)?;
    if let Redirection::Here { .. } = kind {
        kind = Redirection::Here { quoted };
    }
    Ok(Token::Redirect { fd, kind, target })
}

/// Reads one word, and whether any of it was quoted.
fn word(rest: &mut Peekable<Chars<'_>>, variables: &Variables) -> Result<(String, bool), Unclosed> {
    let mut out = String::new();
    let mut quoted = false;
    while let Some(&next) = rest.peek() {
        if next.is_whitespace() || matches!(next, ';' | '|' | '&' | '>' | '<') {
            break;
        }
        rest.next();
        match next {
            '\'' => {
                quoted = true;
                loop {
                    match rest.next().ok_or(Unclosed('\''))? {
                        '\'' => break,
                        c => out.push(c),
                    }
                }
            }
            '"' => {
                quoted = true;
                loop {
                    match rest.next().ok_or(Unclosed('"'))? {
                        '"' => break,
                        '$' => variable(rest, variables, &mut out),
                        '\\' => match rest.next_if(|c| matches!(c, '"' | '$' | '`' | '\\' | '\n')) {
                            Some('\n') => {}
                            Some(escaped) => out.push(escaped),
                            None => out.push('\\'),
                        },
                        c => out.push(c),
                    }
                }
            }
            '\\' => {
                quoted = true;
                out.extend(rest.next());
            }
            '$' => variable(rest, variables, &mut out),
            '`' => {
                out.push('`');
                for c in rest.by_ref() {
                    out.push(c);
                    if c == '`' {
                        break;
                    }
                }
            }
            c => out.push(c),
        }
    }
    Ok((out, quoted))
}

/// Reads what follows a `$`.
fn variable(rest: &mut Peekable<Chars<'_>>, variables: &Variables, out: &mut String) {
    let name_part = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    match rest.peek() {
        Some('(') => {
            out.push('$');
            let mut depth = 0;
            for c in rest.by_ref() {
                out.push(c);
                match c {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
        }
        Some('{') => {
            rest.next();
            let mut name = String::new();
            while let Some(c) = rest.next_if(|c| *c != '}') {
                name.push(c);
            }
            rest.next();
            if let Some(value) = parameter(&name, variables).filter(|value| fits(out, value)) {
                out.push_str(value);
            } else {
                out.push_str("${");
                out.push_str(&name);
                out.push('}');
            }
        }
        Some(c) if name_part(c) => {
            let mut name = String::new();
            while let Some(c) = rest.next_if(name_part) {
                name.push(c);
            }
            if let Some(value) = variables.get(&name).filter(|value| fits(out, value)) {
                out.push_str(value);
            } else {
                out.push('$');
                out.push_str(&name);
            }
        }
        _ => out.push('$'),
    }
}

fn fits(out: &str, value: &str) -> bool {
    out.len() + value.len() <= LONGEST
}

/// The value of what stands between `${` and `}`: a variable, or the part of it before its first dot (`%%.*`) or
/// after it (`#*.`).
fn parameter<'v>(inside: &str, variables: &'v Variables) -> Option<&'v str> {
    let cut = |name: &str| variables.get(name).map(|value| value.split_once('.').unwrap_or((value, value)));
    match (inside.strip_suffix("%%.*"), inside.strip_suffix("#*.")) {
        (Some(name), _) => cut(name).map(|(before, _)| before),
        (_, Some(name)) => cut(name).map(|(_, after)| after),
        _ => variables.get(inside).map(String::as_str),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        let variables = Variables::from([("URL".to_owned(), "http://a/".to_owned())]);
        cut(line, &variables)
            .unwrap_or_default()
            .into_iter()
            .map(|token| match token {
                Token::Word(word) => word,
                Token::Control(control) => format!("[{control}]"),
                Token::Redirect { fd, kind, target } => format!("[{fd} {kind:?} {target}]"),
            })
            .collect()
    }

    #[test]
    fn lines_are_cut_as_a_shell_would() {
        for (line, wanted) in [
            ("echo 'a b' \"c $URL\" # no", vec!["echo", "a b", "c http://a/"]),
            ("a;b && c||d|e&", vec!["a", "[;]", "b", "[&&]", "c", "[||]", "d", "[|]", "e", "[&]"]),
            ("x >/dev/console 2>&1", vec!["x", "[1 Write /dev/console]", "[2 Copy 1]"]),
            ("x >>f 2> /dev/null", vec!["x", "[1 Append f]", "[2 Write /dev/null]"]),
            ("cat > f <<'EOF'", vec!["cat", "[1 Write f]", "[0 Here { quoted: true } EOF]"]),
            ("cat <<EOF", vec!["cat", "[0 Here { quoted: false } EOF]"]),
            ("cat <<-EOF", vec!["cat", "[0 Strange -EOF]"]),
            ("x &>> f", vec!["x", "[3 Append f]"]),
            ("echo $(date +%T; ls) ${NO} $NO '$URL' ${URL}x", vec!["echo", "$(date", "+%T"]),
            ("curl -w '%{http_code}\\n' http://x/?a=1#b", vec!["curl", "-w", "%{http_code}\\n", "http://x/?a=1#b"]),
        ] {
            let seen = words(line);
            if line.contains("$(date") {
                assert_eq!(seen, ["echo", "$(date +%T; ls)", "${NO}", "$NO", "$URL", "http://a/x"], "{line}");
            } else {
                assert_eq!(seen, wanted, "{line}");
            }
        }
        assert_eq!(cut("echo 'open", &Variables::new()), Err(Unclosed('\'')));
        assert_eq!(cut("echo \"it's open", &Variables::new()), Err(Unclosed('"')));
    }

    #[test]
    fn a_name_is_cut_at_its_first_dot() {
        let names = [("name", "vpce-1.svc.example.com"), ("plain", "host")];
        let variables = names.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let text = "${name%%.*}-a.${name#*.} ${plain%%.*} ${plain#*.} ${none#*.} ${name##*.}";
        assert_eq!(expand(text, &variables), "vpce-1-a.svc.example.com host host ${none#*.} ${name##*.}");
    }
}
