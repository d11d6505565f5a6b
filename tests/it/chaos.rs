//! Kills nginx, the sandbox, the runner, or two of them at any moment of any verb. After repair and resume the lab is
//! met, nothing hangs, nothing is made twice, and nothing is left over, in the account or among the processes.
//!
//! One seeded strike per verb by default; a hundred with `PLLAB_FULL=1`, or as many as `PLLAB_CHAOS` says.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::time::{Duration, Instant};

use pllab::inside::host::Random;

use super::harness::{
    Account, Folder, Line, Running, Signer, at_a_time, full, made, nginx, processes, say, signal, written,
};

/// Verbs, and after how many more lines of the journal somebody is killed at the latest. `start` begins a run, the others go on
/// with one that was kept; those that write nothing are struck by the clock.
const VERBS: [(&str, u64); 7] = [
    ("start --yes --keep --output json --pace instant", 110),
    ("resume --start-over --yes --keep --output json", 140),
    ("clean --yes --output json", 60),
    ("drill silent-monday --yes --output json", 12),
    ("why --output json", 0),
    ("check --output json", 0),
    (HANDS_ON, 6),
];
/// Somebody else makes what the first step asks for, and nothing ends by itself.
const HANDS_ON: &str = "start --hands-on --keep --output json --pace instant";
const RESUME: &str = "resume --yes --keep --output json";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Nginx,
    Sandbox,
    Runner,
}

const VICTIMS: [&[Victim]; 6] = [
    &[Victim::Nginx],
    &[Victim::Sandbox],
    &[Victim::Runner],
    &[Victim::Nginx, Victim::Runner],
    &[Victim::Sandbox, Victim::Runner],
    &[Victim::Nginx, Victim::Sandbox],
];

/// A sandbox of its own with a real nginx.
struct Scene {
    folder: Folder,
    sandbox: Option<Running>,
    signer: Option<Signer>,
}

impl Scene {
    fn new() -> Self {
        let mut scene = Self { folder: Folder::new(), sandbox: None, signer: None };
        scene.open();
        scene
    }

    fn open(&mut self) {
        let program = nginx().expect("the caller looked");
        let sandbox = self.folder.pllab("sandbox --output json --pace instant").env("PLLAB_NGINX", program);
        let mut sandbox = sandbox.start();
        self.signer = Some(Signer::of_ready(&sandbox.ready(), "ec2"));
        self.sandbox = Some(sandbox);
    }

    /// The verb, as a process.
    fn verb(&self, words: &str) -> Running {
        self.folder.pllab(words).env("PLLAB_NGINX", nginx().expect("the caller looked")).start()
    }

    /// Runs a verb to its end. It must end; the caller judges how.
    fn run(&self, words: &str) -> Option<i32> {
        self.verb(words).wait().clean().code
    }

    fn lines(&self) -> Vec<Line> {
        let runs = self.folder.state().join("runs");
        let run = std::fs::read_dir(runs).ok().and_then(|mut runs| runs.next()?.ok());
        run.map(|run| run.path().join("journal.jsonl"))
            .filter(|it| it.exists())
            .map_or_else(Vec::new, |it| written(&it))
    }

    /// Makes by hand what the first step asks for first. What a killed sandbox does not answer is not made.
    fn work_by_hand(&self) {
        let Some(signer) = &self.signer else { return };
        let made = |form: &str, id: &str| {
            let (status, body) = signer.call(&format!("Version=2016-11-15&{form}"));
            let (_, rest) = body.split_once(&format!("<{id}>"))?;
            (status == 200).then(|| rest.split('<').next().unwrap_or_default().to_owned())
        };
        if let Some(vpc) = made("Action=CreateVpc&CidrBlock=10.0.0.0%2F16", "vpcId") {
            made(&format!("Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.0.1.0%2F24"), "subnetId");
        }
    }

    /// Deletes what was made by hand and not recognised: it is nobody's but the learner's.
    fn clear_by_hand(&self) {
        let Some(signer) = &self.signer else { return };
        for (describe, id, delete) in
            [("DescribeSubnets", "subnetId", "DeleteSubnet&SubnetId"), ("DescribeVpcs", "vpcId", "DeleteVpc&VpcId")]
        {
            let (_, seen) = signer.call(&format!("Version=2016-11-15&Action={describe}"));
            for rest in seen.split(&format!("<{id}>")).skip(1) {
                let of = rest.split('<').next().unwrap_or_default();
                signer.call(&format!("Version=2016-11-15&Action={delete}={of}"));
            }
        }
    }

    /// The web servers' processes and instances.
    fn servers(&self) -> Vec<(u32, String)> {
        let server = |(id, words): (u32, Vec<String>)| {
            let prefix = words.iter().position(|word| word == "-p").and_then(|at| words.get(at + 1))?;
            Some((id, Path::new(prefix).file_name()?.to_string_lossy().into_owned()))
        };
        processes(&self.folder.state()).into_iter().filter_map(server).collect()
    }

    fn kill(&mut self, victim: Victim, runner: &Running) {
        match victim {
            Victim::Runner => signal(runner.id(), "KILL"),
            Victim::Nginx => self.servers().iter().for_each(|(id, _)| signal(*id, "KILL")),
            Victim::Sandbox => {
                if let Some(sandbox) = self.sandbox.take() {
                    sandbox.signal("KILL");
                    sandbox.wait();
                }
            }
        }
    }

    /// Does what a learner would: starts the sandbox again, and reboots the hosts whose web server has died.
    fn repair(&mut self) {
        if self.sandbox.is_none() {
            self.open();
            return;
        }
        let signer = self.signer.as_ref().expect("it runs");
        let (_, seen) = signer.call("Action=DescribeInstances&Version=2016-11-15");
        let ids = seen.split("<instanceId>").skip(1).filter_map(|rest| rest.split('<').next());
        for id in ids.filter(|id| !self.servers().iter().any(|(_, of)| of == id)) {
            // Instances that are gone or have no web server are rebooted too, which does no harm.
            signer.call(&format!("Action=RebootInstances&Version=2016-11-15&InstanceId.1={id}"));
        }
    }
}

/// One strike. Returns whether anything was killed, or what is wrong afterwards.
fn strike((verb, most): (&str, u64), victims: &[Victim], seed: u64) -> Result<bool, String> {
    let mut scene = Scene::new();
    let random = Random::seeded(seed);
    if !verb.starts_with("start") {
        expect("start", scene.run(VERBS[0].0), &[0])?;
    }
    let before = scene.lines().len();
    let runner = scene.verb(verb);
    let by_hand = verb == HANDS_ON;
    if by_hand {
        scene.work_by_hand();
    }
    // The moment is one of the run's own, and a little later.
    let lines = usize::try_from(random.next_u64() % most.max(1)).unwrap_or(0);
    let end = Instant::now() + Duration::from_mins(1);
    while runner.is_under_way() && scene.lines().len() < before + lines && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(random.next_u64() % if most == 0 { 600 } else { 30 }));
    let under_way = runner.is_under_way();
    for victim in victims {
        scene.kill(*victim, &runner);
    }
    if by_hand && runner.is_under_way() {
        runner.signal("TERM");
    }
    // It ends: that is all that can be asked of it now.
    let ran = runner.wait().clean();
    scene.repair();
    let cleaned = |scene: &Scene| scene.lines().iter().any(|line| line["event"] == "run_cleaned");
    if verb.starts_with("drill") {
        scene.run("drill undo --output json");
    }
    if !cleaned(&scene) && !scene.lines().is_empty() {
        if verb.starts_with("clean") {
            expect("clean", scene.run(verb), &[0])?;
        } else {
            expect(&format!("resume, after {ran:?}"), scene.run(RESUME), &[0])?;
            let ran = scene.verb("check --output json").wait().clean();
            if ran.code != Some(0) {
                let told: Vec<_> = ran.out.lines().filter(|line| !line.contains("\"met\"")).collect();
                return Err(format!("check ended with {:?}: {told:#?}", ran.code));
            }
        }
    }
    if by_hand {
        expect("clean --all", scene.run("clean --yes --all --with-mine --output json"), &[0])?;
        scene.clear_by_hand();
    } else {
        expect("clean --all", scene.run("clean --yes --all --output json"), &[0])?;
    }
    let journal = scene.lines();
    // Starting over makes everything once more.
    let once = if verb.contains("--start-over") { 2 } else { 1 };
    let twice: Vec<_> = made(&journal).into_iter().filter(|(_, times)| *times > once).collect();
    if !(twice.is_empty() || verb.starts_with("drill")) {
        return Err(format!("made twice: {twice:?}"));
    }
    if let Some(sandbox) = scene.sandbox.take() {
        sandbox.signal("TERM");
        expect("the sandbox", sandbox.wait().code, &[0])?;
    }
    let holds = Account::holds(&scene.folder.state().join("sandbox"));
    if !holds.is_empty() {
        return Err(format!("left in the account: {holds:?}"));
    }
    let end = Instant::now() + Duration::from_secs(30);
    while !processes(&scene.folder.state()).is_empty() {
        if Instant::now() > end {
            return Err(format!("left on the machine: {:?}", processes(&scene.folder.state())));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(under_way)
}

fn expect(what: &str, code: Option<i32>, wanted: &[i32]) -> Result<(), String> {
    if code.is_some_and(|code| wanted.contains(&code)) { Ok(()) } else { Err(format!("{what} ended with {code:?}")) }
}

#[test]
fn whoever_is_killed_at_whatever_moment_it_is_met_in_the_end() {
    if nginx().is_none() {
        return;
    }
    let asked = std::env::var("PLLAB_CHAOS").ok().and_then(|text| text.parse().ok());
    let rounds = asked.unwrap_or(if full() { 100 } else { 1 });
    let todo: Vec<(usize, u64)> =
        (0..VERBS.len()).flat_map(|verb| (0..rounds).map(move |round| (verb, round))).collect();
    let results = at_a_time(&todo, |&(verb, round)| {
        let victims = VICTIMS[(verb + usize::try_from(round).unwrap_or(0)) % VICTIMS.len()];
        let struck = std::panic::catch_unwind(|| strike(VERBS[verb], victims, 1000 * round + verb as u64));
        // If a program hangs, the test's own waiting panics and says so.
        let struck =
            struck.unwrap_or_else(|fault| Err(fault.downcast::<String>().map_or_else(|_| "?".into(), |it| *it)));
        (verb, victims, struck)
    });
    let kills = results.iter().filter(|(_, _, struck)| matches!(struck, Ok(true))).count();
    let bad: Vec<_> = results.iter().filter(|(_, _, struck)| struck.is_err()).collect();
    for (verb, victims, struck) in &bad {
        say(&format!("chaos: {} with {victims:?} struck: {struck:?}", VERBS[*verb].0));
    }
    for (number, (verb, _)) in VERBS.iter().enumerate() {
        let of: Vec<_> = results.iter().filter(|(of, _, _)| *of == number).collect();
        let wrong = of.iter().filter(|(_, _, struck)| struck.is_err()).count();
        say(&format!("chaos: {}: {} strikes, {wrong} bad", verb.split(' ').next().unwrap_or_default(), of.len()));
    }
    say(&format!("chaos: {} strikes, {kills} of them while the verb was under way, {} bad", results.len(), bad.len()));
    assert!(bad.is_empty(), "{bad:#?}");
}
