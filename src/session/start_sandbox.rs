//! Starts a sandbox in this process, and leaves its note.

use std::path::Path;

use super::exit::{Code, Failed};
use super::limits::Limits;
use super::nginx::Wish;
use super::sandbox_note::{PlacedNote, SandboxNote};
use crate::host::{Host, create_private_dir};
use crate::i18n::{Text, m};
use crate::sandbox::{FaultRule, Options, Pace, Sandbox, StartError};

pub struct Conditions {
    /// The port of its API; any free one if `None`.
    pub port: Option<u16>,
    /// Planned faults.
    pub faults: Vec<FaultRule>,
    /// What its accounts may hold, and how fast they may call.
    pub limits: Limits,
    /// The web server of its instances.
    pub nginx: Wish,
}

/// Starts a sandbox in `folder` and leaves its note there.
pub async fn open(
    host: &Host,
    folder: &Path,
    region: &str,
    pace: Pace,
    conditions: Conditions,
) -> Result<(Sandbox, SandboxNote, PlacedNote), Failed> {
    let Conditions { port, faults, limits, nginx } = conditions;
    create_private_dir(folder).map_err(|error| Failed::io(folder, &error))?;
    let nginx = nginx.program(host, folder);
    let options = Options {
        folder: folder.to_owned(),
        pace,
        region: region.to_owned(),
        port,
        clock: host.clock.clone(),
        random: host.random.clone(),
        keys: None,
        quotas: limits.quotas,
        throttle: limits.throttle,
        faults,
    };
    let sandbox = Sandbox::start_with_nginx(options, nginx.clone(), host.program.clone())
        .await
        .map_err(|error| start_trouble(&error))?;
    let live = SandboxNote::of(&sandbox, region, pace, nginx.is_some());
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
        StartError::Listen { source } => Failed::new(
            Code::Unreachable,
            m::cli_cannot_listen(),
            vec![Text::literal(source.to_string())],
            &["pllab doctor"],
        ),
        StartError::Region { region } => {
            Failed::new(Code::Usage, m::cli_bad_region(region), Vec::new(), &["pllab start --region ap-northeast-1"])
        }
        StartError::NoLocks { path } => Failed::no_locks(path),
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
