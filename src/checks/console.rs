//! Reads an instance's console from outside.

use serde_json::{Value, json};

use super::facts::{Facts, refer};
use super::reply::text;
use crate::cloud::{Call, ec2};

/// The call that shows an instance's console as it is now. `Latest` works on Nitro instances only; without it the
/// output is that of the last boot, minutes late (API:GetConsoleOutput). AWS keeps the last 64 KB.
pub(crate) fn call(facts: &Facts, instance: &str) -> Call {
    ec2("GetConsoleOutput", json!({ "InstanceId": refer(facts, instance, "id"), "Latest": true }))
}

/// The console's text. `PowerShell` writes UTF-16 to a serial port, so zero bytes are dropped.
pub(crate) fn read(reply: &Value) -> String {
    text(reply, "Output").replace('\0', "")
}

/// The last line that is not empty, cut to what fits beside a check.
pub(crate) fn last_line(console: &str) -> Option<String> {
    const WIDTH: usize = 70;
    let line = console.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
    let mut shown: String = line.chars().take(WIDTH).collect();
    if shown.len() < line.len() {
        shown.push_str("...");
    }
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bit_text_is_read() {
        assert_eq!(read(&json!({ "Output": "p\0l\0l\0a\0b\0" })), "pllab");
        assert_eq!(read(&json!({ "InstanceId": "i-1" })), "");
    }

    #[test]
    fn the_last_line_that_says_anything() {
        assert_eq!(last_line("one\r\ntwo  \r\n\r\n"), Some("two".into()));
        assert_eq!(last_line(" \n"), None);
        assert_eq!(last_line(&"あ".repeat(80)).map(|line| line.chars().count()), Some(73));
    }
}
