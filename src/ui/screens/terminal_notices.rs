//! What the terminal itself is told: that somebody is waited for, what to copy, where a link leads.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// How a person who looks elsewhere is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notify {
    Off,
    /// BEL, which every terminal knows.
    Bell,
    /// OSC 9, a notification with words.
    Words,
}

/// What the terminal may be told. Nothing outside the pretty form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalNotices {
    pub notify: Notify,
    /// Whether `y` copies, with OSC 52, which also works over ssh.
    pub clipboard: bool,
    /// Whether addresses of documentation are links, with OSC 8.
    pub links: bool,
}

impl TerminalNotices {
    /// As `PLLAB_NOTIFY` (`off`, `bell`, `words`), `PLLAB_CLIPBOARD` and `PLLAB_LINKS` (`off`) say. Without the first,
    /// words where the terminal is known to show them, else the bell.
    #[must_use]
    pub fn choose(env: impl Fn(&str) -> Option<String>) -> Self {
        let is_on = |name| !matches!(env(name).as_deref(), Some("off" | "0" | "no"));
        let shows_words = matches!(env("TERM_PROGRAM").as_deref(), Some("iTerm.app" | "WezTerm" | "ghostty"))
            || env("TERM").as_deref() == Some("xterm-kitty");
        let notify = match env("PLLAB_NOTIFY").as_deref() {
            Some("off" | "0" | "no") => Notify::Off,
            Some("words") => Notify::Words,
            Some("bell") => Notify::Bell,
            _ if shows_words => Notify::Words,
            _ => Notify::Bell,
        };
        Self { notify, clipboard: is_on("PLLAB_CLIPBOARD"), links: is_on("PLLAB_LINKS") }
    }

    /// What calls the person; `words` must be free of control characters.
    #[must_use]
    pub fn call(self, words: &str) -> String {
        match self.notify {
            Notify::Off => String::new(),
            Notify::Bell => "\x07".to_owned(),
            Notify::Words => format!("\x1b]9;{words}\x07"),
        }
    }
}

/// What puts `text` on the clipboard.
#[must_use]
pub fn copy(text: &str) -> String {
    format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text))
}

/// `text` as a link to `address`, which must be a plain http or https address.
#[must_use]
pub fn link(address: &str, text: &str) -> String {
    let is_plain = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme))
        && address.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain { format!("\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Notify, TerminalNotices, copy, link};

    #[test]
    fn each_has_one_switch() {
        let with = |pairs: &'static [(&str, &str)]| {
            TerminalNotices::choose(|name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(with(&[]), TerminalNotices { notify: Notify::Bell, clipboard: true, links: true });
        assert_eq!(with(&[("TERM_PROGRAM", "WezTerm")]).notify, Notify::Words);
        let off = with(&[("PLLAB_NOTIFY", "off"), ("PLLAB_CLIPBOARD", "off"), ("PLLAB_LINKS", "off")]);
        assert_eq!(off, TerminalNotices { notify: Notify::Off, clipboard: false, links: false });
        assert_eq!(off.call("done"), "");
        assert_eq!(with(&[("PLLAB_NOTIFY", "words")]).call("done"), "\x1b]9;done\x07");
    }

    #[test]
    fn what_is_written() {
        assert_eq!(copy("aws"), "\x1b]52;c;YXdz\x07");
        assert_eq!(
            link("https://docs.aws.amazon.com/", "AWS"),
            "\x1b]8;;https://docs.aws.amazon.com/\x1b\\AWS\x1b]8;;\x1b\\"
        );
        for bad in ["file:///etc/passwd", "https://a\x1b\\b", "javascript:alert(1)", "https://a b"] {
            assert_eq!(link(bad, "x"), "x");
        }
    }
}
