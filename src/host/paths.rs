//! Where state is kept on this platform.

use std::ffi::OsString;
use std::path::PathBuf;

use etcetera::BaseStrategy as _;

/// The state folder: `flag`, else `env` (`PLLAB_STATE_DIR`), else the platform's place for state
/// (`~/.local/state/pllab`, or the data folder if the platform has no state folder). `None` if there is no home.
#[must_use]
pub fn state_dir(flag: Option<PathBuf>, env: Option<OsString>) -> Option<PathBuf> {
    if let Some(dir) = flag {
        return Some(dir);
    }
    if let Some(dir) = env.filter(|dir| !dir.is_empty()) {
        return Some(PathBuf::from(dir));
    }
    // The library that knows the platforms' places reads variables as text, and ignores a path that is not valid
    // Unicode.
    let named = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|dir| cfg!(unix) && dir.is_absolute());
    if let Some(base) = named {
        return Some(base.join("pllab"));
    }
    let strategy = etcetera::choose_base_strategy().ok()?;
    let base = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Some(base.join("pllab"))
}

/// A variable of this process's environment, for code that is not given a [`Host`](super::Host).
#[must_use]
pub fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The reader's home folder; empty if there is none.
#[must_use]
pub fn home_dir() -> PathBuf {
    std::env::home_dir().unwrap_or_default()
}
