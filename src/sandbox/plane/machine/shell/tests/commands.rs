//! What scripts print.

use std::sync::Arc;

use super::super::{BootScript, hosts};
use super::paper::{Paper, printed, run_in};

pub async fn check(rows: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (script, wanted) in rows {
        let seen = printed(script).await;
        if seen != *wanted {
            wrong.push(format!("{script}\n  wanted {wanted:?}\n  seen   {seen:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const SKIP: &str = "is not run here; what depends on it is skipped\n";

#[tokio::test]
async fn words_are_expanded_as_by_bash() {
    check(&[
        ("echo hello  world", "hello world\n"),
        ("echo -n a; echo -e 'b\\tc'", "ab\tc\n"),
        ("A=1; B=\"$A 2\"; echo $B \"$B\" '$B'", "1 2 1 2 $B\n"),
        ("A='a  b'; echo $A \"$A\"", "a b a  b\n"),
        ("echo ${A:-x} ${A-y} ${A:=z} $A ${A:+w}", "x y z z w\n"),
        (
            "n=vpce-1.svc.example; echo ${n%%.*}-a.${n#*.} ${#n} ${n/svc/x} ${n^^}",
            "vpce-1-a.svc.example 18 vpce-1.x.example VPCE-1.SVC.EXAMPLE\n",
        ),
        ("p=/a/b/c.tar.gz; echo ${p##*/} ${p%.*} ${p%%.*} ${p:1:3} ${p: -2}", "c.tar.gz /a/b/c.tar /a/b/c a/b gz\n"),
        ("x=aXbXc; echo ${x//X/-} ${x/#a/Z} ${x/%c/Z} ${x,,}", "a-b-c ZXbXc aXbXZ axbxc\n"),
        (
            "echo $((1 + 2 * 3)) $(( (1+2)*3 )) $((7/2)) $((-7%3)) $((2**10)) $((1<2 && 2>1)) $((5>3?1:0))",
            "7 9 3 -1 1024 1 1\n",
        ),
        ("i=3; i=$((i+1)); ((i++)); let i+=2; echo $i $((~5)) $((1<<4|1)) $((0x1f)) $((010))", "7 -6 17 31 8\n"),
        ("echo $(echo a; echo b) `echo c` \"$(printf 'x\\ny\\n\\n')\"", "a b c x\ny\n"),
        ("echo {a,b}c {1..3} {01..3}", "ac bc 1 2 3 01 02 03\n"),
        (
            "set -- a 'b c'; echo $# $1 \"$2\"; for x in \"$@\"; do echo \"<$x>\"; done; shift; echo $*",
            "2 a b c\n<a>\n<b c>\nb c\n",
        ),
        ("cat <<EOF\na $((1+1)) $(echo x) \\$y\nEOF", "a 2 x $y\n"),
        ("cat <<'EOF'\n$a `b`\nEOF", "$a `b`\n"),
        ("cat <<-EOF\n\ta\n\tEOF\necho b", "a\nb\n"),
        ("cat <<< \"a b\"", "a b\n"),
        ("echo $'a\\nb'", "a\nb\n"),
        ("echo a \\\n  b # no\n# no\necho c", "a b\nc\n"),
        ("printf '%s=%d|' a 1 b 2; printf '%05d %-3s| %x\\n' 42 a 255", "a=1|b=2|00042 a  | ff\n"),
        ("printf '%s\\n' a b", "a\nb\n"),
        ("echo ~ \"~\"", "/root ~\n"),
        ("cd /tmp; echo $PWD; touch a.x b.x; echo *.x; echo *.y", "/tmp\na.x b.x\n*.y\n"),
        ("A+=b; A+=c; echo $A", "bc\n"),
    ])
    .await;
}

#[tokio::test]
async fn commands_are_joined_as_by_bash() {
    check(&[
        ("true && echo a || echo b; false && echo c || echo d", "a\nd\n"),
        ("if [ 1 -eq 1 ]; then echo y; else echo n; fi", "y\n"),
        ("if false; then echo a; elif true; then echo b; else echo c; fi", "b\n"),
        ("for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done", "1\n3\n"),
        ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; [ $i = 2 ] && break; done", "1\n2\n"),
        ("i=0; until [ $i -ge 2 ]; do i=$((i+1)); done; echo $i", "2\n"),
        ("for a in 1 2; do for b in 1; do continue 2; done; done; for a in 1 2; do break 9; done; echo on", "on\n"),
        ("case abc in a*) echo A;; *) echo B;; esac; case x in (y|x) echo C ;; esac", "A\nC\n"),
        ("case x in x) echo C ;& y) echo D;; esac; echo end", "[pllab sandbox] line 2: case x in x) echo C ;& y) echo D;; esac is not run here; what depends on it is skipped\nend\n"),
        ("echo a\nif true; then\necho b\ndone", "a\n/var/lib/cloud/instance/scripts/part-001: line 5: syntax error near unexpected token `done'\n/var/lib/cloud/instance/scripts/part-001: line 5: `done'\n[pllab sandbox] the user data ends with status 2, of which cloud-init warns\n"),
        ("echo it's", "/var/lib/cloud/instance/scripts/part-001: line 2: unexpected EOF while looking for matching `''\n[pllab sandbox] the user data ends with status 2, of which cloud-init warns\n"),
        ("while true; do\n echo never closed", "/var/lib/cloud/instance/scripts/part-001: line 4: syntax error: unexpected end of file\n[pllab sandbox] the user data ends with status 2, of which cloud-init warns\n"),
        ("case $(echo 5) in [0-9]) echo digit;; esac", "digit\n"),
        ("f() { local a=$1; echo f$a$2; return 3; }; a=9; f 1 2; echo $? $a", "f12\n3 9\n"),
        ("function g { echo g; }\ng", "g\n"),
        ("(cd /tmp; A=1; echo in); echo ${A:-none}$PWD", "in\nnone/\n"),
        ("{ echo a; echo b; } | while read -r x; do echo \"<$x>\"; done", "<a>\n<b>\n"),
        ("! true; echo $?; ! false; echo $?", "1\n0\n"),
        ("set -e; false || true; if false; then :; fi; echo on; false; echo off", "on\n[pllab sandbox] the user data ends with status 1, of which cloud-init warns\n"),
        ("set -u; echo $nope; echo off", "/var/lib/cloud/instance/scripts/part-001: line 2: nope: unbound variable\n[pllab sandbox] the user data ends with status 1, of which cloud-init warns\n"),
        ("set -o pipefail; false | true; echo $?; set +o pipefail; false | true; echo $?", "1\n0\n"),
        ("set -x; echo 'a b'; A=$(hostname -s); B=", "+ echo 'a b'\na b\n++ hostname -s\n+ A=ip-10-0-1-5\n+ B=\n"),
        ("exit 0; echo no", ""),
        ("[[ abc == a* && -n x ]] && echo y; [[ a != a || ! -z x ]] && echo z", "y\nz\n"),
        ("[ a = a -a 2 -gt 1 ] && echo y; test -z '' && echo z; [ ] || echo e", "y\nz\ne\n"),
        ("echo a > /tmp/x; echo b >> /tmp/x; cat /tmp/x; [ -s /tmp/x ] && [ -f /tmp/x ] && [ ! -e /tmp/y ] && echo ok", "a\nb\nok\n"),
        ("{ echo a; echo b >&2; } > /tmp/o 2>&1; cat /tmp/o", "a\nb\n"),
        ("echo lost > /dev/null; echo err >&2 2>/dev/null; echo c > /dev/console", "err\nc\n"),
        ("exec > /tmp/log 2>&1; echo a; cat /tmp/none; cat /tmp/log > /dev/console", "a\ncat: /tmp/none: No such file or directory\n"),
        ("exec > >(tee /tmp/log | logger -t user-data -s 2>/dev/console) 2>&1\necho a", "<13>Nov 30 22:50:28 user-data: a\n"),
        ("echo x | tee /tmp/t; cat /tmp/t", "x\nx\n"),
        ("while true; do echo t; break; done | tee -a /dev/console", "t\nt\n"),
        ("echo a > /tmp/full || echo full", "/var/lib/cloud/instance/scripts/part-001: line 2: /tmp/full: No space left on device\nfull\n"),
        ("(sleep 1; echo job) & wait; echo end", "job\nend\n"),
        ("bash -c 'echo $0 $1' x y; echo 'echo from $1' > /tmp/s.sh; bash /tmp/s.sh file", "x y\nfrom file\n"),
        ("while read a b; do echo $b-$a; done <<EOF\n1 2\n3 4 5\nEOF", "2-1\n4 5-3\n"),
        ("f() { echo one; }; eval 'f() { echo two; }'; f; eval 'a=1; exit 3'; echo alive", "two\n[pllab sandbox] the user data ends with status 3, of which cloud-init warns\n"),
        ("eval 'set -e'; false; echo alive", "[pllab sandbox] the user data ends with status 1, of which cloud-init warns\n"),
        ("echo 'a=$1; f() { echo f$a; }; return 3; echo no' > /tmp/e; source /tmp/e x; echo $?; f; . /tmp/none || echo $?", "3\nfx\n/var/lib/cloud/instance/scripts/part-001: line 2: /tmp/none: No such file or directory\n1\n"),
        ("eval 'exec > /tmp/q'; echo hidden; cat /tmp/q >&2", "hidden\n"),
        ("f() { exec > /tmp/q; }; f; echo hidden; { exec > /dev/console; }; cat /tmp/q; (exec > /tmp/r; echo r); echo shown", "hidden\nshown\n"),
        ("break; echo $?", "/var/lib/cloud/instance/scripts/part-001: line 2: break: only meaningful in a `for', `while', or `until' loop\n0\n"),
        ("a=5; printf -v a %s 6; echo $a", "6\n"),
        ("i=0; [[ $((i++)) -eq 0 ]] && echo $i", "1\n"),
        ("IFS=éx; a=1é2x3; set -- $a; echo $#; x=b; [[ b == [$x-$x] && c != [[:digit:]z-a] ]] && echo y", "3\ny\n"),
        ("trap 'echo x' EXIT", "[pllab sandbox] line 2: trap has no effect here: signals are not modelled\n"),
    ])
    .await;
}

#[tokio::test]
async fn small_programs_print_what_they_print() {
    check(&[
        ("seq 3 | tac | head -n 2", "3\n2\n"),
        ("printf 'b\\na\\nb\\n' | sort -u | wc -l", "2\n"),
        ("echo a:b:c | cut -d: -f2; echo abc | cut -c1-2", "b\nab\n"),
        ("echo Hello | tr a-z A-Z; echo aabb | tr -d a; echo 'a  b' | tr -s ' '", "HELLO\nbb\na b\n"),
        ("printf 'one\\ntwo\\n' | grep -E '^t.o$' && echo found", "two\nfound\n"),
        ("echo code=200 | grep -q 'code=[0-9]\\+' && echo y; echo a | grep -c b; true", "y\n0\n"),
        ("echo 'a 10.0.1.5 b' | grep -oE '[0-9]+(\\.[0-9]+){3}'", "10.0.1.5\n"),
        ("echo abc | grep -vi B; echo $?", "1\n"),
        ("basename /a/b.txt .txt; dirname /a/b; date +%F; hostname; hostname -I; whoami; id -u", "b\n/a\n2026-11-30\nip-10-0-1-5.ap-northeast-1.compute.internal\n10.0.1.5 \nroot\n0\n"),
        ("seq 1 12 > /tmp/n; tail -n 2 /tmp/n; tail -3 /tmp/n | head -1", "11\n12\n10\n"),
        ("mkdir -p /srv/www && cd /srv/www && pwd; rm -rf /srv/www; [ -d /srv/www ] || echo gone", "/srv/www\ngone\n"),
        ("echo x > /tmp/a; cp /tmp/a /tmp/b; mv /tmp/b /tmp/c; cat /tmp/c; ls", "x\n[pllab sandbox] line 2: ls is not run here; what depends on it is skipped\n"),
        ("curl -s http://up/; curl -sS http://nope/ || echo rc=$?", "page\ncurl: (6) Could not resolve host: nope\nrc=6\n"),
        ("x=$(curl -s http://up/) && echo \"got $x\"; curl -s -o /tmp/p http://up/; cat /tmp/p", "got page\npage\n"),
        ("wget -q -O - http://up/; wget -q http://nope/ || echo $?", "page\n4\n"),
        ("nc -zv -w 3 up 80 2>&1 | tail -2 && echo y", "Ncat: Connected to 10.0.2.20:80.\nNcat: 0 bytes sent, 0 bytes received in 0.01 seconds.\ny\n"),
        ("nc -z -w3 up 81 || echo refused; nc -zv down 80 || echo lost", "refused\nNcat: Version 7.93 ( https://nmap.org/ncat )\nNcat: TIMEOUT.\nlost\n"),
        ("(echo > /dev/tcp/up/80) 2>/dev/null && echo open; (: < /dev/tcp/up/81) 2>/dev/null || echo closed", "open\nclosed\n"),
        ("getent hosts up; getent hosts nope || echo $?; dig +short up; host nope; true", "10.0.2.20       up\n2\n10.0.2.20\nHost nope not found: 3(NXDOMAIN)\n"),
        ("apt-get install -y nginx || echo $?", "/var/lib/cloud/instance/scripts/part-001: line 2: apt-get: command not found\n127\n"),
        ("systemctl start nginx; echo $?; dnf install -y nginx; systemctl enable --now nginx && systemctl is-active nginx", "Failed to start nginx.service: Unit nginx.service not found.\n5\nComplete!\nactive\n"),
    ])
    .await;
}

#[tokio::test]
async fn what_is_not_modelled_is_neither_success_nor_failure() {
    for (script, what, rest) in [
        ("aws s3 ls && echo y || echo n\necho end", "aws s3 ls", "end\n"),
        ("if aws s3 ls; then A=1; else A=2; fi; echo \"a=$A\"; echo end", "aws s3 ls", "end\n"),
        ("while aws s3 ls; do echo t; done; echo end", "aws s3 ls", "end\n"),
        ("! aws s3 ls && echo y; echo end", "aws s3 ls", "end\n"),
        ("x=$(aws s3 ls); echo \"x=$x\"; x=1; echo $x", "aws s3 ls", "1\n"),
        ("aws s3 ls | grep x && echo y; echo end", "aws s3 ls", "end\n"),
        ("aws s3 ls > /tmp/f; cat /tmp/f; echo x > /tmp/f; cat /tmp/f", "aws s3 ls > /tmp/f", "x\n"),
        ("set -e; aws s3 ls; echo end", "aws s3 ls", "end\n"),
        ("f() { aws s3 ls; }; f && echo y; echo end", "aws s3 ls", "end\n"),
        ("source /etc/os-release; echo $VERSION; V=1; echo $V", "source /etc/os-release", "1\n"),
        ("echo $(cat /etc/os-release | head -1); echo end", "cat /etc/os-release", "end\n"),
        ("a=(1 2); echo $a; echo end", "a=(1 2)", "end\n"),
        ("aws x; echo $?; echo end", "aws x", "end\n"),
    ] {
        assert_eq!(printed(script).await, format!("[pllab sandbox] line 2: {what} {SKIP}{rest}"), "{script}");
    }
    // Each line is told of once.
    let script = "for i in 1 2 3; do aws a; aws b; done\naws c";
    assert_eq!(printed(script).await.matches(SKIP).count(), 2);
    // Verdicts of report 1.
    let script = "ping -c1 h && echo 'verdict: REACHABLE' || echo 'verdict: BLOCKED'";
    assert!(!printed(script).await.contains("verdict: REACHABLE\n"));
}

#[tokio::test]
async fn an_nginx_whose_configuration_is_not_known_is_not_started() {
    let paper = Arc::new(Paper::default());
    let script = "#!/bin/sh\ndnf install -y nginx\nsed -i s/80/8080/ /etc/nginx/nginx.conf\nsystemctl start nginx\n";
    run_in(&paper, script, 0, Vec::new()).await;
    let console = paper.console.lock().unwrap().clone();
    assert!(console.contains("line 3: sed -i s/80/8080/ /etc/nginx/nginx.conf is not run"), "{console}");
    assert!(console.contains("line 4: systemctl start nginx is not run"), "{console}");
    assert!(paper.log.lock().unwrap().is_empty());
}

#[tokio::test]
async fn servers_follow_and_units_of_one_s_own_run() {
    let paper = Arc::new(Paper::default());
    let script = "#!/bin/bash\nmkdir -p /srv/www && cd /srv/www\nnohup python3 -m http.server 8080 > /dev/null 2>&1 &\n\
                  tail -n +1 -F /var/log/nginx/access.log &\ncat > /etc/systemd/system/web.service <<EOF\n[Service]\n\
                  WorkingDirectory=/opt\nExecStart=/usr/bin/python3 -m http.server 81\nEOF\nsystemctl enable --now web\n";
    run_in(&paper, script, 0, Vec::new()).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        *paper.log.lock().unwrap(),
        ["serve /srv/www/ 8080 Null", "follow /var/log/nginx/access.log true true", "serve /opt/ 81 Null"]
    );
    assert_eq!(*paper.console.lock().unwrap(), "");
}

#[tokio::test]
async fn user_data_that_is_no_script_is_said_and_not_run() {
    for (text, wanted) in [
        ("dnf install -y nginx\n", "text/x-not-multipart) userdata: 'b'dnf install -y nginx'...'"),
        ("#!/usr/bin/python3\nprint(1)\n", "line 1: #!/usr/bin/python3 is not run here"),
        ("#include\nhttp://x/\n", "user data of this kind is not run here: #include"),
        ("#cloud-config\nrun: [\n", "this cloud-config cannot be read here"),
        ("#cloud-config\nusers: [a]\nruncmd:\n- echo hi\n", "cloud-config: users is not run here\nhi\n"),
    ] {
        let paper = Arc::new(Paper::default());
        run_in(&paper, text, 0, Vec::new()).await;
        let console = paper.console.lock().unwrap().clone();
        assert!(console.contains(wanted), "{text}: {console}");
    }
    let paper = Arc::new(Paper::default());
    let config = "#cloud-config\npackages: [nginx]\nwrite_files:\n- path: /tmp/it's\n  content: |\n    a 'b'\n    $c\n\
                  runcmd:\n- [ echo, 'x  y' ]\n- cat \"/tmp/it's\"\n- systemctl enable --now nginx\n";
    run_in(&paper, config, 0, Vec::new()).await;
    assert_eq!(*paper.console.lock().unwrap(), "Complete!\nx  y\na 'b'\n$c\n");
    assert_eq!(*paper.log.lock().unwrap(), ["start nginx"]);
}

#[tokio::test]
async fn what_an_earlier_process_did_is_repeated_without_a_word() {
    let script = "#!/bin/bash\necho a > /tmp/f\nif curl -s http://up/; then B=yes; fi\nsleep 3\necho $B\nX=$(curl -s http://up/)\n\
                  echo \"$X now\"\n";
    let paper = Arc::new(Paper::default());
    run_in(&paper, script, 5, vec![(0, String::new()), (0, "then".to_owned())]).await;
    assert_eq!(*paper.console.lock().unwrap(), "then now\n");
    assert_eq!(paper.read_file("/tmp/f"), "a\n");
    assert!(paper.log.lock().unwrap().is_empty() && *paper.waits.lock().unwrap() == 0);
}

impl Paper {
    fn read_file(&self, path: &str) -> String {
        String::from_utf8_lossy(self.files.lock().unwrap().get(path).map_or(&[], Vec::as_slice)).into_owned()
    }
}

#[tokio::test]
async fn loops_wait_for_what_comes_later() {
    let paper = Arc::new(Paper { patience: 6, ..Paper::default() });
    run_in(&paper, "#!/bin/sh\nuntil curl -sf http://late/; do sleep 5; done\necho after", 0, Vec::new()).await;
    assert_eq!(*paper.console.lock().unwrap(), "late page\nafter\n");
    assert_eq!(paper.log.lock().unwrap().len(), 4);
}

#[test]
fn hosts_are_named_once_and_in_order() {
    let named = |script: &str| hosts(BootScript::read(&format!("#!/bin/sh\n{script}")).items());
    let pairs = |list: &[(&str, u16)]| list.iter().map(|(host, port)| ((*host).to_owned(), *port)).collect::<Vec<_>>();
    assert_eq!(
        named("while true; do curl http://b/x; curl b; curl http://a:81; curl https://t/; done\n"),
        pairs(&[("b", 80), ("a", 81)])
    );
    assert_eq!(
        named(
            "name=v.e; a=\"${name%%.*}-a.${name#*.}\"\nif x; then curl \"http://$a/\"; fi; curl $(pick); curl http://$no/"
        ),
        pairs(&[("v-a.e", 80)])
    );
    assert_eq!(
        named("probe() { curl -s http://$1/; }\nfor h in x y; do curl http://$h/ || probe f$h; done\nf() { f; }; f"),
        pairs(&[("x", 80), ("fx", 80), ("y", 80), ("fy", 80)])
    );
}

#[tokio::test]
async fn a_windows_client_is_understood() {
    let paper = Arc::new(Paper::default());
    let script = "<powershell>\n$x = 1\nif ($a) {\n  curl.exe http://h/\n}\nWrite-Host a b\ncurl.exe -sS -m 5 \"http://up/\" 2>&1 | \
                  ForEach-Object { $console.WriteLine($_) }\nStart-Sleep -Seconds 3\n</powershell>\n<persist>true</persist>\n";
    run_in(&paper, script, 0, Vec::new()).await;
    let skipped = |line: u32, text: &str| format!("[pllab sandbox] line {line}: {text} {SKIP}");
    let wanted = skipped(2, "$x = 1") + &skipped(3, "if ($a) {") + "a b\npage\n";
    assert_eq!(*paper.console.lock().unwrap(), wanted);
    let looped = "<powershell>\nwhile ($true) {\ncurl.exe \"http://b/\"\nStart-Sleep 5\n}\n</powershell>";
    assert_eq!(hosts(BootScript::read(looped).items()), [("b".to_owned(), 80)]);
    assert_eq!(BootScript::read("<powershell>\nwhile ($true) {\nStart-Sleep 5\n").items().len(), 0);
    let deep =
        format!("<powershell>\n{}{}\n</powershell>", "while ($true) {\nStart-Sleep 1\n".repeat(900), "}\n".repeat(900));
    assert_eq!(BootScript::read(&deep).items().len(), 1);
}
