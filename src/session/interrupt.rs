//! Ctrl-C, and being asked to end: the first time orderly, the second time at once. And Ctrl-Z: the terminal is lent.

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
pub struct Interrupt {
    /// Turns true at the first.
    pub seen: watch::Receiver<bool>,
    /// The same, for who cannot wait.
    pub flag: Arc<AtomicBool>,
    /// Whether somebody sees to an orderly end; where nobody does, the first ends the process.
    heard: Arc<AtomicBool>,
    /// Whether what is under way must come to its end, however long that takes. A second Ctrl-C ends it all the same.
    is_deferred: Arc<AtomicBool>,
}

impl Interrupt {
    /// For verbs that are over in a moment: signals end them as they end any program.
    pub fn none() -> Self {
        let (_, seen) = watch::channel(false);
        Self { seen, flag: Arc::default(), heard: Arc::default(), is_deferred: Arc::default() }
    }

    /// Sees to signals from now on. Needs a runtime.
    pub fn watch() -> Self {
        let (tell, seen) = watch::channel(false);
        let new = Self { seen, ..Self::none() };
        let (raised, heard, busy) = (Arc::clone(&new.flag), Arc::clone(&new.heard), Arc::clone(&new.is_deferred));
        let Some(runtime) = signals().cloned().or_else(|| Handle::try_current().ok()) else { return new };
        // Whoever asks for a signal must be in the runtime that hears it.
        let _entered = runtime.enter();
        let Some(mut signals) = Signals::new() else { return new };
        runtime.spawn(async move {
            signals.end().await;
            raised.store(true, Ordering::SeqCst);
            tell.send_replace(true);
            if heard.load(Ordering::SeqCst) {
                // A prompt whose terminal has hung up never returns, and a person who asks twice wants out now.
                tokio::select! {
                    () = signals.end() => {}
                    () = patience(&busy) => {}
                }
            }
            leave();
        });
        #[cfg(unix)]
        {
            runtime.spawn(lend());
            // Once it is heard, a file that may not grow is an error like a full disk, and no end of the program.
            let _ = tokio::signal::unix::signal(raw(rustix::process::Signal::XFSZ));
        }
        new
    }

    /// The caller sees to an orderly end from now on.
    pub fn listen(&self) -> Self {
        self.heard.store(true, Ordering::SeqCst);
        self.clone()
    }

    /// Says whether something is being put back, which is given all the time it takes.
    pub fn defer_exit(&self, is_deferred: bool) {
        self.is_deferred.store(is_deferred, Ordering::SeqCst);
    }

    /// Waits for the first.
    pub async fn wait(&mut self) {
        if self.seen.wait_for(|seen| *seen).await.is_err() {
            // Nobody tells: none comes.
            std::future::pending::<()>().await;
        }
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

/// The signals that ask to end.
struct Signals {
    #[cfg(unix)]
    all: Vec<tokio::signal::unix::Signal>,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> Option<Self> {
        use rustix::process::Signal;
        use tokio::signal::unix::{SignalKind, signal};
        let asked = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()];
        // These end a program that does not see to them, and would leave the terminal as it is just then. The first comes
        // where the time for which the processor may be had is nearly over.
        let others = [Signal::XCPU, Signal::ALARM, Signal::USR1, Signal::USR2, Signal::ABORT].map(raw);
        let all: Vec<_> = asked.into_iter().chain(others).filter_map(|kind| signal(kind).ok()).collect();
        (!all.is_empty()).then_some(Self { all })
    }

    #[cfg(unix)]
    async fn end(&mut self) {
        std::future::poll_fn(|context| {
            let mut came = false;
            for signal in &mut self.all {
                came |= signal.poll_recv(context).is_ready();
            }
            if came { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere they can be refused")]
    fn new() -> Option<Self> {
        Some(Self {})
    }

    #[cfg(not(unix))]
    async fn end(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// At Ctrl-Z the terminal is given back for as long as the process stands still.
#[cfg(unix)]
async fn lend() {
    use rustix::process::Signal;
    use tokio::signal::unix::signal;
    let (Ok(mut stop), Ok(mut go_on)) = (signal(raw(Signal::TSTP)), signal(raw(Signal::CONT))) else { return };
    loop {
        tokio::select! {
            _ = stop.recv() => {
                if can_go_on() {
                    crate::ui::stand_still();
                }
            }
            _ = go_on.recv() => crate::ui::take_again(),
        }
    }
}

#[cfg(unix)]
fn raw(signal: rustix::process::Signal) -> tokio::signal::unix::SignalKind {
    tokio::signal::unix::SignalKind::from_raw(signal.as_raw())
}

/// Whether a shell is there that can tell this process to go on: the rule by which the system itself overlooks Ctrl-Z.
#[cfg(unix)]
fn can_go_on() -> bool {
    use rustix::process::{getpgrp, getppid, getsid};
    let (Ok(own), Some(parent)) = (getsid(None), getppid()) else { return false };
    getsid(Some(parent)).is_ok_and(|session| session == own) && getpgrp() != own
}

/// The journal is on the disk before every call, so leaving at once loses nothing.
#[expect(clippy::exit, reason = "the second Ctrl-C is a person who wants out now, whatever is under way")]
fn leave() -> ! {
    // The cursor may be hidden by a prompt, the echo off.
    crate::ui::give_back_for_good();
    std::process::exit(Code::Interrupted as i32)
}
