//! nginx's configuration language: read from the files on an instance's disk, includes and all, into one tree.

use super::super::disk::Disk;

/// How deep blocks and includes may be nested.
const DEPTH: usize = 16;
/// How many bytes a configuration may have, those of a file as often as it is included.
const MOST: usize = 256 * 1024;
/// The main file.
const MAIN: &str = "/etc/nginx/nginx.conf";
/// What Amazon Linux 2023 puts there, as far as it matters here.
const AMAZON_LINUX: &str = "http { access_log /var/log/nginx/access.log combined; sendfile on; tcp_nopush on; \
    include /etc/nginx/mime.types; default_type application/octet-stream; include /etc/nginx/conf.d/*.conf; \
    server { listen 80; listen [::]:80; server_name _; root /usr/share/nginx/html; \
    include /etc/nginx/default.d/*.conf; } }";
const MIME_TYPES: &str = "types { text/html html htm; text/css css; text/plain txt; application/javascript js; \
    application/json json; text/xml xml; image/svg+xml svg svgz; image/png png; image/gif gif; image/jpeg jpeg jpg; \
    image/x-icon ico; }";

/// One directive: its words as written, quotes included, and its block if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The words; the first is its name.
    pub words: Vec<String>,
    /// What is between its braces.
    pub block: Option<Vec<Self>>,
}

impl Directive {
    /// Its name.
    pub fn name(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// The words after its name, without their quotes.
    pub fn values(&self) -> Vec<&str> {
        self.words.iter().skip(1).map(|word| plain(word)).collect()
    }

    /// It and everything below it, in order.
    pub fn all(tree: &[Self]) -> Vec<&Self> {
        tree.iter()
            .flat_map(|it| std::iter::once(it).chain(Self::all(it.block.as_deref().unwrap_or_default())))
            .collect()
    }
}

/// The whole configuration of an instance.
///
/// # Errors
/// Where it is not one, in words as nginx would choose them.
pub fn read(disk: &Disk) -> Result<Vec<Directive>, String> {
    let main = disk.read(MAIN).map_or_else(|| AMAZON_LINUX.into(), String::from_utf8_lossy);
    let mut left = MOST;
    expand(disk, MAIN, &main, 0, &mut left)
}

fn expand(disk: &Disk, path: &str, text: &str, depth: usize, left: &mut usize) -> Result<Vec<Directive>, String> {
    *left = left.checked_sub(text.len()).ok_or("the configuration is too long")?;
    let tree = parse(text).map_err(|error| format!("{error} in {path}"))?;
    include(disk, tree, depth, left)
}

fn include(disk: &Disk, tree: Vec<Directive>, depth: usize, left: &mut usize) -> Result<Vec<Directive>, String> {
    if depth > DEPTH {
        return Err("the configuration is nested too deeply".to_owned());
    }
    let mut out = Vec::new();
    for mut directive in tree {
        if directive.name() != "include" {
            directive.block = directive.block.map(|block| include(disk, block, depth + 1, left)).transpose()?;
            out.push(directive);
            continue;
        }
        let values = directive.values();
        let [pattern] = values.as_slice() else {
            return Err("invalid number of arguments in \"include\" directive".to_owned());
        };
        // A path that is not absolute is taken from the main file's folder.
        let pattern = if pattern.starts_with('/') { (*pattern).to_owned() } else { format!("/etc/nginx/{pattern}") };
        let folder = &pattern[..=pattern.rfind('/').unwrap_or(0)];
        let found: Vec<_> = disk.below(folder).filter(|(path, _)| fits(&pattern, path)).collect();
        for (path, bytes) in &found {
            out.extend(expand(disk, path, &String::from_utf8_lossy(bytes), depth + 1, left)?);
        }
        if found.is_empty() && pattern == "/etc/nginx/mime.types" {
            out.extend(parse(MIME_TYPES)?);
        } else if found.is_empty() && !pattern.contains('*') {
            return Err(format!("open() \"{pattern}\" failed (2: No such file or directory)"));
        }
    }
    Ok(out)
}

/// Whether a path is meant by a pattern with at most one `*`, which stands for anything but a folder's end.
fn fits(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((start, end)) => path
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end))
            .is_some_and(|between| !between.contains('/')),
    }
}

/// A word without its quotes.
pub fn plain(word: &str) -> &str {
    let quoted = |quote| word.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    quoted('"').or_else(|| quoted('\'')).unwrap_or(word)
}

/// Reads one file's text; includes stay as they are.
///
/// # Errors
/// Where it is none, as for [`read`].
pub fn parse(text: &str) -> Result<Vec<Directive>, String> {
    // The innermost block last, each with the words of the directive that opened it.
    let mut open: Vec<(Vec<String>, Vec<Directive>)> = vec![(Vec::new(), Vec::new())];
    let mut words: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            ';' | '{' | '}' => {
                let before = std::mem::take(&mut words);
                match (first, before.is_empty()) {
                    (';', false) => {
                        let (_, siblings) = open.last_mut().ok_or("unexpected \";\"")?;
                        siblings.push(Directive { words: before, block: None });
                    }
                    ('{', false) if open.len() <= DEPTH => open.push((before, Vec::new())),
                    ('}', true) if open.len() > 1 => {
                        let (words, block) = open.pop().unwrap_or_default();
                        let (_, siblings) = open.last_mut().ok_or("unexpected \"}\"")?;
                        siblings.push(Directive { words, block: Some(block) });
                    }
                    _ => return Err(format!("unexpected \"{first}\"")),
                }
                1
            }
            _ if is_space(first) => 1,
            _ => {
                let length = word(rest)?;
                words.push(rest[..length].to_owned());
                length
            }
        };
        rest = &rest[length..];
    }
    match (open.len(), open.pop(), words.is_empty()) {
        (1, Some((_, tree)), true) => Ok(tree),
        _ => Err("unexpected end of file, expecting \";\" or \"}\"".to_owned()),
    }
}

fn is_space(it: char) -> bool {
    matches!(it, ' ' | '\t' | '\r' | '\n')
}

/// The length of the word that `text` starts with.
fn word(text: &str) -> Result<usize, String> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    let (mut escaped, mut dollar) = (false, false);
    for (at, it) in text.char_indices().skip(usize::from(quote.is_some())) {
        if escaped {
            escaped = false;
        } else if it == '\\' {
            escaped = true;
        } else if let Some(quote) = quote {
            if it == quote {
                return Ok(at + 1);
            }
        } else if is_space(it) || it == ';' || (it == '{' && !dollar) {
            return Ok(at);
        }
        dollar = it == '$';
    }
    if quote.is_some() { Err("unexpected end of file, expecting a quote".to_owned()) } else { Ok(text.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(tree: &[Directive]) -> String {
        let one = |it: &Directive| {
            let block = it.block.as_ref().map_or(";".to_owned(), |block| format!(" {{{}}}", show(block)));
            it.words.join(" ") + &block
        };
        tree.iter().map(one).collect()
    }

    #[test]
    fn what_nginx_reads_is_read() {
        for (text, wanted) in [
            ("ssi on; # yes\n", Ok("ssi on;")),
            ("a{b c;d{}}", Ok("a {b c;d {}}")),
            ("log_format x '$a; {\\'}' \"#\";", Ok("log_format x '$a; {\\'}' \"#\";")),
            ("set $a ${b}c;", Ok("set $a ${b}c;")),
            ("location ~ \\.(a|b)$ { }", Ok("location ~ \\.(a|b)$ {}")),
            ("a b};", Ok("a b};")),
            ("", Ok("")),
            ("a", Err("unexpected end of file, expecting \";\" or \"}\"")),
            ("a {", Err("unexpected end of file, expecting \";\" or \"}\"")),
            ("}", Err("unexpected \"}\"")),
            (";", Err("unexpected \";\"")),
            ("a 'b;", Err("unexpected end of file, expecting a quote")),
        ] {
            let seen = parse(text).map(|tree| show(&tree));
            assert_eq!(seen.as_deref().map_err(String::as_str), wanted, "{text}");
        }
        assert!(parse(&"a{".repeat(1000)).is_err());
    }

    #[test]
    fn files_are_included_as_their_patterns_say() {
        let mut disk = Disk::default();
        disk.write("/etc/nginx/conf.d/a.conf", b"server { listen 81; }", false);
        disk.write("/etc/nginx/conf.d/deep/b.conf", b"no", false);
        disk.write("/etc/nginx/conf.d/c.txt", b"no", false);
        disk.write("/etc/nginx/default.d/d.conf", b"ssi on;", false);
        let seen = show(&read(&disk).unwrap());
        assert!(seen.contains("server {listen 81;}server {listen 80;"), "{seen}");
        assert!(seen.ends_with("root /usr/share/nginx/html;ssi on;}}"), "{seen}");
        disk.write(MAIN, b"http { include more/*.conf; include none.conf; }", false);
        let error = read(&disk).unwrap_err();
        assert_eq!(error, "open() \"/etc/nginx/none.conf\" failed (2: No such file or directory)");
        disk.write(MAIN, b"include nginx.conf;", false);
        assert_eq!(read(&disk).unwrap_err(), "the configuration is nested too deeply");
        disk.write("/etc/nginx/long.conf", " ".repeat(60_000).as_bytes(), false);
        disk.write(MAIN, "include long.conf; ".repeat(5).as_bytes(), false);
        assert_eq!(read(&disk).unwrap_err(), "the configuration is too long");
    }
}
