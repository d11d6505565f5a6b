//! Signs in to a target, and says why that fails.

use super::exit::{Code, Failed};
use crate::checks::cause;
use crate::cloud::{
    BAD_CA_BUNDLE, Clients, ConnectOptions, Fault, FaultClass, Identity, NO_CREDENTIALS, connect, identity,
    profile_files, profiles,
};
use crate::host::{environment, shell_word};
use crate::i18n::{Text, m};
use crate::sandbox::Pace;

/// The credentials for a target that is not the sandbox.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// The AWS profile. Without one, the SDK's standard chain.
    pub profile: Option<String>,
    /// Set if the consumer has a profile of its own.
    pub consumer_profile: Option<String>,
    pub region: String,
    /// The pace of an endpoint on this machine, if it is a sandbox that does not run at AWS's pace.
    pub pace: Option<Pace>,
}

/// Connects, and asks who is signed in.
pub async fn sign_in(options: &ConnectOptions, place: &str, speed: u64) -> Result<(Clients, Identity), Failed> {
    let clients = connect(options).await.map_err(|fault| cannot_sign_in(place, options, &fault))?.at_speed(speed);
    let who = identity(&clients).await.map_err(|fault| cannot_sign_in(place, options, &fault))?;
    Ok((clients, who))
}

/// Like [`unreachable_target`], with the commands that sign in, if there are any.
fn cannot_sign_in(place: &str, options: &ConnectOptions, fault: &Fault) -> Failed {
    if fault.code == BAD_CA_BUNDLE {
        let details = vec![Text::literal(&fault.message)];
        return Failed::new(Code::Usage, m::aws_bad_bundle(), details, &["unset AWS_CA_BUNDLE"]);
    }
    if fault.code == "InvalidEndpoint" {
        let next = "pllab start --endpoint-url http://127.0.0.1:PORT";
        return Failed::new(Code::Usage, m::aws_bad_url(place), Vec::new(), &[next]);
    }
    if let Some(name) = missing_profile(options, fault) {
        let files = profile_files().map(|file| file.display().to_string()).join(", ");
        let next = [format!("aws configure --profile {}", shell_word(&name)), "aws configure list-profiles".to_owned()];
        let mut details = vec![m::aws_no_profile_detail(files)];
        let known = profiles().into_iter().collect::<Vec<_>>().join(", ");
        details.extend((!known.is_empty()).then(|| m::aws_known_profiles(known)));
        let next = next.each_ref().map(String::as_str);
        return Failed::new(Code::Unreachable, m::aws_no_profile(name), details, &next);
    }
    let failed = unreachable_target(place, Some(fault));
    if options.keys.is_some() || fault.class != FaultClass::SignIn {
        return failed;
    }
    let mut details = failed.report.map(|report| report.details).unwrap_or_default();
    details.push(m::aws_sign_in_first());
    let commands = sign_in_commands(options.profile.as_deref());
    Failed::new(Code::Unreachable, m::cli_sign_in(place), details, &commands.each_ref().map(String::as_str))
}

/// The profile that was named and is not defined, if that is why there are no credentials.
fn missing_profile(options: &ConnectOptions, fault: &Fault) -> Option<String> {
    if options.keys.is_some() || fault.code != NO_CREDENTIALS {
        return None;
    }
    let from_environment = || environment("AWS_PROFILE").and_then(|name| name.into_string().ok());
    let named = options.profile.clone().or_else(from_environment)?;
    (!profiles().contains(&named)).then_some(named)
}

/// The AWS CLI's sign-in commands: for IAM Identity Center, and for a console session.
pub fn sign_in_commands(profile: Option<&str>) -> [String; 2] {
    let profile = profile.map(|name| format!(" --profile {}", shell_word(name))).unwrap_or_default();
    [format!("aws sso login{profile}"), format!("aws login{profile}")]
}

/// The target does not answer, or does not accept the credentials.
pub fn unreachable_target(url: &str, fault: Option<&Fault>) -> Failed {
    let known = fault.and_then(cause);
    let title = match fault.map(|fault| fault.class) {
        _ if known.is_some() => m::cli_unusable(url),
        Some(FaultClass::SignIn | FaultClass::Denied) => m::cli_sign_in(url),
        Some(FaultClass::NoAnswer) => m::cli_no_answer(url),
        Some(FaultClass::Busy) => m::cli_target_busy(url),
        None | Some(FaultClass::Unreachable) => m::cli_unreachable(url),
        Some(_) => m::cli_refused(url),
    };
    let details = fault.map(|fault| Text::literal(fault.to_string())).into_iter().chain(known).collect();
    Failed::new(Code::Unreachable, title, details, &["pllab sandbox", "pllab status"])
}
