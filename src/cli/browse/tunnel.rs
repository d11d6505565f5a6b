//! `pllab browse` on AWS: a tunnel through an EC2 Instance Connect Endpoint to the client's SSH port, or to a Windows
//! client's desktop, with the programs that a learner would run by hand.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::actions;
use crate::engine::event::{Answer, Choice, Question, QuestionId};
use crate::engine::{ClientLocation, Failure, Journal, RunError, RunLog, State, open_browse_route};
use crate::host::{Scratch, shell_word};
use crate::i18n::{Text, m};
use crate::lab::{Image, Loaded, Resource, ServedPage, Side};
use crate::preflight::machine::said;
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::interrupt::Interrupt;
use crate::session::sign_in::unreachable_target;
use crate::session::store::{Store, StoredRun};
use crate::session::target::Target;
use crate::session::trouble::{journal_trouble, stuck};

/// The preferred local port, easy to remember; used if it is free.
const USUAL_PORT: u16 = 8080;
/// The longest time until the tunnel must be up.
const PATIENCE: Duration = Duration::from_mins(1);

/// The preferred local port for Remote Desktop, which listens on 3389 at the client.
const DESKTOP_PORT: u16 = 13389;

/// A tunnel, which closes when this is dropped.
pub struct Tunnel {
    pub end: End,
    /// The command that does the same, for the learner.
    pub command: String,
    child: Child,
    /// The folder of the key, for SSH only.
    _key: Option<Scratch>,
}

/// Where a tunnel leads.
pub enum End {
    Page {
        /// The URL for a browser on this machine.
        url: String,
    },
    /// A Windows desktop, whose browser can open the page.
    Desktop {
        /// The address for Remote Desktop.
        address: String,
        /// The page's URL for the browser on that desktop.
        page: String,
        /// The command that prints the password.
        password: String,
    },
}

impl Tunnel {
    /// Ends the tunnel, and waits until it has ended.
    pub async fn close(mut self) {
        // Fails if it has ended already.
        let _ = self.child.kill().await;
    }

    pub async fn ended(&mut self) {
        let _ = self.child.wait().await;
    }
}

/// The client's subnet, group and VPC, by their names in the lab, and its image.
fn client_location(loaded: &Loaded, client: &str) -> Option<(ClientLocation, Image)> {
    let made = || loaded.lab.steps.iter().flat_map(|step| step.makes.iter().map(move |it| (step, it)));
    let (step, instance) = made().find_map(|(step, it)| match it {
        Resource::Instance(it) if it.name == client => Some((step, it)),
        _ => None,
    })?;
    let vpc = made().find_map(|(_, it)| match it {
        Resource::Subnet(it) if it.name == instance.subnet => Some(it.vpc.clone()),
        _ => None,
    })?;
    let port = if instance.image == Image::WindowsServer2022 { 3389 } else { 22 };
    let client_location = ClientLocation {
        step: step.id.clone(),
        side: step.side,
        vpc,
        subnet: instance.subnet.clone(),
        group: instance.group.clone(),
        port,
    };
    Some((client_location, instance.image))
}

/// Everything needed to make and use the route.
pub struct BrowseRoute<'w> {
    pub store: &'w Store,
    pub found: &'w StoredRun,
    pub loaded: &'w Loaded,
    pub target: &'w Target,
    /// What the client requests.
    pub page: &'w ServedPage,
    /// The client's instance id.
    pub id: &'w str,
    /// The endpoint's DNS name.
    pub dns: &'w str,
}

impl BrowseRoute<'_> {
    /// Makes the route if it does not exist, and opens a tunnel through it.
    pub async fn tunnel(&self, context: &mut Context, interrupt: &Interrupt, yes: bool) -> Result<Tunnel, Failed> {
        let Self { found, id, dns, .. } = self;
        let Some((to, image)) = client_location(self.loaded, &self.page.client) else {
            let next = format!("pllab resume {}", shell_word(&found.id()));
            return Err(Failed::new(Code::NotMet, m::cli_browse_nothing(), Vec::new(), &[&next]));
        };
        let own = found.state.consumer_profile.as_ref().filter(|_| to.side == Side::Consumer);
        let profile = own.or(found.state.profile.as_ref());
        // These come from a journal or an endpoint, and end up in commands that run on this machine.
        if let Some(odd) = [*id, *dns, found.state.region.as_str()].into_iter().find(|it| !is_plain(it)) {
            return Err(Failed::new(Code::Refused, m::tunnel_odd(odd), Vec::new(), &["pllab status"]));
        }
        let mut flags = vec!["--region".to_owned(), found.state.region.clone()];
        flags.extend(profile.iter().flat_map(|profile| ["--profile".to_owned(), (*profile).clone()]));
        let shown = flags.iter().map(|flag| shell_word(flag)).collect::<Vec<_>>().join(" ");
        let desktop = image == Image::WindowsServer2022;
        let port = free_port(if desktop { DESKTOP_PORT } else { USUAL_PORT })
            .map_err(|error| Failed::io("127.0.0.1", &error))?;
        let command = if desktop {
            format!(
                "aws ec2-instance-connect open-tunnel --instance-id {id} --remote-port {} --local-port {port} {shown}",
                to.port
            )
        } else {
            format!(
                "aws ec2-instance-connect ssh --instance-id {id} --os-user ec2-user --connection-type eice \
                 --local-forwarding {port}:{dns}:{} {shown}",
                self.page.port
            )
        };
        tools(&command, desktop).await?;
        if missing(&found.state, &to) {
            self.make(context, interrupt, &to, yes).await?;
        }
        if desktop {
            let password = format!("aws ec2 get-password-data --instance-id {id} --priv-launch-key KEY.pem {shown}");
            let page = self.page.url(dns);
            let end = End::Desktop { address: format!("localhost:{port}"), page, password };
            let mut aws = Command::new("aws");
            let (to, here) = (to.port.to_string(), port.to_string());
            aws.args(["ec2-instance-connect", "open-tunnel", "--instance-id", id, "--remote-port", &to])
                .args(["--local-port", &here])
                .args(&flags);
            return Ok(Tunnel { end, child: stands(&mut aws, port, &command).await?, command, _key: None });
        }
        let words = Words { id, dns, to: self.page.port, port, flags: &flags };
        let (child, key) = dig(&words, &command).await?;
        Ok(Tunnel {
            end: End::Page { url: format!("{}://127.0.0.1:{port}/", self.page.scheme()) },
            command,
            child,
            _key: Some(key),
        })
    }

    /// Makes the route, if the learner agrees.
    async fn make(
        &self,
        context: &mut Context,
        interrupt: &Interrupt,
        to: &ClientLocation,
        yes: bool,
    ) -> Result<(), Failed> {
        let Self { store, found, target, .. } = self;
        let run = found.id();
        // Only one process at a time writes the journal, so a session that waits at a question must end first.
        let _lock = store.lock()?;
        let screen = context.screen(yes);
        let question = Question {
            id: QuestionId::Tunnel,
            prompt: m::tunnel_ask(to.port),
            choices: vec![
                Choice { answer: Answer::Go, label: m::tunnel_go() },
                Choice { answer: Answer::Leave, label: m::cli_clean_leave() },
            ],
            default: Answer::Go,
        };
        match tokio::task::block_in_place(|| screen.ask(&question)) {
            Ok(Answer::Go) => {}
            Ok(_) => return Err(Failed { report: None, code: Code::NotMet }),
            Err(error) => {
                return Err(Failed::unanswered(error, &format!("pllab browse --yes {}", shell_word(&run))));
            }
        }
        let (journal, entries, _) = Journal::open(&found.folder, context.host.after_line.clone(), false)
            .map_err(|error| journal_trouble(&error, &run))?;
        let state = State::replay(&entries);
        let core = RunLog::new(Some(journal), state, context.host.clock.clone(), screen, target.accounts.clone());
        let mut seen = interrupt.seen.clone();
        let made = tokio::select! {
            biased;
            Ok(_) = seen.wait_for(|it| *it) => {
                core.close();
                return Err(Failed { report: None, code: Code::Interrupted });
            }
            made = open_browse_route(&core, &target.clouds, target.patience, to) => made,
        };
        made.map_err(|failure| match failure {
            Failure::Journal(error) => stuck(&RunError::Journal(error), &run),
            Failure::Fault(fault) | Failure::Unsaid(fault) => {
                let mut failed = unreachable_target(&found.state.target, Some(&fault));
                if let Some(report) = failed.report.as_mut() {
                    report.title = m::tunnel_not_made();
                }
                failed
            }
        })
    }
}

/// Checks that the required programs are installed.
async fn tools(command: &str, desktop: bool) -> Result<(), Failed> {
    let mut details = Vec::new();
    if said("aws", "--version").await.is_none_or(|version| !version.starts_with("aws-cli/2.")) {
        details.push(m::doctor_aws_cli_todo());
    }
    for (program, flag) in [("ssh", "-V"), ("ssh-keygen", "-?")] {
        if !desktop && said(program, flag).await.is_none() {
            details.push(m::doctor_ssh_todo());
            break;
        }
    }
    if details.is_empty() {
        return Ok(());
    }
    details.push(m::tunnel_by_hand());
    Err(Failed::new(Code::NotMet, m::tunnel_tools(), details, &[command, "pllab doctor"]))
}

/// Whether an id, a host name or a region is plain: it begins with a letter or digit and has no character that is
/// special to a shell or a program.
fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.len() <= 255 && text.chars().all(plain)
}

/// Whether a resource of the route is missing.
fn missing(state: &State, to: &ClientLocation) -> bool {
    let making = actions::Naming { run: &state.run, lab: &state.lab, learner: &state.learner, round: 0 };
    let existing = state.existing();
    actions::browse_resources(&to.vpc, &to.subnet, &to.group, to.port, &making)
        .iter()
        .any(|it| !existing.contains_key(it.name))
}

/// The parts of the commands.
struct Words<'w> {
    id: &'w str,
    dns: &'w str,
    /// The endpoint's port.
    to: u16,
    /// The port on this machine.
    port: u16,
    flags: &'w [String],
}

/// Sends a key and opens a tunnel with it. The key is made for this tunnel and deleted with it; AWS accepts it for 60
/// seconds (API:SendSSHPublicKey). The host's key cannot be known in advance: the instance is new, and IAM has
/// authorized the connection.
async fn dig(words: &Words<'_>, command: &str) -> Result<(Child, Scratch), Failed> {
    let Words { id, dns, to, port, flags } = words;
    let folder = Scratch::new().map_err(|error| Failed::io(Scratch::parent(), &error))?;
    let key = folder.path().join("key");
    call(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "pllab", "-f"]).arg(&key), command)
        .await?;
    let public = format!("file://{}", key.with_extension("pub").display());
    let mut send = Command::new("aws");
    send.args(["ec2-instance-connect", "send-ssh-public-key", "--instance-id", id, "--instance-os-user", "ec2-user"]);
    call(send.args(["--ssh-public-key", &public]).args(*flags), command).await?;
    let mut ssh = Command::new("ssh");
    ssh.args(["-N", "-L", &format!("127.0.0.1:{port}:{dns}:{to}"), "-i"]).arg(&key);
    ssh.args(options(folder.path(), id, flags)).arg(format!("ec2-user@{id}"));
    let child = stands(&mut ssh, *port, command).await?;
    Ok((child, folder))
}

/// Starts the program that holds a tunnel, and waits until the tunnel's local end accepts connections.
async fn stands(program: &mut Command, port: u16, command: &str) -> Result<Child, Failed> {
    program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = program.spawn().map_err(|error| failed(&Text::literal(error.to_string()), command))?;
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return Ok(child);
        }
        if let Ok(Some(_)) = child.try_wait() {
            let mut said = String::new();
            if let Some(mut stderr) = child.stderr.take() {
                let _ = stderr.read_to_string(&mut said).await;
            }
            return Err(failed(&Text::literal(said.trim()), command));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(failed(&m::tunnel_slow(PATIENCE.as_secs()), command))
}

fn options(folder: &Path, id: &str, flags: &[String]) -> Vec<String> {
    let known = folder.join("known_hosts").display().to_string();
    // A shell runs this, and ssh expands per cent signs.
    let flags = flags.iter().map(|flag| shell_word(&flag.replace('%', "%%"))).collect::<Vec<_>>().join(" ");
    let proxy = format!("ProxyCommand=aws ec2-instance-connect open-tunnel --instance-id {id} {flags}");
    let options = [
        "IdentitiesOnly=yes".to_owned(),
        "BatchMode=yes".to_owned(),
        "StrictHostKeyChecking=no".to_owned(),
        format!("UserKnownHostsFile={known}"),
        "ExitOnForwardFailure=yes".to_owned(),
        "ServerAliveInterval=5".to_owned(),
        "LogLevel=ERROR".to_owned(),
        proxy,
    ];
    options.into_iter().flat_map(|option| ["-o".to_owned(), option]).collect()
}

/// Runs a program to its end.
async fn call(program: &mut Command, command: &str) -> Result<(), Failed> {
    let output = program.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output = output.map_err(|error| failed(&Text::literal(error.to_string()), command))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(failed(&Text::literal(said), command))
}

fn failed(why: &Text, command: &str) -> Failed {
    Failed::new(Code::Unreachable, m::tunnel_broken(), vec![why.clone(), m::tunnel_by_hand()], &[command])
}

/// The usual port, or another if that one is taken.
fn free_port(usual: u16) -> std::io::Result<u16> {
    let usual = TcpListener::bind(("127.0.0.1", usual)).or_else(|_| TcpListener::bind(("127.0.0.1", 0)))?;
    Ok(usual.local_addr()?.port())
}
