use super::*;
use crate::sandbox::plane::fixtures::WEB;

/// Each step in a few characters, for tables.
fn brief(step: &Step) -> String {
    let action = match &step.action {
        Action::Nothing => "nothing".to_owned(),
        Action::Install { packages, patient } => {
            format!("install {}{}", packages.join(" "), if *patient { "" } else { "?" })
        }
        Action::Print(text) => format!("print {text:?}"),
        Action::Tee { path, text, .. } => format!("tee {path} {text:?}"),
        Action::Unit { verb, unit } => format!("{verb} {unit}"),
        Action::Follow { path, from_start } => format!("follow {path}{}", if *from_start { " all" } else { "" }),
        Action::ServeFolder { port } => format!("serve {port}"),
        Action::ChangeFolder(folder) => format!("cd {folder}"),
        Action::Curl(curl) => format!("curl {}", curl.url.text),
        Action::Sleep(seconds) => format!("sleep {seconds}"),
        Action::Loop { until, body } => {
            let list = |steps: &[Step]| steps.iter().map(brief).collect::<Vec<_>>().join(", ");
            format!("loop({}){{{}}}", list(until), list(body))
        }
        Action::Exit => "exit".to_owned(),
        Action::Skipped { line, text } => format!("skip {line} {text}"),
    };
    let sink = |sink: &Option<Sink>| match sink {
        None => String::new(),
        Some(Sink::Console) => " >console".to_owned(),
        Some(Sink::Null) => " >null".to_owned(),
        Some(Sink::File { path, append }) => format!(" {}{path}", if *append { ">>" } else { ">" }),
    };
    let when = match step.when {
        When::Always => "",
        When::Succeeded => "&& ",
        When::Failed => "|| ",
    };
    format!("{when}{action}{}{}", sink(&step.out), if step.background { " &" } else { "" })
}

fn steps(script: &str) -> Vec<String> {
    parse(&format!("#!/bin/bash\n{script}")).steps.iter().map(brief).collect()
}

#[test]
fn each_line_that_is_modelled_becomes_a_step() {
    let rows: &[(&str, &[&str])] = &[
        ("# a comment\n\n   \n", &[]),
        ("exec > >(tee /var/log/user-data.log | logger -t user-data -s 2>/dev/console) 2>&1", &[]),
        ("set -euxo pipefail", &["nothing"]),
        ("dnf install -y nginx", &["install nginx"]),
        ("sudo yum -y install nginx python3 > /dev/null 2>&1", &["install nginx python3 >null"]),
        ("dnf update -y", &["skip 2 dnf update -y"]),
        ("cat > /a.html <<'EOF'\n<p>$X</p>\nEOF\necho b", &["print \"<p>$X</p>\\n\" >/a.html", "print \"b\\n\""]),
        ("N=run-1\ncat <<EOF >> /a\n$N ${M}\nEOF", &["print \"run-1 ${M}\\n\" >>/a"]),
        ("tee /a <<EOF >/dev/null\nx\nEOF", &["tee /a \"x\\n\" >null"]),
        ("cat <<-EOF > /a", &["skip 2 cat <<-EOF > /a"]),
        ("echo 'ssi on;' > /etc/nginx/default.d/a.conf", &["print \"ssi on;\\n\" >/etc/nginx/default.d/a.conf"]),
        ("echo -n a b >> f", &["print \"a b\" >>f"]),
        ("echo hello > /dev/console", &["print \"hello\\n\" >console"]),
        ("echo 'two\nlines'", &["print \"two\\nlines\\n\""]),
        ("mkdir -p /srv/www && cd /srv/www", &["nothing", "&& cd /srv/www"]),
        ("systemctl enable --now nginx", &["start nginx"]),
        ("systemctl enable nginx.service; systemctl restart nginx", &["enable nginx", "restart nginx"]),
        ("systemctl status nginx", &["skip 2 systemctl status nginx"]),
        ("tail -F /var/log/nginx/access.log > /dev/console &", &["follow /var/log/nginx/access.log >console &"]),
        ("tail -n +1 -F /a > /dev/console 2>&1 &", &["follow /a all >console &"]),
        ("nohup python3 -m http.server 8080 &", &["serve 8080 &"]),
        ("python3 -m http.server", &["serve 8000"]),
        ("python3 /opt/app.py", &["skip 2 python3 /opt/app.py"]),
        ("curl -sS -m 5 http://h/ || true", &["curl http://h/", "|| nothing"]),
        ("curl -s http://h/ | tee /dev/console", &["curl http://h/ >console"]),
        ("curl -s http://h/ | grep x", &["skip 2 curl -s http://h/ | grep x"]),
        ("curl -X POST http://h/", &["skip 2 curl -X POST http://h/"]),
        ("U=http://h:81/\ncurl \\\n  -sS \"$U\"", &["curl http://h:81/"]),
        ("sleep 10", &["sleep 10"]),
        ("exit 0", &["exit"]),
        ("while true; do\n  curl -s http://h/\n  sleep 5\ndone", &["loop(){curl http://h/, sleep 5}"]),
        ("while :; do curl -s http://h/; sleep 5; done &", &["loop(){curl http://h/, sleep 5} &"]),
        (
            "while true\ndo\necho x\ndone > /dev/console 2>&1 &\necho after",
            &["loop(){print \"x\\n\"} >console &", "print \"after\\n\""],
        ),
        ("until dnf install -y nginx; do sleep 5; done", &["loop(install nginx?){sleep 5}"]),
        (
            "if [ -f /a ]; then\n  if true; then echo b; fi\n  echo a\nfi\necho c",
            &["skip 2 if [ -f /a ]; then", "print \"c\\n\""],
        ),
        ("for i in 1 2; do\n  while true; do echo; done\ndone\nexit 0", &["skip 2 for i in 1 2; do", "exit"]),
        ("say() {\n  echo x\n}\necho y", &["skip 2 say() {", "print \"y\\n\""]),
        ("T=$(curl -s http://h/)\necho $T", &["skip 2 T=$(curl -s http://h/)", "print \"$T\\n\""]),
        ("while true; do\n echo never closed", &[]),
        ("echo it's", &["skip 2 echo it's"]),
    ];
    for (script, wanted) in rows {
        assert_eq!(steps(script), *wanted, "{script}");
    }
}

#[test]
fn the_lab_s_own_script_is_understood_whole() {
    let seen: Vec<String> = parse(WEB).steps.iter().map(brief).collect();
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert!(seen.iter().all(|step| !step.starts_with("skip")), "{seen:?}");
}

#[test]
fn what_is_no_script_is_said_and_not_run() {
    assert_eq!(parse("").steps, []);
    let seen: Vec<String> = parse("#cloud-config\npackages: [nginx]\n").steps.iter().map(brief).collect();
    assert_eq!(seen, ["skip 1 #cloud-config"]);
}

#[test]
fn hosts_are_named_once_and_in_order() {
    let program = parse("#!/bin/sh\nwhile true; do curl http://b/x; curl b; curl http://a:81; curl https://t/; done\n");
    assert_eq!(program.hosts(), [("b".to_owned(), 80), ("a".to_owned(), 81)]);
}

/// Pieces that mean something to the reader, so that random scripts are not all noise.
const PIECES: [&str; 34] = [
    "\n",
    " ",
    "'",
    "\"",
    "\\",
    "$",
    "${",
    "}",
    "$(",
    ")",
    "`",
    ";",
    "&",
    "&&",
    "||",
    "|",
    ">",
    ">>",
    "<<",
    "<<-",
    "2>&1",
    "&>",
    "EOF",
    "while true",
    "until",
    "do",
    "done",
    "if",
    "fi",
    "curl -w %{x} http://h/",
    "echo",
    "cat",
    "{",
    "é",
];

proptest::proptest! {
    #[test]
    fn no_script_makes_the_reader_panic(
        pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..40),
        noise in ".*",
        windows in proptest::bool::ANY,
    ) {
        let script = pieces.concat() + &noise;
        let tag = if windows { "<powershell>" } else { "#!/bin/sh\n" };
        parse(&format!("{tag}{script}")).hosts();
        parse(&noise).hosts();
    }
}

#[test]
fn a_variable_that_doubles_itself_ends_somewhere() {
    let doubling = "A=$A$A\n".repeat(60);
    let script =
        format!("#!/bin/sh\nA=0123456789\n{doubling}{}cat <<END\n{}\nEND\n", "echo $A\n".repeat(3), "$A".repeat(500));
    let steps = parse(&script).steps;
    let long = |step: &Step| matches!(&step.action, Action::Print(text) if text.len() > 64 * 1024);
    assert!(steps.len() > 3 && !steps.iter().any(long), "{}", steps.len());
}

#[test]
fn loops_nest_to_a_limit() {
    for begin in ["while :\ndo\n", "while true; do\n", "until false; do\n"] {
        let script = format!("{}echo x\n{}echo after", begin.repeat(1000), "done\n".repeat(1000));
        let seen = parse(&format!("#!/bin/sh\n{script}")).steps;
        let [looped, after] = seen.as_slice() else { panic!("{begin}: {}", seen.len()) };
        assert_eq!(brief(after), "print \"after\\n\"");
        let (mut inner, mut depth) = (looped, 0);
        while let Action::Loop { body, .. } = &inner.action {
            (inner, depth) = (&body[0], depth + 1);
        }
        let said = brief(inner);
        assert!(said.ends_with(" a loop inside 16 others, with all that is in it"), "{begin}: {said}");
        assert_eq!(depth, MOST_NESTED, "{begin}");
    }
    // Loops side by side are not nested.
    assert_eq!(steps(&"while :; do echo x; done &\n".repeat(40)).len(), 40);
    let text = "for i in 1 2; do while :; do echo; done; done; echo after";
    assert_eq!(steps(text), [format!("skip 2 {text}").as_str(), "print \"after\\n\""]);
}

#[test]
fn a_quote_that_spans_many_lines_is_read_once() {
    let script = format!("#!/bin/sh\nA={}\necho \"{}{}\"\n", "a".repeat(4096), "$A".repeat(100), "x\n".repeat(4000));
    let began = std::time::Instant::now();
    assert_eq!(parse(&script).steps.len(), 1);
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn a_command_of_too_many_lines_is_refused() {
    let refused = ["skip 2 a command that goes on over too many lines, and what follows it"];
    // Each line closes the quote and opens it again, or ends in a backslash.
    assert_eq!(steps(&format!("echo \"\n{}echo after", "\"a\"\n".repeat(4000))), refused);
    assert_eq!(steps(&format!("{}echo after", "a\\\n".repeat(4000))), refused);
    // The other quote neither closes nor opens it.
    let page = "<a href=\"x\">\n".repeat(300);
    assert_eq!(
        steps(&format!("echo '{page}'\necho after")),
        [format!("print {:?}", page + "\n").as_str(), "print \"after\\n\""]
    );
}
