//! The templates' words, and values in the form that people write.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::document::{Report, StepPart};
use crate::engine::event::{ItemState, Verdict};
use crate::i18n::{Lang, Text, m};
use crate::lab::Side;

/// Every word of the templates in `lang`, by its name there.
pub(super) fn words(lang: Lang) -> BTreeMap<&'static str, String> {
    let words: [(&str, Text); 72] = [
        ("report", m::report_title()),
        ("handout", m::report_handout_title()),
        ("run", m::report_run()),
        ("learner", m::report_learner()),
        ("place", m::report_place()),
        ("accounts", m::report_accounts()),
        ("settings", m::report_settings()),
        ("period", m::report_period()),
        ("result", m::report_result()),
        ("picture", m::report_picture()),
        ("steps", m::report_steps()),
        ("step", m::report_step()),
        ("side", m::report_side()),
        ("state", m::report_state()),
        ("took", m::report_took()),
        ("made", m::report_made()),
        ("id", Text::literal("ID")),
        ("when", m::report_when()),
        ("deleted", m::report_deleted()),
        ("checks", m::report_checks()),
        ("expected", m::check_expected()),
        ("seen", m::check_seen()),
        ("look", m::report_look()),
        ("proof", m::proof_title()),
        ("no_proof", m::report_proof_none()),
        ("url", Text::literal("URL")),
        ("status", m::report_status()),
        ("token", m::report_token()),
        ("token_ok", m::report_token_ok()),
        ("token_wrong", m::report_token_wrong()),
        ("source", m::report_source()),
        ("no_answer", m::report_no_answer()),
        ("predictions", m::report_predictions()),
        ("recap", m::report_recap()),
        ("predicted_right", m::report_predicted_right()),
        ("predicted_otherwise", m::report_predicted_otherwise()),
        ("earlier", m::report_earlier()),
        ("recap_right", m::report_recap_right()),
        ("recap_wrong", m::report_recap_wrong()),
        ("recap_said", m::report_recap_said()),
        ("recap_answer", m::report_recap_answer()),
        ("said", m::report_said()),
        ("answer", m::report_answer()),
        ("evidence", m::report_evidence()),
        ("drills", m::report_drills()),
        ("drill", m::report_drill()),
        ("hints", m::report_hints()),
        ("mended", m::drill_row_mended()),
        ("not_mended", m::report_not_mended()),
        ("given_up", m::report_given_up()),
        ("slips", m::report_slips()),
        ("mended_at", m::report_mended_at()),
        ("not_yet_mended", m::report_not_yet_mended()),
        ("reopened", m::report_reopened()),
        ("consent", m::report_consent()),
        ("who", m::report_who()),
        ("how", m::report_how()),
        ("per_hour", m::report_per_hour()),
        ("predict", m::step_predict()),
        ("cost", m::report_cost()),
        ("receipt", m::report_receipt()),
        ("no_receipt", m::report_receipt_none()),
        ("second_look", m::receipt_now()),
        ("notes", m::report_notes()),
        ("what", m::report_what()),
        ("name", m::report_name()),
        ("date", m::report_date()),
        ("plan", m::step_plan()),
        ("console", m::step_console()),
        ("commands", m::step_cli_all()),
        ("check", m::step_checks()),
        ("room", m::report_room()),
    ];
    words.into_iter().map(|(name, text)| (name, text.render(lang))).collect()
}

pub(super) fn side(side: Side) -> Text {
    match side {
        Side::Provider => m::side_provider(),
        Side::Consumer => m::side_consumer(),
    }
}

/// A check's verdict, as the screens say it.
pub(super) fn verdict(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Met => m::check_met(),
        Verdict::NotYet => m::check_not_yet(),
        Verdict::Broken => m::check_broken(),
        Verdict::CannotTell => m::check_cannot_tell(),
    }
}

/// How far a step is, as `pllab status` says it.
pub(super) fn step_state(step: &StepPart) -> Text {
    match step.verdict {
        Some(Verdict::Met) => m::cli_step_met(),
        None if step.began.is_none() => m::cli_step_open(),
        _ => m::cli_step_begun(),
    }
}

/// How far the run is, as `pllab status` says it.
pub(super) fn result(report: &Report) -> Text {
    let (met, steps) = (report.steps_met, report.steps_total);
    match (steps, report.cleaned) {
        (0, true) => m::cli_run_cleaned_alone(met),
        (0, false) => m::cli_run_open_alone(met),
        (_, true) => m::CliRunCleaned { met, steps }.text(),
        (_, false) if met == steps => m::cli_run_met(steps),
        (_, false) => m::CliRunOpen { met, steps }.text(),
    }
}

/// The result of a clean-up's second look.
pub(super) fn item(state: ItemState) -> Text {
    match state {
        ItemState::Gone => m::receipt_gone(),
        ItemState::Left => m::receipt_left(),
        ItemState::Unknown => m::receipt_unknown(),
    }
}

pub(super) fn seconds(count: u64) -> Text {
    if count < 60 { m::report_seconds(count) } else { m::ReportMinutes { m: count / 60, s: count % 60 }.text() }
}

/// The time from `began` to `ended`.
pub(super) fn took(began: Option<Timestamp>, ended: Option<Timestamp>) -> Option<Text> {
    let took = ended?.duration_since(began?).as_secs().max(0);
    u64::try_from(took).ok().map(seconds)
}
