//! Where a run's calls go: the sandbox of its folder, one that is already running, or an endpoint that was named.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::exit::{Code, Failed};
use super::faults;
use super::live::{Live, Note};
use super::store::Store;
use crate::cloud::{Clouds, ConnectOptions, Fault, FaultClass, connect, identity, is_loopback};
use crate::engine::Patience;
use crate::host::{Host, create_private_dir};
use crate::i18n::{Text, m};
use crate::lab::Side;
use crate::sandbox::{FaultRule, Options, Pace, Sandbox, StartError};

/// A target that answers.
pub(super) struct Target {
    /// Its clients.
    pub clouds: Arc<Clouds>,
    /// The accounts of both sides.
    pub accounts: BTreeMap<Side, String>,
    /// How patient to be with it.
    pub patience: Patience,
    /// The sandbox, where this process runs it; it ends with the target.
    own: Option<(Sandbox, Note)>,
}

impl Target {
    /// The sandbox: the run's own where its folder has one, else the one of the state folder where that is running, else
    /// a new one in the run's folder. With `two_accounts` the sides do not share one.
    pub async fn sandbox(
        host: &Host,
        store: &Store,
        run_folder: &Path,
        region: &str,
        pace: Pace,
        two_accounts: bool,
    ) -> Result<Self, Failed> {
        let own = run_folder.join("sandbox");
        let shared = store.sandbox();
        let made_before = own.is_dir();
        if let Some(live) = Live::find(if made_before { &own } else { &shared }).await {
            return Self::of_live(&live, region, two_accounts, None).await;
        }
        // A run that began on the shared sandbox goes on there, whoever starts it.
        let began_shared = !made_before && run_folder.join("journal.jsonl").is_file();
        let folder = if began_shared { shared } else { own };
        let plan = faults::of_environment(host)?;
        let (sandbox, live, note) = open(host, &folder, region, pace, None, plan).await?;
        Self::of_live(&live, region, two_accounts, Some((sandbox, note))).await
    }

    /// A sandbox of its own in `folder`, gone with the target.
    pub async fn throw_away(host: &Host, folder: &Path, region: &str, two_accounts: bool) -> Result<Self, Failed> {
        let (sandbox, live, note) = open(host, folder, region, Pace::Instant, None, Vec::new()).await?;
        Self::of_live(&live, region, two_accounts, Some((sandbox, note))).await
    }

    async fn of_live(
        live: &Live,
        region: &str,
        two_accounts: bool,
        own: Option<(Sandbox, Note)>,
    ) -> Result<Self, Failed> {
        let Some(account) = live.accounts.first() else {
            return Err(unreachable_target(&live.endpoint_url, None));
        };
        // Both sides in one account, as in the tutorial, unless two are asked for.
        let other = live.accounts.get(1).filter(|_| two_accounts);
        let consumer = other.map(|account| ConnectOptions { region: region.to_owned(), ..live.options(account) });
        let options = ConnectOptions { region: region.to_owned(), ..live.options(account) };
        // Its own pace: another process may run it at another than was asked for here.
        let patience = match live.pace.parse::<Pace>().unwrap_or_default() {
            Pace::Instant => Patience::INSTANT,
            Pace::Quick => Patience::QUICK,
            Pace::Real => Patience::AWS,
        };
        Self::connected(&options, consumer.as_ref(), patience, own).await
    }

    /// An endpoint that was named. Only one of this machine: anything else might be AWS itself, and cost money.
    pub async fn endpoint(url: &str, profile: Option<String>, region: &str) -> Result<Self, Failed> {
        if !is_loopback(url) {
            let details = vec![m::cli_endpoint_not_local_detail()];
            return Err(Failed::new(Code::Refused, m::cli_endpoint_not_local(url), details, &["pllab sandbox"]));
        }
        let options =
            ConnectOptions { region: region.to_owned(), endpoint_url: Some(url.to_owned()), profile, keys: None };
        Self::connected(&options, None, Patience::AWS, None).await
    }

    async fn connected(
        options: &ConnectOptions,
        consumer: Option<&ConnectOptions>,
        patience: Patience,
        own: Option<(Sandbox, Note)>,
    ) -> Result<Self, Failed> {
        let url = options.endpoint_url.clone().unwrap_or_default();
        let clients = connect(options).await.map_err(|fault| unreachable_target(&url, Some(&fault)))?;
        let who = identity(&clients).await.map_err(|fault| unreachable_target(&url, Some(&fault)))?;
        let (consumer, whom) = match consumer {
            Some(options) => {
                let clients = connect(options).await.map_err(|fault| unreachable_target(&url, Some(&fault)))?;
                let whom = identity(&clients).await.map_err(|fault| unreachable_target(&url, Some(&fault)))?;
                (clients, whom.account)
            }
            None => (clients.clone(), who.account.clone()),
        };
        let accounts = BTreeMap::from([(Side::Provider, who.account), (Side::Consumer, whom)]);
        let clouds = Arc::new(Clouds { provider: clients, consumer });
        Ok(Self { clouds, accounts, patience, own })
    }

    /// Lets go of the target; a sandbox of this process ends.
    pub async fn close(self) {
        if let Some((sandbox, _note)) = self.own {
            sandbox.stop().await;
        }
    }
}

/// Starts a sandbox in `folder` and leaves its note there.
pub(super) async fn open(
    host: &Host,
    folder: &Path,
    region: &str,
    pace: Pace,
    port: Option<u16>,
    faults: Vec<FaultRule>,
) -> Result<(Sandbox, Live, Note), Failed> {
    create_private_dir(folder).map_err(|error| Failed::io(folder, &error))?;
    let options = Options {
        folder: folder.to_owned(),
        pace,
        region: region.to_owned(),
        port,
        clock: host.clock.clone(),
        random: host.random.clone(),
        keys: None,
        faults,
    };
    let sandbox = Sandbox::start(options).await.map_err(|error| start_trouble(&error))?;
    let live = Live::of(&sandbox, region, pace);
    let note = live.leave(folder).map_err(|error| Failed::io(folder, &error))?;
    Ok((sandbox, live, note))
}

fn start_trouble(error: &StartError) -> Failed {
    match error {
        StartError::PortTaken { port } => Failed::new(
            Code::Unreachable,
            m::cli_port_taken(*port),
            Vec::new(),
            &["pllab sandbox", "pllab sandbox --port 0"],
        ),
        StartError::Folder { path, source } => Failed::io(path, source),
        StartError::Region { region } => {
            Failed::new(Code::Usage, m::cli_bad_region(region), Vec::new(), &["pllab start --region ap-northeast-1"])
        }
        StartError::InUse { path, .. } => {
            let details = vec![Text::literal(path.display().to_string())];
            Failed::new(Code::Usage, m::cli_sandbox_busy(), details, &["pllab status"])
        }
        other => Failed::new(
            Code::Usage,
            m::cli_sandbox_state(),
            vec![Text::literal(other.to_string())],
            &["pllab start --state-dir DIR"],
        ),
    }
}

/// The target does not answer, or does not know us.
pub(super) fn unreachable_target(url: &str, fault: Option<&Fault>) -> Failed {
    let title = match fault.map(|fault| fault.class) {
        Some(FaultClass::SignIn | FaultClass::Denied) => m::cli_sign_in(url),
        _ => m::cli_unreachable(url),
    };
    let details = fault.map(|fault| Text::literal(fault.to_string())).into_iter().collect();
    Failed::new(Code::Unreachable, title, details, &["pllab sandbox", "pllab status"])
}
