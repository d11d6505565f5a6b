//! Sets the command line's texts: help, headings, and usage errors.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _};

use super::about::about;
use super::verbs::Cli;
use crate::i18n::{Lang, Text, m};
use crate::ui::{self, ErrorReport};

/// The width of help, below 80 cells so that it fits everywhere.
const WIDTH: usize = 76;

/// The command line with its texts in `lang`.
#[must_use]
pub(super) fn command(lang: Lang) -> Command {
    localise(Cli::command(), "pllab", lang).after_help(wrapped(&m::cli_after_help(), lang))
}

fn localise(command: Command, name: &str, lang: Lang) -> Command {
    let say = |text: Text| text.render(lang);
    let template = format!("{{about}}\n\n{}\n  {{usage}}\n\n{{all-args}}{{after-help}}\n", say(m::cli_heading_usage()));
    let subcommands: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let arguments: Vec<(String, Text)> = command
        .get_arguments()
        .map(|arg| {
            let heading = match arg {
                _ if arg.is_positional() => m::cli_heading_arguments(),
                // Every verb has these; a verb's own come first.
                _ if name == "pllab" => m::cli_heading_common(),
                _ => m::cli_heading_options(),
            };
            (arg.get_id().to_string(), heading)
        })
        .collect();
    let mut command = command
        .about(wrapped(&about(name), lang))
        .help_template(template)
        .subcommand_help_heading(say(m::cli_heading_commands()).trim_end_matches(':').to_owned())
        .subcommand_value_name(say(m::cli_value_command()))
        .disable_help_subcommand(true)
        .term_width(0);
    for (id, heading) in arguments {
        let heading = say(heading).trim_end_matches(':').to_owned();
        let help = help(&id).map(say).unwrap_or_default();
        command = command.mut_arg(&id, |arg| {
            let takes_value = arg.get_action().takes_values();
            let arg = arg.help(help).help_heading(heading);
            // The help text has the default and the possible values, in the reader's language.
            if takes_value { arg.hide_default_value(true).hide_possible_values(true) } else { arg }
        });
    }
    for sub in subcommands {
        let path = if name == "pllab" { sub.clone() } else { format!("{name} {sub}") };
        command = command.mut_subcommand(&sub, |it| localise(it, &path, lang));
    }
    command
}

fn wrapped(text: &Text, lang: Lang) -> String {
    ui::wrap(&text.render(lang), WIDTH)
}

fn help(argument: &str) -> Option<Text> {
    Some(match argument {
        "lang" => m::cli_arg_lang(),
        "plain" => m::cli_arg_plain(),
        "output" => m::cli_arg_output(),
        "diagram" => m::cli_arg_diagram(),
        "state_dir" => m::cli_arg_state_dir(),
        "labs" => m::cli_arg_labs(),
        "help" => m::cli_arg_help(),
        "version" => m::cli_arg_version(),
        "lab" => m::cli_arg_lab(),
        "which" => m::cli_arg_which(),
        "id" => m::cli_arg_id(),
        "dir" => m::cli_arg_dir(),
        "explain_only" => m::cli_arg_explain_only(),
        "hands_on" => m::cli_arg_hands_on(),
        "start_over" => m::cli_arg_start_over(),
        "guided" => m::cli_arg_guided(),
        "with_mine" => m::cli_arg_with_mine(),
        "target" => m::cli_arg_target(),
        "endpoint" => m::cli_arg_endpoint(),
        "endpoint_url" => m::cli_arg_endpoint_url(),
        "profile" => m::cli_arg_profile(),
        "consumer_profile" => m::cli_arg_consumer_profile(),
        "two_accounts" => m::cli_arg_two_accounts(),
        "api_only" => m::cli_arg_api_only(),
        "accept_cost" => m::cli_arg_accept_cost(),
        "region" => m::cli_arg_region(),
        "set" => m::cli_arg_set(),
        "drill" => m::drill_arg_drill(),
        "allow_aws" => m::drill_arg_allow_aws(),
        "learner" => m::cli_arg_learner(),
        "side" => m::policy_arg_side(),
        "tunnel" => m::tunnel_arg_tunnel(),
        "with" => m::policy_arg_with(),
        "learners" => m::doctor_arg_learners(),
        "nginx" => m::cli_arg_nginx(),
        "pace" => m::cli_arg_pace(),
        "yes" => m::cli_arg_yes(),
        "keep" => m::cli_arg_keep(),
        "run" => m::cli_arg_run(),
        "step" => m::cli_arg_step(),
        "all" => m::cli_arg_all(),
        "drop" => m::clean_arg_drop(),
        "everyone" => m::shared_arg_everyone(),
        "confirm_everyone" => m::shared_arg_confirm_everyone(),
        "differences" => m::cli_arg_differences(),
        "fault" => m::cli_arg_fault(),
        "faults" => m::cli_arg_faults(),
        "quota" => m::cli_arg_quota(),
        "throttle" => m::cli_arg_throttle(),
        "port" => m::cli_arg_port(),
        "shell" => m::cli_arg_shell(),
        "format" => m::report_arg_format(),
        "handout_format" => m::report_arg_handout_format(),
        "out" => m::report_arg_out(),
        "handout_out" => m::report_arg_handout_out(),
        "open" => m::report_arg_open(),
        "both" => m::report_arg_both(),
        _ => return None,
    })
}

/// Explains a usage error and suggests a correction. `typed` is the command line, the program's name first.
#[must_use]
pub(super) fn usage_error(error: &clap::Error, typed: &[OsString]) -> ErrorReport {
    let context = |kind| {
        error.get(kind).map(|value| match value {
            ContextValue::String(text) => text.clone(),
            ContextValue::Strings(list) => list.join(", "),
            ContextValue::StyledStr(text) => text.to_string(),
            other => other.to_string(),
        })
    };
    let argument = context(ContextKind::InvalidArg).unwrap_or_default();
    let value = context(ContextKind::InvalidValue).unwrap_or_default();
    let title = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            m::cli_wrong_command(context(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        ErrorKind::UnknownArgument => m::cli_wrong_argument(&argument),
        ErrorKind::MissingRequiredArgument => m::cli_missing_argument(&argument),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => m::cli_missing_value(&argument),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            m::CliWrongValue { argument: &argument, value: &value }.text()
        }
        ErrorKind::ArgumentConflict => {
            m::CliArgumentConflict { argument: &argument, other: context(ContextKind::PriorArg).unwrap_or_default() }
                .text()
        }
        _ => m::cli_wrong_usage(&argument),
    };
    let mut details = Vec::new();
    let suggestion = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(context);
    if let Some(suggestion) = suggestion.filter(|text| !text.is_empty()) {
        details.push(m::cli_suggestion(suggestion));
    } else if let Some(valid) = context(ContextKind::ValidValue).filter(|text| !text.is_empty()) {
        details.push(m::cli_valid_values(valid));
    }
    ErrorReport { title, details, next: vec![format!("{} --help", verb(typed))] }
}

/// The intended verb: the names of verbs among the words, each a subcommand of the one before.
fn verb(typed: &[OsString]) -> String {
    let (mut command, mut name) = (Cli::command(), "pllab".to_owned());
    for word in typed.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(verb) = command.find_subcommand(word).cloned() {
            name = format!("{name} {word}");
            command = verb;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;
    use crate::i18n::VERBS;

    #[test]
    fn texts_know_every_verb() {
        let command = Cli::command();
        let verbs: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(verbs, VERBS, "a command in a text is completed only if its verb is listed");
    }
}
