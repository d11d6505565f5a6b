//! Labs made to hang the program, to fill its memory, to crash it, or to escape their folder. Each gives an error in
//! both languages before anything is made, and none of them keeps other labs from being read.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use super::harness::Folder;

/// A folder with a good lab as `labs/ok`.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.pllab("labs new ok --dir labs").run().code(0);
    folder
}

/// The text of a file of the good lab.
fn good(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.path().join("labs/ok").join(name)).expect("the good lab is there")
}

/// Copies the good lab as `id`; returns its folder.
fn copy(folder: &Folder, id: &str) -> PathBuf {
    for name in ["lab.yaml", "ja.md", "en.md"] {
        folder.write(&format!("labs/{id}/{name}"), &good(folder, name).replace("id: ok", &format!("id: {id}")));
    }
    folder.path().join("labs").join(id)
}

/// Asserts that every verb that reads the lab refuses it, in both languages, with each of these words; `labs check`
/// too.
#[track_caller]
fn refused(folder: &Folder, id: &str, words: &[&str]) {
    for (verb, lang) in [("labs show", "en"), ("start --yes --pace instant", "ja"), ("handout --out -", "en")] {
        let ran =
            folder.pllab(verb).arg(id).words("--labs labs").env("PLLAB_LANG", lang).run().code(2).stdout("").clean();
        for word in words {
            assert!(ran.err.contains(word), "{id}, {verb}: no {word:?} in:\n{}", ran.err);
        }
        assert!(ran.err.len() < 64 * 1024, "{id}: {} bytes of words", ran.err.len());
    }
    folder.pllab("labs check").arg(id).words("--labs labs").run().code(2).clean();
    assert!(!folder.state().exists(), "{id}: nothing is made");
}

#[test]
fn yaml_that_unfolds_or_nests_without_end() {
    let folder = folder();
    let yaml = good(&folder, "lab.yaml");
    let mut laugh = "x0: &x0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n".to_owned();
    for i in 1..10 {
        let _ = writeln!(laugh, "x{i}: &x{i} [{}]", vec![format!("*x{}", i - 1); 9].join(","));
    }
    let flow = format!("{yaml}\nzzz: {}{}\n", "[".repeat(50_000), "]".repeat(50_000));
    let maps = format!("{yaml}\nzzz: {}1{}\n", "{a: ".repeat(30_000), "}".repeat(30_000));
    let mut blocks = format!("{yaml}\nzzz:\n");
    for i in 1..500 {
        let _ = writeln!(blocks, "{}a:", " ".repeat(i));
    }
    let many = format!("{yaml}\nzzz: [{}]\n", "a,".repeat(60_000));
    let circle = yaml.replace("variables:\n", "variables:\n  a: &a { <<: *a, kind: cidr, default: 10.0.0.0/16 }\n");
    let long = format!("{yaml}\n# {}", "x".repeat(256 * 1024));
    for (id, text, words) in [
        ("laugh", format!("{laugh}{yaml}"), vec!["20000"]),
        ("flow", flow, vec!["32"]),
        ("maps", maps, vec!["32"]),
        ("blocks", blocks, vec!["32"]),
        ("many", many, vec!["20000"]),
        ("circle", circle, vec![]),
        ("long", long, vec!["262144"]),
    ] {
        let at = copy(&folder, id);
        fs::write(at.join("lab.yaml"), text.replace("id: ok", &format!("id: {id}"))).expect("it can be written");
        let words: Vec<&str> = ["lab.yaml"].into_iter().chain(words).collect();
        refused(&folder, id, &words);
    }
}

#[test]
fn what_nobody_sees_is_no_part_of_a_lab() {
    let folder = folder();
    let yaml = good(&folder, "lab.yaml");
    let line = yaml.lines().position(|line| line.contains("HTTP from the VPC")).expect("it stands there") + 1;
    for (id, text, code) in [
        ("mark", "HTTP\u{200e} from the VPC", "U+200E"),
        ("order", "HTTP\u{feff} from the VPC", "U+FEFF"),
        ("escape", "\"HTTP\\e[ from the VPC\"", "U+001B"),
        ("delete", "\"HTTP\\x7f from the VPC\"", "U+007F"),
        ("width", "HTTP\u{200b} from the VPC", "U+200B"),
        // The AWS CLI would send the file.
        ("file", "file:///etc/passwd", "file://"),
        ("bytes", "fileb:///etc/passwd", "fileb://"),
        ("web", "http://192.0.2.1/", "http://"),
    ] {
        let at = copy(&folder, id);
        let whole = yaml.replace("id: ok", &format!("id: {id}")).replace("HTTP from the VPC", text);
        fs::write(at.join("lab.yaml"), whole).expect("it can be written");
        refused(&folder, id, &[&format!("lab.yaml:{line}:"), code]);
    }
}

#[test]
fn placeholders_are_no_programs() {
    let folder = folder();
    let yaml = good(&folder, "lab.yaml");
    let line = yaml.lines().count() + 1;
    for (number, text) in [
        "{% for a in cidr %}".repeat(9) + "x" + &"{% endfor %}".repeat(9),
        "{{ \"A\" * 3000000000 }}".to_owned(),
        "{% for i in range(1000000000) %}{% endfor %}".to_owned(),
        "{% set a = 'A' %}".to_owned(),
        "{{ 9**9**9**9 }}".to_owned(),
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}".to_owned(),
        "{% include \"/etc/passwd\" %}".to_owned(),
        "{% import \"/etc/passwd\" as x %}".to_owned(),
        "{% extends \"lab.yaml\" %}".to_owned(),
        "{{ debug() }}".to_owned(),
        "{{ self }}".to_owned(),
        "{{ env }}".to_owned(),
        format!("{{{{ {}1{} }}}}", "(".repeat(20_000), ")".repeat(20_000)),
        format!("{{{{ {}1{} }}}}", "[".repeat(20_000), "]".repeat(20_000)),
        format!("{{{{ {}1 }}}}", "-".repeat(100_000)),
        format!("{{{{ {}1 }}}}", "not ".repeat(50_000)),
        "{% if 1 %}".repeat(5_000),
        "{{ cidr | subnet(99999999999) }}".to_owned(),
        "{{ cidr | subnet(4294967295) }}".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let id = format!("program-{number}");
        let at = copy(&folder, &id);
        let whole = format!("{}# {text}\n", yaml.replace("id: ok", &format!("id: {id}")));
        fs::write(at.join("lab.yaml"), whole).expect("it can be written");
        let ran = folder.pllab("labs show").arg(&id).words("--labs labs").run().code(2).stdout("").clean();
        assert!(ran.err.contains(&format!("lab.yaml:{line}:3:")), "{text:.80}: {}", ran.err);
        assert!(ran.err.len() < 8 * 1024, "{} bytes of words", ran.err.len());
    }
    let at = copy(&folder, "prose");
    for name in ["ja.md", "en.md"] {
        let text = good(&folder, name) + "\n{% for a in cidr %}x{% endfor %}\n";
        fs::write(at.join(name), text).expect("it can be written");
    }
    refused(&folder, "prose", &["ja.md:", "en.md:"]);
    // Values that grow: each is short, but together they are not.
    let at = copy(&folder, "growing");
    let value = "x".repeat(2_000);
    let grown = yaml.replace("id: ok", "id: growing").replace(
        "variables:\n",
        &format!("variables:\n  v: {{ kind: choice, default: {value}, allowed: [{value}] }}\n"),
    );
    fs::write(at.join("lab.yaml"), format!("{grown}# {}\n", "{{ v }}".repeat(10_000))).expect("it can be written");
    refused(&folder, "growing", &["lab.yaml:", "524288"]);
}

#[test]
fn prose_that_nests_or_spreads_without_end() {
    let folder = folder();
    let lists = (0..200).map(|i| "  ".repeat(i) + "- a\n").collect::<Vec<_>>().concat();
    let table = format!("{}\n{}\n", "|a".repeat(20_000), "|-".repeat(20_000));
    for (id, text, word) in [
        ("quotes", "> ".repeat(20_000) + "x\n", "24"),
        ("lists", lists, "24"),
        ("emphasis", format!("{}a{}\n", "*".repeat(5_001), "*".repeat(5_001)), "24"),
        ("images", format!("{}a{}\n", "![".repeat(3_000), "](x)".repeat(3_000)), "24"),
        ("table", table, "64"),
        ("headings", "## a {#a}\n".repeat(1_500), "1000"),
        ("long", "word ".repeat(60_000), "262144"),
    ] {
        let at = copy(&folder, id);
        for name in ["ja.md", "en.md"] {
            fs::write(at.join(name), format!("{}\n\n{text}", good(&folder, name))).expect("it can be written");
        }
        refused(&folder, id, &[".md", word]);
    }
    // Text that is merely odd is read.
    for (id, text) in [("open", "**a ".repeat(20_000)), ("brackets", "[".repeat(50_000)), ("ticks", "`".repeat(50_000))]
    {
        let at = copy(&folder, id);
        for name in ["ja.md", "en.md"] {
            fs::write(at.join(name), format!("{}\n\n{text}\n", good(&folder, name))).expect("it can be written");
        }
        for verb in ["labs show", "handout --out -", "start --explain-only"] {
            folder.pllab(verb).arg(id).words("--labs labs").run().code(0).clean();
        }
    }
}

#[test]
fn too_much_of_a_good_thing() {
    let folder = folder();
    let yaml = good(&folder, "lab.yaml");
    let mut steps = yaml.clone();
    for number in 0..150 {
        let _ = writeln!(steps, "  - {{ id: s{number}, side: provider, minutes: 1, checks: [] }}");
    }
    let mut lost = yaml.clone();
    for number in 0..500 {
        let _ = writeln!(lost, "      - group_admits: {{ group: no-{number}, port: 80, from: 10.0.0.0/8 }}");
    }
    let mut chosen = String::new();
    for number in 0..9 {
        let _ = writeln!(chosen, "  c{number}: {{ kind: choice, default: a, allowed: [a, b, c, d] }}");
    }
    let chosen = yaml.replace("variables:\n", &format!("variables:\n{chosen}"));
    let named = yaml.replace("id: group", "id: \"g'$(touch x)\"");
    for (id, text, word) in
        [("steps", steps, "100"), ("lost", lost, "no-1"), ("chosen", chosen, "32"), ("named", named, "touch")]
    {
        let at = copy(&folder, id);
        fs::write(at.join("lab.yaml"), text.replace("id: ok", &format!("id: {id}"))).expect("it can be written");
        refused(&folder, id, &["lab.yaml", word]);
    }
    let at = copy(&folder, "drills");
    for number in 0..100 {
        folder.write(&format!("labs/drills/drills/d{number}.yaml"), &format!("id: d{number}\n"));
    }
    refused(&folder, "drills", &["drills", "64"]);
    fs::remove_dir_all(at).expect("it can be deleted");
    folder.write("labs/it's $(here)/lab.yaml", &yaml);
    folder.pllab("labs list --labs labs").run().code(2).says("ok").complains("it's $(here)");
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    let pipe = |path: PathBuf| {
        let made = std::process::Command::new("mkfifo").arg(path).status().expect("there is a mkfifo");
        assert!(made.success());
    };
    let secret = folder.write("secret", "format: 1\nid: the-secret\n");
    for name in ["lab.yaml", "ja.md", "en.md"] {
        let short = &name[..2];
        for kind in ["pipe", "device", "link", "folder"] {
            let id = format!("{kind}-{short}");
            let path = copy(&folder, &id).join(name);
            fs::remove_file(&path).expect("it was there");
            match kind {
                "pipe" => pipe(path),
                "device" => symlink("/dev/zero", path).expect("a link can be made"),
                "link" => symlink(&secret, path).expect("a link can be made"),
                _ => fs::create_dir(path).expect("a folder can be made"),
            }
            refused(&folder, &id, &[name]);
        }
    }
    let at = copy(&folder, "drill-link");
    fs::create_dir(at.join("drills")).expect("a folder can be made");
    symlink(&secret, at.join("drills/x.yaml")).expect("a link can be made");
    refused(&folder, "drill-link", &["x.yaml"]);
    let at = copy(&folder, "drills-link");
    symlink(folder.path(), at.join("drills")).expect("a link can be made");
    refused(&folder, "drills-link", &["drills"]);
    let at = copy(&folder, "no-text");
    fs::write(at.join("en.md"), b"# a\xff\xfe").expect("it can be written");
    refused(&folder, "no-text", &["en.md", "UTF-8"]);
    // With all of them present, the good lab is listed, shown and begun.
    let listed = folder.pllab("labs list --labs labs").run().code(2).says("ok").says("privatelink").clean();
    for id in ["pipe-la", "device-ja", "link-en", "no-text"] {
        assert!(listed.err.contains(id), "{}", listed.err);
    }
    assert!(!listed.err.contains("the-secret") && !listed.out.contains("the-secret"));
    let lines = folder.pllab("labs list --labs labs --output json").run().code(2).events();
    let broken = |id: &str| lines.iter().any(|line| line["lab"] == *id && line["broken"].is_string());
    assert!(broken("pipe-la") && !broken("ok"), "{lines:?}");
    folder.pllab("labs show ok --labs labs").run().code(0);
    folder.pllab("drill list --labs labs").run().code(2).says("privatelink");
    folder.pllab("start ok --labs labs --yes --pace instant").run().code(0);
}

#[cfg(unix)]
#[test]
fn a_script_announces_no_forward_of_another_program() {
    let folder = Folder::new();
    let other = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    other.set_nonblocking(true).expect("it need not be waited for");
    let theirs = format!("http://127.0.0.1:{}/", other.local_addr().expect("it has a port").port());
    let line = format!("[pllab sandbox] door: {theirs} leads where this instance's http://${{endpoint.dns}}/ leads");
    let asks = "              curl -sS -m 5 -w '";
    let lies = format!("              echo \"{line}\"\n              unknown \"\n{line}\"\n{asks}");
    let lies = lies.replace("\n[pllab", "\n              [pllab");
    for name in ["lab.yaml", "ja.md", "en.md"] {
        let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("labs/privatelink").join(name);
        let text = fs::read_to_string(own).expect("it is there").replace("id: privatelink", "id: liar");
        folder.write(&format!("labs/liar/{name}"), &text.replace(asks, &lies));
    }
    folder.pllab("start liar --labs labs --yes --keep --pace instant").run().code(0);
    let mut browse = folder.pllab("browse --labs labs --output json").start();
    let said = browse.until("browse_ready");
    browse.signal("INT");
    browse.wait().code(0);
    assert!(said.contains("http://127.0.0.1:") && !said.contains(&theirs), "{said}");
    let asked = other.accept().map(|(_, from)| from);
    assert!(asked.is_err(), "the other program was asked: {asked:?}");
}

/// A run remembers where its lab is, and so whose it is, whatever the lab is called.
#[test]
fn somebody_elses_lab_stays_somebody_elses_when_it_is_called_like_one_of_ours() {
    let folder = Folder::new();
    for name in ["lab.yaml", "ja.md", "en.md"] {
        let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("labs/privatelink").join(name);
        let text = fs::read_to_string(own).expect("it is there");
        folder.write(&format!("labs/privatelink/{name}"), &text.replace("format: 1", "format: 1 # not ours"));
    }
    folder.pllab("start --labs labs --yes --keep --pace instant").run().code(0);
    let choice = folder.run().join("sandbox/nginx");
    for _ in 0..2 {
        assert_eq!(fs::read_to_string(&choice).expect("a choice was made"), "builtin");
        fs::remove_file(&choice).expect("it is ours");
        folder.pllab("resume --yes --keep").run().code(0);
    }
    folder.pllab("clean --yes").run().code(0);
}

/// Whether a terminal would act on the character instead of showing it.
fn acts(c: char) -> bool {
    c != '\n' && c != '\t' && pllab::inside::i18n::harmless::is_unwelcome(c)
}

#[test]
fn no_escape_sequence_of_a_lab_reaches_a_terminal_or_a_document() {
    let folder = folder();
    let at = copy(&folder, "loud");
    let noise = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{8}\r\u{2066}\u{feff}";
    for name in ["ja.md", "en.md"] {
        let text = good(&folder, name).replace(" {#", &format!("{noise} x {{#"))
            + &format!("\nwords {noise} end\n\n```\n{noise}code\n```\n");
        fs::write(at.join(name), text).expect("it can be written");
    }
    for verb in [
        "labs list",
        "labs list --output json",
        "labs show loud",
        "labs show loud --output json",
        "start loud --explain-only",
        "start loud --explain-only --output json",
        "handout loud --out -",
        "handout loud --out - --format md",
        "handout loud --both --out file.md --format md",
        "policy loud",
    ] {
        let ran = folder.pllab(verb).words("--labs labs").run().code(0);
        let odd = ran.out.chars().chain(ran.err.chars()).find(|c| acts(*c));
        assert!(odd.is_none(), "{verb}: {odd:?} in {:?}", ran.out);
    }
    let written = fs::read_to_string(folder.path().join("file.md")).expect("the handout is there");
    assert!(written.contains("words") && !written.chars().any(acts));
    for verb in ["start loud --yes --pace instant", "start loud --yes --pace instant --output json", "labs check loud"]
    {
        let ran = folder.pllab(verb).words("--labs labs").run();
        let odd = ran.out.chars().chain(ran.err.chars()).find(|c| acts(*c));
        assert!(odd.is_none(), "{verb}: {odd:?} in {:?}", ran.out);
    }
    for verb in [
        "report --out -",
        "report --out - --format md",
        "report --out - --format json",
        "status",
        "status --output json",
    ] {
        let ran = folder.pllab(verb).words("--labs labs").run().code(0);
        let odd = ran.out.chars().chain(ran.err.chars()).find(|c| acts(*c));
        assert!(odd.is_none(), "{verb}: {odd:?} in {:?}", ran.out);
    }
}
