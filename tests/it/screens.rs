//! Terminals that are small, change size, stop, are flooded or taken away: the run continues or ends as it should,
//! and the terminal is restored as it was found.

use pllab::inside::i18n::{Lang, Text};

use super::harness::{Folder, Key, Screen, at_a_time, sequence};

const POINTER: &str = " ❯ ";

fn word(key: &str) -> String {
    Text::message(key, []).render(Lang::En)
}

fn number() -> String {
    Text::message("menu-number", [("default", 1_u32.into())]).render(Lang::En).trim().to_owned()
}

fn start(folder: &Folder, columns: u16, rows: u16) -> Screen {
    Screen::open(folder, "start --pace instant --lang en", (columns, rows), &[])
}

/// Turns pages until a question is open: a menu, or a line for a number.
#[track_caller]
fn to_question(screen: &mut Screen) {
    for _ in 0..60 {
        let pages = ["pager-on"].map(word);
        let page = |screen: &Screen| {
            let visible = screen.visible();
            let last = visible.trim_end().lines().last().unwrap_or_default().to_owned();
            pages.iter().any(|words| last.contains(words))
        };
        screen.wait_for("a question or a page", |screen| {
            page(screen) || screen.visible().contains(POINTER) || screen.raw().contains(&number())
        });
        if !page(screen) {
            return;
        }
        screen.tap(Key::Enter);
    }
    panic!("no question:\n{}", screen.visible());
}

/// The beginning of the selected label, if exactly one is selected.
fn selected(screen: &Screen) -> Option<String> {
    let visible = screen.visible();
    let mut all = visible.lines().filter_map(|line| line.strip_prefix(POINTER));
    let label = all.next()?.chars().take(12).collect();
    all.next().is_none().then_some(label)
}

fn finished(folder: &Folder) -> bool {
    sequence(&folder.journal()).contains(&"step_finished")
}

#[test]
fn questions_are_asked_and_answered_on_screens_of_every_height() {
    at_a_time(&[(80, 1), (80, 2), (30, 3), (80, 4), (80, 6), (80, 8), (12, 24), (1, 1)], |(columns, rows)| {
        let folder = Folder::new();
        let mut screen = start(&folder, *columns, *rows);
        if *columns < 20 || *rows < 6 {
            screen.see("the numbers", |screen| screen.raw().contains("[1]:"));
            screen.type_line("1");
        } else {
            to_question(&mut screen);
            screen.press(Key::Enter);
        }
        screen.wait_for("the step is done", |_| finished(&folder));
        screen.press(Key::CtrlC);
        assert_eq!(screen.end(), 130, "{columns}x{rows}: {}", screen.raw());
        assert!(screen.is_given_back(), "{columns}x{rows}");
    });
}

#[test]
fn a_menu_goes_on_while_the_screen_is_resized() {
    let folder = Folder::new();
    let mut screen = start(&folder, 80, 24);
    to_question(&mut screen);
    let first = selected(&screen).expect("a menu has a pointer");
    for (columns, rows) in [(100, 40), (60, 12), (40, 6), (80, 24)] {
        screen.resize(columns, rows);
        screen.press(Key::Down);
        screen.see("one pointer, lower", |screen| selected(screen).is_some_and(|label| label != first));
        screen.press(Key::Up);
        screen.see("one pointer, where it was", |screen| selected(screen).as_ref() == Some(&first));
    }
    assert_eq!(sequence(&folder.journal()), ["run_started", "answered"], "a resize answers nothing");
    // Now too small for a menu: the same question, by numbers.
    screen.resize(80, 2);
    screen.see("the numbers", |screen| screen.raw().contains(&number()));
    screen.resize(80, 24);
    screen.type_line("1");
    screen.wait_for("the step is done", |_| finished(&folder));
    screen.wait_for("a menu again", |screen| screen.visible().contains(POINTER));
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
    assert!(screen.is_given_back());
}

#[test]
fn numbers_that_are_none_of_the_choices_end_on_a_small_screen_too() {
    let folder = Folder::new();
    let mut screen = start(&folder, 80, 24);
    to_question(&mut screen);
    screen.resize(80, 3);
    for tries in 1..=3 {
        screen.see("a line to type on", |screen| screen.raw().matches(&number()).count() == tries);
        screen.rest();
        screen.type_line("99");
    }
    assert_eq!(screen.end(), 2);
    assert!(screen.raw().contains("--yes") && screen.is_given_back(), "{}", screen.raw());
}

#[test]
fn whatever_ends_it_the_terminal_is_given_back() {
    let signals = ["INT", "TERM", "HUP", "QUIT", "USR1", "ALRM"];
    let at_menu = signals.map(|signal| (signal, true));
    let at_work = signals.map(|signal| (signal, false));
    at_a_time(&[at_menu, at_work].concat(), |(signal, menu)| {
        let folder = Folder::new();
        let mut screen = Screen::open(&folder, "start --pace quick --lang en", (80, 24), &[]);
        to_question(&mut screen);
        if !menu {
            screen.press(Key::Enter);
            screen.see("work", |_| sequence(&folder.journal()).contains(&"intent"));
        }
        screen.signal(signal);
        assert_eq!(screen.end(), 130, "{signal}, at a menu: {menu}: {}", screen.visible());
        assert!(screen.is_given_back(), "{signal}, at a menu: {menu}");
        // The answer of a running call may still come after it.
        assert!(sequence(&folder.journal()).contains(&"interrupted"), "{signal}, at a menu: {menu}");
        folder.pllab("clean --yes").run().code(0);
    });
    let folder = Folder::new();
    let mut screen = start(&folder, 80, 24);
    to_question(&mut screen);
    screen.press(Key::CtrlBackslash);
    assert_eq!(screen.end(), 130);
    assert!(screen.is_given_back());
}

/// As in a shell: the terminal is the shell's while the program is stopped, and the program's again afterwards.
#[test]
fn at_ctrl_z_the_terminal_is_lent() {
    for menu in [true, false] {
        let folder = Folder::new();
        let script = "set -m; stty -g >before; \"$@\"; stty -g >stopped; echo STOPPED; fg >/dev/null; exit $?";
        let words = "start --pace quick --lang en";
        let mut screen = Screen::under(&folder, &["sh", "-c", script, "sh"], words, (80, 24), &[]);
        to_question(&mut screen);
        if !menu {
            screen.press(Key::Enter);
            screen.see("work", |_| sequence(&folder.journal()).contains(&"intent"));
        }
        screen.press(Key::CtrlZ);
        screen.see("the shell", |screen| screen.raw().contains("STOPPED\r"));
        if menu {
            screen.wait_for("the menu, drawn anew", |screen| {
                let raw = screen.raw();
                raw.rsplit("STOPPED\r").next().is_some_and(|after| after.contains(POINTER.trim()))
            });
            screen.press(Key::Enter);
        }
        screen.wait_for("the step is done", |_| finished(&folder));
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("the shell wrote it");
        assert_eq!(read("before"), read("stopped"), "at a menu: {menu}");
        screen.wait_for("a menu", |screen| screen.visible().contains(POINTER));
        screen.press(Key::CtrlC);
        assert_eq!(screen.end(), 130, "{}", screen.visible());
        assert!(screen.is_given_back());
    }
}

#[test]
fn floods_of_bytes_answer_nothing_and_end_nothing() {
    let floods: [(&str, Vec<u8>); 7] = [
        ("letters", b"a".repeat(100_000)),
        ("line ends", b"\r".repeat(20_000)),
        (
            "a terminal's answers",
            b"\x1b[24;80R\x1b]11;rgb:0000/0000/0000\x07\x1b[?62;c\x1b[<0;10;10M\x1bP>|xterm\x1b\\\x1b[I\x1b[O"
                .repeat(500),
        ),
        ("a bracketed paste", b"\x1b[200~rm -rf /\r\x1b[201~".repeat(1000)),
        ("no text", (0..=255).filter(|byte| *byte != 3).collect::<Vec<u8>>().repeat(200)),
        ("halves of sequences", b"\x1b".repeat(5000)),
        ("arrows", b"\x1b[A\x1b[B\x1b[5~".repeat(5000)),
    ];
    at_a_time(&floods, |(what, bytes)| {
        let folder = Folder::new();
        let mut screen = start(&folder, 80, 24);
        to_question(&mut screen);
        screen.send(bytes);
        screen.rest();
        assert!(screen.runs(), "{what}: {}", screen.visible());
        assert_eq!(sequence(&folder.journal()), ["run_started", "answered"], "{what}");
        screen.press(Key::CtrlC);
        assert_eq!(screen.end(), 130, "{what}: {}", screen.visible());
        assert!(screen.is_given_back(), "{what}");
    });
}

/// A question drops the keys pressed before it, except the one that ends the run.
#[test]
fn ctrl_c_is_heard_before_a_question_is_open() {
    let folder = Folder::new();
    let script = "stty -icanon -isig; printf READY; sleep 1; exec \"$@\"";
    let words = "start --pace instant --lang en";
    let mut screen = Screen::under(&folder, &["sh", "-c", script, "sh"], words, (80, 24), &[]);
    screen.see("the shell", |screen| screen.raw().contains("READY"));
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130, "{}", screen.visible());
    assert!(screen.cursor_shows());
}

/// Random bytes at random questions, on random sizes. Whatever they answer, the program does not panic.
#[test]
fn a_monkey_at_the_keyboard_breaks_nothing() {
    let seed = std::env::var("PLLAB_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand_seed);
    super::harness::say(&format!("the monkey's seed: PLLAB_SEED={seed}"));
    let folder = Folder::new();
    let random = pllab::inside::host::Random::seeded(seed);
    let below = |limit: u64| u16::try_from(random.next_u64() % limit).expect("small");
    let mut screen = Screen::open(&folder, "start --pace instant --keep", (80, 24), &[]);
    for _ in 0..60 {
        let bytes: Vec<u8> = match below(4) {
            0 => (0..below(300)).map(|_| random.next_u64().to_le_bytes()[0]).filter(|byte| *byte != 3).collect(),
            1 => [&b"\r"[..], b"\x1b[A", b"\x1b[B", b"1\r", b"\x1b", "は".as_bytes()][usize::from(below(6))].to_vec(),
            2 => b"\x1b[B".repeat(usize::from(below(9))),
            _ => {
                screen.resize(1 + below(120), 1 + below(40));
                Vec::new()
            }
        };
        screen.send(&bytes);
        if !screen.runs() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(40));
    }
    screen.press(Key::CtrlC);
    let code = screen.end();
    let raw = screen.raw();
    // It may have left through a menu, gone through to the end, or typed three numbers too large.
    assert!([0, 1, 2, 130].contains(&code), "seed {seed}: {code}\n{raw}");
    assert!(
        !raw.contains("panicked") && !raw.contains("because of a bug") && !raw.contains(&own_fault()),
        "seed {seed}\n{raw}"
    );
    assert!(screen.is_given_back(), "seed {seed}");
    folder.pllab("clean --yes").run();
}

fn own_fault() -> String {
    Text::message("cli-own-fault", []).render(Lang::Ja).chars().take(12).collect()
}

fn rand_seed() -> u64 {
    pllab::inside::host::Random::System.next_u64()
}
