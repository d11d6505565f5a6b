//! States in the reader's words: those of AWS's console in the reader's language, not the codes of the API.

use crate::i18n::{Text, m};

/// The state of an endpoint or of its connection. The console shows all but one in English in every language.
pub(super) fn connection(state: &str) -> Text {
    if state.eq_ignore_ascii_case("pendingAcceptance") {
        return m::state_pending_acceptance();
    }
    let mut letters = state.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    Text::literal(first.into_iter().chain(letters).collect::<String>())
}

pub(super) fn instance(state: &str) -> Text {
    match state {
        "pending" => m::state_pending(),
        "running" => m::state_running(),
        "stopping" => m::state_stopping(),
        "stopped" => m::state_stopped(),
        "shutting-down" => m::state_shutting_down(),
        "terminated" => m::state_terminated(),
        other => Text::literal(other),
    }
}

pub(super) fn load_balancer(state: &str) -> Text {
    match state {
        "active" => m::state_active(),
        "active_impaired" => m::state_active_impaired(),
        "provisioning" => m::state_provisioning(),
        "failed" => m::state_failed(),
        other => Text::literal(other),
    }
}

/// The state of a private DNS name's verification.
pub(super) fn verification(state: &str) -> Text {
    match state {
        "verified" => m::state_verified(),
        "pendingVerification" => m::state_pending_verification(),
        "failed" => m::state_failed(),
        other => Text::literal(other),
    }
}

/// The health of a target. The console shows the states in English, and explains the reason.
pub(super) fn health(state: &str, reason: &str) -> Text {
    let reason = match reason {
        "" => return Text::literal(state),
        "Elb.RegistrationInProgress" => m::reason_registering(),
        "Elb.InitialHealthChecking" => m::reason_first_checks(),
        "Target.FailedHealthChecks" => m::reason_failed_checks(),
        "Target.Timeout" => m::reason_timed_out(),
        "Target.ResponseCodeMismatch" => m::reason_wrong_code(),
        "Target.InvalidState" => m::reason_not_running(),
        "Target.NotInUse" => m::reason_no_listener(),
        "Target.DeregistrationInProgress" => m::reason_leaving(),
        "Target.NotRegistered" => m::reason_not_registered(),
        other => Text::literal(other),
    };
    m::StateBecause { reason, state }.text()
}

pub(super) fn on_or_off(is_on: bool) -> Text {
    if is_on { m::state_on() } else { m::state_off() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn a_state_is_said_as_the_console_says_it() {
        for (state, en, ja) in [
            (connection("pendingAcceptance"), "Pending acceptance", "承諾待ち (Pending acceptance)"),
            (connection("rejected"), "Rejected", "Rejected"),
            (connection("Available"), "Available", "Available"),
            (instance("shutting-down"), "shutting down", "シャットダウン中"),
            (load_balancer("provisioning"), "provisioning", "プロビジョニング中"),
            (verification("pendingVerification"), "pending verification", "検証待ち"),
            (
                health("unhealthy", "Target.FailedHealthChecks"),
                "unhealthy (failed its health checks)",
                "unhealthy (ヘルスチェックに合格していません)",
            ),
            (health("healthy", ""), "healthy", "healthy"),
            (health("new", "New.Reason"), "new (New.Reason)", "new (New.Reason)"),
        ] {
            assert_eq!((state.render(Lang::En).as_str(), state.render(Lang::Ja).as_str()), (en, ja));
        }
    }
}
