//! Applies a fault plan: counts the calls and gives the answers that AWS would give.

use std::sync::{Mutex, PoisonError};

use super::fault_plan::{FaultKind, FaultRule};
use super::ops::Protocol;
use super::wire::ApiError;

/// The plan's rules, each with the number of calls it has seen.
#[derive(Debug)]
pub struct Faults(Mutex<Vec<(FaultRule, u32)>>);

impl Faults {
    pub fn new(plan: Vec<FaultRule>) -> Self {
        Self(Mutex::new(plan.into_iter().map(|rule| (rule, 0)).collect()))
    }

    /// Counts one call of `operation` and returns its fault, if any. Every rule about the operation counts the call;
    /// the first rule that strikes decides.
    pub fn meet(&self, operation: &str) -> Option<FaultKind> {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut met = None;
        for (rule, seen) in rules.iter_mut().filter(|(rule, _)| rule.is_about(operation)) {
            *seen = seen.saturating_add(1);
            if met.is_none() && rule.strikes(*seen) {
                met = Some(rule.fault);
            }
        }
        met
    }
}

impl FaultKind {
    /// The error that answers `operation` without doing anything. `None` if the call takes effect or gets no answer.
    #[must_use]
    pub fn refusal(self, protocol: Protocol, operation: &str) -> Option<ApiError> {
        let is_ec2 = protocol == Protocol::Ec2;
        // [EC2:errors-overview; the query services' common errors; "Rate exceeded" and the status of RequestExpired are
        // UNCONFIRMED in the documentation]
        let (code, status, message) = match self {
            Self::Throttle if is_ec2 => ("RequestLimitExceeded", 503, "Request limit exceeded."),
            Self::Throttle => ("Throttling", 400, "Rate exceeded"),
            // This operation has its own error code [API:DescribeTargetHealth].
            Self::InternalError if operation == "DescribeTargetHealth" => (
                "HealthUnavailable",
                500,
                "The health of the specified targets could not be retrieved due to an internal error.",
            ),
            Self::InternalError if is_ec2 => ("InternalError", 500, "An internal error has occurred"),
            Self::InternalError => ("InternalFailure", 500, "An internal error has occurred"),
            Self::Unavailable if is_ec2 => {
                ("Unavailable", 503, "The service is unavailable. Please try again shortly.")
            }
            Self::Unavailable => ("ServiceUnavailable", 503, "The service is unavailable. Please try again shortly."),
            Self::Expired if is_ec2 => ("RequestExpired", 400, "Request has expired."),
            Self::Expired => ("ExpiredToken", 403, "The security token included in the request is expired"),
            Self::TimeOut(_) | Self::LostReply | Self::Slow(_) | Self::NotFound(_) => return None,
        };
        Some(ApiError::new(code, message).with_status(status))
    }
}

#[cfg(test)]
mod tests {
    use super::{FaultKind, Faults};

    #[test]
    fn rules_count_for_themselves_and_the_first_that_strikes_decides() {
        let plan = ["CreateVpc:2:lost-reply", "Create*:2-3:throttle"].map(|rule| rule.parse().unwrap());
        let faults = Faults::new(plan.to_vec());
        let met = ["CreateVpc", "DeleteVpc", "CreateVpc", "CreateSubnet", "CreateSubnet"].map(|name| faults.meet(name));
        let expected = [None, None, Some(FaultKind::LostReply), Some(FaultKind::Throttle), None];
        assert_eq!(met, expected);
    }
}
