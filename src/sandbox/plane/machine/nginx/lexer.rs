//! nginx's lexical rules, byte for byte, as in `ngx_conf_read_token`.
//!
//! - A quote opens only at the start of a word. Only a space, `;`, `{` or `)` may follow the closing quote, and the
//!   `)` starts a word of its own.
//! - A backslash removes the meaning of the byte after it, inside and outside quotes. Only these pairs become one byte:
//!   `\" \' \\ \t \r \n`. The others stay two.
//! - `#` starts a comment only where a word could start.
//! - `{` right after a `$` belongs to the word, and so does each `{` that follows it. A `$` after a backslash does
//!   not count.
//! - Nothing else is special: no byte order mark, no NUL, no carriage return in a quoted word.
//! - A word or a comment is shorter than nginx's buffer.

/// The size of nginx's buffer in bytes. A word or a comment must end before it fills the buffer.
pub const BUFFER: usize = 4096;

/// What nginx reads in one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// The decoded words of a directive; at least one.
    Words {
        /// The directive's name, then its values.
        words: Vec<Vec<u8>>,
        /// Whether it ended with `{` instead of `;`.
        opens: bool,
    },
    /// `}` where a directive could start.
    Close,
    /// The end of the file where a directive could start.
    End,
}

/// Where and why a text is not a configuration, in nginx's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexError {
    /// Counted from 1.
    pub line: usize,
    /// Without file and line.
    pub message: String,
}

/// Reads a file's bytes, one directive at a time.
#[derive(Debug)]
pub struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The line of the last byte read, counted from 1.
    pub line: usize,
}

/// The quotes of the word that is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    Open(u8),
    /// They are closed: a space or one of the permitted bytes must follow.
    Closed,
}

impl<'a> Lexer<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1 }
    }

    /// Reads the next directive's words, or the end of a block or of the file.
    ///
    /// # Errors
    /// nginx's message where the bytes are no configuration.
    pub fn next(&mut self) -> Result<Token, LexError> {
        let mut words = Vec::new();
        // Where the word or the comment began that is being read: it must fit into the buffer.
        let (mut start, mut start_line) = (self.at, self.line);
        let (mut between, mut comment, mut escaped, mut variable) = (true, false, false, false);
        let mut quotes = Quotes::None;
        loop {
            let Some(&byte) = self.bytes.get(self.at) else {
                let ended = words.is_empty() && between;
                let message = "unexpected end of file, expecting \";\" or \"}\"";
                return if ended { Ok(Token::End) } else { Err(self.error(message)) };
            };
            if self.at - start == BUFFER {
                return Err(LexError { line: start_line, message: self.too_long(start, quotes) });
            }
            self.at += 1;
            if byte == b'\n' {
                self.line += 1;
                comment = false;
            }
            if comment {
                continue;
            }
            if escaped {
                escaped = false;
                continue;
            }
            if quotes == Quotes::Closed {
                match byte {
                    b' ' | b'\t' | b'\r' | b'\n' => {
                        (between, quotes) = (true, Quotes::None);
                        continue;
                    }
                    b';' | b'{' => return Ok(Token::Words { words, opens: byte == b'{' }),
                    // It is the first byte of another word.
                    b')' => (between, quotes) = (true, Quotes::None),
                    _ => return Err(self.unexpected(byte)),
                }
            }
            if between {
                (start, start_line) = (self.at - 1, self.line);
                match byte {
                    b' ' | b'\t' | b'\r' | b'\n' => continue,
                    b';' | b'{' if words.is_empty() => return Err(self.unexpected(byte)),
                    b';' | b'{' => return Ok(Token::Words { words, opens: byte == b'{' }),
                    b'}' if words.is_empty() => return Ok(Token::Close),
                    b'}' => return Err(self.unexpected(byte)),
                    b'#' => {
                        comment = true;
                        continue;
                    }
                    b'\\' => escaped = true,
                    b'"' | b'\'' => {
                        start += 1;
                        quotes = Quotes::Open(byte);
                    }
                    b'$' => variable = true,
                    _ => {}
                }
                between = false;
                continue;
            }
            if byte == b'{' && variable {
                continue;
            }
            variable = byte == b'$';
            escaped = byte == b'\\';
            if variable || escaped {
                continue;
            }
            let ends = match quotes {
                Quotes::Open(quote) => byte == quote,
                _ => matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{'),
            };
            if !ends {
                continue;
            }
            words.push(decode(&self.bytes[start..self.at - 1]));
            match (quotes, byte) {
                (Quotes::Open(_), _) => quotes = Quotes::Closed,
                (_, b';' | b'{') => return Ok(Token::Words { words, opens: byte == b'{' }),
                _ => between = true,
            }
        }
    }

    fn too_long(&self, start: usize, quotes: Quotes) -> String {
        if let Quotes::Open(quote) = quotes {
            return format!("too long parameter, probably missing terminating \"{}\" character", char::from(quote));
        }
        let began = String::from_utf8_lossy(&self.bytes[start..start + 10]);
        format!("too long parameter \"{began}...\" started")
    }

    fn unexpected(&self, byte: u8) -> LexError {
        self.error(&format!("unexpected \"{}\"", String::from_utf8_lossy(&[byte])))
    }

    fn error(&self, message: &str) -> LexError {
        LexError { line: self.line, message: message.to_owned() }
    }
}

/// Decodes a word's escapes.
fn decode(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let [first, tail @ ..] = rest {
        let escaped = match (first, tail.first()) {
            (b'\\', Some(it @ (b'"' | b'\'' | b'\\'))) => Some(*it),
            (b'\\', Some(b't')) => Some(b'\t'),
            (b'\\', Some(b'r')) => Some(b'\r'),
            (b'\\', Some(b'n')) => Some(b'\n'),
            _ => None,
        };
        out.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[1..] } else { tail };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All tokens as text, words in brackets, up to the first error.
    fn show(text: &[u8]) -> String {
        let mut lexer = Lexer::new(text);
        let mut out = String::new();
        loop {
            match lexer.next() {
                Ok(Token::Words { words, opens }) => {
                    let words: Vec<_> = words.iter().map(|it| format!("[{}]", String::from_utf8_lossy(it))).collect();
                    out += &(words.concat() + if opens { "{" } else { ";" });
                }
                Ok(Token::Close) => out.push('}'),
                Ok(Token::End) => return out,
                Err(LexError { line, message }) => return format!("{out}!{line}: {message}"),
            }
        }
    }

    #[test]
    fn what_nginx_reads_is_read() {
        const END: &str = "unexpected end of file, expecting \";\" or \"}\"";
        for (text, wanted) in [
            ("ssi on; # yes\n", "[ssi][on];"),
            ("a{b c;d{}}", "[a]{[b][c];[d]{}}"),
            // Quotes open only at the start of a word.
            ("a 'b;c' \"d e\";", "[a][b;c][d e];"),
            ("a b'c d\"e;", "[a][b'c][d\"e];"),
            ("a '' \"\";", "[a][][];"),
            ("a \"b'c\" 'd\"e';", "[a][b'c][d\"e];"),
            ("'a' b;", "[a][b];"),
            ("\"server\"{}", "[server]{}"),
            // What may follow a closing quote.
            ("a \"b\"c;", "!1: unexpected \"c\""),
            ("a \"b\"\"c\";", "!1: unexpected \"\"\""),
            ("a \"b\"#c\n;", "!1: unexpected \"#\""),
            ("a 'b'};", "!1: unexpected \"}\""),
            ("if ($x = \"b\") {}", "[if][($x][=][b][)]{}"),
            ("a \"b\")c;", "[a][b][)c];"),
            ("a \"b\")'c' d;", "[a][b][)'c'][d];"),
            ("a 'b'\t'c'\r\n'd';", "[a][b][c][d];"),
            // Backslashes.
            (r#"a \" \' \\ \t \r \n;"#, "[a][\"]['][\\][\t][\r][\n];"),
            (r#"a "\"\'\\\t\r\n";"#, "[a][\"'\\\t\r\n];"),
            (r"a '\'';", "[a]['];"),
            (r"a \; \{ \} \# \$ \a;", r"[a][\;][\{][\}][\#][\$][\a];"),
            (r"a b\ c;", r"[a][b\ c];"),
            ("a b\\\nc;\nd e", "[a][b\\\nc];!3: unexpected end of file, expecting \";\" or \"}\""),
            (r"a \\;", r"[a][\];"),
            (r#"a "b\";"#, &format!("!1: {END}")),
            ("a b\\", &format!("!1: {END}")),
            // Comments.
            ("a b#c;", "[a][b#c];"),
            ("a #b;\nc;", "[a][c];"),
            ("a #b\r;c\n;", "[a];"),
            ("#a", ""),
            ("a '#b';#c", "[a][#b];"),
            ("# it's {\na b;", "[a][b];"),
            // Braces and variables.
            ("a ${b}c;", "[a][${b}c];"),
            ("a x${b}c;", "[a][x${b}c];"),
            ("a $b{", "[a][$b]{"),
            ("a ${{{b;", "[a][${{{b];"),
            ("a $ {", "[a][$]{"),
            (r"a \${ b;", r"[a][\$]{[b];"),
            (r"a \\${b};", r"[a][\${b}];"),
            (r"a $\{b;", r"[a][$\{b];"),
            (r"a $\${b;", r"[a][$\$]{[b];"),
            ("a \"$\"{", "[a][$]{"),
            ("a \"${b\" {", "[a][${b]{"),
            ("a b};", "[a][b}];"),
            ("a }", "!1: unexpected \"}\""),
            ("}", "}"),
            // Ends.
            ("", ""),
            (" \n\t", ""),
            (";", "!1: unexpected \";\""),
            ("{", "!1: unexpected \"{\""),
            ("a\n", &format!("!2: {END}")),
            ("a 'b;", &format!("!1: {END}")),
            ("a\n\n'b\n;\n", &format!("!5: {END}")),
            // Bytes without a special meaning.
            ("\u{feff}a b;", "[\u{feff}a][b];"),
            ("a b\0c;", "[a][b\0c];"),
            ("a b\x0bc\x0cd;", "[a][b\x0bc\x0cd];"),
            ("a あ い;", "[a][あ][い];"),
        ] {
            assert_eq!(show(text.as_bytes()), wanted, "{text}");
        }
        assert_eq!(show(b"a \"b\"\xe3;"), "!1: unexpected \"\u{fffd}\"");
    }

    #[test]
    fn the_way_out_of_a_reader_that_took_an_escaped_dollar_for_a_variable_is_read_as_nginx_reads_it() {
        let text = br"map $arg_x $y\${'z { default ' b; } server { listen 1; }";
        assert_eq!(show(text), r"[map][$arg_x][$y\$]{[z { default ][b];}[server]{[listen][1];}");
    }

    #[test]
    fn a_word_or_a_comment_that_fills_nginx_s_buffer_is_an_error() {
        let long = |length| "x".repeat(length);
        let began = "!2: too long parameter \"xxxxxxxxxx...\" started";
        let quote = "!2: too long parameter, probably missing terminating \"'\" character";
        for (text, wanted) in [
            (format!("a\n{};", long(BUFFER - 1)), None),
            (format!("a\n{};", long(BUFFER)), Some(began)),
            // A word without an end is reported as the end of the file first.
            (format!("a\n{}", long(BUFFER)), Some("!2: unexpected end of file, expecting \";\" or \"}\"")),
            (format!("a\n'{}';", long(BUFFER - 2)), None),
            (format!("a\n'{}';", long(BUFFER - 1)), Some("!2: too long parameter \"xxxxxxxxxx...\" started")),
            (format!("a\n'{}';", long(BUFFER)), Some(quote)),
            (format!("\n#{}\na;", long(BUFFER - 2)), None),
            (format!("\n#{}\na;", long(BUFFER - 1)), Some("!2: too long parameter \"#xxxxxxxxx...\" started")),
        ] {
            let seen = show(text.as_bytes());
            assert_eq!(seen.starts_with('!').then_some(seen.as_str()), wanted, "{}", text.len());
        }
    }
}
