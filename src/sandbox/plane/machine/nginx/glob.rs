//! Matches paths against a pattern of `include`.

/// Whether a path matches a pattern, part by part. `*`, `?` and `[…]` match neither a slash nor a dot at the start of
/// a name.
pub fn fits(pattern: &str, path: &str) -> bool {
    let (mut patterns, mut parts) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) => {
                let hidden = part.starts_with('.') && !pattern.starts_with('.');
                let (pattern, part): (Vec<char>, Vec<char>) = (pattern.chars().collect(), part.chars().collect());
                if hidden || !part_fits(&pattern, &part) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Takes at most `pattern.len() * part.len()` steps.
fn part_fits(pattern: &[char], part: &[char]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // The last star, and how much it has matched.
    let mut star: Option<(usize, usize)> = None;
    while seen < part.len() {
        let step = match pattern.get(at) {
            Some('*') => {
                star = Some((at, seen));
                at += 1;
                continue;
            }
            Some('[') => set(&pattern[at + 1..], part[seen]).map(|(inside, length)| (inside, length + 1)),
            Some('\\') if at + 1 < pattern.len() => Some((pattern[at + 1] == part[seen], 2)),
            Some('?') => Some((true, 1)),
            Some(it) => Some((*it == part[seen], 1)),
            None => None,
        };
        // A bracket that is never closed is literal.
        let step = step.or_else(|| pattern.get(at).map(|it| (*it == part[seen], 1)));
        match (step, star) {
            (Some((true, length)), _) => (at, seen) = (at + length, seen + 1),
            (_, Some((from, stood))) => {
                (at, seen) = (from + 1, stood + 1);
                star = Some((from, stood + 1));
            }
            _ => return false,
        }
    }
    pattern[at..].iter().all(|it| *it == '*')
}

/// Whether a set such as `a-z]` contains a character, and the set's length. `pattern` begins after the opening
/// bracket.
fn set(pattern: &[char], it: char) -> Option<(bool, usize)> {
    let negated = matches!(pattern.first(), Some('!' | '^'));
    let from = usize::from(negated);
    // A closing bracket in first place belongs to the set.
    let end = pattern.iter().enumerate().skip(from + 1).find(|(_, it)| **it == ']')?.0;
    let (mut rest, mut inside) = (&pattern[from..end], false);
    while let [first, tail @ ..] = rest {
        (inside, rest) = match tail {
            ['-', last, tail @ ..] => (inside || (*first..=*last).contains(&it), tail),
            _ => (inside || *first == it, tail),
        };
    }
    Some((inside != negated, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_a_shell() {
        for (pattern, path) in [
            ("/a/*.conf", "/a/b.conf"),
            ("/a/*", "/a/b"),
            ("/*/b", "/a/b"),
            ("/a?c", "/abc"),
            ("/[a-c]x", "/bx"),
            ("/[!a]x", "/bx"),
            ("/[]a]", "/]"),
            ("/[a", "/[a"),
            ("/a*b*c", "/a1b2b3c"),
            ("/.*", "/.a"),
        ] {
            assert!(fits(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/a/*.conf", "/a/b/c.conf"),
            ("/a/*.conf", "/a/b.conf~"),
            ("/*", "/.a"),
            ("/a?c", "/a/c"),
            ("/[a-c]x", "/dx"),
            ("/[!a]x", "/ax"),
            ("/a", "/a/b"),
            ("/a*b", "/a"),
        ] {
            assert!(!fits(pattern, path), "{pattern} {path}");
        }
        // Many stars take no time.
        assert!(!fits(&format!("/{}b", "a*".repeat(200)), &format!("/{}", "a".repeat(2000))));
    }
}
