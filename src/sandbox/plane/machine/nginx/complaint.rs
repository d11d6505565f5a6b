//! Translates nginx's message when it does not start to the learner's file and line: nginx knows only the file that
//! we wrote for it.

use std::sync::Arc;

use super::directive::Directive;

#[derive(Debug, PartialEq, Eq)]
pub struct Complaint {
    /// nginx's message, such as `[emerg] duplicate location "/x" in /etc/nginx/conf.d/x.conf:3`.
    pub words: String,
    /// Whether it is about a line that the learner wrote. Then nginx would not start on AWS either.
    pub is_learners: bool,
}

/// The learner's file and the line in it.
type Place = (Arc<str>, usize);

/// The last message in nginx's log, with the instance's names for files and lines. `prefix` is the folder that nginx
/// runs in, `tree` the configuration that was written there. `None` if the log is empty.
pub fn complaint(log: &str, prefix: &str, tree: &[Directive]) -> Option<Complaint> {
    let said = log.lines().rev().find(|line| line.contains("[emerg]")).or_else(|| log.lines().last())?;
    // The time and the process id mean nothing to the learner.
    let said = said.find("[emerg] ").map_or(said, |at| &said[at..]);
    let said = match said.strip_prefix("[emerg] ").and_then(|rest| rest.split_once(": ")) {
        Some((process, rest)) if process.bytes().all(|it| it == b'#' || it.is_ascii_digit()) => {
            format!("[emerg] {rest}")
        }
        _ => said.to_owned(),
    };
    let (said, is_learners) = match said.rsplit_once(&format!(" in {prefix}/nginx.conf:")) {
        Some((what, line)) => {
            let place = line.parse::<usize>().ok().and_then(|line| places(tree).into_iter().nth(line.checked_sub(1)?));
            match place.flatten() {
                Some((file, line)) => (format!("{what} in {file}:{line}"), true),
                None => (what.to_owned(), false),
            }
        }
        None => (said, false),
    };
    Some(Complaint { words: said.replace(&format!("{prefix}/root/"), "/"), is_learners })
}

/// For each line that `write` makes of a tree, the place that it comes from; `None` for lines that only pllab added.
fn places(tree: &[Directive]) -> Vec<Option<Place>> {
    let mut out = Vec::new();
    push(&mut out, tree, None);
    out
}

fn push(out: &mut Vec<Option<Place>>, tree: &[Directive], around: Option<&Place>) {
    for directive in tree {
        let own = (!directive.file.is_empty()).then(|| (Arc::clone(&directive.file), directive.line));
        let place = own.as_ref().or(around).cloned();
        out.push(place.clone());
        if let Some(block) = &directive.block {
            push(out, block, place.as_ref());
            // The closing brace is a line of its own.
            out.push(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::builtin::Config;
    use super::super::translate::local_tree;
    use super::super::tree::read;
    use super::super::write::write;
    use super::*;
    use crate::sandbox::plane::machine::disk::Disk;

    #[test]
    fn a_complaint_about_any_line_that_was_written_names_the_learner_s() {
        let mut disk = Disk::default();
        let conf =
            b"# a comment\nserver {\n  listen 8080;\n  location ~ \"a(\" {\n    return 200 'two\nlines';\n  }\n}\n";
        disk.write("/etc/nginx/conf.d/x.conf", conf, false).unwrap();
        let tree = read(&disk).unwrap();
        let ports: BTreeMap<u16, _> = (Config::of(&tree).ports.keys().zip(5000..))
            .map(|(port, local)| (*port, (([127, 0, 0, 1], local).into(), false)))
            .collect();
        let local = local_tree(&tree, [10, 0, 1, 5].into(), &ports).unwrap();
        let text = write(&local).unwrap();
        assert_eq!(places(&local).len(), text.lines().count());
        let line = |words: &str| text.lines().position(|it| it.contains(words)).expect(words) + 1;
        let told = |line: usize| {
            let log = format!(
                "2026/11/30 02:29:27 [notice] 7#7: hello\n\
                 2026/11/30 02:29:27 [emerg] 77#77: it is \"x: y\" in /state/i-1/nginx.conf:{line}\n"
            );
            complaint(&log, "/state/i-1", &local).unwrap().words
        };
        let mine = |line: usize| format!("[emerg] it is \"x: y\" in /etc/nginx/conf.d/x.conf:{line}");
        assert_eq!(told(line("a(")), mine(4));
        assert_eq!(told(line("two")), mine(6));
        // A message about what we put into the learner's server names the server's line.
        assert_eq!(told(line("$uri")), mine(2));
        assert_eq!(told(1), "[emerg] it is \"x: y\"");
        assert_eq!(told(10_000), "[emerg] it is \"x: y\"");
        let log = "nginx: [emerg] open() \"/state/i-1/root/usr/x\" failed (2: No such file or directory)\n";
        let said = complaint(log, "/state/i-1", &local).unwrap().words;
        assert_eq!(said, "[emerg] open() \"/usr/x\" failed (2: No such file or directory)");
        let killed = Complaint { words: "killed".to_owned(), is_learners: false };
        assert_eq!(complaint("killed\n", "/", &local), Some(killed));
        assert_eq!(complaint("", "/", &local), None);
    }
}
