//! What the values of directives may be.

/// The longest regular expression that is run, in bytes.
const LONGEST_REGEX: usize = 512;

/// Reads a number as nginx does: digits only.
pub fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Reads a size in bytes as nginx does. Only offsets accept gigabytes.
pub fn size(text: &str, is_offset: bool) -> Option<u64> {
    let (digits, unit) = match text.char_indices().last()? {
        (at, 'k' | 'K') => (&text[..at], 1 << 10),
        (at, 'm' | 'M') => (&text[..at], 1 << 20),
        (at, 'g' | 'G') if is_offset => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    if digits.is_empty() { None } else { number(digits)?.checked_mul(unit) }
}

/// Reads a time such as `1h30m` in milliseconds. `None` for rarer forms.
pub fn time(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 8] = [
        ("y", 365 * 86_400_000),
        ("M", 30 * 86_400_000),
        ("w", 7 * 86_400_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
        ("ms", 1),
    ];
    let (mut total, mut rest, mut least) = (0_u64, text, 0);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let value = number(&rest[..digits]).filter(|_| digits > 0)?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, tail) = rest.split_at(letters);
        let scale = if unit.is_empty() && tail.is_empty() {
            1000
        } else {
            let at = least + UNITS[least..].iter().position(|(name, _)| *name == unit)?;
            least = at + 1;
            UNITS[at].1
        };
        total = total.checked_add(value.checked_mul(scale)?)?;
        rest = tail;
    }
    (!text.is_empty()).then_some(total)
}

/// Whether a text is not empty and consists of ASCII letters, digits and the characters in `more`.
pub fn is_made_of(text: &str, more: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric() || more.contains(it))
}

/// Whether a path has no part `.` or `..`.
fn has_no_dots(path: &str) -> bool {
    !path.split('/').any(|part| part == "." || part == "..")
}

/// Whether a path means itself wherever nginx uses it: no variable, no way upwards, no character that a system could
/// interpret.
pub fn is_fixed_path(path: &str) -> bool {
    !path.contains(['$', '\\', '?', '*']) && !path.chars().any(char::is_control) && has_no_dots(path)
}

/// The path below nginx's folder here that stands for a path on the instance.
pub fn local_path(path: &str) -> Option<String> {
    if path.is_empty() || !is_fixed_path(path) {
        return None;
    }
    Some(if path.starts_with('/') { format!("root{path}") } else { format!("root/usr/share/nginx/{path}") })
}

/// Whether a text is safe in `try_files`: absolute, made of fixed parts and of the request's own path. nginx has
/// removed every way upwards from that path, and it begins with a slash.
pub fn is_request_path(text: &str) -> bool {
    let mut rest = text;
    let mut starts_well = false;
    while !rest.is_empty() {
        let variable = ["${uri}", "${document_uri}", "$uri", "$document_uri"].into_iter().find(|name| {
            rest.strip_prefix(name).is_some_and(|after| {
                name.ends_with('}') || !after.starts_with(|next: char| next == '_' || next.is_ascii_alphanumeric())
            })
        });
        if let Some(name) = variable {
            starts_well = true;
            rest = &rest[name.len()..];
            continue;
        }
        let (plain, tail) = rest.split_at(rest.find('$').unwrap_or(rest.len()));
        starts_well |= plain.starts_with('/');
        // Each literal part must be safe on its own: the variable beside it may be empty.
        if !starts_well || plain.is_empty() || !is_fixed_path(plain) {
            return false;
        }
        rest = tail;
    }
    starts_well
}

/// Whether a regular expression may be run: of limited length, and without named groups, which would set variables.
pub fn is_regex(text: &str) -> bool {
    let names = |(at, _): (usize, &str)| {
        let after = &text[at + 2..];
        after.starts_with("P<") || after.starts_with('\'') || {
            after.starts_with('<') && !after.starts_with("<=") && !after.starts_with("<!")
        }
    };
    !text.is_empty() && text.len() <= LONGEST_REGEX && !text.match_indices("(?").any(names)
}

/// Whether a text is an address or a block of addresses.
pub fn is_block(text: &str) -> bool {
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| number(length).is_some_and(|it| !length.is_empty() && it <= most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_nginx_reads_them() {
        for (text, wanted) in
            [("0", Some(0)), ("64", Some(64)), ("8k", Some(8192)), ("1M", Some(1 << 20)), ("1g", None)]
        {
            assert_eq!(size(text, false), wanted, "{text}");
        }
        for text in ["", "k", "-1", "1 k", "1kk", "99999999999999999999", "18446744073709551615k", "1é", "é"] {
            assert_eq!((size(text, false), size(text, true)), (None, None), "{text}");
        }
        assert_eq!(size("2g", true), Some(2 << 30));
        for (text, wanted) in [
            ("65", Some(65_000)),
            ("1h30m", Some(5_400_000)),
            ("100ms", Some(100)),
            ("1d", Some(86_400_000)),
            ("1m5", Some(65_000)),
            ("", None),
            ("h", None),
            ("1m1h", None),
            ("1x", None),
            ("-1", None),
            ("1 s", None),
            ("9999999999999999y", None),
            ("1é", None),
        ] {
            assert_eq!(time(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_path_leads_below_the_folder_or_is_none() {
        for (text, wanted) in [
            ("/srv/www", Some("root/srv/www")),
            ("/", Some("root/")),
            ("html", Some("root/usr/share/nginx/html")),
            ("/a b\"c", Some("root/a b\"c")),
            ("/..a/b..", Some("root/..a/b..")),
            ("", None),
            ("..", None),
            ("/srv/../..", None),
            ("/srv/.", None),
            ("/srv/$x", None),
            ("/srv\\..", None),
            ("/srv\n", None),
        ] {
            assert_eq!(local_path(text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn only_the_request_s_own_path_may_stand_in_one() {
        for text in ["$uri", "$uri/", "/x$uri", "${uri}.html", "$document_uri", "/a/b", "/$uri/index.html", "$uri$uri"]
        {
            assert!(is_request_path(text), "{text}");
        }
        for text in [
            "",
            "..$uri",
            ".$uri",
            "/..$uri",
            "/.$uri",
            "$uri..",
            "$uri.",
            "$uri/..",
            "x$uri",
            "$uri_x",
            "${uri_x}",
            "$uris",
            "$arg_x",
            "/$arg_x",
            "$uri$arg_x",
            "/../x",
            "$",
            "/$",
            "${uri",
            "$document_root$uri",
            "$request_uri",
            "é",
            "/x?$uri",
        ] {
            assert!(!is_request_path(text), "{text}");
        }
    }

    #[test]
    fn a_regular_expression_names_nothing() {
        for text in ["\\.(a|b)$", "^(?:a)", "(?<=a)b", "(?<!a)b", "(?i)x", "(?=x)"] {
            assert!(is_regex(text), "{text}");
        }
        for text in ["", "(?<uri>.*)", "(?P<uri>.*)", "(?'uri'.*)", "a(?<x>b)", &"a".repeat(513)] {
            assert!(!is_regex(text), "{text}");
        }
    }
}
