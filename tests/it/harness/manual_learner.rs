//! Makes the lab by hand, with clients of its own, while pllab watches.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use pllab::inside::actions::{self, Naming};
use pllab::inside::cloud::{Api, Call, Clients, ConnectOptions, connect};
use pllab::inside::lab::{Loaded, Resource, Side, Source, in_order, load};
use serde_json::Value;

use super::{Folder, ProfiledSandbox, Running, receipt, wait_for};

/// Lets a learner work on a whole lab; see [`ManualLearner::end`].
pub fn by_hand<F: Future<Output = ManualLearner>>(told: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    runtime.block_on(told).end();
}

/// A learner who knows the lab and makes what it asks for with their own clients, without pllab's tags or tokens.
pub struct ManualLearner {
    /// The machine on which pllab watches.
    pub folder: Folder,
    pub lab: Loaded,
    /// Known facts, by resource name and fact name.
    pub facts: BTreeMap<(String, String), String>,
    running: Running,
    clients: BTreeMap<Side, Clients>,
    /// The run, lab and learner with which everything is tagged; `None` to tag nothing.
    tags: Option<[String; 3]>,
}

impl ManualLearner {
    /// Begins `lab` on a sandbox in the run's own folder.
    pub async fn begin(lab: &str) -> Self {
        Self::begin_in(Folder::new(), None, lab).await
    }

    /// The same in `folder`, with a lab of its folder `labs` if that is given.
    pub async fn begin_in(folder: Folder, labs: Option<&str>, lab: &str) -> Self {
        let start = folder.pllab("start --hands-on --pace instant --output json").arg(lab);
        let labs_folder = labs.map(|labs| folder.path().join(labs));
        let running = match labs {
            Some(labs) => start.arg("--labs").arg(labs).start(),
            None => start.start(),
        };
        Self::watched(lab, labs_folder, folder, running, |folder| {
            let live = std::fs::read(folder.run().join("sandbox/live.json")).expect("a sandbox leaves its note");
            let live: Value = serde_json::from_slice(&live).expect("JSON");
            let url = live["endpoint_url"].as_str().expect("a URL").to_owned();
            let keys = live["accounts"].as_array().expect("accounts").iter().map(|account| {
                ["account_id", "access_key_id", "secret_access_key"]
                    .map(|key| account[key].as_str().expect(key).to_owned())
            });
            (url, keys.collect())
        })
        .await
    }

    /// The same on a separate sandbox. pllab uses the URL `watching`, the learner `making`.
    pub async fn apart(apart: &ProfiledSandbox, lab: &str, watching: &str, making: &str, words: &str) -> Self {
        let folder = Folder::new();
        let start = folder.pllab("start --hands-on --pace instant --output json").arg(lab).words(words);
        let running = start.env("HOME", apart.folder.path()).arg("--endpoint-url").arg(watching).start();
        let (url, keys) = (making.to_owned(), apart.keys());
        Self::watched(lab, None, folder, running, |_| (url, keys)).await
    }

    /// Waits until pllab watches. `leads` returns the URL for the learner's calls, and number, key and secret of each
    /// account.
    async fn watched(
        lab: &str,
        labs: Option<PathBuf>,
        folder: Folder,
        mut running: Running,
        leads: impl FnOnce(&Folder) -> (String, Vec<[String; 3]>),
    ) -> Self {
        running.until("\"event\":\"step_started\"");
        let started = wait_for(&folder, "start", |line| line["event"] == "run_started");
        wait_for(&folder, "baseline", |line| line["event"] == "baseline");
        let (url, keys) = leads(&folder);
        let texts = |of: &Value| -> BTreeMap<String, String> { serde_json::from_value(of.clone()).expect("texts") };
        let accounts = texts(&started["accounts"]);
        let mut clients = BTreeMap::new();
        let mut facts = BTreeMap::new();
        for (side, name) in [(Side::Provider, "provider"), (Side::Consumer, "consumer")] {
            let [_, id, secret] =
                keys.iter().find(|[account, ..]| *account == accounts[name]).expect("the account is there").clone();
            let options = ConnectOptions {
                region: "ap-northeast-1".to_owned(),
                endpoint_url: Some(url.clone()),
                profile: None,
                ca_bundle: None,
                keys: Some((id, secret)),
            };
            clients.insert(side, connect(&options).await.expect("the options are good"));
            facts.insert(("account".to_owned(), name.to_owned()), accounts[name].clone());
        }
        facts.insert(("region".to_owned(), "name".to_owned()), "ap-northeast-1".to_owned());
        let source = Source::find(lab, labs.as_deref()).expect("it can be read").expect("it is there");
        let token = started["token"].as_str().expect("a token").to_owned();
        let known = BTreeMap::from([("token", token), ("region", "ap-northeast-1".to_owned())]);
        let lab = load(&source, &texts(&started["variables"]), &known).expect("the lab is good");
        Self { folder, running, lab, clients, facts, tags: None }
    }

    /// The same, with the run's tags on everything.
    pub fn tagging(self) -> Self {
        let started = wait_for(&self.folder, "start", |line| line["event"] == "run_started");
        let text = |key: &str| started[key].as_str().expect(key).to_owned();
        Self { tags: Some(["run", "lab", "learner"].map(text)), ..self }
    }

    /// Makes every step, in order.
    pub async fn all(&mut self) {
        let last = self.lab.lab.steps.last().expect("a lab has steps").id.clone();
        self.up_to(&last).await;
    }

    /// Makes all of `step`, and waits until it is met.
    pub async fn step(&mut self, step: &str) {
        self.step_on(step, &[]).await;
    }

    /// Makes the rest of `step`, without what is `made` already, and waits until it is met.
    pub async fn step_on(&mut self, step: &str, made: &[&str]) {
        let of = self.lab.lab.steps.iter().find(|it| it.id == step).expect("a step of the lab").clone();
        for resource in in_order(&of.makes).into_iter().filter(|it| !made.contains(&it.name())) {
            self.make(of.side, resource).await;
        }
        self.met(step);
    }

    /// Makes every step up to and including `last`.
    pub async fn up_to(&mut self, last: &str) {
        let steps: Vec<String> = self.lab.lab.steps.iter().map(|step| step.id.clone()).collect();
        let end = steps.iter().position(|step| step == last).expect("a step of the lab");
        for step in &steps[..=end] {
            self.step(step).await;
        }
    }

    pub async fn make(&mut self, side: Side, resource: &Resource) {
        let [run, lab, learner] = self.tags.clone().unwrap_or_default();
        let run = if run.is_empty() { "mine" } else { &run };
        for part in actions::make(resource, &Naming { run, lab: &lab, learner: &learner, round: 0 }) {
            let mut call = self.resolved(&part.call);
            if self.tags.is_none() {
                for mark in ["TagSpecifications", "Tags", "ClientToken"] {
                    call.params.remove(mark);
                }
            }
            let reply = self.send(side, &call).await;
            let found = part.told(&call, &reply).unwrap_or_default();
            let name = resource.name().to_owned();
            self.facts.extend(found.into_iter().map(|(fact, value)| ((name.clone(), fact), value)));
        }
    }

    /// Makes a call that the lab does not ask for; `${name.fact}` stands for what was made.
    pub async fn call(&self, api: Api, operation: &'static str, params: Value) -> Value {
        let params = params.as_object().cloned().expect("parameters are an object");
        let call = self.resolved(&Call { api, operation, params });
        self.send(Side::Provider, &call).await
    }

    /// The call with its references filled in.
    pub fn resolved(&self, call: &Call) -> Call {
        let known = |name: &str, fact: &str| self.facts.get(&(name.to_owned(), fact.to_owned())).cloned();
        call.resolve(&known).unwrap_or_else(|missing| panic!("{}: {missing:?}", call.operation))
    }

    /// Sends a call of a side, which must succeed.
    pub async fn send(&self, side: Side, call: &Call) -> Value {
        self.clients[&side].send(call).await.unwrap_or_else(|fault| panic!("{}: {fault}", call.operation))
    }

    /// Waits until pllab has found a step met.
    #[track_caller]
    pub fn met(&self, step: &str) {
        wait_for(&self.folder, step, |line| {
            line["event"] == "step_finished" && line["step"] == step && line["verdict"] == "met"
        });
    }

    /// Waits until pllab has reported that `resource` differs from the lab, with `seen` as the seen value.
    #[track_caller]
    pub fn told(&self, resource: &str, what: &str, seen: &str) {
        wait_for(&self.folder, resource, |line| {
            line["event"] == "sighted"
                && line["resource"] == resource
                && line["differs"][0]["what"]["key"] == what
                && line["differs"][0]["seen"] == seen
        });
    }

    /// Interrupts pllab; returns the machine.
    #[cfg(unix)]
    #[track_caller]
    pub fn leave(self) -> Folder {
        self.running.signal("INT");
        self.running.wait().code(130);
        self.folder
    }

    /// Waits until the run has ended well; returns the machine.
    #[track_caller]
    pub fn over(self) -> Folder {
        self.running.wait().code(0);
        self.folder
    }

    /// Asserts that the run ended with all steps met, that pllab made nothing, and that everything is the learner's
    /// and is deleted once handed over.
    #[track_caller]
    pub fn end(self) {
        let lines = self.running.wait().code(0).events();
        assert_eq!(lines.last().expect("events")["verdict"], "met");
        let made = lines.iter().filter(|line| line["event"] == "intent").map(|line| line["operation"].as_str());
        let looked = ["DescribeVpcEndpointServices", "DescribeSubnets"];
        assert!(made.clone().all(|it| looked.contains(&it.expect("a call"))), "{:?}", made.collect::<Vec<_>>());
        let all = self.lab.lab.steps.iter().flat_map(|step| &step.makes);
        let wanted: BTreeSet<&str> =
            all.filter(|it| !matches!(it, Resource::ServiceLookup(_))).map(Resource::name).collect();
        let is = |line: &&Value| line["event"] == "recognised";
        let recognised = lines.iter().filter(is).map(|line| line["resource"].as_str().expect("a name")).collect();
        assert_eq!(wanted, recognised);
        let gone = self.folder.pllab("clean --yes --with-mine --output json").run().code(0).events();
        let (gone, left, unknown) = receipt(&gone).expect("a receipt");
        assert!(gone > 10 && left == 0 && unknown == 0, "{gone} {left} {unknown}");
    }
}
