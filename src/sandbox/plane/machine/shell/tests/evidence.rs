//! What is not known is never shown as a fact, whatever a script does with it.

use super::paper::printed;

/// Runs scripts in which something is not known, and compares what they themselves print.
async fn check(rows: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (script, wanted) in rows {
        let seen = printed(script).await;
        let (notes, own): (Vec<&str>, Vec<&str>) = seen.lines().partition(|line| line.starts_with("[pllab sandbox]"));
        if own.join("\n") != *wanted || notes.is_empty() {
            wrong.push(format!("{script}\n  wanted {wanted:?}\n  seen   {seen:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_unknown_never_becomes_success() {
    check(&[
        ("(nope; exit) && echo yes; echo end", "end"),
        ("f() { nope; return; }; f && echo yes; echo end", "end"),
        ("bash -c 'nope; exit' && echo yes; echo end", "end"),
        ("(exec nope) && echo yes || echo no; echo end", "end"),
        ("set -o pipefail; nope >/dev/null | true && echo yes; echo end", "end"),
        (
            "set -o pipefail; nope >/dev/null | false || echo failed; nope >/dev/null | true | true && echo yes",
            "failed",
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_a_skipped_command_might_have_ended_is_not_run() {
    check(&[
        ("aws s3 cp s3://b/x /tmp/x || exit 1; echo uploaded", ""),
        ("echo a\naws s3 cp s3://b/x /tmp/x || exit 1\necho b\necho c", "a"),
        ("if ! aws s3 ls; then exit 1; fi; echo healthy", ""),
        ("if aws s3 ls; then :; elif exit; then :; fi; echo healthy", ""),
        ("check() { aws s3 ls || return 1; echo checked; }; check && echo ok; echo end", "end"),
        ("for i in 1 2 3; do aws s3 ls && break; echo try $i; done; echo end $i; echo end", "end"),
        ("for i in 1 2 3; do aws s3 ls && continue; a=$i; done; echo $a; echo end", "end"),
        ("while :; do aws s3 ls || break; echo turn; done; echo end", "end"),
        ("while aws s3 ls; do exit; done; echo end", ""),
        ("until false || { nope && exit; }; do echo turn; done; echo end", ""),
        ("for i in 1 2; do for j in 1 2; do nope && break 2; done; echo $i; done; echo end", "end"),
        ("nope && for i in 1; do break; done; echo end", "end"),
        ("nope && break; nope && return; echo end", "end"),
        ("(nope || exit 1; echo in) && echo well; echo end", "end"),
        ("x=$(nope || exit 1; echo in); echo $x; echo end", "end"),
        ("(nope || exit 1; echo in) & wait; echo end", "end"),
        ("nope && exec > /tmp/log; echo end", ""),
        ("nope && set -e; false; echo end", ""),
        ("nope && set -- q; echo $#", ""),
        ("set -- a b; nope && shift; echo $1", ""),
        ("f() { nope && shift; echo $1; }; f a b; echo end", "end"),
        ("f() { exit 1; }; nope && f; echo end", ""),
        ("nope && f() { exit 1; }; f; echo end", ""),
        ("case $(nope) in a) exit 1;; esac; echo end", ""),
        ("nope | exit 1; nope && (exit 1); nope && exit 1 | true; echo end", "end"),
        ("eval \"$(nope)\"; echo end", ""),
        ("time exit 1; echo end", ""),
        ("for ((i=0;i<3;i++)); do exit 1; done; echo end", ""),
    ])
    .await;
    // It is said once.
    let seen = printed("for i in 1 2; do aws s3 ls || exit 1; echo $i; done\necho a\necho b").await;
    assert_eq!(seen.matches("so that is not run either").count(), 1, "{seen}");
}

#[tokio::test]
async fn what_a_program_may_have_written_is_not_known() {
    let programs = [
        "f=/tmp/zz/q; sed -i s/a/b/ $f",
        "f=/tmp/zz/q; sed -i s/a/b/ \"$f\"",
        "for f in /tmp/zz/q; do sed -i s/a/b/ $f; done",
        "cd /tmp/zz; sed -i s/a/b/ q",
        "sed -i s/a/b/ /tmp/zz/*",
        "sed -i s/a/b/ $(nope)",
        "find /tmp/zz -name q -delete",
        "echo /tmp/zz/q | xargs rm",
        "python3 -c 'print(1)'",
        "python3 - <<E\nE",
        "env A=1 perl -e 1",
        "nope -o/tmp/zz/q",
        "nope --out=/tmp/zz/q",
        "nope 2> /tmp/zz/q",
        "wget http://up/zz/q -P /tmp/zz",
        "cd /tmp/zz; nope http://up/q",
        "timeout 5 bash -c 'echo b > /tmp/zz/q'",
        "nope > /tmp/s; source /tmp/s",
        "nope > /tmp/s; bash /tmp/s",
        "x=$(nope); nope && echo b > $x",
        "x=/tmp/zz/q; nope && echo b > $x",
        "nope && rm -rf /tmp/zz",
        "nope && rm -f /tmp/zz/*",
        "nope && bash -c 'echo b > /tmp/zz/q'",
        "nope && curl -o /tmp/zz/q http://up/",
        "nope && x=$(echo b > /tmp/zz/q)",
        "nope && : ${a:=$(echo b > /tmp/zz/q)}",
        "f() { echo b > $1; }; nope && f /tmp/zz/q",
        "nope && time cp /tmp/a /tmp/zz/q",
        "for ((;;)); do echo b > /tmp/zz/q; done",
        "nope && cat <<E > /tmp/zz/q\nE",
        "nope && { echo b; } >> /tmp/zz/q",
        "g() { nope && sudo rm /tmp/zz/q; }; g",
    ];
    let mut rows = Vec::new();
    for program in programs {
        rows.push((format!("mkdir -p /tmp/zz; echo a > /tmp/zz/q; {program}\ncat /tmp/zz/q"), ""));
        rows.push((
            format!("mkdir -p /tmp/zz; echo a > /tmp/zz/q; {program}\n[ -f /tmp/zz/q ] && echo y || echo none"),
            "",
        ));
    }
    let rows: Vec<(&str, &str)> = rows.iter().map(|(script, wanted)| (script.as_str(), *wanted)).collect();
    check(&rows).await;
    check(&[
        // What is not known of a word may not be any file, unless it begins with that.
        ("echo a > /tmp/a; sed -i \"s/b/$(nope)/\" /tmp/b; cat /tmp/a", "a"),
        ("echo a > /tmp/a; sed -i s/b/c/ /srv/$(nope) /srv/\"$(nope)\"; cat /tmp/a", ""),
        ("echo a > /tmp/a; sed -i s/b/c/ /srv/\"$(nope)\"; cat /tmp/a", "a"),
        ("a=1; export b=$(nope); local_() { local c=$(nope); echo $a; }; local_; echo $a; echo $b", "1\n1"),
        ("x=$(nope); echo a > /tmp/a; echo \"$x\" > /tmp/b; curl -s http://up/; cat /tmp/a; cat /tmp/b", "page\na"),
        ("echo a > /tmp/a; python3 -c 1; echo b > /tmp/b; cat /tmp/b; cat /tmp/a", "b"),
        ("echo a > /tmp/a; nope /tmp/b; ps aux; ls /; find / -name x; df -h /; cat /tmp/a", "a"),
        ("mkdir /tmp/zz; echo a > /tmp/zz/a; nope /tmp/zz; rm -rf /tmp/zz; [ -e /tmp/zz/a ] || echo gone", "gone"),
    ])
    .await;
}

#[tokio::test]
async fn what_skipped_words_may_have_assigned_is_not_known() {
    check(&[
        ("a=5; nope && echo $((a=7)); echo $a; echo end", "end"),
        ("nope && : ${a:=6}; echo $a; echo end", "end"),
        ("a=5; nope && [[ $((a++)) ]]; echo $a; echo end", "end"),
        ("a=5; b='a=7'; nope && echo $((b)); echo $a; echo end", "end"),
        ("a=5; nope && printf -v a %s 6; echo $a; echo end", "end"),
        ("a=5; nope && let a=6; echo $a; echo end", "end"),
        ("a=5; nope && export a=6; echo $a; echo end", "end"),
        ("a=5; declare -n r=a; r=6; echo $a", ""),
        ("a=5; for ((a=0;a<3;a++)); do :; done; echo $a; echo end", "end"),
        ("a=5; case $(nope) in x) a=6;; esac; echo $a; echo end", "end"),
    ])
    .await;
}

#[tokio::test]
async fn services_after_an_unknown_verb_are_not_known() {
    check(&[
        ("dnf install -y httpd; rpm -e httpd; systemctl start httpd && echo up || echo down; echo end", "Complete!\nend"),
        ("dnf install -y nginx; dnf -y remove nginx; systemctl start nginx && echo up; echo end", "Complete!\nend"),
        ("dnf install -y nginx; rpm -e nginx; nginx && echo up; echo end", "Complete!\nend"),
        ("dnf install -y nginx; nope && systemctl stop nginx; curl -s localhost && echo y || echo $?; echo end", "Complete!\nend"),
        ("dnf install -y nginx; nope && systemctl stop nginx; systemctl is-active nginx; echo end", "Complete!\nend"),
        ("dnf install -y nginx; nope && systemctl stop nginx; systemctl restart nginx && echo up", "Complete!\nup"),
        ("dnf install -y nginx; f=/etc/nginx/nginx.conf; sed -i 's/80/8080/' $f; systemctl start nginx && echo up; curl -s localhost:80 || echo $?", "Complete!"),
        ("dnf install -y nginx; systemctl status nginx; which nginx; systemctl start nginx && echo up", "Complete!\nup"),
    ])
    .await;
}
