//! Shell lines that point the AWS CLI and the SDKs of a second terminal at a target.

use super::sandbox_note::{NotedAccount, SandboxNote};
use crate::host::shell_word;

/// For an account of a sandbox.
pub fn of_sandbox(note: &SandboxNote, account: &NotedAccount) -> Vec<String> {
    vec![
        export("AWS_ENDPOINT_URL", &note.endpoint_url),
        export("AWS_ACCESS_KEY_ID", &account.access_key_id),
        export("AWS_SECRET_ACCESS_KEY", &account.secret_access_key),
        export("AWS_REGION", &note.region),
        export("AWS_DEFAULT_REGION", &note.region),
        // The sandbox would refuse a session token of the learner's own account, and such a token should not be sent to
        // it.
        "unset AWS_SESSION_TOKEN AWS_PROFILE".to_owned(),
    ]
}

/// For a target that the learner's own configuration signs in to.
pub fn of_profile(endpoint_url: Option<&str>, profile: Option<&str>, region: &str) -> Vec<String> {
    let mut lines: Vec<String> = endpoint_url.iter().map(|url| export("AWS_ENDPOINT_URL", url)).collect();
    lines.extend(profile.map(|profile| export("AWS_PROFILE", profile)));
    lines.extend(["AWS_REGION", "AWS_DEFAULT_REGION"].map(|name| export(name, region)));
    lines
}

fn export(name: &str, value: &str) -> String {
    format!("export {name}={}", shell_word(value))
}
