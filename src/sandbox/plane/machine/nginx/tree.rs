//! Reads the tree of directives that nginx would read from the files on an instance's disk, with includes, or the
//! message with which nginx would refuse them.

use std::sync::Arc;

use super::directive::Directive;
use super::glob::fits;
use super::grammar::{Check, Scope};
use super::lexer::{LexError, Lexer, Token};
use crate::sandbox::plane::machine::disk::Disk;

/// How deep blocks and includes may be nested.
const DEPTH: usize = 16;
/// The limit of a configuration's bytes. An included file counts each time.
const MOST: usize = 256 * 1024;
/// The limit of its directives.
const MOST_DIRECTIVES: usize = 8192;
/// The limit of its files. A file counts each time it is included.
const MOST_FILES: usize = 256;
const MAIN: &str = "/etc/nginx/nginx.conf";
/// Amazon Linux 2023's main file, reduced to what matters here.
const AMAZON_LINUX: &str = "http { access_log /var/log/nginx/access.log combined; sendfile on; tcp_nopush on; \
    include /etc/nginx/mime.types; default_type application/octet-stream; include /etc/nginx/conf.d/*.conf; \
    server { listen 80; listen [::]:80; server_name _; root /usr/share/nginx/html; \
    include /etc/nginx/default.d/*.conf; } }";
/// Files of Amazon Linux's nginx package that only set what an upstream of another protocol is told, which is not modelled:
/// including them does nothing here.
const SHIPPED: [&str; 4] =
    ["/etc/nginx/fastcgi_params", "/etc/nginx/fastcgi.conf", "/etc/nginx/scgi_params", "/etc/nginx/uwsgi_params"];
const MIME_TYPES: &str = "types { text/html html htm; text/css css; text/plain txt; application/javascript js; \
    application/json json; text/xml xml; image/svg+xml svg svgz; image/png png; image/gif gif; image/jpeg jpeg jpg; \
    image/x-icon ico; }";

/// Reads the whole configuration of an instance.
///
/// # Errors
/// If nginx would not start with it: nginx's message, with the instance's file and line.
pub fn read(disk: &Disk) -> Result<Vec<Directive>, String> {
    let mut reader = Reader { disk: Some(disk), check: Some(Check::default()), bytes: 0, directives: 0, files: 0 };
    let mut tree = Vec::new();
    let main = disk.read(MAIN).unwrap_or(AMAZON_LINUX.as_bytes());
    reader.file(MAIN, main, &mut Scope::main(), 0, &mut tree)?;
    if let Some(check) = reader.check {
        check.end(&tree)?;
    }
    Ok(tree)
}

/// Reads one text. Includes stay as they are, and any word may be a directive.
///
/// # Errors
/// If it is not a configuration.
pub fn parse(text: &[u8]) -> Result<Vec<Directive>, String> {
    let mut reader = Reader { disk: None, check: None, bytes: 0, directives: 0, files: 0 };
    let mut tree = Vec::new();
    reader.file("nginx.conf", text, &mut Scope::opaque(), 0, &mut tree)?;
    Ok(tree)
}

struct Reader<'a> {
    /// Where includes are looked up; `None` to leave them as they are.
    disk: Option<&'a Disk>,
    /// Checks directives as nginx does; `None` to accept any.
    check: Option<Check>,
    bytes: usize,
    directives: usize,
    files: usize,
}

impl Reader<'_> {
    fn file(
        &mut self,
        path: &str,
        bytes: &[u8],
        scope: &mut Scope,
        depth: usize,
        out: &mut Vec<Directive>,
    ) -> Result<(), String> {
        self.bytes += bytes.len();
        self.files += 1;
        if self.bytes > MOST || self.files > MOST_FILES {
            return Err("the configuration is too long".to_owned());
        }
        self.body(&mut Lexer::new(bytes), &Arc::from(path), false, scope, depth, out)
    }

    /// Reads a file, or a block up to its end.
    fn body(
        &mut self,
        lexer: &mut Lexer<'_>,
        file: &Arc<str>,
        is_block: bool,
        scope: &mut Scope,
        depth: usize,
        out: &mut Vec<Directive>,
    ) -> Result<(), String> {
        if depth > DEPTH {
            return Err("the configuration is nested too deeply".to_owned());
        }
        loop {
            let token = lexer.next().map_err(|LexError { line, message }| format!("{message} in {file}:{line}"))?;
            let line = lexer.line;
            let at = |message: &str| format!("{message} in {file}:{line}");
            let (words, opens) = match (token, is_block) {
                (Token::Words { words, opens }, _) => (words, opens),
                (Token::Close, true) | (Token::End, false) => return Ok(()),
                (Token::Close, false) => return Err(at("unexpected \"}\"")),
                (Token::End, true) => return Err(at("unexpected end of file, expecting \"}\"")),
            };
            self.directives += 1;
            if self.directives > MOST_DIRECTIVES {
                return Err("the configuration is too long".to_owned());
            }
            let words: Vec<String> = words.iter().map(|it| String::from_utf8_lossy(it).into_owned()).collect();
            let mut directive = Directive { words, block: None, file: Arc::clone(file), line };
            if let Some(check) = &mut self.check {
                check.directive(&directive, opens, scope).map_err(|message| at(&message))?;
            }
            if directive.name() == "include" && !opens && self.disk.is_some() {
                self.include(&directive, scope, depth, out)?;
                continue;
            }
            if opens {
                let mut block = Vec::new();
                self.body(lexer, file, true, &mut scope.inner(&directive), depth + 1, &mut block)?;
                directive.block = Some(block);
            }
            out.push(directive);
        }
    }

    fn include(
        &mut self,
        directive: &Directive,
        scope: &mut Scope,
        depth: usize,
        out: &mut Vec<Directive>,
    ) -> Result<(), String> {
        let Directive { file, line, .. } = directive;
        let [pattern] = directive.values()[..] else {
            return Err(format!("invalid number of arguments in \"include\" directive in {file}:{line}"));
        };
        // A relative path starts from the main file's folder.
        let pattern = if pattern.starts_with('/') { pattern.to_owned() } else { format!("/etc/nginx/{pattern}") };
        let Some(disk) = self.disk else { return Ok(()) };
        let special = pattern.find(['*', '?', '[']);
        let (folder, is_pattern) = match special {
            None => (pattern.as_str(), false),
            Some(at) => (&pattern[..=pattern[..at].rfind('/').unwrap_or(0)], true),
        };
        let meant = |path: &str| if is_pattern { fits(&pattern, path) } else { pattern == path };
        let found: Vec<_> = disk.below(folder).filter(|(path, _)| meant(path)).take(MOST_FILES + 1).collect();
        for (path, bytes) in &found {
            self.file(path, bytes, scope, depth + 1, out)?;
        }
        if found.is_empty() && pattern == "/etc/nginx/mime.types" {
            self.file(&pattern, MIME_TYPES.as_bytes(), scope, depth + 1, out)?;
        } else if found.is_empty() && !is_pattern && !SHIPPED.contains(&pattern.as_str()) {
            return Err(format!("open() \"{pattern}\" failed (2: No such file or directory) in {file}:{line}"));
        }
        Ok(())
    }
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

    fn main(text: &str) -> Result<String, String> {
        let mut disk = Disk::default();
        disk.write(MAIN, text.as_bytes(), false).unwrap();
        read(&disk).map(|tree| show(&tree))
    }

    #[test]
    fn files_are_included_as_their_patterns_say() {
        let mut disk = Disk::default();
        disk.write("/etc/nginx/conf.d/a.conf", b"server { listen 81; }", false).unwrap();
        disk.write("/etc/nginx/conf.d/deep/b.conf", b"no", false).unwrap();
        disk.write("/etc/nginx/conf.d/c.txt", b"no", false).unwrap();
        disk.write("/etc/nginx/default.d/d.conf", b"ssi on;", false).unwrap();
        let seen = show(&read(&disk).unwrap());
        assert!(seen.contains("server {listen 81;}server {listen 80;"), "{seen}");
        assert!(seen.ends_with("root /usr/share/nginx/html;ssi on;}}"), "{seen}");
        // nginx treats a quoted `include` alike, even in blocks that contain no directives.
        disk.write("/etc/nginx/ports", b"80 a; 81 b;", false).unwrap();
        disk.write(MAIN, b"http { map $server_port $x { 'include' ports; \"default\" c; } }", false).unwrap();
        assert_eq!(show(&read(&disk).unwrap()), "http {map $server_port $x {80 a;81 b;default c;}}");
    }

    #[test]
    fn files_that_the_package_ships_are_there() {
        let server = main("http { server { location / { include fastcgi_params; return 200; } } }");
        assert_eq!(server.unwrap(), "http {server {location / {return 200;}}}");
        assert!(main("http { include fastcgi_parameters; }").unwrap_err().contains("No such file"));
    }

    #[test]
    fn what_nginx_would_not_start_with_is_said_in_its_words() {
        let main_error = |text: &str| main(text).unwrap_err();
        for (text, wanted) in [
            ("http {\n  server {\n    listen 80\n  }\n}", "unexpected \"}\" in F:4"),
            ("http { server { listen 80", "unexpected end of file, expecting \";\" or \"}\" in F:1"),
            ("http {\n", "unexpected end of file, expecting \"}\" in F:2"),
            ("\n}", "unexpected \"}\" in F:2"),
            (
                "http { include more/*.conf;\ninclude none.conf; }",
                "open() \"/etc/nginx/none.conf\" failed (2: No such file or directory) in F:2",
            ),
            ("\u{feff}http {}", "unknown directive \"\u{feff}http\" in F:1"),
            ("http { sevrer {} }", "unknown directive \"sevrer\" in F:1"),
            ("server {}", "\"server\" directive is not allowed here in F:1"),
            ("http { server; }", "directive \"server\" has no opening \"{\" in F:1"),
            ("http { root /x {} }", "directive \"root\" is not terminated by \";\" in F:1"),
            ("http { root; }", "invalid number of arguments in \"root\" directive in F:1"),
            ("http { ssi yes; }", "invalid value \"yes\" in \"ssi\" directive, it must be \"on\" or \"off\" in F:1"),
            ("http { ssi on;\nssi off; }", "\"ssi\" directive is duplicate in F:2"),
            ("http { types { a b { } } }", "unexpected \"{\" in F:1"),
            ("http { map $host $x { a b c; } }", "invalid number of the map parameters in F:1"),
            ("http { add_header A ${b; }", "the closing bracket in \"b\" variable is missing in F:1"),
            ("http { add_header A $none; }", "unknown \"none\" variable"),
            ("http { access_log /var/log/nginx/access.log nope; }", "unknown log format \"nope\" in F:1"),
            ("http { server { listen 80; listen 80; } }", "a duplicate listen 0.0.0.0:80 in F:1"),
            ("include nginx.conf;", "the configuration is nested too deeply"),
        ] {
            assert_eq!(main_error(text).replace(MAIN, "F"), wanted, "{text}");
        }
        assert!(parse("a{".repeat(1000).as_bytes()).is_err());
        let mut disk = Disk::default();
        disk.write("/etc/nginx/long.conf", " ".repeat(60_000).as_bytes(), false).unwrap();
        disk.write(MAIN, "include long.conf; ".repeat(5).as_bytes(), false).unwrap();
        assert_eq!(read(&disk).unwrap_err(), "the configuration is too long");
        assert_eq!(
            main_error(&format!("http {{ {} }}", "etag on;".repeat(2))).replace(MAIN, "F"),
            "\"etag\" directive is duplicate in F:1"
        );
        assert_eq!(main_error(&format!("http {{ {} }}", "server {}".repeat(9000))), "the configuration is too long");
    }

    #[test]
    fn a_directive_knows_its_file_and_line() {
        let mut disk = Disk::default();
        disk.write("/etc/nginx/conf.d/x.conf", b"# one\n\nserver {\n  listen\n  8080;\n}\n", false).unwrap();
        let tree = read(&disk).unwrap();
        let places: Vec<_> = Directive::all(&tree)
            .into_iter()
            .filter(|it| &*it.file == "/etc/nginx/conf.d/x.conf")
            .map(|it| (it.name(), it.line))
            .collect();
        assert_eq!(places, [("server", 3), ("listen", 5)]);
    }
}
