//! Renders documents through their templates.

use std::path::Path;

use jiff::Timestamp;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde::de::DeserializeOwned;

use super::lesson::{fenced, lesson_html};
use super::words::{item, result, seconds, side, step_state, took, verdict, words};
use super::{Handout, Report};
use crate::i18n::{Lang, Zone, harmless, m};

pub enum Drawing<'a> {
    /// SVG, put into the document.
    Inline(&'a str),
    /// The name of a file beside the document.
    Beside(&'a str),
    /// No picture; the words must do.
    None,
}

/// The report as one self-contained HTML file.
#[must_use]
pub fn report_html(report: &Report, picture: &str) -> String {
    render("report.html", &report_context(report, &Drawing::Inline(picture)), &report.zone)
}

#[must_use]
pub fn report_markdown(report: &Report, picture: &Drawing<'_>) -> String {
    render("report.md", &report_context(report, picture), &report.zone)
}

/// The handout as one self-contained HTML file.
#[must_use]
pub fn handout_html(handout: &Handout) -> String {
    render("handout.html", &handout_context(handout), &Zone::utc())
}

#[must_use]
pub fn handout_markdown(handout: &Handout) -> String {
    render("handout.md", &handout_context(handout), &Zone::utc())
}

fn report_context(report: &Report, picture: &Drawing<'_>) -> Value {
    let (svg, file) = match picture {
        Drawing::Inline(svg) => (*svg, ""),
        Drawing::Beside(file) => ("", *file),
        Drawing::None => ("", ""),
    };
    let took: Vec<String> = report
        .steps
        .iter()
        .map(|step| took(step.began, step.ended).map(|text| text.render(report.lang)).unwrap_or_default())
        .collect();
    let states: Vec<String> = report.steps.iter().map(|step| step_state(step).render(report.lang)).collect();
    let at = |when: Option<Timestamp>| when.map(|at| report.zone.time(at)).unwrap_or_default();
    let zone = report.started.map(|at| report.zone.name(at)).unwrap_or_default();
    let period = m::ReportPeriodOf { from: at(report.started), to: at(report.ended), zone }.text().render(report.lang);
    let result = result(report).render(report.lang);
    context! {
        report => Value::from(Serde(report)), w => words(report.lang), period, result, states, svg => Value::from_safe_string(svg.to_owned()), file, took,
        lang => report.lang.tag(), css => Value::from_safe_string(CSS.to_owned()), version => env!("CARGO_PKG_VERSION"),
    }
}

fn handout_context(handout: &Handout) -> Value {
    let first = handout.langs.first().copied().unwrap_or_default();
    let all: Vec<_> = handout.langs.iter().map(|lang| words(*lang)).collect();
    context! {
        handout => Value::from(Serde(handout)), w => words(first), all, lang => first.tag(),
        css => Value::from_safe_string(CSS.to_owned()), version => env!("CARGO_PKG_VERSION"),
    }
}

const CSS: &str = include_str!("templates/base.css");

/// The templates, with times in `zone`.
fn templates(zone: &Zone) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("these options exclude nothing"));
    environment.set_auto_escape_callback(|name| {
        if Path::new(name).extension().is_some_and(|kind| kind == "html") { AutoEscape::Html } else { AutoEscape::None }
    });
    let (full, short) = (zone.clone(), zone.clone());
    environment.add_filter("time", move |at: Value| of(&at).map(|at| full.time(at)));
    environment.add_filter("clock", move |at: Value| of(&at).map(|at| short.clock(at)));
    // Only an ARN's end differs between resources.
    environment.add_filter("short", |id: String| id.rsplit(':').next().unwrap_or_default().to_owned());
    environment.add_filter("verdict", |value: Value, lang: String| Ok(verdict(of(&value)?).render(language(&lang))));
    environment.add_filter("side", |value: Value, lang: String| Ok(side(of(&value)?).render(language(&lang))));
    environment.add_filter("found", |value: Value, lang: String| Ok(item(of(&value)?).render(language(&lang))));
    environment.add_filter("seconds", |count: u64, lang: String| seconds(count).render(language(&lang)));
    environment.add_filter("lesson", |source: String| lesson_html(&source));
    environment.add_filter("cell", |text: String| cell(&text));
    environment.add_filter("code", |text: String| code(&text));
    environment.add_filter("fenced", |text: String| fenced(&text));
    for (name, source) in [
        ("report.html", include_str!("templates/report.html")),
        ("report.md", include_str!("templates/report.md")),
        ("handout.html", include_str!("templates/handout.html")),
        ("handout.md", include_str!("templates/handout.md")),
    ] {
        // A template that does not parse fails every test of this room.
        environment.add_template(name, source).unwrap_or_else(|error| panic!("{error}"));
    }
    environment
}

fn of<T: DeserializeOwned>(value: &Value) -> Result<T, minijinja::Error> {
    T::deserialize(value.clone())
}

fn language(tag: &str) -> Lang {
    tag.parse().unwrap_or_default()
}

fn render(name: &str, context: &Value, zone: &Zone) -> String {
    let templates = templates(zone);
    let template = templates.get_template(name);
    // Templates and contexts are both compiled in, and the tests render every template.
    let text =
        template.and_then(|template| template.render(context)).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    harmless::lines(&text).into_owned()
}

/// A text that stays in one cell of a Markdown table and is not interpreted.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' => out.extend(['\\', c]),
            c if harmless::is_unwelcome(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// A text as inline code in Markdown, which nothing in the text can end.
fn code(text: &str) -> String {
    let text = harmless::line(text).replace('`', "'");
    if text.trim().is_empty() { text } else { format!("`{text}`") }
}

#[cfg(test)]
mod tests {
    use super::{cell, code};

    #[test]
    fn a_cell_stays_a_cell() {
        assert_eq!(cell("a|b\n<c> `d`"), "a\\|b &lt;c> \\`d\\`");
        assert_eq!(code("a` <b>\n\u{1b}[2Jc"), "`a' <b> c`");
        assert_eq!(code(""), "");
    }
}
