//! Signals. Ctrl-C and requests to end: an orderly end the first time, an immediate one the second time. Ctrl-Z: the
//! terminal is given back meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::exit::Code;

/// The time limit of an orderly end.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the rest of the program sees of signals.
#[derive(Clone)]
pub struct Interrupt {
    /// Becomes true at the first signal.
    pub seen: watch::Receiver<bool>,
    /// The same, for code that cannot wait.
    pub flag: Arc<AtomicBool>,
    /// Whether somebody takes care of an orderly end. If not, the first signal ends the process.
    heard: Arc<AtomicBool>,
    /// Whether the work under way must finish, however long it takes. A second Ctrl-C ends the process all the same.
    is_deferred: Arc<AtomicBool>,
}

impl Interrupt {
    /// For short verbs: signals end them as they end any program.
    pub fn none() -> Self {
        let (_, seen) = watch::channel(false);
        Self { seen, flag: Arc::default(), heard: Arc::default(), is_deferred: Arc::default() }
    }

    /// Handles signals from now on. Needs a runtime.
    pub fn watch() -> Self {
        let (tell, seen) = watch::channel(false);
        let new = Self { seen, ..Self::none() };
        let (raised, heard, busy) = (Arc::clone(&new.flag), Arc::clone(&new.heard), Arc::clone(&new.is_deferred));
        let Some(runtime) = signals().cloned().or_else(|| Handle::try_current().ok()) else { return new };
        // A signal must be registered inside the runtime that receives it.
        let _entered = runtime.enter();
        let Some(mut signals) = Signals::new() else { return new };
        runtime.spawn(async move {
            signals.end().await;
            raised.store(true, Ordering::SeqCst);
            tell.send_replace(true);
            if heard.load(Ordering::SeqCst) {
                // A prompt whose terminal has hung up never returns, so the wait has a limit. Whoever asks twice wants
                // out now.
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
            // With a handler, a file-size limit becomes a write error like a full disk, instead of ending the program.
            let _ = tokio::signal::unix::signal(raw(rustix::process::Signal::XFSZ));
        }
        new
    }

    /// The caller takes care of an orderly end from now on.
    pub fn listen(&self) -> Self {
        self.heard.store(true, Ordering::SeqCst);
        self.clone()
    }

    /// Says whether something is being put back. It gets all the time it takes.
    pub fn defer_exit(&self, is_deferred: bool) {
        self.is_deferred.store(is_deferred, Ordering::SeqCst);
    }

    /// Waits for the first signal.
    pub async fn wait(&mut self) {
        if self.seen.wait_for(|seen| *seen).await.is_err() {
            // Without a sender, no signal will ever come.
            std::future::pending::<()>().await;
        }
    }
}

/// A thread of its own for signals, so that the program can be ended even if all its other threads are busy. `None` if
/// the system has no thread to give.
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

/// The time limit of an orderly end, from now or from the end of what is put back.
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
        // These end a program without a handler and would leave the terminal as it is at that moment. XCPU comes when
        // the limit on processor time is nearly reached.
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

/// At Ctrl-Z, gives the terminal back while the process is stopped.
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

/// Whether there is a shell that can continue this process. The system uses the same rule to ignore Ctrl-Z.
#[cfg(unix)]
fn can_go_on() -> bool {
    use rustix::process::{getpgrp, getppid, getsid};
    let (Ok(own), Some(parent)) = (getsid(None), getppid()) else { return false };
    getsid(Some(parent)).is_ok_and(|session| session == own) && getpgrp() != own
}

/// The journal is on the disk before every call, so an immediate exit loses nothing.
#[expect(clippy::exit, reason = "the second Ctrl-C is a person who wants out now, whatever is under way")]
fn leave() -> ! {
    // A prompt may have hidden the cursor or turned the echo off.
    crate::ui::give_back_for_good();
    std::process::exit(Code::Interrupted as i32)
}
