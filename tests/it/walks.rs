//! Every lab on a terminal, in both languages and three widths: at every prompt, the question, what it is about and the
//! legend are in sight. And a monkey's keys: nothing is deleted unasked, and whatever was pressed, the run is resumed
//! at the same menu.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use pllab::inside::i18n::{Lang, Text};
use pllab::inside::lab::{Source, load};

use super::harness::{Folder, Key, Screen, at_a_time, full, say, sequence};

const LABS: [&str; 4] = ["privatelink", "two-zones", "who-may-connect", "private-dns"];
const POINTER: &str = " ❯ ";
/// Nothing is opened with the machine's own browser.
const ENV: &[(&str, &str)] = &[("SSH_CONNECTION", "a test")];
/// `PLLAB_LANG` would outrank the language that was chosen at a menu.
const FREE: &[(&str, &str)] = &[("SSH_CONNECTION", "a test"), ("PLLAB_LANG", "")];

fn word(key: &str) -> [String; 2] {
    Lang::ALL.map(|lang| Text::message(key, []).render(lang))
}

fn holds(line: &str, key: &str) -> bool {
    // A narrow menu cuts its labels.
    let begins = |word: &String| word.chars().take(14).collect::<String>();
    word(key).iter().any(|word| line.contains(&begins(word)))
}

/// What the program waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prompt {
    Page,
    Menu,
    /// pllab watches; Enter opens a menu.
    Watch,
}

fn prompt(screen: &Screen) -> Option<Prompt> {
    let visible = screen.visible();
    let last = visible.trim_end().lines().last()?;
    if holds(last, "pager-on") {
        return Some(Prompt::Page);
    }
    if holds(last, "watch-waiting") {
        return Some(Prompt::Watch);
    }
    let copied = || holds(last, "menu-copied");
    ((holds(last, "menu-keys") || copied()) && visible.contains(POINTER)).then_some(Prompt::Menu)
}

#[track_caller]
fn next(screen: &mut Screen) -> Prompt {
    screen.see("a page or a menu", |screen| prompt(screen).is_some());
    prompt(screen).expect("it was seen")
}

/// Presses a key, and waits for the prompt that follows.
#[track_caller]
fn answer(screen: &mut Screen, key: &[u8]) {
    let before = screen.visible();
    screen.send(key);
    screen.see("the next prompt", |screen| prompt(screen).is_some() && screen.visible() != before);
}

/// Presses a key that turns a page. A page overlooks keys that come together with others, so it may have to be pressed
/// again. But not before it is sure to be overlooked: in a menu, it chooses.
fn turn(screen: &mut Screen, key: &[u8]) {
    let page = screen.visible();
    screen.send(key);
    screen.comes(Duration::from_secs(12), |screen| prompt(screen).is_some() && screen.visible() != page);
}

/// Goes on to a menu without choosing anything. `false` if a key that was pressed before ends the program.
#[track_caller]
fn to_menu(screen: &mut Screen) -> bool {
    for _ in 0..200 {
        if !screen.see_or_end("a page or a menu", |screen| prompt(screen).is_some()) {
            return false;
        }
        match prompt(screen).expect("it was seen") {
            Prompt::Page => turn(screen, b"q"),
            Prompt::Watch => {
                // The line of a watch moves by itself, so a changed screen does not mean that the key was heard.
                screen.send(b"\r");
                screen.see_or_end("a menu", |screen| prompt(screen).is_some_and(|it| it != Prompt::Watch));
            }
            // A key that was pressed before may still answer it.
            Prompt::Menu if takes_keys(screen) => return true,
            Prompt::Menu => {}
        }
    }
    panic!("no menu that takes keys:\n{}", screen.visible());
}

/// Whether a menu follows the keys that are pressed now. They come after all that were pressed before, so those are
/// done with.
fn takes_keys(screen: &mut Screen) -> bool {
    [(Key::Up, 20, 0), (Key::Down, 1, 1), (Key::Up, 1, 0)].into_iter().all(|(key, times, to)| {
        (0..times).for_each(|_| screen.press(key));
        (0..20).any(|_| {
            screen.rest();
            prompt(screen) != Some(Prompt::Menu) || selected(screen) == Some(to)
        }) && prompt(screen) == Some(Prompt::Menu)
    })
}

/// The lines of the menu on the screen, with the pointer.
fn menu_lines(screen: &Screen) -> Vec<String> {
    let visible = screen.visible();
    let lines: Vec<&str> = visible.trim_end().lines().collect();
    let lines = &lines[..lines.len().saturating_sub(1)];
    let is_choice = |line: &&&str| line.starts_with("   ") || line.starts_with(POINTER) || line.is_empty();
    let all = lines.iter().rev().take_while(is_choice).filter(|line| !line.trim().is_empty());
    let mut all: Vec<String> = all.map(|line| (*line).to_owned()).collect();
    all.reverse();
    all
}

/// The index of the selected choice, if there is exactly one.
fn selected(screen: &Screen) -> Option<usize> {
    let lines = menu_lines(screen);
    let mut all = lines.iter().enumerate().filter(|(_, line)| line.starts_with(POINTER)).map(|(index, _)| index);
    all.next().filter(|_| all.next().is_none())
}

/// The choices of the menu on the screen, without the pointer.
fn choices(screen: &Screen) -> Vec<String> {
    menu_lines(screen).iter().map(|line| line.replace('❯', " ").trim().to_owned()).collect()
}

/// The question stands above its choices, and something of what it is about above the question.
#[track_caller]
fn assert_in_sight(screen: &Screen) {
    let visible = screen.visible();
    let lines: Vec<&str> = visible.trim_end().lines().collect();
    let is_menu = |line: &&&str| line.starts_with("   ") || line.starts_with(POINTER) || line.is_empty();
    let menu = lines[..lines.len() - 1].iter().rev().take_while(is_menu).count();
    let first = lines.len() - 1 - menu;
    let question = lines[..first].iter().rposition(|line| !line.trim().is_empty());
    let question = question.unwrap_or_else(|| panic!("no question:\n{visible}"));
    assert!(lines[..question].iter().any(|line| !line.trim().is_empty()), "nothing but the question:\n{visible}");
}

/// Presses Enter. Right after a page, a menu overlooks it.
#[track_caller]
fn enter(screen: &mut Screen) {
    std::thread::sleep(Duration::from_millis(450));
    answer(screen, b"\r");
}

fn through(lab: &str, lang: Lang, size: (u16, u16)) {
    let folder = Folder::new();
    let words = format!("start {lab} --pace instant --lang {}", lang.tag());
    let mut screen = Screen::open(&folder, &words, size, ENV);
    let finished = |folder: &Folder| sequence(&folder.journal()).iter().filter(|it| **it == "step_finished").count();
    let source = Source::find(lab, None).expect("labs are read").expect("it is embedded");
    let steps = load(
        &source,
        &BTreeMap::new(),
        &BTreeMap::from([("token", "t".to_owned()), ("region", "ap-northeast-1".to_owned())]),
    );
    let steps = steps.expect("the lab is good").lab.steps.len();
    let mut ended = false;
    for _ in 0..400 {
        if next(&mut screen) == Prompt::Page {
            // A page leaves its last row to the legend, and loses none of its own.
            turn(&mut screen, b"\r");
            continue;
        }
        assert_in_sight(&screen);
        let at_the_end = choices(&screen).iter().any(|line| holds(line, "engine-answer-report"));
        if at_the_end {
            assert_eq!(finished(&folder), steps, "{lab}: {}", screen.visible());
            ended = true;
            break;
        }
        enter(&mut screen);
    }
    assert!(ended, "{lab} does not end:\n{}", screen.visible());
    // The recap is the choice before the report; its five questions are answered by the run's own facts.
    let recap = choices(&screen).iter().position(|line| holds(line, "engine-answer-recap"));
    for _ in 0..recap.expect("there is a recap") {
        screen.tap(Key::Down);
    }
    enter(&mut screen);
    for _ in 0..60 {
        if sequence(&folder.journal()).iter().filter(|it| **it == "recapped").count() == 5 {
            break;
        }
        next(&mut screen);
        enter(&mut screen);
    }
    let journal = folder.journal();
    let answers: Vec<_> = journal.iter().filter(|line| line["event"] == "recapped").collect();
    assert!(answers.len() == 5 && answers.iter().all(|line| line["seen"] != ""), "{answers:?}");
    while next(&mut screen) == Prompt::Page {
        enter(&mut screen);
    }
    assert!(choices(&screen).iter().any(|line| holds(line, "engine-answer-report")), "{}", screen.visible());
    screen.press(Key::CtrlC);
    assert_eq!(screen.end(), 130);
    let wide: Vec<String> = screen.too_wide();
    let kana = |c: char| ('\u{3040}'..='\u{30ff}').contains(&c);
    let prose: Vec<&String> = wide.iter().filter(|line| line.contains(kana) && !line.contains('<')).collect();
    assert!(prose.is_empty(), "{lab}: {prose:?}");
    folder.pllab("clean --yes").run().code(0);
}

#[test]
fn every_lab_in_both_languages_and_three_widths_keeps_its_questions_in_sight() {
    let sizes = [(80, 24), (40, 24), (120, 40)];
    let all: Vec<_> = LABS
        .into_iter()
        .flat_map(|lab| Lang::ALL.map(|lang| (lab, lang)))
        .flat_map(|(lab, lang)| sizes.map(|size| (lab, lang, size)))
        .collect();
    at_a_time(&all, |(lab, lang, size)| through(lab, *lang, *size));
}

/// Whether the learner has gone on to a drill.
fn drills(screen: &Screen) -> bool {
    screen.visible().lines().any(|line| holds(line, "drill-answer-give-up"))
}

/// So many keys, then the same menu again after Ctrl-C and `resume`.
fn monkey(lab: &str, seed: u64, most: usize) {
    let folder = Folder::new();
    let random = pllab::inside::host::Random::seeded(seed);
    let below = |limit: u64| usize::try_from(random.next_u64() % limit).expect("small");
    let mut words = format!("start {lab} --pace instant --keep");
    let mut keys = 0;
    while keys < most {
        let mut screen = Screen::open(&folder, &words, (80, 24), FREE);
        let mut runs = true;
        for _ in 0..300 {
            runs = screen.see_or_end("a prompt", |screen| prompt(screen).is_some() || drills(screen));
            if !runs || keys >= most || drills(&screen) {
                break;
            }
            keys += 1;
            // What deletes asks once more; the usual answer, which a hurried Enter takes, is no. A key pressed before the question
            // was seen may have moved to yes, and is taken back.
            let deletes = |screen: &Screen| choices(screen).iter().position(|line| holds(line, "menu-delete-yes"));
            let asks = deletes(&screen).is_some();
            if asks && !(takes_keys(&mut screen) && deletes(&screen) != Some(0)) {
                continue;
            }
            let all: [&[u8]; 12] =
                [b"\r", b"\r", b"\r", b"\x1b[B", b"\x1b[A", b"\x1b", b" ", b"b", b"q", b"y", b"1", "は".as_bytes()];
            let watches = prompt(&screen) == Some(Prompt::Watch);
            let key: &[u8] = if asks || watches { b"\r" } else { all[below(12)] };
            screen.send(key);
            // What follows at once is another key than what follows after a while: an Enter ends a paste, an escape
            // begins a sequence.
            let pause = if key == b"\x1b" { 250 } else { 60 };
            std::thread::sleep(Duration::from_millis(if key.len() == 1 { pause } else { 0 }));
        }
        "resume --keep".clone_into(&mut words);
        // Whatever is asked now is asked again.
        if !runs || (!drills(&screen) && !to_menu(&mut screen)) {
            // It was left by a choice.
            let code = screen.end();
            assert!([0, 1, 2].contains(&code), "seed {seed}: {code}\n{}", screen.visible());
            let journal = std::fs::read_to_string(folder.journal_path()).unwrap_or_default();
            assert!(!journal.contains("\"event\":\"run_cleaned\""), "seed {seed}: it was cleaned");
            continue;
        }
        if drills(&screen) {
            // A drill is a session of its own; `resume` puts back what it broke.
            screen.press(Key::CtrlC);
            let _ = screen.end();
            continue;
        }
        // What was granted at the end of this session goes behind the others.
        let sorted = |screen: &Screen| choices(screen).into_iter().collect::<BTreeSet<_>>();
        let (asked, in_drill) = (sorted(&screen), drills(&screen));
        let has = |menu: &BTreeSet<String>, keys: &[&str]| {
            menu.iter().any(|choice| keys.iter().any(|key| holds(choice, key)))
        };
        screen.press(Key::CtrlC);
        let code = screen.end();
        if in_drill {
            continue;
        }
        assert_eq!(code, 130, "seed {seed}: {}", screen.visible());
        let mut again = Screen::open(&folder, "resume --keep", (80, 24), FREE);
        assert!(to_menu(&mut again), "seed {seed}: {}", again.visible());
        let resumed = sorted(&again);
        // A prediction may be asked again from the step's menu, a question of the recap from the end's; and from a detour
        // that is over, the step's menu is what its only way leads back to.
        let leads_there = has(&asked, &["engine-answer-skip", "engine-answer-back"])
            && has(&resumed, &["menu-more", "engine-answer-report"]);
        if !leads_there {
            assert_eq!(resumed, asked, "seed {seed}: {}", again.visible());
        }
        again.press(Key::CtrlC);
        assert_eq!(again.end(), 130);
    }
    let raw = std::fs::read_to_string(folder.journal_path()).expect("a journal");
    assert!(!raw.contains("\"event\":\"run_cleaned\""), "seed {seed}");
    folder.pllab("clean --yes").run().code(0);
}

#[test]
fn random_keys_delete_nothing_and_lose_no_menu() {
    let given = std::env::var("PLLAB_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| pllab::inside::host::Random::System.next_u64());
    say(&format!("the monkeys' seed: PLLAB_SEED={seed}"));
    // Other keys at every run; all 2,000 a lab take minutes.
    let most = if full() { 2000 } else { 300 };
    at_a_time(&LABS, |lab| monkey(lab, seed, most));
}
