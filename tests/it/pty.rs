//! On a terminal: menus, languages, Ctrl-C, narrow and wide.

use pllab::inside::i18n::{Lang, Text};

use super::harness::{Folder, Key, ProfiledSandbox, Screen, TlsProxy, sequence};

/// A message of the program, by key, so that the tests do not depend on wording.
fn word(key: &str, lang: Lang) -> String {
    Text::message(key, []).render(lang)
}

/// The mark of a menu's selected line.
const POINTER: &str = " ❯ ";

fn start(folder: &Folder, columns: u16, rows: u16) -> Screen {
    Screen::open(folder, "start --pace instant", (columns, rows), &[])
}

/// Whether a line names the keys of a menu.
fn is_legend(line: &str) -> bool {
    Lang::ALL.iter().any(|lang| line.contains(&word("menu-keys", *lang)))
}

/// The last lines of the screen that are not empty, without the one that names a menu's keys.
fn bottom(screen: &Screen, count: usize) -> Vec<String> {
    let visible = screen.visible();
    let lines: Vec<&str> = visible.lines().filter(|line| !line.trim().is_empty() && !is_legend(line)).collect();
    lines[lines.len().saturating_sub(count)..].iter().map(|line| (*line).to_owned()).collect()
}

/// Whether a menu is at the bottom: every menu has several lines, selects one and offers the other language. An
/// answered one is a single line.
fn at_menu(screen: &Screen) -> bool {
    let visible = screen.visible();
    let is_item = |line: &&str| line.starts_with("   ") || line.starts_with(POINTER);
    // An empty line sets apart what deletes.
    let menu = visible.trim_end().lines().rev().skip_while(|line| is_legend(line));
    let menu = menu.take_while(|line| is_item(line) || line.is_empty());
    let items: Vec<&str> = menu.filter(is_item).collect();
    let language = word("menu-language", Lang::Ja);
    let holds = |text: &str| items.iter().any(|line| line.contains(text));
    // Its last line is drawn last.
    let is_whole = visible.trim_end().lines().last().is_some_and(is_legend);
    is_whole && items.len() >= 3 && holds(&language) && holds(POINTER)
}

fn at_pause(screen: &Screen) -> bool {
    bottom(screen, 1).iter().any(|line| Lang::ALL.iter().any(|lang| line.contains(&word("pager-on", *lang))))
}

/// Turns pages until a menu appears. Earlier output must stay as it was.
#[track_caller]
fn read_on(screen: &mut Screen) {
    for _ in 0..60 {
        screen.wait_for("a menu or a page", |screen| at_menu(screen) || at_pause(screen));
        if at_menu(screen) {
            return;
        }
        let before = screen.history();
        screen.tap(Key::Enter);
        assert_kept(screen, &before[..before.len() - 1]);
    }
    panic!("no menu after many pages:\n{}", screen.visible());
}

/// Asserts that these lines are still in place.
#[track_caller]
fn assert_kept(screen: &Screen, before: &[String]) {
    let now = screen.history();
    for (index, line) in before.iter().enumerate() {
        assert_eq!(now.get(index), Some(line), "line {index} has changed:\n{}", screen.visible());
    }
}

/// The lines above the menu at the bottom: all of the history without the menu's lines.
fn above_menu(screen: &Screen) -> Vec<String> {
    let mut lines = screen.history();
    let first = lines.iter().rposition(|line| line.contains(POINTER)).expect("a menu has a pointer");
    // The pointer may be on any line of the menu; its lines are indented by three.
    let mut top = first;
    let is_item = |index: usize| lines[index].starts_with("   ");
    while top > 0 && (is_item(top - 1) || lines[top - 1].is_empty() && top > 1 && is_item(top - 2)) {
        top -= 1;
    }
    lines.truncate(top);
    lines
}

/// The number of the menu's choices.
fn menu_size(screen: &Screen) -> usize {
    let menu = &screen.history()[above_menu(screen).len()..];
    menu.iter().filter(|line| !line.is_empty() && !is_legend(line)).count()
}

/// The index of the menu's selected line, if there is exactly one.
fn pointed(screen: &Screen, size: usize) -> Option<usize> {
    let lines = bottom(screen, size);
    let mut all = lines.iter().enumerate().filter(|(_, line)| line.contains(POINTER)).map(|(index, _)| index);
    all.next().filter(|_| all.next().is_none())
}

#[test]
fn pages_are_turned_back_and_to_the_end() {
    let folder = Folder::new();
    let mut screen = start(&folder, 80, 24);
    let title = "AWS PrivateLink を作って確かめる";
    screen.wait_for("a page", at_pause);
    let first = screen.visible();
    assert!(first.contains(title) && first.contains("  1/"), "{first}");
    // Other keys turn nothing.
    screen.press(Key::Escape);
    screen.rest();
    assert_eq!(screen.visible(), first);
    for key in [b" ", b"\r"] {
        screen.send(key);
        screen.wait_for("another page", |screen| at_pause(screen) && !screen.visible().contains(title));
        screen.send(b"b");
        screen.wait_for("the first page", |screen| screen.visible().contains(title));
        assert_eq!(screen.visible(), first);
    }
    // Past the introduction, to the step; then past the step, to its menu. What was passed over can be scrolled to.
    screen.send(b"q");
    screen.wait_for("the step", |screen| at_pause(screen) && screen.visible().contains("provider VPC を用意する"));
    screen.send(b"q");
    screen.wait_for("the menu", at_menu);
    assert!(screen.visible().contains(&word("step-checks", Lang::Ja)), "{}", screen.visible());
    let all = screen.history().join("\n");
    for words in [word("opening-goals", Lang::Ja), word("step-plan", Lang::Ja)] {
        assert!(all.contains(&words), "{words}:\n{all}");
    }
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
}

/// Whoever holds Enter down turns pages, and does nothing else.
#[test]
fn an_enter_for_the_pages_never_takes_a_choice() {
    let held_down = || {
        let folder = Folder::new();
        let mut screen = start(&folder, 80, 24);
        screen.wait_for("a page", at_pause);
        // A key that repeats for long is taken for a paste, so it is let go of now and then; never between the menu and a key.
        for _ in 0..40 {
            for _ in 0..10 {
                screen.send(b"\r");
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            screen.rest();
            if at_menu(&screen) {
                break;
            }
        }
        screen.wait_for("the menu", at_menu);
        (folder, screen)
    };
    let untouched = |folder: &Folder| sequence(&folder.journal()) == ["run_started", "answered"];
    // On a busy machine a held key may pause for longer than a person would between two.
    let mut tries = (0..3).map(|_| held_down()).filter(|(folder, _)| untouched(folder));
    let (folder, mut screen) = tries.next().expect("an Enter for the pages took a choice, three times in three");
    screen.tap(Key::Enter);
    screen.wait_for("the step is done", |_| sequence(&folder.journal()).contains(&"step_finished"));
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
}

/// Goes through the whole menu and back; nothing above it may move, and one line must be selected.
#[track_caller]
fn walk(screen: &mut Screen) {
    let (above, size) = (above_menu(screen), menu_size(screen));
    let lines = screen.history().len();
    assert!(size >= 4, "{size}:\n{}", screen.visible());
    // Neither end leads to the other.
    let downs = (1..=size).map(|index| (Key::Down, index.min(size - 1)));
    let ups = (0..size).rev().map(|index| (Key::Up, index.saturating_sub(1)));
    for (key, index) in downs.chain(ups).chain([(Key::Escape, 0)]) {
        screen.press(key);
        // A menu that is redrawn comes in parts.
        screen.see("the pointer where it belongs", |screen| {
            pointed(screen, size) == Some(index) && screen.history().len() == lines
        });
        assert_kept(screen, &above);
    }
    screen.rest();
    assert_kept(screen, &above);
}

/// Selects the other language, wherever it is in the menu.
#[track_caller]
fn change_language(screen: &mut Screen) {
    let size = menu_size(screen);
    let label = word("menu-language", Lang::Ja);
    let wanted = bottom(screen, size).iter().position(|line| line.contains(&label));
    let wanted = wanted.unwrap_or_else(|| panic!("no {label:?}:\n{}", screen.visible()));
    // While a menu is redrawn, its lines are lower than their final place; wait for the final state.
    for index in 1..=wanted {
        screen.press(Key::Down);
        screen.see("the pointer where it belongs", |screen| pointed(screen, size) == Some(index));
    }
    screen.tap(Key::Enter);
    read_on(screen);
}

/// Keys that come faster than the menu can be drawn are neither lost nor echoed into it.
#[test]
fn keys_in_a_burst_move_the_menu_and_leave_no_trace() {
    let folder = Folder::new();
    let mut screen = start(&folder, 80, 24);
    read_on(&mut screen);
    let (above, size) = (above_menu(&screen), menu_size(&screen));
    for _ in 0..40 {
        for _ in 0..=size {
            screen.press(Key::Down);
        }
        screen.see("the pointer at the end", |screen| pointed(screen, size) == Some(size - 1));
        for _ in 0..=size {
            screen.press(Key::Up);
        }
        screen.see("the pointer back", |screen| pointed(screen, size) == Some(0));
    }
    assert!(!screen.raw().contains("^["), "{}", screen.visible());
    assert_kept(&screen, &above);
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
}

/// Does a step in Japanese, with a look at it in English, then leaves with Ctrl-C and resumes.
fn guided(columns: u16, rows: u16) {
    let folder = Folder::new();
    let mut screen = start(&folder, columns, rows);
    read_on(&mut screen);
    let title = "provider VPC を用意する";
    assert!(screen.history().iter().any(|line| line.contains(title)), "{}", screen.history().join("\n"));
    walk(&mut screen);

    let japanese = above_menu(&screen);
    change_language(&mut screen);
    let english = word("step-plan", Lang::En);
    assert!(screen.history()[japanese.len()..].iter().any(|line| line.contains(&english)), "{}", screen.visible());
    assert_kept(&screen, &japanese);
    walk(&mut screen);
    change_language(&mut screen);
    assert_kept(&screen, &japanese);

    assert_eq!(sequence(&folder.journal()), ["run_started", "answered"], "reading makes nothing");
    screen.tap(Key::Enter);
    read_on(&mut screen);
    assert!(sequence(&folder.journal()).contains(&"step_finished"));
    assert_kept(&screen, &japanese);
    walk(&mut screen);

    let above = above_menu(&screen);
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
    assert!(screen.cursor_shows());
    assert_kept(&screen, &above);
    let resume = format!("pllab resume {}", folder.run_id());
    assert!(screen.visible().replace('\n', "").contains(&resume), "{}", screen.visible());
    assert_eq!(screen.too_wide(), Vec::<String>::new());
    assert_eq!(sequence(&folder.journal()).last(), Some(&"interrupted"));

    folder.pllab("resume --yes").run().code(0);
}

#[test]
fn guided_at_80_columns() {
    guided(80, 24);
}

#[test]
fn guided_at_40_columns() {
    guided(40, 24);
}

#[test]
fn guided_at_120_columns() {
    guided(120, 40);
}

#[test]
fn a_low_screen_still_has_its_menus() {
    let folder = Folder::new();
    let mut screen = start(&folder, 80, 8);
    // There is no room for all choices: the last one leads to the others, the language among them.
    screen.wait(&word("menu-others", Lang::Ja));
    let language = word("menu-language", Lang::Ja);
    for _ in 0..3 {
        if screen.visible().contains(&language) {
            break;
        }
        for _ in 0..5 {
            screen.tap(Key::Down);
        }
        screen.tap(Key::Enter);
    }
    assert!(screen.visible().contains(&language), "{}", screen.visible());
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
    assert!(screen.cursor_shows());
}

#[test]
fn ctrl_c_on_the_first_page_makes_nothing() {
    let folder = Folder::new();
    let mut screen = start(&folder, 80, 24);
    screen.wait_for("a page", at_pause);
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
    assert!(screen.cursor_shows());
    assert!(!sequence(&folder.journal()).contains(&"intent"));
}

#[test]
fn ctrl_c_while_something_is_being_made() {
    let folder = Folder::new();
    let mut screen = Screen::open(&folder, "start --yes --pace quick", (80, 24), &[]);
    screen.see("the third step", |screen| screen.raw().contains("3/9"));
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
    assert!(screen.cursor_shows());
    assert!(sequence(&folder.journal()).contains(&"interrupted"));
    folder.pllab("clean --yes").run().code(0);
}

#[test]
fn the_whole_lab_by_enter_alone() {
    let folder = Folder::new();
    let mut screen = start(&folder, 80, 24);
    let predictions = |screen: &Screen| screen.raw().matches("先に予想してください").count();
    // Twice per step, and five skipped predictions; the last Enter only looks at the end's menu.
    for _ in 0..22 {
        read_on(&mut screen);
        let asked = predictions(&screen);
        screen.press(Key::Enter);
        // The answered menu must be gone before the next is looked for; a prediction follows it at once.
        screen.wait_for("something new", |screen| !at_menu(screen) || predictions(screen) > asked);
    }
    read_on(&mut screen);
    // What deletes is at the end, asks once more, and the usual answer is no.
    let size = menu_size(&screen);
    let choose_last = |screen: &mut Screen| {
        for _ in 0..size {
            screen.press(Key::Down);
        }
        screen.see("the pointer at the end", |screen| pointed(screen, size) == Some(size - 1));
        screen.tap(Key::Enter);
        screen.wait(&word("menu-delete-yes", Lang::Ja));
    };
    choose_last(&mut screen);
    screen.tap(Key::Enter);
    screen.wait_for("the menu again", at_menu);
    assert!(!sequence(&folder.journal()).contains(&"gone"));
    choose_last(&mut screen);
    screen.tap(Key::Down);
    screen.press(Key::Enter);
    // What was deleted is paged like everything else.
    screen.wait_for("a page", at_pause);
    while screen.runs() {
        screen.tap(Key::Enter);
    }
    assert_eq!(screen.end(), 0);
    assert!(screen.cursor_shows());
    assert_eq!(screen.too_wide().iter().filter(|line| !line.contains("http")).count(), 0, "{:?}", screen.too_wide());
    assert!(sequence(&folder.journal()).contains(&"run_cleaned"));
}

#[test]
fn a_simple_terminal_gets_sentences_and_numbers() {
    let folder = Folder::new();
    let mut screen = Screen::open(&folder, "start --pace instant", (80, 24), &[("TERM", "dumb")]);
    let prompt = Text::message("menu-number", [("default", 1_u32.into())]).render(Lang::Ja);
    screen.wait(prompt.trim());
    assert!(!screen.raw().contains('\u{1b}'), "{:?}", screen.raw());
    screen.type_line("x");
    screen.type_line("1");
    screen.wait_for("the step is done", |_| sequence(&folder.journal()).contains(&"step_finished"));
    screen.wait(prompt.trim());
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
    assert!(!screen.raw().contains('\u{1b}'), "{:?}", screen.raw());
}

#[test]
fn no_color_means_no_colour() {
    let folder = Folder::new();
    let mut screen = Screen::open(&folder, "labs show", (80, 200), &[("NO_COLOR", "1")]);
    assert_eq!(screen.end(), 0);
    let raw = screen.raw();
    let colours = raw.match_indices("\u{1b}[").filter(|(at, _)| {
        let rest: String = raw[at + 2..].chars().take_while(|c| c.is_ascii_digit() || *c == ';').collect();
        raw[at + 2 + rest.len()..].starts_with('m')
            && rest.split(';').any(|code| matches!(code.parse(), Ok(30..=49 | 90..=107)))
    });
    assert_eq!(colours.count(), 0, "{raw:?}");
}

#[test]
fn reading_on_a_terminal_turns_through_to_the_end() {
    for columns in [40, 80, 120] {
        let folder = Folder::new();
        let mut screen = Screen::open(&folder, "start --explain-only --yes", (columns, 24), &[]);
        assert_eq!(screen.end(), 0);
        let long: Vec<String> = screen.too_wide();
        // Text to copy is on lines of its own, unbroken. It is code, without Japanese except in the page's HTML.
        let kana = |c: char| ('\u{3040}'..='\u{30ff}').contains(&c);
        let prose: Vec<&String> = long.iter().filter(|line| line.contains(kana) && !line.contains('<')).collect();
        assert!(prose.is_empty(), "{columns}: {prose:?}");
        assert!(!folder.state().exists());
    }
}

/// The learner at the question whether to spend, with AWS's own names leading to `front`.
fn at_consent(apart: &ProfiledSandbox, front: &TlsProxy, lang: Lang) -> Screen {
    let bundle = TlsProxy::bundle();
    let env = [
        ("HTTPS_PROXY", front.proxy()),
        ("AWS_CA_BUNDLE", bundle.display().to_string()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("PLLAB_STATE_DIR", apart.folder.path().join("elsewhere").display().to_string()),
        ("PLLAB_LANG", lang.tag().to_owned()),
    ];
    let env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let words = "start --target aws --profile provider --consumer-profile consumer";
    let mut screen = Screen::open(&apart.folder, words, (80, 24), &env);
    let question: String = word("money-type-yes", lang).chars().take(12).collect();
    screen.wait(&question);
    screen
}

#[test]
fn spending_is_agreed_to_by_a_word_and_by_nothing_else() {
    let apart = ProfiledSandbox::open("--pace instant");
    let front = apart.front();
    for (lang, refusals) in [(Lang::Ja, ["いいえ", ""]), (Lang::En, ["no", "y"])] {
        for typed in refusals {
            let mut screen = at_consent(&apart, &front, lang);
            screen.type_line(typed);
            assert_eq!(screen.end(), 4, "{typed:?}: {}", screen.visible());
            assert!(screen.cursor_shows());
            let nothing_made = word("money-nothing-made", lang);
            let told = screen.history().join("").replace(' ', "");
            assert!(told.contains(&nothing_made.replace(' ', "")), "{typed:?}: {told}");
        }
        let mut screen = at_consent(&apart, &front, lang);
        screen.press(Key::CtrlC);
        assert_eq!(screen.end(), 130, "{}", screen.visible());
        assert!(screen.cursor_shows());
    }
    let runs = std::fs::read_dir(apart.folder.path().join("elsewhere/runs")).expect("a folder");
    assert_eq!(runs.count(), 0, "nobody agreed, so there is no run");

    let mut screen = at_consent(&apart, &front, Lang::Ja);
    screen.type_line("はい");
    read_on(&mut screen);
    let journal = apart.journal();
    assert!(journal.iter().any(|line| line["event"] == "consented" && line["how"] == "typed"), "{journal:?}");
    assert!(!sequence(&journal).contains(&"intent"), "the step itself is still to be agreed to");
    screen.tap(Key::Enter);
    read_on(&mut screen);
    assert!(sequence(&apart.journal()).contains(&"step_finished"));
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
    apart.pllab_on_aws(&front, "clean --yes").run().code(0);
}

/// A terminal copies a row that wrapped together with the next.
#[test]
fn what_stays_in_sight_is_copied_line_by_line() {
    let folder = Folder::new();
    let words = "start --hands-on --keep --pace instant --lang en";
    let mut screen = Screen::open(&folder, words, (100, 40), &[("SSH_CONNECTION", "a test")]);
    read_on(&mut screen);
    screen.press(Key::Enter);
    screen.see("the exports", |screen| screen.visible().contains("export AWS_DEFAULT_REGION="));
    screen.see("the watch", |screen| screen.visible().contains(&word("watch-waiting", Lang::En)));
    let rows = screen.rows();
    let exports: Vec<&(String, bool)> = rows.iter().filter(|(row, _)| row.starts_with("export ")).collect();
    assert!(exports.len() >= 5 && exports.iter().all(|(_, wrapped)| !wrapped), "{rows:?}");
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
}

/// A hint that is longer than the screen is paged like everything else, although pllab goes on watching.
#[test]
fn a_long_hint_is_shown_to_its_end() {
    let folder = Folder::new();
    folder.pllab("start --pace instant --plain").stdin("leave\n").run().code(1);
    folder.pllab("resume --step web-server --plain").stdin("1\nleave\n").run().code(1);
    let mut screen = Screen::open(&folder, "resume --hands-on --keep --lang en", (100, 30), &[]);
    read_on(&mut screen);
    screen.press(Key::Enter);
    let watches = |screen: &Screen| screen.visible().contains(&word("watch-waiting", Lang::En));
    // The user data comes first, and is paged too.
    let mut pages = 0;
    loop {
        screen.wait_for("a page or the watch", |screen| at_pause(screen) || watches(screen));
        if watches(&screen) {
            break;
        }
        pages += 1;
        screen.tap(Key::Enter);
    }
    assert!(pages > 0, "{}", screen.visible());
    screen.press(Key::Enter);
    for rung in 1..=3 {
        screen.wait_for("a menu", at_menu);
        screen.tap(Key::Down);
        screen.press(Key::Enter);
        screen.see("the hint", |screen| screen.raw().contains(&format!("Hint {rung}")));
    }
    read_on(&mut screen);
    let history = screen.history();
    let hint = history.iter().rposition(|line| line.contains("Hint 3")).expect("it was seen");
    for words in ["aws ec2 run-instances", "systemctl enable --now nginx"] {
        assert!(history[hint..].iter().any(|line| line.contains(words)), "{words}: {:#?}", &history[hint..]);
    }
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
}

/// What a verb has to say is paged like everything else, and leaves nothing out.
#[test]
fn a_result_longer_than_the_screen_is_read_in_pages() {
    let folder = Folder::new();
    let whole = folder.pllab("sandbox --differences --lang en").run().code(0).out;
    let mut screen = Screen::open(&folder, "sandbox --differences --lang en", (80, 24), &[]);
    screen.wait_for("a page", at_pause);
    let first = screen.visible();
    screen.tap(Key::Enter);
    screen.wait_for("the next page", at_pause);
    screen.send(b"b");
    screen.wait_for("the page before", |screen| screen.visible() == first);
    screen.send(b"q");
    assert_eq!(screen.end(), 0);
    let history = screen.history().join("\n");
    let last = whole.trim_end().lines().last().unwrap_or_default().split_whitespace().last().expect("words");
    assert!(history.trim_end().ends_with(last), "{history}");
    assert!(screen.is_given_back());
    // What fits is printed at once.
    let mut screen = Screen::open(&folder, "labs list --lang en", (80, 24), &[]);
    assert_eq!(screen.end(), 0);
}
