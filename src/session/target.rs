//! Where a run's calls go: the sandbox of its folder, one that is already running, AWS, or a given endpoint.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::exit::{Code, Failed};
use super::faults;
use super::limits::Limits;
use super::nginx::Wish;
use super::sandbox_note::{PlacedNote, SandboxNote};
use super::shell_exports;
use super::sign_in::{SignIn, sign_in, sign_in_commands, unreachable_target};
use super::start_sandbox::{Conditions, open};
use super::store::Store;
use super::trouble::drop_command;
use crate::cloud::{Clouds, ConnectOptions, Endpoint, Identity, endpoints, is_loopback};
use crate::engine::Polling;
use crate::host::Host;
use crate::i18n::{Text, m};
use crate::lab::Side;
use crate::sandbox::{Pace, Sandbox};

/// The region of the tutorial that the lab is based on. For targets that accept any region.
pub const USUAL_REGION: &str = "ap-northeast-1";

pub struct Target {
    pub clouds: Arc<Clouds>,
    pub accounts: BTreeMap<Side, String>,
    pub identities: BTreeMap<Side, Identity>,
    /// How often and how long to look at the target.
    pub patience: Polling,
    /// The endpoints that calls really go to, each once; empty for the sandbox.
    endpoints: Vec<Endpoint>,
    asked: Asked,
    /// The profile of each sign-in: one for both sides, or one each.
    profiles: Vec<Option<String>>,
    /// For the sandbox: shell lines for the second terminal, for both sides or each.
    sandbox_access: Vec<Vec<String>>,
    /// The sandbox, if this process runs it. It ends with the target.
    own: Option<(Sandbox, PlacedNote)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Sandbox,
    Aws,
    Url(String),
}

impl Target {
    /// The sandbox: the run's own if its folder has one, else the one of the state folder if that is running, else a
    /// new one in the run's folder. With `two_accounts`, each side has an account of its own.
    pub async fn sandbox(
        (host, nginx): (&Host, Wish),
        store: &Store,
        run_folder: &Path,
        region: &str,
        pace: Pace,
        two_accounts: bool,
    ) -> Result<Self, Failed> {
        let own = run_folder.join("sandbox");
        let shared = store.sandbox();
        let made_before = own.is_dir();
        let live = SandboxNote::find(if made_before { &own } else { &shared }).await;
        // The web server of the shared sandbox was chosen for the learner's own user data, not for somebody else's.
        if let Some(live) = live.filter(|live| made_before || !(nginx.is_wary() && live.real_nginx)) {
            return Self::of_live(&live, region, two_accounts, None).await;
        }
        // A run that began on the shared sandbox continues there, whoever starts it.
        let began_shared = !made_before && run_folder.join("journal.jsonl").is_file();
        let folder = if began_shared { shared } else { own };
        let plan = faults::of_environment(host)?;
        let conditions = Conditions { port: None, faults: plan, limits: Limits::of_a_run(), nginx };
        let opened = open(host, &folder, region, pace, conditions).await;
        let (sandbox, live, note) = opened.map_err(|mut failed| {
            // If the data of the run's own sandbox is damaged, nothing in it can be cleaned up any more.
            let damaged = failed.report.as_mut().filter(|report| made_before && report.title == m::cli_sandbox_state());
            if let (Some(report), Some(run)) = (damaged, run_folder.file_name()) {
                report.next = vec![drop_command(&run.to_string_lossy())];
            }
            failed
        })?;
        Self::of_live(&live, region, two_accounts, Some((sandbox, note))).await
    }

    /// A sandbox of its own in `folder`, which ends with the target.
    pub async fn throw_away(
        host: &Host,
        folder: &Path,
        region: &str,
        two_accounts: bool,
        nginx: Wish,
    ) -> Result<Self, Failed> {
        let conditions = Conditions { port: None, faults: Vec::new(), limits: Limits::of_a_run(), nginx };
        let (sandbox, live, note) = open(host, folder, region, Pace::Instant, conditions).await?;
        Self::of_live(&live, region, two_accounts, Some((sandbox, note))).await
    }

    async fn of_live(
        live: &SandboxNote,
        region: &str,
        two_accounts: bool,
        own: Option<(Sandbox, PlacedNote)>,
    ) -> Result<Self, Failed> {
        let Some(account) = live.accounts.first() else {
            return Err(unreachable_target(&live.endpoint_url, None));
        };
        let options = ConnectOptions { region: region.to_owned(), ..live.options(account) };
        let consumer = match live.accounts.get(1).filter(|_| two_accounts) {
            Some(account) => Some(ConnectOptions { region: region.to_owned(), ..live.options(account) }),
            None if two_accounts => {
                return Err(Failed::new(Code::Usage, m::aws_sandbox_one_account(), Vec::new(), &["pllab start"]));
            }
            // Both sides use one account, as in the tutorial.
            None => None,
        };
        // The running sandbox's pace counts. Another process may have started it at another pace than was asked for
        // here.
        let patience = patience(live.pace.parse().unwrap_or_default());
        let mut target = Self::connected(Asked::Sandbox, options, consumer, patience).await?;
        target.own = own;
        target.sandbox_access = live.accounts.iter().map(|account| shell_exports::of_sandbox(live, account)).collect();
        Ok(target)
    }

    /// AWS, or whatever the environment and the profile put in its place.
    pub async fn aws(host: &Host, sign_in: SignIn) -> Result<Self, Failed> {
        Self::signed_in(host, Asked::Aws, sign_in).await
    }

    /// A given endpoint.
    pub async fn endpoint(host: &Host, url: &str, sign_in: SignIn) -> Result<Self, Failed> {
        Self::signed_in(host, Asked::Url(url.to_owned()), sign_in).await
    }

    async fn signed_in(host: &Host, asked: Asked, sign_in: SignIn) -> Result<Self, Failed> {
        let provider = ConnectOptions {
            region: sign_in.region,
            endpoint_url: if let Asked::Url(url) = &asked { Some(url.clone()) } else { None },
            profile: sign_in.profile,
            keys: None,
            ca_bundle: host.var_os("AWS_CA_BUNDLE").map(PathBuf::from),
        };
        let consumer =
            sign_in.consumer_profile.map(|profile| ConnectOptions { profile: Some(profile), ..provider.clone() });
        // AWS itself is always polled at its own pace, whatever was asked for.
        let patience = match (&asked, sign_in.pace) {
            (Asked::Url(url), Some(pace)) if is_loopback(url) => patience(pace),
            _ => Polling::AWS,
        };
        Self::connected(asked, provider, consumer, patience).await
    }

    async fn connected(
        asked: Asked,
        provider: ConnectOptions,
        consumer: Option<ConnectOptions>,
        patience: Polling,
    ) -> Result<Self, Failed> {
        let place = match &asked {
            Asked::Aws => "AWS".to_owned(),
            Asked::Sandbox | Asked::Url(_) => provider.endpoint_url.clone().unwrap_or_default(),
        };
        let profiles: Vec<_> =
            [Some(&provider), consumer.as_ref()].into_iter().flatten().map(|it| it.profile.clone()).collect();
        let (provider, who) = sign_in(&provider, &place, patience.speed).await?;
        let (consumer, whom) = match consumer {
            Some(consumer) => sign_in(&consumer, &place, patience.speed).await?,
            None => (provider.clone(), who.clone()),
        };
        let mut found = Vec::new();
        if asked != Asked::Sandbox {
            for clients in [&provider, &consumer] {
                for endpoint in endpoints(clients).await {
                    if !found.contains(&endpoint) {
                        found.push(endpoint);
                    }
                }
            }
        }
        let local = |endpoint: &Endpoint| is_loopback(&endpoint.url);
        let on_this_machine = asked == Asked::Sandbox || (!found.is_empty() && found.iter().all(local));
        Ok(Self {
            clouds: Arc::new(Clouds { provider, consumer, on_this_machine }),
            accounts: BTreeMap::from([(Side::Provider, who.account.clone()), (Side::Consumer, whom.account.clone())]),
            identities: BTreeMap::from([(Side::Provider, who), (Side::Consumer, whom)]),
            patience,
            endpoints: found,
            asked,
            profiles,
            sandbox_access: Vec::new(),
            own: None,
        })
    }

    pub fn is_sandbox(&self) -> bool {
        self.asked == Asked::Sandbox
    }

    /// Shell lines that point the learner's own tools at a side's account.
    pub fn access(&self, region: &str) -> BTreeMap<Side, Vec<String>> {
        let consumer = usize::from(self.two_accounts());
        let lines = |number: usize| match &self.asked {
            Asked::Sandbox => self.sandbox_access.get(number).cloned().unwrap_or_default(),
            asked => {
                let url = if let Asked::Url(url) = asked { Some(url.as_str()) } else { None };
                let profile = self.profiles.get(number).or(self.profiles.first()).and_then(Option::as_deref);
                shell_exports::of_profile(url, profile, region)
            }
        };
        BTreeMap::from([(Side::Provider, lines(0)), (Side::Consumer, lines(consumer))])
    }

    /// Whether each side has an account of its own.
    pub fn two_accounts(&self) -> bool {
        self.accounts.get(&Side::Provider) != self.accounts.get(&Side::Consumer)
    }

    /// Whether what is made there may cost money: on AWS, and on anything that is not on this machine.
    pub fn spends(&self) -> bool {
        !self.clouds.on_this_machine
    }

    /// What the learner should know about where calls go, and about whose accounts these are.
    pub fn notes(&self) -> Vec<Text> {
        let mut notes = Vec::new();
        match &self.asked {
            Asked::Sandbox => {}
            Asked::Url(url) => notes.push(m::aws_note_endpoint(url)),
            Asked::Aws => {
                let elsewhere: Vec<&Endpoint> = self.endpoints.iter().filter(|endpoint| !endpoint.is_aws()).collect();
                let urls: BTreeSet<&str> = elsewhere.iter().map(|endpoint| endpoint.url.as_str()).collect();
                for url in &urls {
                    let services: Vec<_> = elsewhere.iter().filter(|it| it.url == **url).map(|it| it.service).collect();
                    notes.push(m::AwsNoteRedirected { service: services.join(", "), url: *url }.text());
                }
                if urls.is_empty() {
                    notes.push(m::aws_note_aws());
                }
            }
        }
        notes.push(match self.accounts.get(&Side::Provider) {
            _ if self.two_accounts() => m::aws_note_two_accounts(),
            Some(account) if self.profiles.len() > 1 => m::aws_note_same_account(account),
            _ => m::aws_note_one_account(),
        });
        notes
    }

    /// What to do after credentials have expired: in another terminal while this one waits, or before coming back to
    /// `run`.
    pub fn renewal(&self, run: &str) -> Text {
        if self.is_sandbox() {
            return m::aws_renew_sandbox(run);
        }
        let commands: Vec<String> =
            self.profiles.iter().flat_map(|profile| sign_in_commands(profile.as_deref())).collect();
        m::AwsRenew {
            commands: commands.iter().map(|command| format!("  {command}")).collect::<Vec<_>>().join("\n"),
            run,
        }
        .text()
    }

    /// Closes the target. If the sandbox runs in this process, it ends.
    pub async fn close(self) {
        if let Some((sandbox, _note)) = self.own {
            sandbox.stop().await;
        }
    }
}

/// The polling for a sandbox of this pace.
fn patience(pace: Pace) -> Polling {
    match pace {
        Pace::Instant => Polling::INSTANT,
        Pace::Quick => Polling::QUICK,
        Pace::Real => Polling::AWS,
    }
}
