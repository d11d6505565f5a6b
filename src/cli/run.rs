//! From words on the command line to a verb, and from a verb to an exit code.

use std::ffi::OsString;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo};

use clap::FromArgMatches as _;
use clap::error::ErrorKind;

use super::args::{Cli, LabsVerb, LangArg, Verb};
use super::context::Context;
use super::exit::{Code, Failed};
use super::store::Store;
use super::{
    browse, check, clean, doctor, drill, explain, generate, handout, home, labs, policy, report, resume, sandbox,
    start, status, why, words,
};
use crate::host::Host;
use crate::i18n::{Lang, Text, m};
use crate::sandbox::keeper;
use crate::ui::{self, ErrorReport, Form, Glyphs, NextStep, Sheet};

/// Runs pllab with these arguments (the program's name first) on this machine.
#[must_use]
pub fn run(args: Vec<OsString>, mut host: Host) -> Code {
    // Run anew by itself: no language, no grammar, no environment.
    if let Some(went_well) = keeper::run(&args) {
        return if went_well { Code::Met } else { Code::NotMet };
    }
    // The language must be known before the command line has words.
    let lang = flag(&args, "--lang").and_then(|value| value.parse().ok());
    let store = Store::open(flag(&args, "--state-dir").map(Into::into), &host).ok();
    let lang = Lang::choose(lang, |name| host.var(name), || store.and_then(|store| store.language()));
    let words = args.clone();
    let parsed = words::command(lang).try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            // A reader that closed the pipe has what it wanted.
            let _ = host.out.write_all(error.to_string().as_bytes()).and_then(|()| host.out.flush());
            return Code::Met;
        }
        Err(error) => {
            // The flags were not understood, but for this one.
            let plain = words.iter().any(|word| word == "--plain");
            let pretty = Form::choose(false, plain, host.output_is_terminal, |name| host.var(name)) == Form::Pretty;
            let color = pretty && ui::color_allowed();
            let sheet = Sheet { lang, pretty, width: None, glyphs: Glyphs::Auto, color };
            let text = ui::error_report(&words::usage_error(&error, &words), &sheet);
            let _ = host.err.write_all(text.as_bytes());
            return Code::Usage;
        }
    };
    let mut context = Context { host, lang, common: cli.common };
    std::panic::set_hook(Box::new(move |fault| own_fault(lang, fault)));
    // A fault of this program ends it like any other: with words, an exit code, and everything on record.
    let quiet = matches!(cli.verb, Some(Verb::Completions(_) | Verb::Man));
    let ended = std::panic::catch_unwind(AssertUnwindSafe(|| dispatch(&mut context, cli.verb)));
    let failed = match ended {
        Ok(Ok(code)) => {
            // What those two print is for other programs to read, and a shell may read it at each start.
            if !quiet {
                status::remind(&mut context);
            }
            return code;
        }
        Ok(Err(failed)) => failed,
        Err(_) => return Code::NotMet,
    };
    if let Some(report) = &failed.report {
        context.report(report);
    }
    status::remind(&mut context);
    failed.code
}

/// Tells of a fault of this program itself: where it is, for a report, and how to go on.
fn own_fault(lang: Lang, fault: &PanicHookInfo<'_>) {
    let term = console::Term::stderr();
    if term.is_term() {
        // A prompt or a bar may have hidden it.
        let _ = term.show_cursor();
    }
    let place = fault.location().map(ToString::to_string).unwrap_or_default();
    let report = ErrorReport {
        title: m::cli_own_fault(),
        details: vec![Text::literal(format!("pllab {} {place}", env!("CARGO_PKG_VERSION")))],
        next: vec![NextStep::Command("pllab resume".to_owned())],
    };
    let sheet = Sheet { lang, pretty: false, width: None, glyphs: Glyphs::Ascii, color: false };
    let _ = std::io::stderr().write_all(ui::error_report(&report, &sheet).as_bytes());
}

fn dispatch(context: &mut Context, verb: Option<Verb>) -> Result<Code, Failed> {
    // Verbs that neither wait nor ask need no runtime.
    match verb {
        None if !home::asks(context)? => status::home(context),
        Some(Verb::Status(args)) => status::status(context, &args),
        Some(Verb::Policy(args)) => policy::policy(context, &args),
        Some(Verb::Report(args)) => report::report(context, &args),
        Some(Verb::Handout(args)) => handout::handout(context, &args),
        Some(Verb::Completions(args)) => generate::completions(context, &args),
        Some(Verb::Man) => generate::man(context),
        verb => {
            let reads_alone = match &verb {
                Some(Verb::Start(args)) => args.explain_only && !explain::is_asked(context, args),
                Some(Verb::Labs(args)) => !matches!(args.verb, Some(LabsVerb::Check { .. })),
                _ => false,
            };
            let runtime = if reads_alone {
                tokio::runtime::Builder::new_current_thread().build()
            } else {
                // Two threads: one may block in a prompt while the sandbox answers on the other.
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
            };
            let runtime = runtime.map_err(|error| Failed::io("tokio", &error))?;
            let result = runtime.block_on(async {
                match verb {
                    None => home::home(context).await,
                    Some(Verb::Start(args)) => start::start(context, args).await,
                    Some(Verb::Resume(args)) => resume::resume(context, args).await,
                    Some(Verb::Check(args)) => check::check(context, args).await,
                    Some(Verb::Why(args)) => why::why(context, args).await,
                    Some(Verb::Drill(args)) => Box::pin(drill::drill(context, args)).await,
                    Some(Verb::Browse(args)) => browse::browse(context, args).await,
                    Some(Verb::Clean(args)) => clean::clean(context, args).await,
                    Some(Verb::Doctor(args)) => doctor::doctor(context, &args).await,
                    Some(Verb::Sandbox(args)) => sandbox::sandbox(context, args).await,
                    Some(Verb::Labs(args)) => labs::labs(context, args).await,
                    Some(
                        Verb::Status(_)
                        | Verb::Policy(_)
                        | Verb::Report(_)
                        | Verb::Handout(_)
                        | Verb::Completions(_)
                        | Verb::Man,
                    ) => status::home(context),
                }
            });
            // A prompt that still blocks a thread must not keep the process.
            runtime.shutdown_background();
            result
        }
    }
}

/// `--lang` wherever it stands.
/// A flag's value, before the command line is understood.
fn flag<'a>(args: &'a [OsString], name: &str) -> Option<&'a str> {
    let words: Vec<&str> = args.iter().filter_map(|arg| arg.to_str()).collect();
    words.iter().enumerate().find_map(|(index, word)| match word.strip_prefix(name) {
        Some("") => words.get(index + 1).copied(),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    })
}

impl From<LangArg> for Lang {
    fn from(lang: LangArg) -> Self {
        match lang {
            LangArg::Ja => Self::Ja,
            LangArg::En => Self::En,
        }
    }
}
