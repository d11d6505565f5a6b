//! The cause that is known is the cause that is said: faults planted in the machine, and the words on the screen.

#[cfg(unix)]
use std::fs;

#[cfg(unix)]
use super::harness::Folder;

/// What must never be said of trouble on one's own machine.
#[cfg(unix)]
const LIES: [&str; 5] = ["Too many requests", "has not tried yet", "sso login", "is busy", "have expired"];

#[cfg(unix)]
fn honest(told: &str) {
    for lie in LIES {
        assert!(!told.contains(lie), "{lie:?} in {told}");
    }
}

/// On every size of disk, the run or the sandbox is the first that finds no room. Both say so, and go on once there is some.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_called_one_wherever_it_strikes() {
    let folder = Folder::new();
    let state = folder.state();
    fs::create_dir_all(&state).expect("the folder can be made");
    let mut struck = 0;
    for kilobytes in [8, 16, 28, 40, 60, 84, 120] {
        // A small disk where a namespace of one's own can be had; else the limit on the size of a file, which is met alike.
        let size = format!("size={kilobytes}k");
        let script = "if unshare -Urm true 2>/dev/null; then \
             exec unshare -Urm sh -c 'mount -t tmpfs -o '$S' tmpfs \"$0\" && exec \"$@\"' \"$D\" \"$@\"; fi; \
             trap '' XFSZ; ulimit -f \"$K\"; exec \"$@\"";
        let start = folder.pllab("start --yes --plain --pace instant");
        let start = start.env("S", &size).env("D", &state).env("K", (kilobytes * 2 / 7).to_string());
        let ran = start.under("sh", &["-c", script, "sh"]).run().clean();
        let told = [ran.out.as_str(), ran.err.as_str()].concat();
        honest(&told);
        if ran.code != Some(0) {
            struck += 1;
            // A check that gets no answer for it cannot tell: 3.
            assert!(matches!(ran.code, Some(1 | 3)), "{kilobytes}: {:?} {told}", ran.code);
            let said = [
                "the disk is full",
                "The disk of the sandbox's folder is full",
                "a limit on the size of files",
                "File too large",
            ];
            assert!(said.iter().any(|words| told.contains(words)), "{kilobytes}: {told}");
        }
        // What the fallback has left behind.
        fs::remove_dir_all(&state).expect("the folder can be emptied");
        fs::create_dir_all(&state).expect("the folder can be made");
    }
    assert!(struck >= 3, "{struck}");
}

/// A run whose folder is moved away while it waits writes nothing where nobody would look, and says what became of it.
#[cfg(unix)]
#[test]
fn a_folder_that_goes_away_is_called_gone() {
    for (moved, lang, words) in [
        ("runs", "en", "is not there"),
        ("runs", "ja", "がありません"),
        ("sandbox", "en", "The sandbox's folder was moved or deleted"),
        ("sandbox", "ja", "フォルダーが移動または削除されました"),
    ] {
        let folder = Folder::new();
        let mut sandbox = folder.pllab("sandbox --output json --pace quick").start();
        sandbox.until("sandbox_ready");
        let run = folder.pllab("start --yes --pace quick --plain").env("PLLAB_LANG", lang);
        let mut run = run.start();
        run.until("vpc-");
        fs::rename(folder.state().join(moved), folder.state().join("elsewhere")).expect("it can be moved");
        let ran = run.wait().code(1).clean();
        let told = [ran.out.as_str(), ran.err.as_str()].concat();
        honest(&told);
        assert!(told.contains(words), "{moved} {lang}: no {words:?} in {told}");
    }
}

/// Something else stands where a file or folder should: the sandbox does not start, and says where.
#[cfg(unix)]
#[test]
fn what_cannot_be_opened_is_named() {
    for broken in ["state/sandbox", "state/sandbox/world.json/x", "state/sandbox/plane"] {
        let folder = Folder::new();
        folder.write(broken, "no folder");
        for lang in ["en", "ja"] {
            let ran = folder.pllab("sandbox --output json").env("PLLAB_LANG", lang).run().code(1).stdout("").clean();
            honest(&ran.err);
            assert!(ran.err.contains("state/sandbox"), "{broken}: {}", ran.err);
        }
    }
}
