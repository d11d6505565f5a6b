//! A world that is only written down.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::super::curl_args::Curl;
use super::super::super::sink::Sink;
use super::super::{BootScript, Job, Later, Names, Reach, Served, Told, Wait, World};

/// A world in which `up` answers, `down` loses packets, and everything else is not there.
#[derive(Default)]
pub struct Paper {
    pub console: Mutex<String>,
    pub files: Mutex<BTreeMap<String, Vec<u8>>>,
    pub packages: Mutex<Vec<String>>,
    pub log: Mutex<Vec<String>>,
    pub running: Mutex<BTreeSet<String>>,
    pub waits: Mutex<usize>,
    pub jobs: Mutex<tokio::task::JoinSet<()>>,
    /// After so many waits `late` answers.
    pub patience: usize,
}

fn told(code: u8, out: &str, err: &str) -> Told {
    Told { code, out: out.into(), err: err.into(), written: Vec::new() }
}

pub struct On(pub Arc<Paper>);

impl World for On {
    fn console(&self, bytes: &[u8]) {
        self.0.console.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
    }
    fn note(&self, line: &str) {
        let mut console = self.0.console.lock().unwrap();
        if !console.is_empty() && !console.ends_with('\n') {
            console.push('\n');
        }
        console.push_str(line);
        console.push('\n');
    }
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.0.files.lock().unwrap().get(path).cloned()
    }
    fn has(&self, path: &str) -> bool {
        self.0.files.lock().unwrap().contains_key(path)
    }
    fn write(&self, path: &str, bytes: &[u8], append: bool) -> Result<(), &'static str> {
        let mut files = self.0.files.lock().unwrap();
        if path.starts_with("/tmp/full") {
            return Err("No space left on device");
        }
        let file = files.entry(path.to_owned()).or_default();
        if !append {
            file.clear();
        }
        file.extend_from_slice(bytes);
        let keep = file.len().saturating_sub(128 * 1024);
        file.drain(..keep);
        Ok(())
    }
    fn remove(&self, path: &str) -> bool {
        self.0.files.lock().unwrap().remove(path).is_some()
    }
    fn below(&self, prefix: &str) -> Vec<String> {
        self.0.files.lock().unwrap().keys().filter(|path| path.starts_with(prefix)).cloned().collect()
    }
    fn fits(&self, path: &str) -> bool {
        path.len() <= 4096
    }
    fn time(&self, format: &str) -> Option<String> {
        Some(format.replace("%F", "2026-11-30").replace("%b %e %H:%M:%S", "Nov 30 22:50:28"))
    }
    fn address(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 0, 1, 5)
    }
    fn host_name(&self) -> String {
        "ip-10-0-1-5.ap-northeast-1.compute.internal".to_owned()
    }
    fn resolve(&self, _: &str, host: &str) -> Names {
        match host {
            "up" => Names::Found(vec![Ipv4Addr::new(10, 0, 2, 20)]),
            "down" => Names::Found(vec![Ipv4Addr::new(10, 0, 2, 21)]),
            _ => Names::Missing,
        }
    }
    fn connect(&self, address: Ipv4Addr, port: u16, _: Duration) -> Later<'_, Reach> {
        Box::pin(async move {
            match (address.octets()[3], port) {
                (20, 80) => Reach::Connected,
                (20, _) => Reach::Refused,
                _ => Reach::TimedOut,
            }
        })
    }
    fn fetch<'a>(&'a self, curl: &'a Curl) -> Later<'a, Told> {
        Box::pin(async move {
            self.0.log.lock().unwrap().push(format!("fetch {}", curl.url.text));
            let late = *self.0.waits.lock().unwrap() >= self.0.patience;
            match curl.url.host.as_str() {
                "up" => told(0, "page\n", ""),
                "late" if late => told(0, "late page\n", ""),
                host => {
                    let words = format!("curl: (6) Could not resolve host: {host}\n");
                    told(6, "", if curl.silent && !curl.show_error { "" } else { &words })
                }
            }
        })
    }
    fn install<'a>(&'a self, packages: &'a [String], _: bool) -> Later<'a, Told> {
        Box::pin(async move {
            self.0.packages.lock().unwrap().extend(packages.iter().cloned());
            told(0, "Complete!\n", "")
        })
    }
    fn has_package(&self, package: &str) -> bool {
        self.0.packages.lock().unwrap().iter().any(|it| it == package)
    }
    fn service<'a>(&'a self, verb: &'a str, unit: &'a str) -> Later<'a, Served> {
        Box::pin(async move {
            let mut running = self.0.running.lock().unwrap();
            match verb {
                "is-active" if running.contains(unit) => return Served::Done(0, "active\n".to_owned()),
                "is-active" => return Served::Done(3, "inactive\n".to_owned()),
                "stop" => {
                    running.remove(unit);
                }
                _ => {
                    running.insert(unit.to_owned());
                }
            }
            self.0.log.lock().unwrap().push(format!("{verb} {unit}"));
            Served::Done(0, String::new())
        })
    }
    fn serve_folder(&self, folder: &str, port: u16, log: Sink) -> bool {
        self.0.log.lock().unwrap().push(format!("serve {folder} {port} {log:?}"));
        true
    }
    fn follow(&self, path: &str, from_start: bool, console: bool) -> Vec<u8> {
        self.0.log.lock().unwrap().push(format!("follow {path} {from_start} {console}"));
        Vec::new()
    }
    fn takes(&self, _: usize) -> bool {
        true
    }
    fn next_call(&self) -> Later<'_, ()> {
        Box::pin(std::future::pending())
    }
    fn wait(&self, wait: Wait) -> Later<'_, ()> {
        Box::pin(async move {
            *self.0.waits.lock().unwrap() += 1;
            match wait {
                Wait::Rest(time) => tokio::time::sleep(time).await,
                // Nothing that waits so long ends in a test.
                Wait::Sleep(time) if time > Duration::from_hours(1) => std::future::pending().await,
                Wait::Jobs => {
                    let mut jobs = std::mem::take(&mut *self.0.jobs.lock().unwrap());
                    while jobs.join_next().await.is_some() {}
                }
                _ => tokio::task::yield_now().await,
            }
        })
    }
    fn spawn<'a>(&'a self, make: Box<dyn FnOnce(Arc<dyn World>) -> Job + Send + 'a>) -> Later<'a, ()> {
        let job = make(Arc::new(Self(Arc::clone(&self.0))));
        self.0.jobs.lock().unwrap().spawn(job);
        Box::pin(tokio::task::yield_now())
    }
    fn is_instant(&self) -> bool {
        false
    }
}

/// Runs user data to its end.
pub async fn run_in(paper: &Arc<Paper>, user_data: &str, restored: usize, results: Vec<(u8, String)>) {
    let script = BootScript::read(user_data);
    for line in &script.words {
        On(Arc::clone(paper)).note(line);
    }
    script.run(Arc::new(On(Arc::clone(paper))), restored, results, &|_, _| {}).await;
}

pub async fn printed(script: &str) -> String {
    let paper = Arc::new(Paper::default());
    run_in(&paper, &format!("#!/bin/bash\n{script}"), 0, Vec::new()).await;
    let console = paper.console.lock().unwrap();
    console.clone()
}
