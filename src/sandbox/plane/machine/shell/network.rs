//! Commands that use the network: `curl`, `wget`, `nc` and those that ask the name server.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::super::curl_args::{self, Curl};
use super::outcome::{Halt, Outcome};
use super::state::Shell;
use super::world::{Later, Names, Reach, Told, Wait};

/// The metadata service, which is not modelled.
pub const METADATA: &str = "169.254.169.254";
/// How long Ncat tries to connect if it is given no limit.
const NCAT_PATIENCE: Duration = Duration::from_secs(10);
/// How long the kernel tries to connect.
const KERNEL_PATIENCE: Duration = Duration::from_secs(130);
/// How often anything is tried again.
const MOST_RETRIES: u32 = 1000;

impl Shell {
    /// Runs `curl`, and tries again as it is told to.
    pub fn curl<'a>(&'a mut self, words: &'a [String]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let (mut rest, mut retries, mut delay, mut refused) = (Vec::new(), 0_u32, None, false);
            let mut given = words.iter();
            while let Some(word) = given.next() {
                let (name, inline) =
                    word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
                match name {
                    "--retry" | "--retry-delay" => {
                        let value = inline.or_else(|| given.next().map(String::as_str)).ok_or(Halt::Unknown)?;
                        let number: u32 = value.parse().map_err(|_| Halt::Unknown)?;
                        if name == "--retry" {
                            retries = number.min(MOST_RETRIES);
                        } else {
                            delay = Some(number).filter(|it| *it > 0);
                        }
                    }
                    "--retry-connrefused" | "--retry-all-errors" => refused = true,
                    _ => rest.push(word.clone()),
                }
            }
            let curl = curl_args::parse(&rest).ok_or(Halt::Unknown)?;
            if curl.url.host == METADATA || self.is_unsure_of(&curl.url.host) {
                return Err(Halt::Unknown);
            }
            let mut told;
            let mut wait = 1_u32;
            let mut tried = 0;
            loop {
                let world = std::sync::Arc::clone(&self.world);
                told = self.outside(world.fetch(&curl)).await;
                let again = matches!(told.code, 28 | 5 | 6) || (refused && told.code == 7);
                if !again || tried >= retries {
                    break;
                }
                tried += 1;
                let seconds = delay.unwrap_or(wait);
                wait = wait.saturating_mul(2).min(600);
                if !curl.silent {
                    let (plural, left) = (if seconds == 1 { "" } else { "s" }, retries - tried + 1);
                    let many = if left == 1 { "y" } else { "ies" };
                    let why = match told.code {
                        28 => "Problem: timeout.",
                        7 => "Problem: connection refused.",
                        _ => "Problem: transient host resolution failure.",
                    };
                    self.error(&format!(
                        "Warning: {why} Will retry in {seconds} second{plural}. {left} retr{many} left.\n"
                    ))?;
                }
                if !self.quiet {
                    self.world.wait(Wait::Sleep(Duration::from_secs(u64::from(seconds)))).await;
                }
            }
            self.fetched(&curl, &told)
        })
    }

    /// Whether it is not known what answers at a host, because it is this instance and a service is not known.
    fn is_unsure_of(&self, host: &str) -> bool {
        let own = || host == "localhost" || host.starts_with("127.") || host == self.world.address().to_string();
        self.common.is_any_unsure() && (own() || self.world.host_name().split('.').next() == host.split('.').next())
    }

    fn fetched(&mut self, curl: &Curl, told: &Told) -> Result<Outcome, Halt> {
        let _held = self.meter.hold(told.out.len())?;
        let mut outcome = match curl.output.as_deref() {
            Some("/dev/null" | "NUL") => Outcome::WELL,
            Some(path) if path != "-" => {
                let path = self.absolute(path)?;
                let file = super::sinks::Out::file(path, false);
                if told.code == 0 || !told.out.is_empty() { self.put(&file, &told.out)? } else { Outcome::WELL }
            }
            _ => self.print(&told.out)?,
        };
        let err = self.sinks.err.clone();
        self.put(&err, &told.err)?;
        self.print(&told.written)?;
        if told.code != 0 {
            outcome = Outcome::Status(told.code);
        }
        Ok(outcome)
    }

    pub fn wget<'a>(&'a mut self, words: &'a [String]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let (mut quiet, mut output, mut url, mut spider) = (false, None, None, false);
            let mut args = vec!["-sS".to_owned(), "-f".to_owned()];
            let mut given = words.iter();
            while let Some(word) = given.next() {
                match word.as_str() {
                    "-q" | "--quiet" => quiet = true,
                    "-O" | "-qO" => {
                        quiet |= word == "-qO";
                        output = Some(given.next().ok_or(Halt::Unknown)?.clone());
                    }
                    "-qO-" | "-O-" => {
                        quiet |= word == "-qO-";
                        output = Some("-".to_owned());
                    }
                    "-T" | "--timeout" => args.extend(["-m".to_owned(), given.next().ok_or(Halt::Unknown)?.clone()]),
                    "-t" | "--tries" => {
                        // Tries that fail are made at once here, and end the same.
                        given.next();
                    }
                    "--spider" => spider = true,
                    other => {
                        if let Some(time) = other.strip_prefix("--timeout=") {
                            args.extend(["-m".to_owned(), time.to_owned()]);
                        } else if other.starts_with("--tries=") {
                        } else if other.starts_with('-') || url.replace(other.to_owned()).is_some() {
                            return Err(Halt::Unknown);
                        }
                    }
                }
            }
            let url = url.ok_or(Halt::Unknown)?;
            // What it says when it is not quiet is a page of its own, with sizes and speeds.
            if !quiet || url.contains(METADATA) {
                return Err(Halt::Unknown);
            }
            let path = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            let name = path.split_once('/').and_then(|(_, path)| path.rsplit('/').next()).filter(|it| !it.is_empty());
            let output = output.unwrap_or_else(|| name.unwrap_or("index.html").to_owned());
            args.push(url);
            let mut curl = curl_args::parse(&args).ok_or(Halt::Unknown)?;
            if self.is_unsure_of(&curl.url.host) {
                return Err(Halt::Unknown);
            }
            curl.output = Some(if spider { "/dev/null".to_owned() } else { output });
            let world = std::sync::Arc::clone(&self.world);
            let mut told = self.outside(world.fetch(&curl)).await;
            told.err.clear();
            told.code = match told.code {
                0 => 0,
                22 => 8,
                35 => 5,
                _ => 4,
            };
            self.fetched(&curl, &told)
        })
    }

    /// `nc -z HOST PORT`, as Ncat.
    pub fn ncat<'a>(&'a mut self, words: &'a [&'a str]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let (mut zero, mut verbose, mut limit) = (false, false, NCAT_PATIENCE);
            let mut plain = Vec::new();
            let mut words = words.iter();
            while let Some(word) = words.next() {
                let Some(flags) = word.strip_prefix('-').filter(|it| !it.is_empty() && !it.starts_with('-')) else {
                    plain.push(*word);
                    continue;
                };
                for (at, flag) in flags.char_indices() {
                    match flag {
                        'z' => zero = true,
                        'v' => verbose = true,
                        'n' | '4' => {}
                        'w' => {
                            let glued = flags.get(at + 1..).unwrap_or_default();
                            let value =
                                if glued.is_empty() { words.next().copied().unwrap_or_default() } else { glued };
                            let seconds: f64 = value.trim_end_matches('s').parse().map_err(|_| Halt::Unknown)?;
                            limit = Duration::try_from_secs_f64(seconds)
                                .map_err(|_| Halt::Unknown)?
                                .min(Duration::from_hours(24));
                            break;
                        }
                        _ => return Err(Halt::Unknown),
                    }
                }
            }
            let [host, port] = plain.as_slice() else { return Err(Halt::Unknown) };
            let port: u16 = port.parse().map_err(|_| Halt::Unknown)?;
            if !zero || self.is_unsure_of(host) {
                return Err(Halt::Unknown);
            }
            if verbose {
                self.error("Ncat: Version 7.93 ( https://nmap.org/ncat )\n")?;
            }
            let told = self.reach("ncat", host, port, limit).await;
            let text = match told.code {
                0 => {
                    let address = String::from_utf8_lossy(&told.out).into_owned();
                    format!(
                        "Ncat: Connected to {address}:{port}.\nNcat: 0 bytes sent, 0 bytes received in 0.01 seconds.\n"
                    )
                }
                1 => "Ncat: Connection refused.\n".to_owned(),
                2 => "Ncat: TIMEOUT.\n".to_owned(),
                _ => {
                    let host = super::state::shortened(host);
                    let text =
                        format!("Ncat: Could not resolve hostname \"{host}\": Name or service not known. QUITTING.\n");
                    self.error(&text)?;
                    return Ok(Outcome::Status(2));
                }
            };
            if verbose {
                self.error(&text)?;
            }
            Ok(Outcome::of(told.code == 0))
        })
    }

    /// Connects to a host. The code is 0, 1 if it refuses, 2 if nothing answers, 3 if there is no such name.
    fn reach<'a>(&'a mut self, program: &'a str, host: &'a str, port: u16, limit: Duration) -> Later<'a, Told> {
        Box::pin(async move {
            let world = std::sync::Arc::clone(&self.world);
            let (program, host) = (program.to_owned(), host.to_owned());
            let asked = async move {
                let addresses = match host.as_str() {
                    "localhost" => Names::Found(vec![Ipv4Addr::LOCALHOST]),
                    host => world.resolve(&program, host),
                };
                let Names::Found(addresses) = addresses else { return Told { code: 3, ..Told::default() } };
                let Some(address) = addresses.first() else { return Told { code: 3, ..Told::default() } };
                let code = match world.connect(*address, port, limit).await {
                    Reach::Connected => 0,
                    Reach::Refused => 1,
                    Reach::TimedOut => 2,
                };
                Told { code, out: address.to_string().into_bytes(), ..Told::default() }
            };
            self.outside(asked).await
        })
    }

    /// Opens `/dev/tcp/HOST/PORT`. Returns how that failed.
    pub fn connect_path<'a>(&'a mut self, path: &'a str) -> Later<'a, Result<Option<Outcome>, Halt>> {
        Box::pin(async move {
            let mut parts = path.split('/').skip(2);
            let (Some("tcp"), Some(host), Some(port), None) = (parts.next(), parts.next(), parts.next(), parts.next())
            else {
                return Err(Halt::Unknown);
            };
            let number: u16 = port.parse().map_err(|_| Halt::Unknown)?;
            if self.is_unsure_of(host) {
                return Err(Halt::Unknown);
            }
            let host = super::state::shortened(host);
            let told = self.reach("bash", &host, number, KERNEL_PATIENCE).await;
            let words = match told.code {
                0 => return Ok(None),
                1 => "Connection refused",
                2 => "Connection timed out",
                _ => {
                    self.complain(&format!("{host}: Name or service not known"))?;
                    return self.complain(&format!("/dev/tcp/{host}/{port}: Invalid argument")).map(Some);
                }
            };
            self.complain(&format!("connect: {words}"))?;
            self.complain(&format!("/dev/tcp/{host}/{port}: {words}")).map(Some)
        })
    }

    /// `getent hosts`, `dig +short`, `host` and `nslookup`.
    pub fn look_up<'a>(&'a mut self, name: &'a str, words: &'a [&'a str]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            let host = match (name, words) {
                ("getent", ["hosts", host]) | ("host" | "nslookup", [host]) => *host,
                ("dig", _) if words.contains(&"+short") => {
                    let plain: Vec<&str> =
                        words.iter().copied().filter(|it| !it.starts_with('+') && !matches!(*it, "A" | "a")).collect();
                    let [host] = plain.as_slice() else { return Err(Halt::Unknown) };
                    *host
                }
                _ => return Err(Halt::Unknown),
            };
            if host.starts_with(['-', '@']) {
                return Err(Halt::Unknown);
            }
            // The name server's own address is a part of what nslookup says, and not modelled.
            if name == "nslookup" && !matches!(self.sinks.out, super::sinks::Out::Null) {
                return Err(Halt::Unknown);
            }
            let (world, program, wanted) = (std::sync::Arc::clone(&self.world), name.to_owned(), host.to_owned());
            let told = self
                .outside(async move {
                    match world.resolve(&program, &wanted) {
                        Names::Found(list) => {
                            let text: Vec<String> = list.iter().map(Ipv4Addr::to_string).collect();
                            Told { out: text.join("\n").into_bytes(), ..Told::default() }
                        }
                        Names::Missing => Told { code: 1, ..Told::default() },
                        Names::Silent => Told { code: 2, ..Told::default() },
                    }
                })
                .await;
            let list = String::from_utf8_lossy(&told.out).into_owned();
            let host = super::state::shortened(host);
            let (text, code) = match (name, told.code) {
                ("getent", 0) => (each(&list, &|it| format!("{it:<15} {host}\n")), 0),
                ("getent", _) => (String::new(), 2),
                ("dig", 0) => (list + "\n", 0),
                ("dig", 1) => (String::new(), 0),
                // Its words name the server, which is not modelled.
                ("dig", _) => return Err(Halt::Unknown),
                ("host", 0) => (each(&list, &|it| format!("{host} has address {it}\n")), 0),
                ("host", 1) => (format!("Host {host} not found: 3(NXDOMAIN)\n"), 1),
                ("host", _) => (";; connection timed out; no servers could be reached\n".to_owned(), 1),
                (_, 0) => (String::new(), 0),
                _ => (String::new(), 1),
            };
            self.print(text.as_bytes())?;
            Ok(Outcome::Status(code))
        })
    }
}

fn each(list: &str, line: &dyn Fn(&str) -> String) -> String {
    list.lines().map(line).collect::<Vec<_>>().concat()
}
