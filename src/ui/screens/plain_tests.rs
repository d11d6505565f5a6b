use std::io::{Cursor, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::Plain;
use crate::engine::event::{Answer, AskError, Choice, Event, Question, QuestionId, Screen as _, Verdict};
use crate::i18n::{Lang, Text};
use crate::ui::GlyphSet;
use crate::ui::screens::options::{Form, UiOptions};
use crate::ui::screens::terminal_notices::TerminalNotices;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

struct Desk {
    screen: Plain,
    out: Sink,
    err: Sink,
    interrupt: Arc<AtomicBool>,
}

fn desk(lang: Lang, yes: bool, answers: Option<&'static str>) -> Desk {
    let (out, err, interrupt) = (Sink::default(), Sink::default(), Arc::new(AtomicBool::new(false)));
    let options = UiOptions {
        lang,
        on_language_change: Box::new(|_| ()),
        form: Form::Plain,
        yes,
        interactive: false,
        width: None,
        glyphs: GlyphSet::Ascii,
        color: false,
        notices: TerminalNotices::choose(|_| None),
        interrupt: Arc::clone(&interrupt),
        input: answers.map(|answers| Box::new(Cursor::new(answers)) as _),
        out: Box::new(out.clone()),
        err: Box::new(err.clone()),
    };
    let screen = Plain::new(options);
    Desk { screen, out, err, interrupt }
}

fn question() -> Question {
    Question {
        id: QuestionId::NotMet,
        prompt: "What now?".into(),
        choices: vec![
            Choice { answer: Answer::Again, label: "Look again".into() },
            Choice { answer: Answer::Leave, label: "Stop here".into() },
        ],
        default: Answer::Again,
    }
}

#[test]
fn choices_are_numbered_and_answers_are_read() {
    let desk = desk(Lang::En, false, Some("7\n２\n"));
    assert_eq!(desk.screen.ask(&question()), Ok(Answer::Leave));
    let expected = "
What now?
  1. Look again
  2. Stop here
  3. 言語 / Language
Type a number [1]: Type a number from 1 to 3.
Type a number [1]: ";
    assert_eq!(desk.err.text(), expected);
    assert_eq!(desk.out.text(), "What now? > Stop here\n");
}

#[test]
fn the_language_changes_at_a_question() {
    let desk = desk(Lang::En, false, Some("language\n1\n"));
    assert_eq!(desk.screen.ask(&question()), Ok(Answer::Again));
    assert!(desk.err.text().ends_with("番号を入力してください [1]: "), "{}", desk.err.text());
}

#[test]
fn yes_answers_and_says_so() {
    let desk = desk(Lang::Ja, true, None);
    assert_eq!(desk.screen.ask(&question()), Ok(Answer::Again));
    assert_eq!(desk.out.text(), "What now? > Look again (--yes)\n");
}

#[test]
fn nobody_is_nobody() {
    assert_eq!(desk(Lang::En, false, None).screen.ask(&question()), Err(AskError::NobodyToAsk));
    assert_eq!(desk(Lang::En, false, Some("")).screen.ask(&question()), Err(AskError::NobodyToAsk));
}

#[test]
fn an_interrupt_ends_a_pending_question() {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut desk = desk(Lang::En, false, None);
    *desk.screen.answers.get_mut().unwrap() = super::Answers::Unread(Box::new(std::io::BufReader::new(reader)));
    desk.interrupt.store(true, Ordering::SeqCst);
    assert_eq!(desk.screen.ask(&question()), Err(AskError::Interrupted));
    drop(writer);
}

#[test]
fn a_check_is_told_with_its_command_alone_on_a_line() {
    let desk = desk(Lang::En, false, None);
    desk.screen.event(&Event::Check {
        step: "endpoint".into(),
        check: "endpoint_state:endpoint".into(),
        title: Text::literal("The endpoint's state"),
        verdict: Verdict::Broken,
        expected: "available".into(),
        why: None,
        seen: "rejected\u{1b}[2J".into(),
        command: "aws ec2 describe-vpc-endpoints".into(),
    });
    let expected = "\
not as expected: The endpoint's state
  expected: available
  seen: rejected
  Waiting will not change it: something is set up differently than expected.
  To check it yourself:
aws ec2 describe-vpc-endpoints
";
    assert_eq!(desk.out.text(), expected);
}
