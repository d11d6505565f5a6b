//! Goes from the command line to a verb, and from the verb's result to an exit code.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo};

use clap::FromArgMatches as _;
use clap::error::ErrorKind;

use super::drill::DrillVerb;
use super::labs::LabsVerb;
use super::verbs::{Cli, Verb};
use super::{
    browse, check, clean, doctor, drill, generate, handout, home, labs, policy, report, resume, sandbox, start, status,
    why, words,
};
use crate::host::{Host, Output, check_capacity};
use crate::i18n::{Lang, Text, m, repeat};
use crate::sandbox::keeper;
use crate::session::context::{Context, LoadedLabs};
use crate::session::exit::{Code, Failed};
use crate::session::interrupt::Interrupt;
use crate::session::settings::Settings;
use crate::session::store::Store;
use crate::ui::{self, ErrorReport, Form, GlyphSet, Glyphs, PrintStyle};

/// Where AWS's own tools record their execution environment.
const EXECUTION: &str = "AWS_EXECUTION_ENV";

/// The stack of the program's thread. The first thread's stack depends on the system's limits.
const STACK: usize = 8 << 20;

/// Runs pllab as this whole process, on a thread whose stack does not depend on the machine.
#[must_use]
pub fn run_process(args: Vec<OsString>, host: Host) -> Code {
    let thread = std::thread::Builder::new().name("pllab".to_owned()).stack_size(STACK);
    let (env, err) = (host.env.clone(), host.err.clone());
    match thread.spawn(move || run(args, host)) {
        // A panic there has reported itself.
        Ok(running) => running.join().unwrap_or(Code::NotMet),
        Err(error) => {
            let lang = Lang::choose(None, |name| env.get(name)?.clone().into_string().ok(), || None);
            let failed = Failed::no_room(&error);
            failed.report.iter().for_each(|report| complain(lang, &err, report));
            failed.code
        }
    }
}

/// Runs pllab with these arguments (the program's name first) on this machine.
#[must_use]
pub fn run(args: Vec<OsString>, host: Host) -> Code {
    // pllab started itself again as a keeper, which needs no language, no parsed command line, and no environment.
    if let Some(went_well) = keeper::run(&args) {
        return if went_well { Code::Met } else { Code::NotMet };
    }
    // Find the language first: the command line's own texts depend on it.
    let lang = flag(&args, "--lang").and_then(|value| value.to_str()?.parse().ok());
    let store = Store::open(flag(&args, "--state-dir").map(Into::into), &host).ok();
    let usual = Lang::choose(None, |name| host.var(name), || store.and_then(|store| store.language()));
    let lang = lang.unwrap_or(usual);
    let (stdout, stderr) = (host.out.clone(), host.err.clone());
    let code = run_in(lang, usual, args, host);
    // A thread may still wait at a prompt.
    ui::give_back_for_good();
    let _ = stdout.clone().flush();
    // A screen that loses its output does not stop the work. Report the loss at the end.
    let Some(trouble) = stdout.trouble() else { return code };
    let failed = Failed::no_output(&trouble);
    if let Some(report) = &failed.report {
        complain(lang, &stderr, report);
    }
    code.worse(failed.code)
}

/// Every call is on disk in the journal before it is made, so ending at once loses nothing.
#[expect(clippy::exit, reason = "a panic cannot be handed on to who waits for its thread")]
fn abandon() -> ! {
    ui::give_back_for_good();
    std::process::exit(Code::NotMet as i32)
}

/// Reports an error if there is no context to report it through.
fn complain(lang: Lang, err: &Output, report: &ErrorReport) {
    let sheet = PrintStyle { lang, pretty: false, width: None, glyphs: GlyphSet::Ascii, color: false };
    // Where even standard error is closed nobody can be told.
    let _ = err.clone().write_all(ui::error_report(report, sheet).as_bytes());
}

/// `usual` is the language without `--lang`.
fn run_in(lang: Lang, usual: Lang, args: Vec<OsString>, mut host: Host) -> Code {
    let words = args.clone();
    let parsed = words::command(lang).try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            // `run` reports an output error at the end.
            let _ = host.out.write_all(error.to_string().as_bytes()).and_then(|()| host.out.flush());
            return Code::Met;
        }
        Err(error) => {
            // The flags could not be parsed, so look for this one directly.
            let plain = words.iter().any(|word| word == "--plain");
            let pretty = Form::choose(false, plain, host.output_is_terminal, |name| host.var(name)) == Form::Pretty;
            let color = pretty && ui::color_allowed();
            let glyphs = Glyphs::Auto.choose(|name| host.var(name), cfg!(windows));
            let sheet = PrintStyle { lang, pretty, width: None, glyphs, color };
            let text = ui::error_report(&words::usage_error(&error, &words), sheet);
            let _ = host.err.write_all(text.as_bytes());
            return Code::Usage;
        }
    };
    let err = host.err.clone();
    let keeps_language = cli.keeps_language();
    let settings = Settings { keeps_language, ..cli.common.settings() };
    repeat(settings.to_repeat(Some(lang).filter(|lang| *lang != usual && !keeps_language)));
    let mut context = Context {
        host,
        lang,
        settings,
        interrupt: Interrupt::none(),
        drill_next: None,
        labs: LoadedLabs::default(),
        reading: None,
    };
    std::panic::set_hook(Box::new(move |fault| own_fault(lang, &err, fault)));
    // A panic ends pllab like any error: with an explanation, an exit code, and everything on record.
    let quiet = matches!(cli.verb, Some(Verb::Completions(_) | Verb::Man));
    let ended = std::panic::catch_unwind(AssertUnwindSafe(|| {
        if cli.verb.as_ref().is_some_and(is_read) {
            context.collect();
        }
        let ended = dispatch(&mut context, cli.verb);
        context.read().and(ended)
    }));
    let failed = match ended {
        Ok(Ok(code)) => {
            // Other programs read the output of these two, perhaps a shell at each start.
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

/// Whether the verb's only result is text to read.
fn is_read(verb: &Verb) -> bool {
    match verb {
        Verb::Status(_) | Verb::Why(_) | Verb::Doctor(_) | Verb::Policy(_) => true,
        Verb::Labs(args) => matches!(args.verb, None | Some(LabsVerb::List | LabsVerb::Show { .. })),
        Verb::Drill(args) => matches!(args.verb, Some(DrillVerb::List)),
        Verb::Sandbox(args) => args.differences,
        _ => false,
    }
}

/// Reports a bug of this program: where it is, for a bug report, and how to go on.
fn own_fault(lang: Lang, err: &Output, fault: &PanicHookInfo<'_>) {
    ui::give_back();
    let words = fault.payload_as_str().unwrap_or_default();
    if words.contains("spawn") && words.contains("thread") {
        // Not a bug; and whoever waits for that thread would wait for ever.
        if let Some(report) = &Failed::no_room(&std::io::Error::other(words)).report {
            complain(lang, err, report);
        }
        abandon();
    }
    let place = fault.location().map(ToString::to_string).unwrap_or_default();
    let report = ErrorReport {
        title: m::cli_own_fault(),
        details: vec![Text::literal(format!("pllab {} {place}", env!("CARGO_PKG_VERSION")))],
        next: vec!["pllab resume".to_owned()],
    };
    complain(lang, err, &report);
}

fn dispatch(context: &mut Context, verb: Option<Verb>) -> Result<Code, Failed> {
    // Verbs that neither wait nor ask need no runtime.
    match verb {
        None if !home::asks(context)? => status::home(context),
        Some(Verb::Status(args)) => status::status(context, &args),
        Some(Verb::Policy(args)) => policy::policy(context, &args),
        Some(Verb::Report(args)) => report::report(context, &args),
        Some(Verb::Handout(args)) => handout::handout(context, &args),
        Some(Verb::Completions(args)) => generate::completions(context, &args, words::command(context.lang)),
        Some(Verb::Man) => generate::man(context, words::command(context.lang)),
        verb => {
            let reads_alone = match &verb {
                Some(Verb::Start(args)) => args.explain_only && !start::is_asked(context, args),
                Some(Verb::Labs(args)) => !matches!(args.verb, Some(LabsVerb::Check { .. })),
                _ => false,
            };
            if !reads_alone {
                check_capacity().map_err(|error| Failed::no_room(&error))?;
                // The SDK copies this variable into a header of every call without checking it.
                if context.host.var(EXECUTION).is_some_and(|value| value.contains(char::is_control)) {
                    return Err(Failed::no_text(EXECUTION));
                }
            }
            let runtime = if reads_alone {
                tokio::runtime::Builder::new_current_thread().build()
            } else {
                // Two threads: one may block in a prompt while the sandbox answers on the other.
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
            };
            let runtime = runtime.map_err(|error| Failed::io("tokio", &error))?;
            let result = runtime.block_on(async {
                if !reads_alone {
                    context.interrupt = Interrupt::watch();
                }
                let ended = match verb {
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
                };
                match context.drill_next.take() {
                    Some(run) => Box::pin(drill::drill(context, drill::DrillArgs::of_run(run))).await,
                    None => ended,
                }
            });
            // A prompt that still blocks a thread must not keep the process alive.
            runtime.shutdown_background();
            result
        }
    }
}

/// A flag's value, wherever it is, before the command line is parsed.
fn flag<'a>(args: &'a [OsString], name: &str) -> Option<&'a OsStr> {
    args.iter().enumerate().find_map(|(index, arg)| {
        let rest = arg.as_encoded_bytes().strip_prefix(name.as_bytes())?;
        match rest {
            [] => args.get(index + 1).map(OsString::as_os_str),
            // A path that is not valid text cannot be split here, so the language is found without it.
            [b'=', ..] => arg.to_str()?.split_once('=').map(|(_, value)| OsStr::new(value)),
            _ => None,
        }
    })
}
