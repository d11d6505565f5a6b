//! From words on the command line to a verb, and from a verb to an exit code.

use std::ffi::OsString;
use std::io::Write as _;

use clap::FromArgMatches as _;
use clap::error::ErrorKind;

use super::args::{Cli, LangArg, Verb};
use super::context::Context;
use super::exit::{Code, Failed};
use super::{browse, check, clean, explain, generate, labs, resume, sandbox, start, status, words};
use crate::host::Host;
use crate::i18n::Lang;
use crate::ui::{self, Form, Glyphs, Sheet};

/// Runs pllab with these arguments (the program's name first) on this machine.
#[must_use]
pub fn run(args: Vec<OsString>, mut host: Host) -> Code {
    // The language must be known before the command line has words.
    let lang = Lang::choose(flag_lang(&args), |name| host.var(name));
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
            let text = ui::error_report(&words::usage_error(&error), &sheet);
            let _ = host.err.write_all(text.as_bytes());
            return Code::Usage;
        }
    };
    let mut context = Context { host, lang, common: cli.common };
    dispatch(&mut context, cli.verb).unwrap_or_else(|failed| {
        if let Some(report) = &failed.report {
            context.report(report);
        }
        failed.code
    })
}

fn dispatch(context: &mut Context, verb: Option<Verb>) -> Result<Code, Failed> {
    // Verbs that neither wait nor ask need no runtime.
    match verb {
        None => status::home(context),
        Some(Verb::Status(args)) => status::status(context, &args),
        Some(Verb::Labs(args)) => labs::labs(context, args),
        Some(Verb::Completions(args)) => generate::completions(context, &args),
        Some(Verb::Man) => generate::man(context),
        Some(verb) => {
            let reads_alone =
                matches!(&verb, Verb::Start(args) if args.explain_only && !explain::is_asked(context, args));
            let runtime = if reads_alone {
                tokio::runtime::Builder::new_current_thread().build()
            } else {
                // Two threads: one may block in a prompt while the sandbox answers on the other.
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
            };
            let runtime = runtime.map_err(|error| Failed::io("tokio", &error))?;
            let result = runtime.block_on(async {
                match verb {
                    Verb::Start(args) => start::start(context, args).await,
                    Verb::Resume(args) => resume::resume(context, args).await,
                    Verb::Check(args) => check::check(context, args).await,
                    Verb::Browse(args) => browse::browse(context, args).await,
                    Verb::Clean(args) => clean::clean(context, args).await,
                    Verb::Sandbox(args) => sandbox::sandbox(context, args).await,
                    Verb::Status(_) | Verb::Labs(_) | Verb::Completions(_) | Verb::Man => status::home(context),
                }
            });
            // A prompt that still blocks a thread must not keep the process.
            runtime.shutdown_background();
            result
        }
    }
}

/// `--lang` wherever it stands.
fn flag_lang(args: &[OsString]) -> Option<Lang> {
    let words: Vec<&str> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let value = words.iter().enumerate().find_map(|(index, word)| match word.strip_prefix("--lang") {
        Some("") => words.get(index + 1).copied(),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    })?;
    value.parse::<Lang>().ok()
}

impl From<LangArg> for Lang {
    fn from(lang: LangArg) -> Self {
        match lang {
            LangArg::Ja => Self::Ja,
            LangArg::En => Self::En,
        }
    }
}
