//! What programs say when they cannot do what they are told.

use super::commands::check;
use super::paper::printed;

const SHELL: &str = "/var/lib/cloud/instance/scripts/part-001: line 2: ";

/// Fills in the beginning of the shell's own messages.
async fn check_with_shell(rows: &[(&str, &str)]) {
    let rows: Vec<(&str, String)> =
        rows.iter().map(|(script, wanted)| (*script, wanted.replace("SHELL: ", SHELL))).collect();
    let rows: Vec<(&str, &str)> = rows.iter().map(|(script, wanted)| (*script, wanted.as_str())).collect();
    check(&rows).await;
}

#[tokio::test]
async fn files_need_a_folder_and_folders_are_no_files() {
    check_with_shell(&[
        ("echo x > /tmp/zz/no/f || echo $?", "SHELL: /tmp/zz/no/f: No such file or directory\n1\n"),
        ("echo x > /tmp/f; echo x >> /tmp/f/g || echo $?", "SHELL: /tmp/f/g: Not a directory\n1\n"),
        ("mkdir /tmp/d; echo a > /tmp/d || echo $?", "SHELL: /tmp/d: Is a directory\n1\n"),
        ("touch /tmp/zz/x || echo $?; touch /tmp/d; touch /tmp/d && echo ok", "touch: cannot touch '/tmp/zz/x': No such file or directory\n1\nok\n"),
        ("mkdir /tmp/a/b || echo $?", "mkdir: cannot create directory ‘/tmp/a/b’: No such file or directory\n1\n"),
        ("mkdir /tmp/a; mkdir /tmp/a || echo $?; mkdir -p /tmp/a && echo ok", "mkdir: cannot create directory ‘/tmp/a’: File exists\n1\nok\n"),
        ("touch /tmp/f; mkdir -p /tmp/f || echo $?; mkdir -p /tmp/f/g || echo $?", "mkdir: cannot create directory ‘/tmp/f’: File exists\n1\nmkdir: cannot create directory ‘/tmp/f/g’: Not a directory\n1\n"),
        ("rmdir /tmp/a || echo $?; mkdir /tmp/a; rmdir /tmp/a && [ ! -d /tmp/a ] && echo gone", "rmdir: failed to remove '/tmp/a': No such file or directory\n1\ngone\n"),
        ("mkdir -p /tmp/a/b; rmdir /tmp/a; touch /tmp/a/b/c; rmdir /tmp/a/b || echo $?", "rmdir: failed to remove '/tmp/a': Directory not empty\nrmdir: failed to remove '/tmp/a/b': Directory not empty\n1\n"),
        ("rm || echo $?; mkdir /tmp/a; rm /tmp/a || echo $?; rm -f; echo x > /tmp/f; rm -v /tmp/f", "rm: missing operand\nTry 'rm --help' for more information.\n1\nrm: cannot remove '/tmp/a': Is a directory\n1\nremoved '/tmp/f'\n"),
        ("touch /tmp/f; cd /tmp/f || echo $?; cd /tmp/none || echo $?", "SHELL: cd: /tmp/f: Not a directory\n1\nSHELL: cd: /tmp/none: No such file or directory\n1\n"),
        ("cd /tmp; touch a; mv a a || echo $?; cp a a || echo $?; cp a /tmp || echo $?", "mv: 'a' and 'a' are the same file\n1\ncp: 'a' and 'a' are the same file\n1\ncp: 'a' and '/tmp/a' are the same file\n1\n"),
        ("cd /tmp; echo a > a; echo b > b; cp -n a b; cat b; cp a no/b || echo $?; mv a no/b || echo $?", "b\ncp: cannot create regular file 'no/b': No such file or directory\n1\nmv: cannot move 'a' to 'no/b': No such file or directory\n1\n"),
        ("mkdir /tmp/d; cp /tmp/d /tmp/e || echo $?; cat /tmp/d || echo $?", "cp: -r not specified; omitting directory '/tmp/d'\n1\ncat: /tmp/d: Is a directory\n1\n"),
        ("echo x | tee /tmp/no/x || echo $?", "tee: /tmp/no/x: No such file or directory\nx\n1\n"),
        ("chmod +x /tmp/none || echo $?; touch /tmp/f; chmod 755 /tmp/f && chown root:root /tmp/f && echo ok", "chmod: cannot access '/tmp/none': No such file or directory\n1\nok\n"),
    ])
    .await;
    for script in [
        "touch /tmp/f; chown nosuchuser /tmp/f",
        "mkdir /tmp/d /tmp/e; mv /tmp/d /tmp/e",
        "touch /tmp/f; cp -t /tmp /tmp/f",
        "echo x > /etc/no/f",
        "touch /tmp/a; rm -rv /tmp/a",
    ] {
        let seen = printed(&format!("{script} && echo ok || echo not ok")).await;
        assert!(seen.contains("is not run here") && !seen.contains("ok\n"), "{script}: {seen}");
    }
}

#[tokio::test]
async fn words_and_options_are_those_of_bash() {
    check_with_shell(&[
        ("set -e; x=$(false; echo hi); echo \"$x\"", "hi\n"),
        ("y=5; bash -c 'echo \"[$y]\"'; export y; bash -c 'echo \"[$y]\"'; z=6 bash -c 'echo $z'; echo \"[$z]\"", "[]\n[5]\n6\n[]\n"),
        ("f() { bash -c 'echo \"[$a]\"'; }; a=1 f; a=2; f", "[1]\n[]\n"),
        ("readonly x=1; x=2 || echo no; echo $x; unset x; echo $x", "SHELL: x: readonly variable\nno\n1\nSHELL: unset: x: cannot unset: readonly variable\n1\n"),
        ("x=1; x() { echo f; }; unset -f x; echo $x; x() { echo f; }; unset x; x", "1\nf\n"),
        ("umask", "0022\n"),
        ("IFS=:; x=a::b; set -- $x; echo $#; x=:a:; set -- $x; echo \"$#$1$2\"; IFS=': '; x='a : b  c'; set -- $x; echo $#", "3\n2a\n3\n"),
        ("set -- a b; IFS=,; echo \"$*\"; IFS=; echo \"$*\"; unset IFS; echo \"$*\"", "a,b\nab\na b\n"),
        ("IFS=: read a b <<< x:y:; echo \"$a-$b\"; IFS=: read a b <<< x:y:z:; echo \"$b\"", "x-y\ny:z:\n"),
        ("x=a; echo ${x/#/1} ${x/%/1} ${x//}", "1a a1 a\n"),
        ("x=abc; echo ${x:1:-1}; echo ${x:1:-9} || echo no", "b\nSHELL: -9: substring expression < 0\nno\n"),
        ("(echo ${x?}); (echo ${x:?}); echo end", "SHELL: x: parameter not set\nSHELL: x: parameter null or not set\nend\n"),
        ("f() { echo $#; }; f ${z:-\"a b\"}; f ${z:-a b}; f \"${z:-a b}\"; z=1; f ${z:+a \"b c\"}", "1\n2\n1\n2\n"),
        ("echo {a..c} {c..a}x {1..2}", "a b c cx bx ax 1 2\n"),
        ("mkdir -p /tmp/z/d; cd /tmp/z; touch .h f; echo *; echo .h*; mkdir e; echo e/*", "d f\n.h\ne/*\n"),
        ("return 2", "SHELL: return: can only `return' from a function or sourced script\n[pllab sandbox] the user data ends with status 2, of which cloud-init warns\n"),
    ])
    .await;
    for script in [
        "set | grep FOO",
        "echo $((1 + a=2))",
        "f='/tmp/a b'; echo x > $f",
        "x=1; echo {$x,3}",
        "y=a:~",
        "f() { :; }; type f",
        "f() { :; }; which f",
        "set -- a b; echo ${@:2}",
        "set -- a b; echo \"${@#a}\"",
        "set -- a b; echo \"${@:-x}\"",
    ] {
        let seen = printed(&format!("{script} && echo ok || echo not ok")).await;
        assert!(seen.contains("is not run here") && !seen.contains("ok\n"), "{script}: {seen}");
    }
}

#[tokio::test]
async fn small_programs_have_their_rules() {
    check_with_shell(&[
        ("[ 08 -eq 8 ] && [ 010 -eq 10 ] && [ ' -1 ' -lt +1 ] && echo y", "y\n"),
        ("[ 0x10 -eq 16 ]; echo $?; [ a -eq 1 ] || echo $?", "SHELL: [: 0x10: integer expression expected\n2\nSHELL: [: a: integer expression expected\n2\n"),
        ("[ a '<' b ] && [ b \\> a ] && echo y", "y\n"),
        ("printf '%u %.3d %#x %#o % d %+d|%05d|%-5d|%5.2d\\n' -1 7 255 8 5 5 -42 42 3", "18446744073709551615 007 0xff 010  5 +5|-0042|42   |   03\n"),
        ("basename /; basename a/; dirname /; dirname a//b; dirname a; dirname /a; dirname //a//b//", "/\na\n/\na\n.\n/\n//a\n"),
        ("cd /tmp; echo a > a; cat a none; echo $?; cat none a; sort none; echo $?", "a\ncat: none: No such file or directory\n1\ncat: none: No such file or directory\na\nsort: none: No such file or directory\n2\n"),
        ("cd /tmp; grep -s x none; echo $?", "2\n"),
        ("echo aab | tr aa bc", "ccb\n"),
    ])
    .await;
    for script in [
        "touch /tmp/f /tmp/g; [ /tmp/f -nt /tmp/g ]",
        "printf '%d\\n' 99999999999999999999",
        "wc -l /tmp/a /tmp/b",
        "head /tmp/a /tmp/b",
        "tail /tmp/a /tmp/b",
        "echo abc | grep -o 'b*'",
        "echo a | tr a ''",
        "echo a | tr z-a b",
        "echo a | cut -c0",
        "echo a | cut -f3-1",
        "echo a | cut -dxy -f1",
    ] {
        let seen = printed(&format!("touch /tmp/a /tmp/b; {script} && echo ok || echo not ok")).await;
        assert!(seen.contains("is not run here") && !seen.contains("ok\n"), "{script}: {seen}");
    }
}

#[tokio::test]
async fn redirections_open_when_they_are_reached() {
    check_with_shell(&[
        ("cd /tmp; echo a > f; cat f > f; cat f; [ -s f ] || echo empty", "empty\n"),
        ("cd /tmp; echo a > f; tr a-z A-Z < f > f; cat f; echo end", "end\n"),
        ("cd /tmp; echo a > f; { cat f; echo b; } > f; cat f", "b\n"),
        ("cd /tmp; echo x > a > b; [ -f a ] && cat a b; : >> c; [ -f c ] && echo c", "x\nc\n"),
        ("cd /tmp; echo hi >& f; cat f; { echo o; echo e >&2; } >& f; cat f", "hi\no\ne\n"),
        ("echo a 2>&no || echo $?", "SHELL: no: ambiguous redirect\n1\n"),
        ("echo a >&- || echo $?", "SHELL: write error: Bad file descriptor\n1\n"),
        ("exec 3>&1; echo a >&3; exec 3>&-; echo b >&3 || echo $?", "a\nSHELL: 3: Bad file descriptor\n1\n"),
        ("cd /tmp; echo 12>f; cat f; echo 12 >f; cat f; echo a12>f; cat f", "\n12\na12\n"),
        ("X=1; X=5 true >&9; echo $X", "SHELL: 9: Bad file descriptor\n1\n"),
        ("cat < /tmp/none || echo $?", "SHELL: /tmp/none: No such file or directory\n1\n"),
    ])
    .await;
    let seen = printed("echo a > /tmp/f; read x 3< /tmp/f; echo \"x=$x\"; exec 3< /tmp/f; read x <&3; echo $x").await;
    assert!(seen.contains("is not run here") && !seen.contains("x="), "{seen}");
}

#[tokio::test]
async fn packages_are_asked_for_and_may_not_be_known() {
    check(&[
        ("dnf install nginx && echo installed || echo $?", "Is this ok [y/N]: Operation aborted.\n1\n"),
        ("dnf install -y --assumeno nginx && echo installed || echo $?", "Is this ok [y/N]: Operation aborted.\n1\n"),
        (
            "echo y | dnf install nginx && echo installed; dnf install nginx && echo again",
            "Complete!\ninstalled\nComplete!\nagain\n",
        ),
    ])
    .await;
    for script in ["dnf install -y nosuchpkg123", "dnf install -y --downloadonly nginx"] {
        let seen = printed(&format!("{script} && echo ok || echo not ok")).await;
        assert!(seen.contains("is not run here") && !seen.contains("ok\n"), "{script}: {seen}");
    }
}

#[tokio::test]
async fn nginx_runs_once_and_only_with_its_files() {
    check(&[
        ("dnf install -y nginx; nginx && echo 1; nginx || echo $?", "Complete!\n1\nnginx: [emerg] still could not bind()\n1\n"),
        (
            "dnf install -y nginx; nginx -s stop || echo $?; nginx -s reload || echo $?",
            "Complete!\nnginx: [error] open() \"/run/nginx.pid\" failed (2: No such file or directory)\n1\n\
             nginx: [error] open() \"/run/nginx.pid\" failed (2: No such file or directory)\n1\n",
        ),
        ("dnf install -y nginx; systemctl reload nginx || systemctl is-active nginx", "Complete!\nnginx.service is not active, cannot reload.\ninactive\n[pllab sandbox] the user data ends with status 3, of which cloud-init warns\n"),
    ])
    .await;
    for script in [
        "rm -f /etc/nginx/nginx.conf; [ -f /etc/nginx/nginx.conf ]",
        "rm -f /etc/nginx/nginx.conf; systemctl start nginx",
        "systemctl start nginx; rm -rf /usr/share/nginx/html; curl -s localhost",
        "systemctl start nginx; rm -f /usr/share/nginx/html/index.html; curl -s localhost",
        "rm -rf /etc; systemctl start nginx",
    ] {
        let seen = printed(&format!("dnf install -y nginx; {script} && echo ok || echo not ok")).await;
        assert!(seen.contains("is not run here") && !seen.contains("ok\n"), "{script}: {seen}");
    }
}

#[tokio::test]
async fn units_are_read_as_by_systemd() {
    let failed = "Job for a.service failed because the control process exited with error code.\nSee \"systemctl status \
                  a.service\" and \"journalctl -xeu a.service\" for details.\n1\n";
    for (unit, wanted) in [
        ("[Service]\nType=oneshot\nExecStart=/bin/false", Some(failed)),
        ("[Service]\nType=oneshot\nExecStart=/bin/true", Some("started\n")),
        ("[Service]\nType=oneshot\nExecStart=/bin/bash -c \"echo x > /tmp/made\"", Some("started\nx\n")),
        ("[Service]\nExecStart=/bin/false", Some("started\n")),
        ("[Unit]\nExecStart=/bin/true", None),
        ("[Service]\nExecStart=/bin/true && /bin/true", None),
        ("[Service]\nExecStart=/bin/echo a > /tmp/made", None),
        ("[Service]\nExecStart=/bin/true\nExecStart=/bin/true", None),
        ("[Service]\nExecStartPre=/bin/false\nExecStart=/bin/true", None),
        ("[Service]\nUser=nosuch\nExecStart=/bin/true", None),
        ("[Service]\nWorkingDirectory=/srv/none\nExecStart=/bin/true", None),
        ("[Service]\nExecStart=/bin/bash -c 'echo $v > /tmp/made'", None),
        ("[Service]\nType=oneshot\nExecStart=/bin/f", None),
    ] {
        let script = format!(
            "v=1; f() {{ echo f; }}\ncat > /etc/systemd/system/a.service <<'E'\n{unit}\nE\nsystemctl start a && echo started || echo \
             $?\n[ -f /tmp/made ] && cat /tmp/made; true"
        );
        let seen = printed(&script).await;
        match wanted {
            Some(wanted) => assert_eq!(seen, wanted, "{unit}"),
            None => assert!(seen.contains("is not run here") && !seen.contains("started\n"), "{unit}: {seen}"),
        }
    }
}
