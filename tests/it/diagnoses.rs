//! A known cause is reported as that cause: plants faults in the machine, and checks the words on the screen.

#[cfg(unix)]
use std::fs;

#[cfg(unix)]
use super::harness::Folder;

/// Wrong explanations for trouble of one's own machine.
#[cfg(unix)]
const LIES: [&str; 5] = ["Too many requests", "has not tried yet", "sso login", "is busy", "have expired"];

#[cfg(unix)]
fn honest(told: &str) {
    for lie in LIES {
        assert!(!told.contains(lie), "{lie:?} in {told}");
    }
}

/// Depending on the disk's size, the run or the sandbox runs out of room first. Both must say so, and continue once
/// there is room.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_called_one_wherever_it_strikes() {
    let folder = Folder::new();
    let state = folder.state();
    fs::create_dir_all(&state).expect("the folder can be made");
    let mut struck = 0;
    for kilobytes in [8, 16, 28, 40, 60, 84, 120] {
        // A small disk if a mount namespace is available; else a limit on the size of files, which has the same
        // effect.
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
            // A check that therefore gets no answer cannot tell: 3.
            assert!(matches!(ran.code, Some(1 | 3)), "{kilobytes}: {:?} {told}", ran.code);
            let said = [
                "the disk is full",
                "The disk of the sandbox's folder is full",
                "it has reached the file size limit",
                "File too large",
            ];
            assert!(said.iter().any(|words| told.contains(words)), "{kilobytes}: {told}");
        }
        // Remove what the fallback has left behind.
        fs::remove_dir_all(&state).expect("the folder can be emptied");
        fs::create_dir_all(&state).expect("the folder can be made");
    }
    assert!(struck >= 3, "{struck}");
}

/// A run whose folder is moved away while it waits does not write anywhere else, and says what happened.
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

/// Something else is in the place of a file or folder: the sandbox does not start, and names it.
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
