//! `pllab completions` and `pllab man`, made from the command line itself.

use super::args::Completions;
use super::context::Context;
use super::exit::{Code, Failed};
use super::words;

/// Completions for a shell.
pub(super) fn completions(mut context: Context, args: &Completions) -> Result<Code, (Context, Failed)> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut words::command(context.lang), "pllab", &mut text);
    print(&mut context, &text).map_err(|failed| (context, failed))
}

/// The man page, in the reader's language.
pub(super) fn man(mut context: Context) -> Result<Code, (Context, Failed)> {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(words::command(context.lang));
    if let Err(error) = page.render(&mut text) {
        return Err((context, Failed::io("pllab.1", &error)));
    }
    print(&mut context, &text).map_err(|failed| (context, failed))
}

fn print(context: &mut Context, text: &[u8]) -> Result<Code, Failed> {
    context.print(&String::from_utf8_lossy(text))?;
    Ok(Code::Met)
}
