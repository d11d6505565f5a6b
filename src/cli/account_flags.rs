//! The flags for a verb that looks into an account without a run; they are the same as those of `start`.

use clap::Args;

use super::flags::Target as Where;
use crate::cloud::usual_region;
use crate::host::shell_word;
use crate::i18n::m;
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::sign_in::SignIn;
use crate::session::target::{Target, USUAL_REGION};

/// Where and as whom.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct AccountFlags {
    #[arg(long, value_enum, conflicts_with = "endpoint_url")]
    pub target: Option<Where>,
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub consumer_profile: Option<String>,
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
}

impl AccountFlags {
    /// Whether the flags name an account: AWS, or an endpoint.
    pub fn is_given(&self) -> bool {
        self.target == Some(Where::Aws) || self.endpoint_url.is_some()
    }

    /// The target's name in a run's journal.
    pub fn name(&self) -> String {
        self.endpoint_url.clone().unwrap_or_else(|| "aws".to_owned())
    }

    /// The flags as text, for a suggested command on the same target.
    pub fn flags(&self) -> String {
        let mut flags = match &self.endpoint_url {
            Some(url) => format!(" --endpoint-url {}", shell_word(url)),
            None => " --target aws".to_owned(),
        };
        let more = [("profile", &self.profile), ("consumer-profile", &self.consumer_profile), ("region", &self.region)];
        for (flag, value) in more {
            flags.extend(value.iter().map(|value| format!(" --{flag} {}", shell_word(value))));
        }
        flags
    }

    /// Signs in. `command` is the command to suggest, with a region added, if none is set.
    pub async fn open(&self, context: &Context, command: &str) -> Result<Target, Failed> {
        let usual = || usual_region(self.profile.as_deref());
        let region = match &self.region {
            Some(region) => Some(region.clone()),
            None => usual().await,
        };
        let region = match (region, &self.endpoint_url) {
            (Some(region), _) => region,
            (None, Some(_)) => USUAL_REGION.to_owned(),
            (None, None) => {
                let next = format!("{command}{} --region {USUAL_REGION}", self.flags());
                return Err(Failed::new(Code::Usage, m::aws_no_region(), Vec::new(), &[&next]));
            }
        };
        let sign_in = SignIn {
            profile: self.profile.clone(),
            consumer_profile: self.consumer_profile.clone(),
            region,
            pace: None,
        };
        match &self.endpoint_url {
            Some(url) => Target::endpoint(&context.host, url, sign_in).await,
            None => Target::aws(&context.host, sign_in).await,
        }
    }
}
