//! Signals and closed pipes: the program is asked to end, or ended, from outside.
#![cfg(unix)]

use std::thread;
use std::time::Duration;

use super::harness::{Account, Folder, made, receipt, sequence};

const QUICK: &str = "start --yes --pace quick --output json";

/// Runs `work` for all items at the same time.
fn side_by_side<T: Sync>(each: &[T], work: impl Fn(&T) + Sync) {
    thread::scope(|scope| {
        for it in each {
            scope.spawn(|| work(it));
        }
    });
}

#[test]
fn signals_end_the_run_in_order_and_it_goes_on() {
    // In parallel, because most of it is waiting.
    side_by_side(&["INT", "TERM", "HUP"], |signal| {
        let folder = Folder::new();
        let mut running = folder.pllab(QUICK).start();
        running.until("\"event\":\"step_started\",\"step\":\"nlb\"");
        running.signal(signal);
        let ran = running.wait().code(130).clean();
        // The answer of a running call may still come; no call begins.
        for lines in [folder.journal(), ran.events()] {
            let after = sequence(&lines).into_iter().skip_while(|it| *it != "interrupted").collect::<Vec<_>>();
            assert!(!after.is_empty() && !after.contains(&"intent"), "{signal}: {after:?}");
        }
        let status = &folder.pllab("status --output json").run().code(0).events()[0];
        assert_eq!(status["cleaned"], false);
        let resumed = folder.pllab("resume --yes --output json").run().code(0).events();
        assert_eq!(receipt(&resumed), Some((17, 0, 0)), "{signal}");
        assert!(made(&folder.journal()).values().all(|times| *times == 1), "{signal}");
    });
}

#[test]
fn killed_at_any_moment_it_goes_on() {
    side_by_side(&[37, 411, 950, 1630, 2500], |millis| {
        let folder = Folder::new();
        let mut running = folder.pllab(QUICK).start();
        running.until("run_started");
        thread::sleep(Duration::from_millis(*millis));
        running.signal("KILL");
        assert_eq!(running.wait().code, None);
        folder.pllab("resume --yes --output json").run().code(0);
        assert_eq!(Account::holds(&folder.run().join("sandbox")), [].into(), "after {millis} ms");
        assert!(made(&folder.journal()).values().all(|times| *times == 1), "after {millis} ms");
    });
}

#[test]
fn a_closed_pipe_ends_nothing_badly() {
    let folder = Folder::new();
    let script = "\"$@\" | head -n 3; exit 0";
    let ran = folder
        .pllab("start --yes --pace instant --output json")
        .under("sh", &["-c", script, "sh"])
        .run()
        .code(0)
        .stderr("");
    assert_eq!(ran.out.lines().count(), 3);
    // The run went on to its end although nobody reads, and left nothing.
    assert_eq!(receipt(&folder.journal()), Some((17, 0, 0)));
}
