//! `pllab drill` as people use it: planted and described, restored whatever happens, on a target that is not the
//! built-in sandbox.
#![cfg(unix)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::harness::{Fate, Folder, Program, StandaloneSandbox, Wire};

/// The longest wait for an event.
const PATIENCE: Duration = Duration::from_mins(1);

/// A finished lab on a sandbox in the role of AWS, with a wire before it.
struct Stage {
    sandbox: StandaloneSandbox,
    ours: Folder,
    wire: Wire,
    /// Whether to hold up answers that contain the client's console.
    silent: Arc<AtomicBool>,
    /// Whether calls that add a group's rule take longer than an orderly end may.
    slow: Arc<AtomicBool>,
}

impl Stage {
    fn set() -> Self {
        let sandbox = StandaloneSandbox::open("");
        let (silent, slow) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (held, late) = (Arc::clone(&silent), Arc::clone(&slow));
        let wire = Wire::open(&sandbox.url, move |action| {
            let began = Instant::now();
            while action == "GetConsoleOutput" && held.load(Ordering::SeqCst) && began.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(10));
            }
            if action == "AuthorizeSecurityGroupIngress" && late.swap(false, Ordering::SeqCst) {
                // An orderly end may take five seconds.
                thread::sleep(Duration::from_secs(7));
            }
            Fate::Pass
        });
        let stage = Self { sandbox, ours: Folder::new(), wire, silent, slow };
        let program = stage.pllab("start --yes --keep --output json --endpoint-url");
        program.arg(stage.wire.url()).run().code(0);
        stage
    }

    fn pllab(&self, words: &str) -> Program {
        self.sandbox.signed(self.ours.pllab(words))
    }

    /// Waits until the journal's last event is of this kind.
    fn until_last(&self, event: &str) {
        let began = Instant::now();
        while self.ours.journal().last().is_none_or(|line| line["event"] != event) {
            assert!(began.elapsed() < PATIENCE, "no {event}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn count(&self, event: &str) -> usize {
        self.ours.journal().iter().filter(|line| line["event"] == event).count()
    }

    /// Plants a drill and kills the program before it has seen the fault.
    fn kill_while_planting(&self) {
        let before = self.wire.count("RevokeSecurityGroupIngress");
        self.silent.store(true, Ordering::SeqCst);
        let running = self.pllab("drill silent-monday --yes --allow-aws --output json").start();
        self.until_last("drill_call");
        let began = Instant::now();
        while self.wire.count("RevokeSecurityGroupIngress") == before {
            assert!(began.elapsed() < PATIENCE, "the fault is not planted");
            thread::sleep(Duration::from_millis(20));
        }
        running.signal("KILL");
        assert_eq!(running.wait().code, None);
        self.silent.store(false, Ordering::SeqCst);
        let status = &self.pllab("status --output json").run().code(0).events()[0];
        assert_eq!((&status["drill"]["drill"], &status["drill"]["since"]), (&"silent-monday".into(), &Value::Null));
        self.pllab("status").run().code(0).says("silent-monday stopped partway").says("pllab drill undo");
        self.pllab("status").ja().run().code(0).says("元に戻っていません");
    }

    /// Asserts that the path is as the lab made it, and that no drill is mentioned any more.
    fn is_whole(&self) {
        assert_eq!(self.ours.journal().last().map(|line| line["event"].clone()), Some("drill_undone".into()));
        self.pllab("why --output json").run().code(0);
        assert_eq!(self.pllab("status --output json").run().code(0).events()[0]["drill"], Value::Null);
    }
}

#[test]
fn what_is_planted_is_told_until_it_is_mended() {
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant").run().code(0);
    assert_eq!(folder.pllab("status --output json").run().events()[0]["drill"], Value::Null);
    folder.pllab("drill silent-monday --yes").run().code(0);
    let status = &folder.pllab("status --output json").run().code(0).events()[0];
    assert_eq!(status["drill"]["title"], "Silent since Monday");
    assert!(
        status["drill"]["since"].is_string() && status["drill"]["symptom"].as_str().is_some_and(|it| it.len() > 20)
    );
    let (en, ja) = (folder.pllab("status").run().code(0), folder.pllab("status").ja().run().code(0));
    let (plain, alone) = (folder.pllab("status --plain").run().code(0), folder.pllab("").run().code(0));
    for (ran, name) in [(en, "pllab"), (plain, "pllab --plain"), (alone, "pllab")] {
        let ran = ran.says("A drill is planted: Silent since Monday").says(&format!("{name} drill check"));
        ran.says(&format!("{name} drill give-up"));
    }
    ja.says("訓練「月曜日の朝から静かです」が仕込まれています (経過 ").says("pllab drill check");
    folder.pllab("drill check").run().code(1);
    folder.pllab("drill give-up").run().code(1).says("authorize-security-group-ingress");
    assert_eq!(folder.pllab("status --output json").run().events()[0]["drill"], Value::Null);
}

/// A drill that was given up comes again after those that nobody has tried.
#[test]
fn the_next_drill_is_another_one() {
    let folder = Folder::new();
    let planted = || {
        folder.pllab("drill --yes --output json").run().code(0);
        let status = folder.pllab("status --output json").run().code(0).events();
        status[0]["drill"]["drill"].as_str().expect("one is planted").to_owned()
    };
    let first = planted();
    assert_eq!(planted(), first, "one at a time: it is gone on with");
    folder.pllab("drill undo").run().code(0).says("pllab drill list");
    assert_eq!(planted(), first, "what was only put back is not done");
    folder.pllab("drill give-up").run().code(1);
    assert_ne!(planted(), first);
}

/// The list has the easiest first, and says which one `pllab drill` alone begins with.
#[test]
fn the_easiest_drill_is_recommended_and_begun() {
    let folder = Folder::new();
    let listed = || folder.pllab("drill list --output json").run().code(0).events();
    let next = || {
        let listed = listed();
        let next: Vec<_> = listed.iter().filter(|line| line["next"] == true).collect();
        assert_eq!(next.len(), 1, "{next:?}");
        (next[0]["drill"].as_str().expect("a name").to_owned(), next[0]["level"].clone(), next[0]["title"].clone())
    };
    let level = |line: &Value| ["easy", "medium", "hard"].iter().position(|level| line["level"] == *level);
    for lab in ["privatelink", "two-zones", "private-dns", "who-may-connect"] {
        let of: Vec<_> = listed().into_iter().filter(|line| line["lab"] == lab).collect();
        let order: Vec<_> = of.iter().map(|line| (level(line).expect("a level"), line["minutes"].as_u64())).collect();
        assert!(order.is_sorted(), "{lab}: {order:?}");
    }
    let (first, grade, title) = next();
    assert_eq!(grade, "easy");
    let said = folder.pllab("drill list").run().code(0).says("easy").says("5 min");
    said.says(&format!("Recommended next, {}: pllab drill", title.as_str().expect("a title")));
    folder.pllab("drill list").ja().run().code(0).says("やさしい").says("次はこれ").says("次のおすすめ");
    folder.pllab("drill --yes --output json").run().code(0);
    let planted = || folder.pllab("status --output json").run().code(0).events()[0]["drill"]["drill"].clone();
    assert_eq!(planted(), first.as_str());
    assert_eq!(next().0, first, "it is under way");
    folder.pllab("drill give-up").run().code(1);
    let second = next().0;
    assert_ne!(second, first);
    folder.pllab("drill --yes --output json").run().code(0);
    assert_eq!(planted(), second.as_str());
}

#[test]
fn drills_of_every_lab_are_listed_and_a_lab_is_built_for_its_own() {
    let folder = Folder::new();
    let listed = folder.pllab("drill list --output json").run().code(0).events();
    let of = |lab: &str| listed.iter().filter(|line| line["lab"] == lab).count();
    assert_eq!(["privatelink", "two-zones", "private-dns", "who-may-connect"].map(of), [25, 3, 3, 3]);
    folder.pllab("drill list").ja().run().code(0).says("two-zones").says("開いたり開かなかったり");
    folder.pllab("drill no-such-drill").run().code(2).complains("one-way-street");
    folder.pllab("drill one-way-street --yes").run().code(0).says("One way is open");
    let traced = folder.pllab("why --output json").run().code(1).events();
    assert_eq!(traced.last().map(|line| line["rung"].clone()), Some("consumer_acl".into()));
    let said = folder.pllab("why").run().code(1).says("aws ec2 create-network-acl-entry").says("stateless");
    said.says("expected: TCP 80 passes, and so do its answers (ports 32768-61000)")
        .says("allow TCP 32768-61000 to 10.");
    folder.pllab("why").ja().run().code(1).says("ステートレス");
    folder.pllab("drill undo").run().code(0);
    folder.pllab("why").run().code(0);
}

#[test]
fn ctrl_c_puts_everything_back_however_long_that_takes() {
    let stage = Stage::set();
    let running = stage.pllab("drill silent-monday --allow-aws --output json").start();
    // Nobody can be asked, so pllab watches.
    stage.until_last("drill_planted");
    stage.slow.store(true, Ordering::SeqCst);
    running.signal("INT");
    running.wait().code(130).clean();
    assert!(!stage.slow.load(Ordering::SeqCst), "putting back was slow");
    stage.is_whole();
    // Also in the middle of planting.
    stage.silent.store(true, Ordering::SeqCst);
    let running = stage.pllab("drill silent-monday --allow-aws --output json").start();
    stage.until_last("drill_call");
    running.signal("TERM");
    stage.silent.store(false, Ordering::SeqCst);
    running.wait().code(130).clean();
    stage.is_whole();
}

#[test]
fn what_a_kill_left_is_put_back_by_whatever_comes_next() {
    let stage = Stage::set();
    stage.kill_while_planting();
    stage.pllab("drill undo --output json").run().code(0);
    stage.is_whole();
    stage.kill_while_planting();
    stage.pllab("resume --yes --keep --output json").run().code(0);
    assert_eq!(stage.count("drill_undone"), 2);
    stage.pllab("why --output json").run().code(0);
    // Another drill begins with a whole path, not with half a fault that would count as the original state.
    stage.kill_while_planting();
    stage.pllab("drill tight-lips --yes --allow-aws --output json").run().code(0);
    let traced = stage.pllab("why --output json").run().code(1).events();
    assert_eq!(traced.last().map(|line| line["rung"].clone()), Some("load_balancer_egress".into()));
    stage.pllab("drill undo --output json").run().code(0);
    stage.is_whole();
    stage.kill_while_planting();
    stage.pllab("clean --yes --output json").run().code(0);
    assert_eq!(stage.count("drill_undone"), 5);
}
