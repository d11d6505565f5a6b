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

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::about;
    use crate::cli::verbs::Cli;

    fn without_a_sentence(command: &Command, path: &str) -> Vec<String> {
        let verbs = command.get_subcommands().filter(|verb| !verb.is_hide_set() && verb.get_name() != "help");
        let below = verbs.flat_map(|verb| {
            let path = format!("{path} {}", verb.get_name()).trim_start().to_owned();
            let own = (about(&path) == about("pllab")).then(|| path.clone());
            own.into_iter().chain(without_a_sentence(verb, &path)).collect::<Vec<_>>()
        });
        below.collect()
    }

    #[test]
    fn every_verb_has_a_sentence_of_its_own() {
        assert_eq!(without_a_sentence(&Cli::command(), ""), Vec::<String>::new());
    }
}
