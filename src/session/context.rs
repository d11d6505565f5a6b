//! What every verb is given.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::exit::{Code, Failed};
use super::interrupt::Interrupt;
use super::settings::Settings;
use super::store::Store;
use crate::engine::State;
use crate::engine::event::Screen;
use crate::host::{Host, shell_word, standard_lines};
use crate::i18n::{Lang, Text, complete, harmless, m};
use crate::lab::{LabError, LoadError, Loaded, Source, load};
use crate::ui::{self, ErrorReport, Form, GlyphSet, PrintStyle, TerminalNotices, UiOptions};

pub struct Context {
    pub host: Host,
    /// The language to begin with.
    pub lang: Lang,
    pub settings: Settings,
    /// Ctrl-C and other signals that ask the program to end.
    pub interrupt: Interrupt,
    /// The run to drill on once the verb is over, if the learner chose that at its end.
    pub drill_next: Option<String>,
    pub labs: LoadedLabs,
    /// What a verb has printed that is read at its end, a page at a time; `None` if it is printed as it comes.
    pub reading: Option<String>,
}

/// What a lab was loaded from: its files' text and the values filled in.
#[derive(PartialEq)]
struct LoadedFrom {
    source: Source,
    set: BTreeMap<String, String>,
    facts: BTreeMap<&'static str, String>,
}

/// The labs that were loaded. A verb asks for the same one several times, and reading it takes longer than a step on the
/// sandbox. A lab whose files have changed is loaded again.
#[derive(Default)]
pub struct LoadedLabs(Mutex<Vec<(LoadedFrom, Arc<Loaded>)>>);

impl Context {
    pub fn store(&self) -> Result<Store, Failed> {
        Store::open(self.settings.state_dir.clone(), &self.host)
    }

    pub fn sheet(&self) -> PrintStyle {
        PrintStyle {
            lang: self.lang,
            pretty: self.form() == Form::Pretty,
            width: None,
            glyphs: self.glyphs(),
            color: self.form() == Form::Pretty && ui::color_allowed(),
        }
    }

    pub fn form(&self) -> Form {
        let json = self.json();
        let terminal = self.host.output_is_terminal && ui::has_room();
        Form::choose(json, self.settings.plain, terminal, |name| self.host.var(name))
    }

    fn glyphs(&self) -> GlyphSet {
        self.settings.glyphs.choose(|name| self.host.var(name), cfg!(windows))
    }

    /// The screen of a run. It writes to the same standard output and error as later output.
    pub fn screen(&self, yes: bool) -> Arc<dyn Screen> {
        let store = self.store().ok().filter(|_| !self.json());
        if let Some(store) = store.as_ref().filter(|_| self.settings.keeps_language) {
            store.keep_language(self.lang);
        }
        let interactive = self.host.input_is_terminal && self.host.output_is_terminal;
        let readable = interactive || !self.host.input_is_terminal;
        ui::open(UiOptions {
            lang: self.lang,
            on_language_change: Box::new(move |lang| store.iter().for_each(|store| store.keep_language(lang))),
            form: self.form(),
            yes,
            interactive,
            width: None,
            glyphs: self.glyphs(),
            color: ui::color_allowed(),
            notices: TerminalNotices::choose(|name| self.host.var(name)),
            interrupt: Arc::clone(&self.interrupt.flag),
            // Answers may be piped in. A terminal is read only if the questions are visible.
            input: readable.then(|| Box::new(standard_lines()) as _),
            out: Box::new(self.host.out.clone()),
            err: Box::new(self.host.err.clone()),
        })
    }

    /// Prints a result. Of all control characters, only line breaks, tabs and the program's own colours pass.
    pub fn print(&mut self, text: &str) -> Result<(), Failed> {
        let text = complete(text);
        let text = harmless::screen(&text, self.sheet().color);
        if let Some(reading) = &mut self.reading {
            reading.push_str(&text);
            return Ok(());
        }
        self.put(&text)
    }

    /// From now on, what is printed waits for [`Self::read`]. Only for a person at a terminal.
    pub fn collect(&mut self) {
        if self.form() == Form::Pretty && self.host.input_is_terminal {
            self.reading = Some(String::new());
        }
    }

    /// Shows what was collected: in pages, if it is longer than the screen.
    pub fn read(&mut self) -> Result<(), Failed> {
        let Some(text) = self.reading.take() else { return Ok(()) };
        let interrupt = Arc::clone(&self.interrupt.flag);
        ui::read(&text, self.lang, self.sheet().color, &interrupt, |page| self.put(page))
    }

    pub fn print_json(&mut self, value: &serde_json::Value) -> Result<(), Failed> {
        let text = value.to_string();
        self.put(&format!("{}\n", harmless::json(&text)))
    }

    /// Prints a document, which has no colours.
    pub fn print_document(&mut self, text: &str) -> Result<(), Failed> {
        self.put(&harmless::lines(text))
    }

    fn put(&mut self, text: &str) -> Result<(), Failed> {
        // If the reader closed the pipe, it has what it wanted; that is not an error.
        let written = self.host.out.write_all(text.as_bytes()).and_then(|()| self.host.out.flush());
        written.map_err(|error| {
            // The failure itself reports this.
            let _ = self.host.out.trouble();
            Failed::no_output(&error)
        })
    }

    /// Prints text that is not a result: to standard output, or to standard error if the result is JSON.
    pub fn tell(&mut self, text: &str) -> Result<(), Failed> {
        if !self.json() {
            return self.print(text);
        }
        self.put_aside(text);
        Ok(())
    }

    /// Prints a note to standard error, so that it does not get into a file that takes the result.
    pub fn note(&mut self, text: &Text) {
        let text = ui::markdown(&text.render(self.lang), self.sheet());
        self.put_aside(&text);
    }

    fn put_aside(&mut self, text: &str) {
        let text = complete(text);
        let text = harmless::screen(&text, self.sheet().color);
        // If even standard error is closed, nobody can be told.
        let _ = self.host.err.write_all(text.as_bytes()).and_then(|()| self.host.err.flush());
    }

    /// [`Self::tell`] for a sentence.
    pub fn tell_line(&mut self, text: &Text) -> Result<(), Failed> {
        let text = ui::markdown(&text.render(self.lang), self.sheet());
        self.tell(&text)
    }

    pub fn json(&self) -> bool {
        self.settings.json
    }

    pub fn report(&mut self, report: &ErrorReport) {
        let text = ui::error_report(report, self.sheet());
        self.put_aside(&text);
    }

    /// The folder of labs for a run: the one that `--labs` names now, else the one that the run began with.
    pub fn labs_of(&self, state: &State) -> Option<PathBuf> {
        self.settings.labs.clone().or_else(|| state.labs.as_ref().map(PathBuf::from))
    }

    /// Loads the lab of a run, with the run's values.
    pub fn lab_of(&self, state: &State) -> Result<Arc<Loaded>, Failed> {
        self.lab_in(self.labs_of(state).as_deref(), &state.lab, &state.variables, &state.token, &state.region)
    }

    /// Loads the lab called `id` and fills in the values.
    pub fn lab(
        &self,
        id: &str,
        set: &BTreeMap<String, String>,
        token: &str,
        region: &str,
    ) -> Result<Arc<Loaded>, Failed> {
        self.lab_in(self.settings.labs.as_deref(), id, set, token, region)
    }

    fn lab_in(
        &self,
        labs: Option<&Path>,
        id: &str,
        set: &BTreeMap<String, String>,
        token: &str,
        region: &str,
    ) -> Result<Arc<Loaded>, Failed> {
        let source = Source::find(id, labs).map_err(|error| bad_lab(&[error]))?;
        let Some(source) = source else {
            let known = Source::list(labs).map_err(|error| bad_lab(&[error]))?;
            return Err(unknown_lab(id, &known));
        };
        let facts = BTreeMap::from([("token", token.to_owned()), ("region", region.to_owned())]);
        let from = LoadedFrom { source, set: set.clone(), facts };
        let mut known = self.labs.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, loaded)) = known.iter().find(|(of, _)| *of == from) {
            return Ok(Arc::clone(loaded));
        }
        let loaded = load(&from.source, set, &from.facts).map(Arc::new).map_err(|error| match error {
            LoadError::Files(errors) => bad_lab(&errors),
            LoadError::Variable(text) => {
                Failed::new(Code::Usage, text, Vec::new(), &[&format!("pllab labs show {}", shell_word(id))])
            }
        })?;
        known.push((from, Arc::clone(&loaded)));
        Ok(loaded)
    }
}

pub fn unknown_lab(id: &str, known: &[String]) -> Failed {
    let details = vec![m::cli_known_labs(known.join(", "))];
    Failed::new(Code::Usage, m::cli_unknown_lab(id), details, &["pllab labs list"])
}

/// A lab whose files are at fault. Shows each fault with its place and the line itself.
pub fn bad_lab(errors: &[LabError]) -> Failed {
    Failed::new(Code::Usage, m::cli_bad_lab(), errors.iter().map(located).collect(), &["pllab labs list"])
}

/// A fault of a lab, with its place and the line itself.
pub fn located(error: &LabError) -> Text {
    match &error.place {
        Some(place) => m::CliLabFaultAt {
            column: place.column,
            excerpt: place.excerpt.trim_end(),
            file: &error.file,
            line: place.line,
            what: &error.what,
        }
        .text(),
        None => m::CliLabFault { file: &error.file, what: &error.what }.text(),
    }
}

/// Where a run's calls go, in words.
pub fn place(target: &str, region: &str) -> Text {
    match target {
        "sandbox" => m::cli_place_sandbox(region),
        "aws" => m::aws_place(region),
        url => m::CliPlaceEndpoint { region, url }.text(),
    }
}
