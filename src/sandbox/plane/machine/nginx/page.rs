//! Rewrites a page's server-side includes with the variables that mean here what they would on AWS.

use super::variables::{here, is_known, is_name_byte, is_told};

/// A name that no variable has: nginx shows `(none)` for an unknown name.
const NONE: &[u8] = b"pllab_none";

/// A page as nginx gets it. Only names of variables in commands are changed. nginx itself decides which pages a
/// command may include, and it includes none outside the folder.
pub fn page(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = find(rest, b"<!--#") {
        let (before, command) = rest.split_at(at + 5);
        out.extend_from_slice(before);
        let (inside, after) = command.split_at(length(command));
        rename(inside, &mut out);
        rest = after;
    }
    out.extend_from_slice(rest);
    out
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|it| it == what)
}

/// The length of a command: up to a `-->` outside quotes, or to the end of the page.
fn length(command: &[u8]) -> usize {
    let (mut quote, mut escaped) = (None, false);
    for (at, byte) in command.iter().enumerate() {
        match (quote, byte) {
            _ if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), _) if open == *byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b'-') if command[at..].starts_with(b"-->") => return at,
            _ => {}
        }
    }
    command.len()
}

/// Writes a command with other names for the variables that cannot be used as they are: those after a `$`, and the
/// value of `var=`.
fn rename(command: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < command.len() {
        let name = command[at..].iter().take_while(|byte| is_name_byte(**byte)).count();
        if name == 0 {
            out.push(command[at]);
            at += 1;
            continue;
        }
        let (before, word) = (&command[..at], &command[at..at + name]);
        let is_variable = before.ends_with(b"$") || before.ends_with(b"${") || {
            before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).is_some_and(|before| {
                let before = before.trim_ascii_end();
                before.strip_suffix(b"=").is_some_and(|it| it.trim_ascii_end().ends_with(b"var"))
            })
        };
        // Variable names are case-insensitive here.
        let lower = String::from_utf8_lossy(word).to_ascii_lowercase();
        match here(&lower) {
            _ if !is_variable => out.extend_from_slice(word),
            other if other != lower => out.extend_from_slice(other.as_bytes()),
            _ if lower.starts_with("pllab_") || (is_known(&lower) && !is_told(&lower)) => out.extend_from_slice(NONE),
            _ => out.extend_from_slice(word),
        }
        at += name;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_variables_in_commands_are_others() {
        for (text, wanted) in [
            ("$server_addr var=\"server_addr\"", "$server_addr var=\"server_addr\""),
            ("<!--# echo var=\"server_addr\" -->", "<!--# echo var=\"pllab_addr\" -->"),
            ("<!--#echo var = 'SERVER_PORT' -->", "<!--#echo var = 'pllab_port' -->"),
            ("<!--# echo var=\"server_addr2\" -->", "<!--# echo var=\"server_addr2\" -->"),
            ("<!--# echo var=\"remote_addr\" -->", "<!--# echo var=\"remote_addr\" -->"),
            ("<!--# echo var=\"document_root\" -->", "<!--# echo var=\"pllab_none\" -->"),
            (
                "<!--# if expr=\"$hostname = /${server_addr}/\" -->",
                "<!--# if expr=\"$pllab_none = /${pllab_addr}/\" -->",
            ),
            (
                "<!--# set var='x' value='--> $server_addr' -->$server_addr",
                "<!--# set var='x' value='--> $pllab_addr' -->$server_addr",
            ),
            ("<!--# set var='x' value='\\' $server_addr", "<!--# set var='x' value='\\' $pllab_addr"),
            ("<!--# echo var=\"pllab_addr\" -->", "<!--# echo var=\"pllab_none\" -->"),
            ("<!--# echo var=\"realip_remote_addr\" --><!--#", "<!--# echo var=\"pllab_none\" --><!--#"),
        ] {
            assert_eq!(String::from_utf8_lossy(&page(text.as_bytes())), wanted, "{text}");
        }
        // Bytes that are not UTF-8 do not bypass it.
        assert_eq!(page(b"\xff<!--# echo var=\"server_addr\" -->\xff"), b"\xff<!--# echo var=\"pllab_addr\" -->\xff");
    }
}
