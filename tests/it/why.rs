//! The path from the client to the page, traced at any time of a run.

use super::harness::{Folder, Line, events};

fn rungs(lines: &[Line]) -> Vec<(&str, &str)> {
    lines
        .iter()
        .filter(|line| line["event"] == "rung")
        .map(|line| (line["rung"].as_str().unwrap_or_default(), line["state"].as_str().unwrap_or_default()))
        .collect()
}

#[test]
fn a_finished_lab_has_a_whole_path() {
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant").run().code(0);
    let journal = folder.journal();
    let traced = folder.pllab("why --output json").run().code(0);
    let lines = events(&traced.out);
    let rungs = rungs(&lines);
    assert!(rungs.len() > 15 && rungs.iter().all(|(_, state)| *state == "holds"), "{rungs:?}");
    assert!(lines.iter().filter(|line| line["event"] == "rung").all(|line| line["command"].as_str() != Some("")));
    assert_eq!(lines.last().expect("a diagnosis")["verdict"], "met");
    assert_eq!(folder.journal(), journal, "it only reads");
    let said = folder.pllab("why").run().code(0);
    assert!(
        said.out.contains("aws ec2 describe-vpc-endpoints") && said.out.contains("Every rung holds"),
        "{}",
        said.out
    );
    let said = folder.pllab("why").ja().run();
    assert!(said.out.contains("すべての段が通っています"), "{}", said.out);
}

#[test]
fn in_the_middle_of_a_run_the_path_ends_at_what_is_not_made_yet() {
    let folder = Folder::new();
    // Nobody answers the first question: the run has begun, and nothing is made.
    folder.pllab("start --pace instant").run().code(2);
    let traced = folder.pllab("why --output json").run().code(1);
    let lines = events(&traced.out);
    let rungs = rungs(&lines);
    assert_eq!(rungs[1], ("endpoint", "not_made"));
    assert!(rungs[2..].iter().all(|(_, state)| *state == "not_reached"), "{rungs:?}");
    let diagnosis = lines.last().expect("a diagnosis");
    assert_eq!((&diagnosis["rung"], &diagnosis["step"]), (&"endpoint".into(), &"endpoint".into()));
    let said = folder.pllab("why").run();
    assert!(said.out.contains("The step endpoint makes it"), "{}", said.out);
}

#[test]
fn without_a_run_it_says_how_to_begin() {
    let folder = Folder::new();
    let said = folder.pllab("why").run().code(2);
    assert!(said.err.contains("pllab start"), "{}", said.err);
}
