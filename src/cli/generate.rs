//! `pllab completions` and `pllab man`, made from the command line itself.

use super::args::Completions;
use super::context::Context;
use super::exit::{Code, Failed};
use super::words;

/// Completions for a shell.
pub(super) fn completions(context: &mut Context, args: &Completions) -> Result<Code, Failed> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut words::command(context.lang), "pllab", &mut text);
    print(context, &text)
}

/// The man page, in the reader's language.
pub(super) fn man(context: &mut Context) -> Result<Code, Failed> {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(words::command(context.lang));
    page.render(&mut text).map_err(|error| Failed::io("pllab.1", &error))?;
    print(context, &text)
}

fn print(context: &mut Context, text: &[u8]) -> Result<Code, Failed> {
    context.print(&String::from_utf8_lossy(text))?;
    Ok(Code::Met)
}
