//! User data, for fuzzing: read as an instance that boots reads it.

use super::user_data;

/// Takes `bytes` for user data.
#[doc(hidden)]
pub fn fuzz_user_data(bytes: &[u8]) {
    let program = user_data::parse(&String::from_utf8_lossy(bytes));
    let _ = (format!("{program:?}"), program.hosts());
}
