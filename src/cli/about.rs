//! A one-sentence description of each verb.

use crate::i18n::{Text, m};

/// Describes the verb called by these words; pllab itself if there are none.
pub(super) fn about(name: &str) -> Text {
    match name {
        "start" => m::cli_start(),
        "resume" => m::cli_resume(),
        "status" => m::cli_status(),
        "check" => m::cli_check(),
        "why" => m::cli_why(),
        "drill" => m::drill_about(),
        "drill list" => m::drill_about_list(),
        "drill check" => m::drill_about_check(),
        "drill hint" => m::drill_about_hint(),
        "drill give-up" => m::drill_about_give_up(),
        "drill undo" => m::drill_about_undo(),
        "browse" => m::cli_browse(),
        "clean" => m::cli_clean(),
        "policy" => m::policy_about(),
        "doctor" => m::doctor_about(),
        "report" => m::report_about(),
        "handout" => m::report_handout_about(),
        "labs" => m::cli_labs(),
        "labs list" => m::cli_labs_list(),
        "labs show" => m::cli_labs_show(),
        "labs check" => m::cli_labs_check(),
        "labs new" => m::cli_labs_new(),
        "labs schema" => m::cli_labs_schema(),
        "sandbox" => m::cli_sandbox(),
        "completions" => m::cli_completions(),
        "man" => m::cli_man(),
        _ => m::cli_about(),
    }
}
