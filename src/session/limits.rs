//! The sandbox limits from the command line: what an account may hold, and how fast it may call.

use super::exit::{Code, Failed};
use crate::i18n::{Text, m};
use crate::sandbox::{Quotas, Throttle};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// What an account may hold.
    pub quotas: Quotas,
    pub throttle: Throttle,
}

impl Limits {
    /// The limits of the sandbox that a run starts for itself. AWS raises the vCPU quota by itself as an account is
    /// used [ec2 instancetypes: ec2-instance-quotas], so a lab may have more instances than a new account allows.
    pub fn of_a_run() -> Self {
        let mut limits = Self::default();
        limits.quotas.raise_vcpus();
        limits
    }
}

const HELP: &[&str] = &["pllab sandbox --help"];

/// Reads every `CODE=N`.
pub fn read(quotas: &[(String, String)], throttle: Throttle) -> Result<Limits, Failed> {
    let mut limits = Limits { throttle, ..Limits::default() };
    for (code, value) in quotas {
        let Ok(number) = value.parse() else {
            return Err(Failed::new(Code::Usage, m::LimitsBadValue { code, value }.text(), Vec::new(), HELP));
        };
        if let Err(known) = limits.quotas.set(code, number) {
            let mut details = vec![m::limits_codes()];
            details.extend(known.iter().map(|(code, name)| Text::literal(format!("{code}  {name}"))));
            return Err(Failed::new(Code::Usage, m::limits_bad_code(code), details, HELP));
        }
    }
    Ok(limits)
}

pub fn too_late(pid: u32) -> Failed {
    Failed::new(Code::Usage, m::limits_too_late(pid), Vec::new(), &["pllab sandbox"])
}
