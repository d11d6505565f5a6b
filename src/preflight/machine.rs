//! This machine: where runs are kept, what the sandbox listens on, and the programs that `browse` calls.

use std::net::TcpListener;
use std::process::Stdio;

use tokio::process::Command;

use super::row::Row;
use crate::host::{Host, create_private_dir};
use crate::i18n::{Text, m};
use crate::sandbox::keeper::{Lack, lacks};
use crate::session::nginx;
use crate::session::store::Store;

pub async fn rows(host: &Host, store: &Store) -> Vec<Row> {
    let folder = store.root.display().to_string();
    let records = match create_private_dir(&store.root).and_then(|()| tempfile::tempfile_in(&store.root).map(drop)) {
        Ok(()) => Row::ok("records", m::doctor_records(), Text::literal(folder)),
        Err(error) => Row::problem(
            "records",
            m::doctor_records(),
            Text::literal(error.to_string()),
            m::doctor_records_todo(folder),
        ),
    };
    let loopback = match TcpListener::bind("127.0.0.1:0") {
        Ok(_) => Row::ok("loopback", m::doctor_loopback(), Text::literal("127.0.0.1")),
        Err(error) => {
            Row::problem("loopback", m::doctor_loopback(), Text::literal(error.to_string()), m::doctor_loopback_todo())
        }
    };
    vec![records, loopback, web_server(host).await, aws_cli().await, ssh().await]
}

/// Which web server the sandbox's instances run, and how it is confined.
async fn web_server(host: &Host) -> Row {
    let what = m::doctor_web_server();
    let version = match nginx::installed(host, false) {
        Some(program) => said(&program.to_string_lossy(), "-v").await,
        None => None,
    };
    let Some(version) = version else { return Row::ok("web_server", what, m::doctor_web_server_builtin()).optional() };
    let version = version.trim_start_matches("nginx version: ").to_owned();
    let lacks: Vec<&str> = lacks().into_iter().map(Lack::name).collect();
    if lacks.is_empty() {
        return Row::ok("web_server", what, m::doctor_web_server_walled(version)).optional();
    }
    let seen = m::DoctorWebServerOpen { lacks: lacks.join(", "), version }.text();
    Row::problem("web_server", what, seen, m::doctor_web_server_todo()).optional()
}

/// Version 1 of the AWS CLI has no `ec2-instance-connect ssh`.
async fn aws_cli() -> Row {
    let what = m::doctor_aws_cli();
    let row = match said("aws", "--version").await {
        Some(version) if version.starts_with("aws-cli/2.") => {
            let version = version.split_whitespace().next().unwrap_or_default().to_owned();
            return Row::ok("aws_cli", what, Text::literal(version)).optional();
        }
        Some(version) => {
            let version = version.split_whitespace().next().unwrap_or_default().to_owned();
            Row::problem("aws_cli", what, Text::literal(version), m::doctor_aws_cli_todo())
        }
        None => Row::problem("aws_cli", what, m::doctor_not_found(), m::doctor_aws_cli_todo()),
    };
    row.optional()
}

async fn ssh() -> Row {
    let what = m::doctor_ssh();
    match said("ssh", "-V").await {
        Some(version) => Row::ok("ssh", what, Text::literal(version)),
        None => Row::problem("ssh", what, m::doctor_not_found(), m::doctor_ssh_todo()),
    }
    .optional()
}

/// The first line that a program prints about itself; `None` if there is no such program.
pub async fn said(program: &str, flag: &str) -> Option<String> {
    let output = Command::new(program).arg(flag).stdin(Stdio::null()).kill_on_drop(true).output();
    let output = tokio::time::timeout(std::time::Duration::from_secs(10), output).await.ok()?.ok()?;
    // OpenSSH prints its version to standard error.
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    Some(String::from_utf8_lossy(&text).lines().next().unwrap_or_default().trim().to_owned())
}
