//! `pllab sandbox`: the sandbox alone, with the exports for the aws CLI and SDKs.

use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;

use super::flags::{PaceArg, ThrottleArg, key_value};
use crate::i18n::{Lang, m};
use crate::sandbox::{Throttle, differences, of_this_machine};
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::faults;
use crate::session::limits::{self, Limits};
use crate::session::nginx::Wish;
use crate::session::sandbox_note::SandboxNote;
use crate::session::shell_exports;
use crate::session::start_sandbox::{self, Conditions};
use crate::ui::wrap;

/// The verb's arguments.
#[derive(Debug, Args)]
pub(super) struct Sandbox {
    #[arg(long)]
    pub differences: bool,
    #[arg(long = "fault", value_name = "FAULT")]
    pub fault: Vec<String>,
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    #[arg(long = "quota", value_name = "CODE=N", value_parser = key_value)]
    pub quota: Vec<(String, String)>,
    #[arg(long, value_enum, default_value_t = ThrottleArg::Off)]
    pub throttle: ThrottleArg,
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    #[arg(long, value_name = "REGION", default_value = "ap-northeast-1")]
    pub region: String,
    #[arg(long, value_enum)]
    pub pace: Option<PaceArg>,
}

/// The width of a comment among the settings, in cells: with its `# ` it fits on a line of the usual terminal.
const COMMENT: usize = 76;

/// Runs the sandbox until Ctrl-C. If one is running already, says where.
pub(super) async fn sandbox(context: &mut Context, args: Sandbox) -> Result<Code, Failed> {
    if args.differences {
        list(context)?;
    } else {
        serve(context, &args).await?;
    }
    Ok(Code::Met)
}

async fn serve(context: &mut Context, args: &Sandbox) -> Result<(), Failed> {
    let plan = faults::plan(&context.host, &args.fault, args.faults.as_deref())?;
    let throttle = if args.throttle == ThrottleArg::Aws { Throttle::Aws } else { Throttle::Off };
    let limits = limits::read(&args.quota, throttle)?;
    let store = context.store()?;
    // Prefer the latest open run's own sandbox, because the learner wants to look into its world.
    let run = store.find(None, |state| !state.cleaned && state.target == "sandbox").ok();
    let own = run.as_ref().map(|run| run.folder.join("sandbox")).filter(|folder| folder.is_dir());
    let shared = store.sandbox();
    for folder in own.iter().chain([&shared]) {
        if let Some(live) = SandboxNote::find(folder).await {
            if !plan.is_empty() {
                return Err(faults::too_late(live.pid));
            }
            if limits != Limits::default() {
                return Err(limits::too_late(live.pid));
            }
            return announce(context, &live, false);
        }
    }
    let pace = args.pace.map(PaceArg::pace).or_else(|| run.as_ref()?.state.pace.as_deref()?.parse().ok());
    let folder = own.unwrap_or(shared);
    let conditions = Conditions { port: args.port, faults: plan, limits, nginx: Wish::of_learner(context) };
    let mut interrupt = context.interrupt.listen();
    let (sandbox, live, note) =
        start_sandbox::open(&context.host, &folder, &args.region, pace.unwrap_or_default(), conditions).await?;
    announce(context, &live, true)?;
    tokio::select! {
        () = interrupt.wait() => {}
        limit = sandbox.short_of_files() => {
            context.note(&m::cli_sandbox_short_of_files(i64::try_from(limit).unwrap_or(i64::MAX)));
            interrupt.wait().await;
        }
    }
    sandbox.stop().await;
    drop(note);
    Ok(())
}

fn announce(context: &mut Context, live: &SandboxNote, ours: bool) -> Result<(), Failed> {
    if context.json() {
        let ready = json!({
            "event": "sandbox_ready", "endpoint_url": live.endpoint_url, "region": live.region, "accounts": live.accounts,
        });
        return context.print_json(&ready);
    }
    let lang = context.lang;
    let mut text = String::new();
    // If a terminal wrapped a comment, its second line would not be a comment when pasted.
    let room = if context.sheet().pretty { COMMENT } else { usize::MAX };
    let comment =
        |words: String| wrap(&words, room).lines().map(|line| ["# ", line, "\n"].concat()).collect::<String>();
    let what = if ours { m::cli_sandbox_ready() } else { m::cli_sandbox_found(live.pid) };
    text.push_str(&comment(what.render(lang)));
    if let Some(account) = live.accounts.first() {
        for line in shell_exports::of_sandbox(live, account) {
            let _ = writeln!(text, "{line}");
        }
    }
    for account in live.accounts.iter().skip(1) {
        text.push_str(&comment(
            m::CliSandboxAccount { id: &account.account_id, name: &account.name }.text().render(lang),
        ));
        let _ = writeln!(text, "# export AWS_ACCESS_KEY_ID={}", account.access_key_id);
        let _ = writeln!(text, "# export AWS_SECRET_ACCESS_KEY={}", account.secret_access_key);
    }
    if ours {
        text.push_str(&comment(m::cli_sandbox_stay().render(lang)));
    }
    context.print(&text)
}

fn list(context: &mut Context) -> Result<(), Failed> {
    for difference in differences().iter().chain(of_this_machine()) {
        let words = if context.lang == Lang::Ja { difference.ja } else { difference.en };
        let text = if context.json() {
            format!("{}\n", json!({ "difference": difference.id, "ja": difference.ja, "en": difference.en }))
        } else {
            crate::ui::markdown(&format!("- `{}` {words}", difference.id), context.sheet())
        };
        context.print(&text)?;
    }
    Ok(())
}
