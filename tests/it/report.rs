//! Reports and handouts contain everything that happened, in both languages and every form.

use std::fs;

use super::harness::Folder;

const WHOLE: &str = "start --yes --pace instant --output json";

/// The text that a person reads in an HTML document, without styles and tags.
fn read(html: &str) -> String {
    let body = html.split_once("</style>").expect("there is a style").1;
    let mut text = String::new();
    let mut tag = false;
    for c in body.chars() {
        match c {
            '<' => tag = true,
            '>' => tag = false,
            c if !tag => text.push(c),
            _ => {}
        }
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x2f;", "/")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}

/// Asserts that every opened element is closed, in order.
fn well_formed(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let body = html.split_once("<body").expect("there is a body").1;
    for piece in body.split('<').skip(1) {
        let Some((tag, _)) = piece.split_once('>') else { panic!("a tag does not end: {piece}") };
        let name =
            tag.trim_start_matches('/').split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        if ["br", "hr", "img", "input", "meta"].contains(&name) || tag.ends_with('/') {
            continue;
        }
        if tag.starts_with('/') {
            if ["body", "html"].contains(&name) {
                break;
            }
            assert_eq!(open.pop(), Some(name), "before {}", &piece[..piece.len().min(60)]);
        } else {
            open.push(name);
        }
    }
    assert_eq!(open, [""; 0]);
}

#[test]
fn a_report_holds_what_was_made_checked_proved_and_cleaned() {
    let folder = Folder::new();
    let events = folder.pllab(WHOLE).run().code(0).events();
    let run = folder.run_id();
    for lang in ["ja", "en"] {
        let out = folder.pllab("report --lang").arg(lang).run().code(0).stderr("").out;
        let path = folder.run().join("report.html");
        assert_eq!(out.lines().last(), path.to_str(), "the path stands alone on its line");
        let html = fs::read_to_string(&path).expect("the report is there");
        well_formed(&html);
        assert!(html.starts_with("<!doctype html>\n") && html.contains(&format!("<html lang=\"{lang}\">")));
        assert!(html.contains("<svg ") && !html.contains("<script") && !html.contains("src="), "it needs nothing else");
        let text = read(&html);
        assert!(text.contains(&run));
        for event in &events {
            match event["event"].as_str() {
                Some("outcome") => {
                    let id = event["facts"]["arn"].as_str().or(event["facts"]["id"].as_str());
                    let id = id.and_then(|id| id.rsplit(':').next()).unwrap_or_default();
                    assert!(text.contains(id), "{lang}: {id}");
                }
                Some("check") => {
                    let command = event["command"].as_str().expect("there is a command");
                    let command = command.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
                    assert!(text.contains(&command), "{lang}: {command}");
                }
                Some("proof") => {
                    assert!(text.contains(event["seen_source"].as_str().expect("a source")));
                    assert!(text.contains(event["url"].as_str().expect("a URL")));
                }
                _ => {}
            }
        }
    }
}

#[test]
fn the_json_form_agrees_with_the_journal() {
    let folder = Folder::new();
    let events = folder.pllab(WHOLE).run().code(0).events();
    let out = folder.pllab("report --format json --out -").run().code(0).stderr("").out;
    let report: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!(
        (&report["steps_met"], &report["steps_total"], &report["cleaned"]),
        (&9.into(), &9.into(), &true.into())
    );
    let receipt = events.iter().find(|event| event["event"] == "receipt").expect("there is a receipt");
    for count in ["gone", "left", "unknown"] {
        assert_eq!(report["receipt"][count], receipt[count], "{count}");
    }
    let things: Vec<_> = report["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .flat_map(|step| step["made"].as_array().expect("made"))
        .collect();
    assert_eq!(things.len(), 17);
    let gone = events.iter().filter(|event| event["event"] == "gone").count();
    assert_eq!(things.iter().filter(|thing| !thing["gone"].is_null()).count(), gone);
    let last = |step: &str, check: &str| {
        let mut all =
            events.iter().filter(|event| event["event"] == "check" && event["step"] == step && event["check"] == check);
        all.next_back().expect("it was asked")["verdict"].clone()
    };
    for step in report["steps"].as_array().expect("steps") {
        for check in step["checks"].as_array().expect("checks") {
            let (step, name) = (step["step"].as_str().expect("a step"), check["check"].as_str().expect("a check"));
            assert_eq!(check["verdict"], last(step, name), "{step} {name}");
        }
    }
}

#[test]
fn a_run_that_is_not_over_has_a_report_too() {
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant --output json").run().code(0);
    let text = folder.pllab("report --format md --out -").run().code(0).out;
    assert!(text.contains("Not cleaned up yet."), "{text}");
    let text = folder.pllab("report --format md --out - --lang ja").run().code(0).out;
    assert!(text.contains("まだ片付けていません。"), "{text}");
}

#[test]
fn markdown_has_its_picture_beside_it() {
    let folder = Folder::new();
    folder.pllab(WHOLE).run().code(0);
    let printed = folder.pllab("report --format md --output json --out").arg("my report.md").run().code(0).events();
    assert_eq!(printed[0]["event"], "report_written");
    let markdown = fs::read_to_string(folder.path().join("my report.md")).expect("the report is there");
    assert!(markdown.contains("](<my report.svg>)"), "{markdown}");
    let svg = fs::read_to_string(folder.path().join("my report.svg")).expect("the picture is there");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
    assert!(!markdown.contains("{{") && !markdown.contains("{%"));
}

#[test]
fn a_handout_holds_every_step_in_one_language_or_both() {
    let folder = Folder::new();
    for (words, name, shown, hidden) in [
        ("handout --lang ja", "privatelink-handout.ja.html", "接続を承諾する", "Accept the connection"),
        ("handout --lang en", "privatelink-handout.en.html", "Accept the connection", "接続を承諾する"),
    ] {
        folder.pllab(words).run().code(0).stderr("").says(name);
        let html = fs::read_to_string(folder.path().join(name)).expect("the handout is there");
        well_formed(&html);
        let text = read(&html);
        assert!(text.contains(shown) && !text.contains(hidden), "{words}");
        assert_eq!(html.matches("<section class=\"page\">").count(), 9);
        assert_eq!(html.matches("class=\"notes\"").count(), 9);
        assert_eq!(html.matches("<svg ").count(), 10, "one at the top, one for each step");
        assert!(text.contains("aws ec2 create-vpc-endpoint") && !text.contains("{{"), "{words}");
    }
    folder.pllab("handout --both").run().code(0).says("privatelink-handout.ja-en.html");
    let html = fs::read_to_string(folder.path().join("privatelink-handout.ja-en.html")).expect("the handout is there");
    well_formed(&html);
    let text = read(&html);
    assert!(text.contains("接続を承諾する") && text.contains("Accept the connection"));
    let markdown = folder.pllab("handout --both --format md --out -").run().code(0).out;
    assert!(markdown.contains("## 8. 接続を承諾する / Accept the connection"), "{markdown}");
}

#[test]
fn a_handout_that_somebody_may_have_written_into_is_not_replaced() {
    let folder = Folder::new();
    folder.pllab("handout").run().code(0);
    let path = folder.path().join("privatelink-handout.en.html");
    fs::write(&path, "notes").expect("it can be written");
    folder.pllab("handout").run().code(2).complains("already exists").complains("--out");
    assert_eq!(fs::read_to_string(&path).expect("it is there"), "notes");
    folder.pllab("handout --out privatelink-handout.en.html").run().code(0);
    assert!(fs::read_to_string(&path).expect("it is there").starts_with("<!doctype html>"));
}

#[test]
fn what_cannot_be_reported_is_said() {
    let folder = Folder::new();
    folder.pllab("report").run().code(2).complains("pllab start");
    folder.pllab("handout nosuchlab").run().code(2).complains("pllab labs list");
    folder.pllab("handout --out").arg("no/such/folder/x.html").run().code(1).complains("no/such/folder/x.html");
}
