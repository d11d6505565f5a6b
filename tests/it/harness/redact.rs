//! Removes from a transcript what differs from run to run.

/// Prefixes of ids whose rest is random.
const PREFIXES: [&str; 13] = [
    "vpce-svc-",
    "vpce-",
    "vpc-",
    "subnet-",
    "sg-",
    "sgr-",
    "rtb-",
    "rtbassoc-",
    "eni-",
    "eipalloc-",
    "ami-",
    "i-",
    "acl-",
];

/// `text` with ids, account numbers, ports, addresses of nodes, request ids and the words in `secrets` (value, name)
/// replaced by names.
pub fn redact(text: &str, secrets: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (value, name) in secrets {
        text = text.replace(value, &format!("<{name}>"));
    }
    words(&text)
}

/// Processes the text word by word, splitting at characters that ids cannot contain.
fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.' || c == ':';
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if part(first) {
            rest.find(|c| !part(c)).unwrap_or(rest.len())
        } else {
            rest.find(part).unwrap_or(rest.len())
        };
        let (word, after) = rest.split_at(length);
        if part(first) {
            out.push_str(&pieces(word));
        } else {
            out.push_str(word);
        }
        rest = after;
    }
    out
}

/// Processes the pieces of a word between `.` and `:`.
fn pieces(word: &str) -> String {
    if let Some(port) = word.strip_prefix("127.0.0.1:")
        && port.chars().all(|c| c.is_ascii_digit())
    {
        return "127.0.0.1:<port>".to_owned();
    }
    let fields: Vec<&str> = word.split('.').collect();
    if let ["10", vpc @ ("0" | "1"), "1", last] = fields[..]
        && last.parse::<u8>().is_ok_and(|last| last > 0)
    {
        return format!("10.{vpc}.1.<n>");
    }
    // The duration of an answer, which is longer on a busy machine.
    if let ["0", tenths] = fields[..]
        && tenths.len() == 1
    {
        return "0.0".to_owned();
    }
    word.split_inclusive(['.', ':'])
        .flat_map(|piece| {
            let end = piece.len() - usize::from(piece.ends_with(['.', ':']));
            let (id, separator) = piece.split_at(end);
            [one(id), separator.to_owned()]
        })
        .collect()
}

fn one(id: &str) -> String {
    let hex = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_hexdigit());
    for prefix in PREFIXES {
        if let Some(rest) = id.strip_prefix(prefix) {
            let (main, tail) = rest.split_once('-').map_or((rest, ""), |(main, _)| (main, "-<x>"));
            if main.len() >= 8 && hex(main) {
                // The lab's prose has an example id of its own.
                let example = main.starts_with("0123456789");
                return if example { id.to_owned() } else { format!("{prefix}<id>{tail}") };
            }
        }
    }
    if id.len() == 12 && id.chars().all(|c| c.is_ascii_digit()) {
        return "<account>".to_owned();
    }
    if id.len() == 16 && hex(id) || id.len() == 36 && id.split('-').all(hex) && id.contains('-') {
        return "<id>".to_owned();
    }
    // The last part of a load balancer's DNS name.
    if let Some((name, end)) = id.rsplit_once('-')
        && end.len() == 16
        && hex(end)
    {
        return format!("{name}-<id>");
    }
    id.to_owned()
}

#[test]
fn ids_go_and_words_stay() {
    let text = "vpc-affde8d04f2c61e94 sg-1 10.0.1.111, 10.1.1.7, 10.0.1.0/24 http://127.0.0.1:4566/ vpce-0 273640253569: qd3rrk";
    let redacted = redact(text, &[("qd3rrk", "run")]);
    assert_eq!(
        redacted,
        "vpc-<id> sg-1 10.0.1.<n>, 10.1.1.<n>, 10.0.1.0/24 http://127.0.0.1:<port>/ vpce-0 <account>: <run>"
    );
}
