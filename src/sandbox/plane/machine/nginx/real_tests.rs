//! Asks a real nginx whether our statements about nginx are true, if this machine has one.

use std::cell::Cell;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config as Settings, TestRunner};
use tempfile::TempDir;

use super::builtin::Config;
use super::directive::Directive;
use super::page::page;
use super::property_tests::{likely, local_ports};
use super::translate::{local_tree, translate};
use super::tree::{parse, read};
use crate::sandbox::plane::machine::disk::Disk;

/// The nginx of this machine. Without one these tests pass and say so; CI's client tests install one.
fn nginx() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = folders.map(|folder| folder.join("nginx")).find(|program| program.is_file());
    if found.is_none() {
        let _ = writeln!(std::io::stderr(), "no nginx on this machine: what is said of nginx is not asked of it");
    }
    found
}

/// A runner with a fixed seed that tries this many inputs, or twelve times as many in the full form.
fn runner(cases: u32) -> TestRunner {
    let cases = if std::env::var("PLLAB_FULL").is_ok_and(|value| value == "1") { 12 * cases } else { cases };
    let settings = Settings { cases, failure_persistence: None, max_shrink_iters: 200, ..Settings::default() };
    TestRunner::new_with_rng(
        settings,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    )
}

/// Runs nginx on `nginx.conf` in a folder: whether it succeeds, its first message at level `emerg`, and its output.
fn says(program: &Path, folder: &Path, option: &str) -> (bool, String, String) {
    let out = Command::new(program)
        .args([option, "-p"])
        .arg(folder)
        .args(["-c", "nginx.conf", "-e", "stderr"])
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .expect("nginx starts");
    let errors = String::from_utf8_lossy(&out.stderr).into_owned();
    // The process id may come first.
    let said = |line: &str| {
        let (_, said) = line.split_once("[emerg] ")?;
        let number = said.split(": ").next().filter(|it| it.bytes().all(|byte| byte == b'#' || byte.is_ascii_digit()));
        Some(number.map_or(said, |it| &said[it.len() + 2..]).to_owned())
    };
    let emergency = errors.lines().find_map(said);
    (out.status.success(), emergency.unwrap_or_default(), String::from_utf8_lossy(&out.stdout).into_owned())
}

/// A folder laid out like an instance's.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for inner in ["root/tmp", "root/usr/share/nginx/html", "root/srv/i"] {
        fs::create_dir_all(folder.path().join(inner)).expect("a folder can be made");
    }
    folder
}

fn ours(text: &[u8]) -> Result<Vec<Directive>, String> {
    let mut disk = Disk::default();
    disk.write("/etc/nginx/nginx.conf", text, false).unwrap();
    read(&disk)
}

/// Both read the same words, or report the same error for the same line.
#[test]
fn our_reader_and_nginx_agree_on_any_text() {
    const PIECES: &[&str] = &[
        "a",
        "b",
        "x",
        "'",
        "\"",
        "\\",
        "\\",
        "$",
        "{",
        "}",
        ";",
        " ",
        " ",
        "\t",
        "\r",
        "\n",
        "#",
        "(",
        ")",
        "${",
        "\\$",
        "\\{",
        "\\\"",
        "\\'",
        "\\\\",
        "\\n",
        "\\t",
        "\\r",
        "n",
        "t",
        "r",
        "0",
        "/",
        "あ",
        "\u{feff}",
        "\x01",
        "\x7f",
        "sendfile",
        "sendfile ",
        "http",
        "http {",
        "\\;",
        "';",
        "\";",
        "etag on;",
        "\\#",
    ];
    let Some(program) = nginx() else { return };
    let folder = folder();
    let file = folder.path().join("nginx.conf");
    let text = (
        select(
            &[
                "",
                "",
                "http { sendfile ",
                "http { sendfile \"",
                "http { sendfile '",
                "http { types { ",
                "http { ",
                "events { } ",
            ][..],
        ),
        vec(select(PIECES), 0..14),
        select(&["", "", ";", ";}", "\";", "';", "; } }", "x; }}"][..]),
    )
        .prop_map(|(before, pieces, after)| format!("{before}{}{after}", pieces.concat()));
    let (agreed, accepted) = (Cell::new(0), Cell::new(0));
    let check = |text: &[u8]| {
        fs::write(&file, text).expect("a file can be written");
        let (_, nginx_says, _) = says(&program, folder.path(), "-t");
        // nginx also requires an `events` block, and says so at the end.
        let nginx_says = if nginx_says.starts_with("no \"events\" section") { String::new() } else { nginx_says };
        let place = file.to_string_lossy().into_owned();
        let we_say = ours(text).err().unwrap_or_default().replace("/etc/nginx/nginx.conf", &place);
        // nginx prints bytes as they are, even line ends, so only the first line of its message is compared.
        let first = we_say.lines().next().unwrap_or_default().to_owned();
        agreed.set(agreed.get() + 1);
        accepted.set(accepted.get() + u32::from(nginx_says.is_empty()));
        (nginx_says, first)
    };
    let long = |length: usize| "x".repeat(length);
    for text in [
        format!("http {{ sendfile {}; }}", long(4095)),
        format!("http {{ sendfile {}; }}", long(4096)),
        format!("http {{ sendfile '{}'; }}", long(4095)),
        format!("http {{ sendfile '{}'; }}", long(5000)),
        format!("#{}\nx;", long(4094)),
        format!("#{}\nx;", long(4095)),
        format!("http {{\n\n#{}\n", long(4095)),
        format!("{}x;", " ".repeat(9000)),
        format!("{}x y", "\n".repeat(5000)),
    ] {
        let (nginx_says, we_say) = check(text.as_bytes());
        // nginx truncates its message.
        let start = |said: &str| said.chars().take(60).collect::<String>();
        assert_eq!(start(&nginx_says), start(&we_say), "{} bytes: {}", text.len(), &text[..20]);
    }
    runner(400)
        .run(&text, |text| {
            let (nginx_says, we_say) = check(text.as_bytes());
            prop_assert_eq!(nginx_says, we_say);
            Ok(())
        })
        .expect("they agree");
    let (agreed, accepted) = (agreed.get(), accepted.get());
    assert!(accepted > 5 && agreed > accepted + 100, "{accepted} of {agreed}");
}

/// The tree's text with an unknown directive before the directive of the given number, and the line of that.
fn with_stranger(text: &str, number: usize) -> (String, usize) {
    let lines: Vec<&str> = text.lines().collect();
    let at = number % lines.len();
    let mut out = lines.clone();
    out.insert(at, "stranger;");
    (out.join("\n"), at + 1)
}

#[test]
fn nginx_reads_exactly_what_was_written() {
    let Some(program) = nginx() else { return };
    let folder = folder();
    let file = folder.path().join("nginx.conf");
    let ran = Cell::new(0);
    runner(60)
        .run(&(likely(), any::<usize>()), |(text, number)| {
            let tree = ours(text.as_bytes()).map_err(TestCaseError::fail)?;
            let ports = local_ports(&Config::of(&tree), 25_000);
            let address = Ipv4Addr::new(10, 0, 1, 5);
            let written = translate(&tree, address, &ports).expect("what is likely runs");
            let meant = local_tree(&tree, address, &ports).expect("what is likely runs");
            fs::write(&file, &written).expect("a file can be written");
            let (runs, emergency, dump) = says(&program, folder.path(), "-T");
            // Another process may use the address for a moment.
            if emergency.contains("Address already in use") {
                return Ok(());
            }
            prop_assert!(runs, "{emergency}\n{written}");
            let (_, dump) = dump.split_once(":\n").expect("the name of the file comes first");
            let seen = parse(dump.as_bytes()).map_err(TestCaseError::fail)?;
            prop_assert_eq!(&seen, &meant);
            let count =
                |name: &str, tree: &[Directive]| Directive::all(tree).iter().filter(|it| it.name() == name).count();
            prop_assert_eq!(count("server", &seen), count("server", &tree));
            prop_assert!(count("listen", &seen) >= count("server", &tree));
            // nginx must stop exactly at the unknown directive: it then reads each line as the directive that we
            // wrote there.
            let (strange, line) = with_stranger(&written, number);
            fs::write(&file, &strange).expect("a file can be written");
            let (_, emergency, _) = says(&program, folder.path(), "-t");
            let inside_entries = !emergency.contains("stranger");
            let place = format!("in {}:{line}", file.display());
            prop_assert!(emergency.ends_with(&place) || inside_entries, "{emergency} {line}\n{strange}");
            ran.set(ran.get() + 1);
            Ok(())
        })
        .expect("nginx reads what was written");
    assert!(ran.get() > 30, "{}", ran.get());
}

struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    /// Starts nginx with a learner's configuration, and with `files` on its disk.
    fn start(program: &Path, folder: &Path, text: &str, files: &[(&str, &str)]) -> Self {
        for (path, page_text) in files {
            let file = folder.join("root").join(path.trim_start_matches('/'));
            fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder can be made");
            fs::write(file, page(page_text.as_bytes())).expect("a file can be written");
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        drop(listener);
        let tree = ours(format!("http {{ {text} }}").as_bytes()).expect("it is a configuration");
        let ports = [(80, (address, false))].into();
        let written = translate(&tree, Ipv4Addr::new(10, 0, 1, 5), &ports).expect("it is run");
        fs::write(folder.join("nginx.conf"), written).expect("a file can be written");
        let child = Command::new(program)
            .arg("-p")
            .arg(folder)
            .args(["-c", "nginx.conf"])
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx starts");
        let end = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < end, "nginx listens");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { child, address }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("nginx listens");
        let request = format!("PROXY TCP4 10.0.0.9 10.0.1.5 1234 80\r\nGET {path} HTTP/1.0\r\nHost: h\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("nginx reads");
        let mut out = Vec::new();
        // A connection that nginx resets is a valid answer too.
        let _ = stream.read_to_end(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn no_page_and_no_request_leads_out_of_the_folder() {
    let Some(program) = nginx() else { return };
    let folder = folder();
    fs::write(folder.path().join("secret.txt"), "SECRET").expect("a file can be written");
    let include = |what: &str| format!("[<!--# include {what} -->]");
    let tricks: String = [
        "file=\"../secret.txt\"",
        "virtual=\"/../secret.txt\"",
        "virtual=\"../secret.txt\"",
        "virtual=\"/%2e%2e/secret.txt\"",
        "virtual=\"/..%2fsecret.txt\"",
        "virtual=\"/..?x\"",
        "file=\"..?x\"",
        "virtual=\"/t/..?x\"",
        "virtual=\"/d..?/secret.txt\"",
        "virtual=\"/i../secret.txt\"",
        "virtual=\"/..\\secret.txt\"",
        "virtual=\"$arg_x\"",
        "virtual=\"/t$arg_x\"",
        "virtual=\"/.//../../secret.txt\"",
    ]
    .map(include)
    .concat();
    let text = "server { listen 80; root /; ssi on; ssi_types *; autoindex on; index secret.txt index.html; \
                location / { try_files $uri $uri/secret.txt $uri// $uri/ =404; } \
                location /t { try_files $uri/ $uri =404; } location /i { alias /srv/i/; } location /e { error_page 404 /none?x; } \
                location /n { try_files /none /t?$args; } merge_slashes off; } \
                server { listen 80; server_name other; }";
    let page_text = format!("begins {tricks} <!--# exec cmd=\"id\" --> <!--# echo var=\"document_root\" --> ends");
    let running = Running::start(
        &program,
        folder.path(),
        text,
        &[
            ("/tricks.html", &page_text),
            ("/srv/i/x.txt", "mine"),
            ("/addresses.html", "<!--# echo var=\"server_addr\" -->:<!--# echo var='SERVER_PORT' -->"),
        ],
    );
    for path in [
        "/tricks.html",
        "/tricks.html?x=/../secret.txt",
        "/tricks.html?x=/..%3fx",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/..%3fx",
        "/t/..%3fx",
        "/t..%3f",
        "/i../secret.txt",
        "/i..",
        "/i../",
        "/i..%2f..%2fsecret.txt",
        "/i../../secret.txt",
        "/i..//../../secret.txt",
        "/e/..%3f",
        "/n?/../secret.txt",
        "/n?..",
        "//..//secret.txt",
        "/.../../secret.txt",
        "/..%00/secret.txt",
        "/..\\secret.txt",
        "/t/%2e%2e%3f/secret.txt",
        "/i..%3f/../secret.txt",
    ] {
        let seen = running.get(path);
        assert!(!seen.contains("SECRET") && !seen.contains("nginx.conf"), "{path}\n{seen}");
        assert!(!seen.contains("uid=") && !seen.contains(&*folder.path().to_string_lossy()), "{path}\n{seen}");
    }
    // It does run, and shows the addresses of AWS.
    let page_text = running.get("/tricks.html");
    assert!(page_text.contains("begins [") && page_text.contains("ends"), "{page_text}");
    assert!(running.get("/i/x.txt").ends_with("\r\n\r\nmine"));
    assert!(running.get("/addresses.html").ends_with("10.0.1.5:80"), "{}", running.get("/addresses.html"));
}
