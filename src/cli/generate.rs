//! `pllab completions` and `pllab man`, generated from the command line's definition.

use clap::Args;
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::about::about;
use crate::i18n::{Lang, m};
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: clap_complete::Shell,
}

pub(super) fn completions(context: &mut Context, args: &Completions, mut command: Command) -> Result<Code, Failed> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command, "pllab", &mut text);
    print(context, &text)
}

/// The man page in the reader's language. It is a single page with all verbs, because only one page gets installed.
pub(super) fn man(context: &mut Context, command: Command) -> Result<Code, Failed> {
    let lang = context.lang;
    let mut text = Vec::new();
    page(lang, command, &mut text).map_err(|error| Failed::io("pllab.1", &error))?;
    print(context, &text)
}

fn page(lang: Lang, mut command: Command, text: &mut Vec<u8>) -> std::io::Result<()> {
    command.build();
    // Indexers of man pages read one line: "name - description".
    let page = Man::new(command.clone().about(m::cli_summary().render(lang)));
    page.render_title(text)?;
    page.render_name_section(text)?;
    page.render_synopsis_section(text)?;
    let mut roff = Roff::default();
    roff.control("SH", ["DESCRIPTION"]).text([roman(m::cli_about().render(lang))]);
    roff.control("PP", []).text([roman(m::cli_after_help().render(lang))]);
    roff.to_writer(text)?;
    page.render_options_section(text)?;
    let mut roff = Roff::default();
    roff.control("SH", [m::cli_heading_commands().render(lang).trim_end_matches(':')]);
    command.get_subcommands().for_each(|verb| section(verb, lang, &mut roff));
    roff.to_writer(text)?;
    page.render_version_section(text)
}

/// Renders a verb, its own arguments, and its subcommands.
fn section(command: &Command, lang: Lang, roff: &mut Roff) {
    let name = command.get_bin_name().unwrap_or_default();
    roff.control("SS", [name]);
    let path = name.split_once(' ').map_or("", |(_, path)| path);
    roff.text([roman(about(path).render(lang))]);
    // The page lists the arguments of every verb above.
    for arg in command.get_arguments().filter(|arg| !arg.is_global_set()) {
        let short = arg.get_short().map(|short| format!("-{short}, ")).unwrap_or_default();
        roff.control("TP", []).text([bold(format!("{short}{arg}"))]);
        roff.text([roman(arg.get_help().map(ToString::to_string).unwrap_or_default())]);
    }
    command.get_subcommands().for_each(|verb| section(verb, lang, roff));
}

fn print(context: &mut Context, text: &[u8]) -> Result<Code, Failed> {
    context.print(&String::from_utf8_lossy(text))?;
    Ok(Code::Met)
}
