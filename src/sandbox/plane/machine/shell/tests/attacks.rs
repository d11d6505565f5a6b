//! What scripts cannot do: end the program, take its memory or its time, or outlive their instance.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::limits::{MOST_DEEP, MOST_MEMORY};
use super::super::{BootScript, hosts};
use super::paper::{On, Paper};

/// How long a script runs here before its instance is stopped.
const TIME: Duration = Duration::from_millis(400);
/// How long it may compute in that time. It is a second or two on an idle machine; other tests run on the same processors,
/// and what has no bound takes minutes.
const LONGEST: Duration = Duration::from_secs(30);
/// The stack that is there for it: half of what a thread of the sandbox has.
const STACK: usize = 1024 * 1024;

/// Runs a script for a while, and returns the console and how long it computed.
fn attack(script: &str, time: Duration) -> (String, Duration) {
    let script = script.to_owned();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let paper = Arc::new(Paper::default());
        let busy = Arc::new(Mutex::new(Duration::ZERO));
        let counted = Arc::clone(&busy);
        let begun = Instant::now();
        let boot = BootScript::read(&script);
        let _ = hosts(boot.items());
        *busy.lock().unwrap() += begun.elapsed();
        let world = Arc::new(On(Arc::clone(&paper)));
        runtime.block_on(async move {
            let mut running = pin!(boot.run(world, 0, Vec::new(), &|_, _| {}));
            let counting = poll_fn(|context| {
                let begun = Instant::now();
                let polled = running.as_mut().poll(context);
                *counted.lock().unwrap() += begun.elapsed();
                polled
            });
            let _ = tokio::time::timeout(time, counting).await;
        });
        drop(runtime);
        let console = paper.console.lock().unwrap().clone();
        let busy = *busy.lock().unwrap();
        (console, busy)
    });
    thread.unwrap().join().unwrap()
}

#[test]
fn no_script_ends_the_program_or_keeps_it_busy() {
    let nest = |open: &str, close: &str, count: usize| format!("{}echo x{}", open.repeat(count), close.repeat(count));
    let mut rows: Vec<String> = Vec::new();
    for count in [30, 49, 100, 5000] {
        for (open, close) in [
            ("( ", ") "),
            ("{ ", "; }"),
            ("if true; then ", "; fi"),
            ("while true; do ", "; done"),
            ("until false; do ", "; done"),
            ("for i in 1; do ", "; done"),
            ("case x in x) ", ";; esac"),
            ("! ", ""),
            ("echo $(", ")"),
            ("echo \"$(", ")\""),
            ("f() { ", "; }"),
            ("echo ${a:-", "}"),
            ("echo $((", "))"),
            ("x=$(", ")"),
            ("true && (", ")"),
            ("(echo a | ", ")"),
            ("( ", " &) "),
            ("cat <(", ")"),
            ("exec > >(", ")"),
            ("time ", ""),
        ] {
            rows.push(nest(open, close, count));
        }
        rows.push(format!("echo $(({}1{}))", "(".repeat(count), ")".repeat(count)));
        rows.push(format!("echo $(({}1))", "-".repeat(count)));
        rows.push(format!("echo $(({}1))", "1?".repeat(count)));
        rows.push(format!("echo $((1{}))", "**1".repeat(count)));
        rows.push(format!("echo $((a{}1))", "=a".repeat(count) + "="));
        rows.push(format!("[ {}a ]", "! ".repeat(count)));
        rows.push(format!("[[ {}a{} ]]", "( ".repeat(count), " )".repeat(count)));
        rows.push(format!("echo a | grep -E '{}a{}'", "(".repeat(count), ")".repeat(count)));
        rows.push(format!("{}1", "a=".repeat(count)));
        rows.push(format!("echo {}", "`".repeat(count)));
        rows.push(format!("{} true", "sudo ".repeat(count)));
        rows.push(format!("{} true", "exec ".repeat(count)));
        rows.push(format!("x='true'; {}", "x=\"bash -c '$x'\"; ".repeat(count.min(200)) + "$x"));
        rows.push("cat <<A\n$(cat <<B\n".repeat(count));
        for skipped in
            ["nope && ", "if nope; then : ", "while nope; do : ", "case $(nope) in a) ", "nope | ", "[[ a =~ b ]] && "]
        {
            let end = match skipped.split(' ').next() {
                Some("if") => "; fi",
                Some("while") => "; done",
                Some("case") => ";; esac",
                _ => "",
            };
            for (open, close) in
                [("{ ", "; }"), ("if :; then ", "; fi"), ("( ", " )"), ("echo ${a:-$(", ")}"), ("! ", "")]
            {
                let before = if skipped.ends_with(": ") { "; " } else { "" };
                let (open, close) = (open.repeat(count), close.repeat(count));
                rows.push(format!("f() {{ {skipped}{before}{open}f{close}{end}; }}; f"));
                let function = |at: usize| format!("f{at}() {{ {open}f{}{close}; }}\n", at + 1);
                rows.push((0..20.min(60_000 / open.len())).map(function).collect::<String>() + "nope && f0");
            }
        }
        rows.push(format!("f() {{ nope && {}f; {}; }}; f", "{ ".repeat(count), "}; ".repeat(count)));
    }
    rows.extend(
        [
            "a=aaaaaaaaaa; while true; do a=$a$a; done",
            "a=aaaaaaaaaa; for i in {1..999}; do a+=$a; done",
            "a=aaaaaaaaaa; for i in {1..99}; do eval a=$a; a=\"$a$a\"; done",
            ":(){ :|:& };:",
            "f() { f & f & }; f",
            "f() { f; }; f",
            "f() { f; f; }; f",
            "f() { $(f); }; f",
            "f() { nope && f; f; }; f",
            "f() { nope && g; }; g() { nope && f; f; }; f",
            "f() { (f); }; f",
            // Skipped functions are looked at once.
            "exec > >(tee /tmp/{0..999}); f0() { nope; }; for i in {1..24}; do eval \"f$i() { f$((i-1)); f$((i-1)); f$((i-1)); }\"; done; nope && f24",
            "exec > >(tee $(seq 1 999)); while :; do nope; done",
            // Operations that cannot be interrupted are charged for what they do.
            "s=a; for i in {1..17}; do s=$s$s; done; p=$(printf %100000s | tr ' ' b); y=${s//[$p]/}",
            "s=é; for i in {1..16}; do s=$s$s; done; i=$(printf %60000s | tr ' ' é); IFS=$i; set -- $s; set -- $s",
            "a=1; for i in {1..24}; do eval v$i=v$((i+1))+v$((i+1)); done; echo $((v1)) $((v1))",
            "x=a; [[ $([[ $([[ $([[ $([[ $([[ $([[ $([[ $(echo a) ]]) ]]) ]]) ]]) ]]) ]]) ]]) ]]",
            "f() { f | f; }; f",
            "while :; do (while :; do :; done) & done",
            "echo $((1<<999)) $((1>>-1)) $((-9223372036854775808 / -1)) $((-9223372036854775808 % -1)) $((1/0))",
            "echo $((9223372036854775807 + 1)) $((2**9223372036854775807)) $((99999999999999999999999)) $((0/0))",
            "a=b; b=a; echo $((a)) $((b++)) $((a[0]))",
            "a='a+a'; echo $((a))",
            "echo abc | tr 'a-\u{10ffff}' b; echo abc | tr a-z '\u{0}-\u{10ffff}'; echo x | tr z-a b",
            "seq 1 99999999999; echo after",
            "seq 9223372036854775807 9223372036854775807; seq -9223372036854775808 -1 -9223372036854775808",
            "printf %999999999d 1; printf %.999999999s a; printf '%99999999999999999999s' a; printf '%'",
            "printf '%s' $(seq 20000); printf '%200000s' $(seq 2000)",
            "x=$(printf %200000s a); echo \"${x// /bbbbbbbb}\"; echo ${x/*a*/b} ${x//*/b}",
            "x=$(printf %20000s a); echo ${x##*b*c*d*e} ${x%%b*c*d*e*}; case $x in *a*b*c*d*e*f*) ;; esac",
            "x=$(seq 9999); case $x in *1*2*3*4*5*6*7*8*9*0*x) ;; esac; [[ $x == *1*2*3*4*5*x ]]",
            "printf %200000s a | grep -E '(a|b|c*)*d'; printf %20000s a | grep -E '((((a*)*)*)*)*$'",
            "printf %20000s a | grep -E '( {1,1000}){1,1000}b'; echo a | grep -E 'a{99999999999}'",
            "echo {1..9999999999}; echo {9223372036854775800..9223372036854775807}; echo {1..20000}{1..20000}",
            "echo {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
            "while true; do cat <<E\n$(seq 9999)\nE\ndone > /tmp/x",
            "x=$(seq 9999); while true; do x=$(cat <<E\n$x$x\nE\n); done",
            "trap 'while :; do :; done' EXIT; wait; wait 99; exit",
            "f() { trap f EXIT; wait & f; }; f",
            "while :; do :; done",
            "until false; do false; done & while :; do : & done",
            "sleep 99999999999999999999; sleep nan; sleep inf; sleep -1; sleep 1e309",
            "i=0; while [ $i -lt 99999999 ]; do i=$((i+1)); done",
            "x=$(seq 999); for a in $x; do for b in $x; do for c in $x; do :; done; done; done",
            "x=$(seq 999); set -- $x; while :; do set -- \"$@\" \"$@\"; done",
            "x=$(seq 999); set -- $x; f() { f \"$@\" \"$@\"; }; f \"$@\"",
            "while echo a; do :; done | tee /tmp/a /tmp/b",
            "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done | cat -",
            "i=0; while :; do i=$((i+1)); echo $i > /tmp/$i; mkdir /tmp/d$i; export v$i=$i; done",
            "i=0; while :; do i=$((i+1)); nope$i > /tmp/$i; done",
            "exec 2>&1 1>&2 3>&1 9>&3 1>&9; echo a >&9; echo b >&7; echo c >&-",
            "exec > >(tee /a | tee /b | tee /c); while :; do exec > >(tee /a /b | tee /c); echo x; done",
            "cut -d é -f 2- <<< aébé; cut -c 0-0,9999999999999999999- <<< a; cut -f -; head -n -1; tail -n 99999999999999999999",
            "x=é東é; echo ${x:1:1} ${x: -1} ${x:0:-1} ${x:9223372036854775807} ${x:1:-9} ${x%?} ${x#?} ${#x} ${x^} ${x/東/a}",
            "echo \\u{110000} $'\\xff\\377' ; printf '\\xff\\777\\u110000\\'; echo -e '\\0777\\x'",
            "date +%99999999s; date '+%Y%m%d%H'; nc -z -w 1e999 up 80; nc -zw; curl -m 1e999 http://up/; wget",
            "break 99999999999; continue 0; shift 99999999999; exit 99999999999999999999",
            "return 5; for i in 1 2; do return; done; set -- ; shift -1",
            "IFS=; x='a b'; echo $x; IFS=aé; echo ${x}; read -r a b <<< 'aébé'; unset IFS x PATH",
            "echo a > /dev/console/x; cat < /dev; rm -rf /; cp / /; mv /tmp/a /tmp/a; rm -rf ../../..; cd ../../../..",
            "\u{0}\u{1}\u{2}; echo '\u{0}' \"\u{7f}\u{85}\" $\u{0}; a\u{0}=1",
            "((i=1;i<2;i++)); for ((i=0;i<9;i++)); do echo; done; for i; do echo; done; select x in a; do echo; done",
            "[[ a =~ (a|b ]] ; [[ ( ]]; [[ ]]; [[ -z ]]; [ ( ]; [ a = ]; [ -f ]; test -a -o -a; [ ! ]; [",
            "while read -r a; do echo $a; done < <(seq 5); echo a <<< ; <<; <<<",
            "curl --retry 4294967295 --retry-delay 4294967295 http://nope/",
            "bash -c 'bash -c \"bash -c \\\"bash\\\"\"'; echo 'bash /tmp/s & bash /tmp/s' > /tmp/s; bash /tmp/s",
            "echo '. /tmp/s; bash /tmp/s' > /tmp/s; bash /tmp/s; chmod +x /tmp/s; /tmp/s",
            "echo 'while :; do :; done' | bash",
            "cat /dev/zero; cat /dev/urandom | head -c 99999999999; yes; yes | head",
            "printf '[Service]\\nExecStart=/bin/bash -c \"systemctl start a\"\\n' > /etc/systemd/system/a.service; systemctl start a",
        ]
        .map(str::to_owned),
    );
    rows.push(format!("echo {}", "a".repeat(60_000)));
    rows.push(format!("echo {}", "a".repeat(10_000_000)));
    rows.push("a;".repeat(30_000));
    rows.push("$a".repeat(8000));
    rows.push("cat <<E\n".repeat(7000));
    rows.push("a|".repeat(8000) + "b");
    rows.push(format!("echo {}", "a* ".repeat(8000)));
    rows.push(format!("x='{}'; echo $x$x$x$x", "* ".repeat(8000)));
    rows.push("echo $(cat <<E\n".repeat(2000));
    rows.push("$((".repeat(4000));
    rows.push("case a in ".repeat(4000));
    rows.push(format!("case a in {} a) ;; esac", "a|".repeat(9000)));
    rows.push(format!("echo {{{}1..20000}}; echo '{}'{{1..20000}}", "0".repeat(20_000), "a".repeat(20_000)));
    rows.push(format!("exec > >(tee {}); while :; do echo x; done", "/tmp/a /tmp/b ".repeat(2000)));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let rows = Mutex::new(rows.into_iter());
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads * 2 {
            scope.spawn(|| {
                loop {
                    let Some(row) = rows.lock().unwrap().next() else { return };
                    let (_, busy) = attack(&format!("#!/bin/bash\n{row}\n"), TIME);
                    if busy > LONGEST {
                        let row: String = row.chars().take(100).collect();
                        wrong.lock().unwrap().push(format!("{busy:?} {row}"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_too_much_is_said() {
    for (script, wanted) in [
        ("a=aaaaaaaaaa; while [ 1 = 1 ]; do a=$a$a; done", "needs more than 4 MiB of memory and is ended"),
        ("f() { f; }; f; echo no", "the user data nests more than 100 deep and is ended"),
        ("seq 1 99999999999 > /tmp/x", "needs more than 4 MiB of memory and is ended"),
        (
            "s=a; for i in {1..17}; do s=$s$s; done; p=$(printf %100000s | tr ' ' b); y=${s//[$p]/}; echo no",
            "computes without a rest",
        ),
        (
            "a=1; for i in {1..24}; do eval v$i=v$((i+1))+v$((i+1)); done; echo $((v1)); echo no",
            "computes without a rest",
        ),
        (
            "b=$(for i in {1..4000}; do printf ':;'; done); for i in {1..60}; do bash -c \"(sleep 9000; $b)&\"; done; echo no",
            "needs more than 4 MiB of memory and is ended",
        ),
        (
            "b=$(for i in {1..4000}; do printf ':;'; done); for i in {1..60}; do eval \"f$i() { :; $b }\"; done; echo no",
            "needs more than 4 MiB of memory and is ended",
        ),
        ("x=$(printf %9999sa); echo ${x##* * * *b}; echo no", "computes without a rest for too long and is ended"),
    ] {
        let (console, _) = attack(&format!("#!/bin/bash\n{script}\n"), Duration::from_secs(10));
        assert!(console.contains(wanted) && !console.contains("no\n"), "{script}: {console}");
    }
    let deep = format!("#!/bin/sh\necho a\n{}\necho b\n", "( ".repeat(MOST_DEEP + 1));
    let (console, _) = attack(&deep, TIME);
    assert!(console.starts_with("a\n[pllab sandbox] line 3: commands inside more than"), "{console}");
    let jobs = "for i in {1..70}; do (sleep 99999) & done; echo end";
    let (console, _) = attack(&format!("#!/bin/bash\n{jobs}\n"), TIME);
    assert_eq!(console, "[pllab sandbox] an instance has at most 64 jobs in the background\nend\n");
    assert_eq!(MOST_MEMORY, 4 * 1024 * 1024);
}

/// Pieces that mean something to the shell, so that random scripts are not all noise.
const PIECES: [&str; 76] = [
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
    "<<<",
    "2>&1",
    "&>",
    "EOF",
    "while true",
    "until",
    "do",
    "done",
    "if",
    "then",
    "else",
    "fi",
    "for x in",
    "case",
    "in",
    "esac",
    ";;",
    "{",
    "}",
    "é",
    "curl -w %{x} http://up/",
    "echo",
    "cat",
    "[ ",
    " ]",
    "[[ ",
    " ]]",
    "$((",
    "))",
    "((",
    "+",
    "1",
    "x",
    "x=",
    "$x",
    "${x%",
    "${x//",
    "/",
    ":",
    "-",
    "f() {",
    "f",
    "local x",
    "set -e",
    "break",
    "exit",
    "printf %s",
    "seq 5",
    "grep x",
    "tr a-z",
    "!",
    "read x",
    "*",
    "?",
    "~",
    "> >(",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_random_script_does_harm(
        pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..60),
        spaced in proptest::bool::ANY,
        noise in ".*",
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
    ) {
        let joined = if spaced { pieces.join(" ") } else { pieces.concat() };
        for text in [joined.clone() + &noise, noise, String::from_utf8_lossy(&bytes).into_owned(), joined] {
            let (_, busy) = attack(&format!("#!/bin/sh\n{text}"), Duration::from_millis(20));
            prop_assert!(busy < LONGEST, "{:?}", busy);
            attack(&text, Duration::from_millis(20));
            attack(&format!("#cloud-config\n{text}"), Duration::from_millis(20));
        }
    }
}
