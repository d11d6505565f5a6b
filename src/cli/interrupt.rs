//! Ctrl-C, and being asked to end: the first time orderly, the second time at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::exit::Code;

/// How long the orderly end may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the rest of the program looks at.
#[derive(Clone)]
pub(super) struct Interrupt {
    /// Turns true at the first.
    pub seen: watch::Receiver<bool>,
    /// The same, for who cannot wait.
    pub flag: Arc<AtomicBool>,
    /// Whether what is under way must come to its end, however long that takes. A second Ctrl-C ends it all the same.
    mending: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on. Once it does, Ctrl-C no longer ends the process by itself.
    pub fn listen() -> Self {
        let (tell, seen) = watch::channel(false);
        let flag = Arc::new(AtomicBool::new(false));
        let mending = Arc::new(AtomicBool::new(false));
        let (raised, busy) = (Arc::clone(&flag), Arc::clone(&mending));
        let listening = async move {
            wait().await;
            raised.store(true, Ordering::SeqCst);
            tell.send_replace(true);
            // A prompt whose terminal has hung up never returns, and a person who asks twice wants out now.
            tokio::select! {
                () = wait() => {}
                () = patience(&busy) => {}
            }
            leave();
        };
        match signals() {
            Some(signals) => signals.spawn(listening),
            None => tokio::spawn(listening),
        };
        Self { seen, flag, mending }
    }

    /// Says whether something is being put back, which is given all the time it takes.
    pub fn mend(&self, is_mending: bool) {
        self.mending.store(is_mending, Ordering::SeqCst);
    }

    /// Waits for the first.
    pub async fn wait(&mut self) {
        // The sender lives as long as the program.
        let _ = self.seen.wait_for(|seen| *seen).await;
    }
}

/// A thread of its own for signals: whatever keeps the program's own threads busy, or waiting, it can be ended. `None` where
/// the system has none to give.
fn signals() -> Option<&'static Handle> {
    static SIGNALS: OnceLock<Option<Handle>> = OnceLock::new();
    let start = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        let handle = runtime.handle().clone();
        let run = move || runtime.block_on(std::future::pending::<()>());
        std::thread::Builder::new().name("signals".to_owned()).spawn(run).ok()?;
        Some(handle)
    };
    SIGNALS.get_or_init(start).as_ref()
}

/// As long as the orderly end may take, from now or from the end of what is put back.
async fn patience(busy: &AtomicBool) {
    loop {
        tokio::time::sleep(PATIENCE).await;
        if !busy.load(Ordering::SeqCst) {
            return;
        }
    }
}

#[cfg(unix)]
async fn wait() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut end), Ok(mut hang_up)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = end.recv() => {}
        _ = hang_up.recv() => {}
    }
}

#[cfg(not(unix))]
async fn wait() {
    let _ = tokio::signal::ctrl_c().await;
}

/// The journal is on the disk before every call, so leaving at once loses nothing.
#[expect(clippy::exit, reason = "the second Ctrl-C is a person who wants out now, whatever is under way")]
fn leave() -> ! {
    // The cursor may be hidden by a prompt or a bar, the echo off.
    crate::ui::give_back();
    std::process::exit(Code::Interrupted as i32)
}
