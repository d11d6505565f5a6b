//! How fast the sandbox's clock runs.

use std::str::FromStr;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Pace {
    /// One transition per describe call: deterministic, nothing sleeps.
    Instant,
    /// AWS's minutes become seconds: a wait is noticed but short.
    #[default]
    Quick,
    /// AWS's usual durations.
    Real,
}

impl Pace {
    /// How long a transition takes here if it usually takes `on_aws` on AWS. Zero for [`Pace::Instant`].
    #[must_use]
    pub fn scale(self, on_aws: Duration) -> Duration {
        match self {
            Self::Instant => Duration::ZERO,
            Self::Quick => on_aws / 30,
            Self::Real => on_aws,
        }
    }

    /// The word on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Quick => "quick",
            Self::Real => "real",
        }
    }
}

impl FromStr for Pace {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "instant" => Ok(Self::Instant),
            "quick" => Ok(Self::Quick),
            "real" => Ok(Self::Real),
            _ => Err(()),
        }
    }
}
