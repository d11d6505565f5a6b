//! `pllab doctor`: checks whether this account and this machine can run the lab. Read-only.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};

use super::account_flags::AccountFlags;
use super::flags::key_value;
use crate::i18n::{Text, m};
use crate::preflight::quota::{self, Wanted};
use crate::preflight::row::{Row, State};
use crate::preflight::{account, machine};
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::learner;
use crate::ui::table;

/// The verb's arguments.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[arg(value_name = "LAB", default_value = "privatelink")]
    pub lab: String,
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub learners: u32,
    #[command(flatten)]
    pub account: AccountFlags,
    #[arg(long, value_name = "NAME")]
    pub learner: Option<String>,
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
}

/// Runs the checks, lists the results, and says whether the lab can run.
pub(super) async fn doctor(context: &mut Context, args: &Doctor) -> Result<Code, Failed> {
    let set: BTreeMap<String, String> = args.set.iter().cloned().collect();
    let store = context.store()?;
    let mut rows = machine::rows(&context.host, &store).await;
    if !args.account.is_given() {
        context.lab(&args.lab, &set, "", "")?;
        let code = code(&rows);
        show(context, &rows, &[])?;
        context.conclude("machine", &m::doctor_sandbox_only(), code, &[])?;
        if !context.json() {
            context.print_command(Some("pllab doctor --target aws"))?;
        }
        return Ok(code);
    }
    let who = learner::name(args.learner.as_deref(), &context.host)?;
    let target = match args.account.open(context, &format!("pllab doctor {}", crate::host::shell_word(&args.lab))).await
    {
        Ok(target) => target,
        Err(failed) => {
            rows.insert(0, account::signed_out(&failed));
            rows.insert(1, account::clock_of_refusal(&failed));
            show(context, &rows, &[])?;
            return Err(failed);
        }
    };
    let region = target.clouds.provider.region().to_owned();
    let loaded = context.lab(&args.lab, &set, "", &region)?;
    let mut found = account::rows(&target, &loaded, &who, &args.account.flags()).await;
    let (quotas, wanted) = quota::rows(&target, &loaded, args.learners).await;
    found.extend(quotas);
    found.append(&mut rows);
    let two = target.two_accounts();
    target.close().await;
    show(context, &found, &wanted)?;
    let code = code(&found);
    let learners = args.learners;
    let open = found.iter().any(|row| row.needed && row.state == State::Unknown);
    let words = match code {
        Code::Met if open => m::DoctorCanAsFar { lab: &args.lab, learners }.text(),
        Code::Met => m::DoctorCan { lab: &args.lab, learners }.text(),
        _ if two => m::DoctorCannotTwo { lab: &args.lab, learners }.text(),
        _ => m::DoctorCannot { lab: &args.lab, learners }.text(),
    };
    context.conclude(if open { "as_far_as_known" } else { "known" }, &words, code, &wanted)?;
    Ok(code)
}

fn code(rows: &[Row]) -> Code {
    if rows.iter().any(|row| row.needed && row.state == State::Problem) { Code::NotMet } else { Code::Met }
}

fn show(context: &mut Context, rows: &[Row], wanted: &[Wanted]) -> Result<(), Failed> {
    let lang = context.lang;
    if context.json() {
        for row in rows {
            let todo = row.todo.as_ref().map(|text| text.render(lang));
            let line = json!({
                "event": "doctor_check", "check": row.id, "side": row.side, "state": row.state, "seen": row.seen.render(lang),
                "todo": todo, "command": row.command, "needed": row.needed,
            });
            context.print_json(&line)?;
        }
        return Ok(());
    }
    let cells: Vec<Vec<Text>> =
        rows.iter().map(|row| vec![row.title(), row.state.words(row.needed), row.seen.clone()]).collect();
    let text =
        table(&[m::doctor_column_what(), m::doctor_column_state(), m::doctor_column_seen()], &cells, context.sheet());
    context.print(&text)?;
    // A repair that both sides need appears once.
    let mut todo: Vec<(String, Option<&str>)> = Vec::new();
    for row in rows {
        let wanted = row.todo.as_ref().map(|words| (words.render(lang), row.command.as_deref()));
        todo.extend(wanted.filter(|it| !todo.contains(it)));
    }
    if !todo.is_empty() {
        context.print("\n")?;
        context.print_line(&m::doctor_todo())?;
    }
    for (words, command) in todo {
        let text = crate::ui::markdown(&format!("- {words}"), context.sheet());
        context.print(&text)?;
        context.print_command(command)?;
    }
    if !wanted.is_empty() {
        context.print("\n")?;
        context.print_line(&m::doctor_ask_for())?;
        let cells: Vec<Vec<Text>> = wanted.iter().map(Wanted::cells).collect();
        let head =
            [m::doctor_column_code(), m::doctor_column_quota(), m::doctor_column_now(), m::doctor_column_wanted()];
        let text = table(&head, &cells, context.sheet());
        context.print(&text)?;
    }
    context.print("\n")
}

impl Context {
    fn print_line(&mut self, text: &Text) -> Result<(), Failed> {
        let text = crate::ui::markdown(&text.render(self.lang), self.sheet());
        self.print(&text)
    }

    /// Prints a command to copy: whole, on a line of its own.
    fn print_command(&mut self, command: Option<&str>) -> Result<(), Failed> {
        command.map_or(Ok(()), |command| self.print(&format!("{command}\n")))
    }

    /// Prints the conclusion.
    fn conclude(&mut self, known: &str, words: &Text, code: Code, wanted: &[Wanted]) -> Result<(), Failed> {
        if !self.json() {
            return self.print_line(words);
        }
        let verdict = if code == Code::Met { "can" } else { "cannot" };
        let quotas: Vec<Value> = wanted.iter().map(Wanted::json).collect();
        let said = words.render(self.lang);
        let line = json!({ "event": "doctor", "verdict": verdict, "scope": known, "words": said, "quotas": quotas });
        self.print(&format!("{line}\n"))
    }
}
