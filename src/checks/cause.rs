//! What is known of a fault, in words.

use crate::cloud::{Cause, Fault};
use crate::i18n::{Text, m};

/// The sentence on a fault whose cause is known; `None` where its class has to do.
#[must_use]
pub fn cause(fault: &Fault) -> Option<Text> {
    Some(match fault.cause()? {
        Cause::EndlessList => m::cause_endless_list(),
        Cause::EndlessReply => m::cause_endless_reply(),
        Cause::EndlessWait => m::cause_endless_wait(),
        Cause::Redirected => m::cause_redirected(),
        Cause::ClockOff => m::cause_clock_off(),
        Cause::StorageFull => m::cause_storage_full(),
        Cause::FolderGone => m::cause_folder_gone(),
        Cause::ReadOnly => m::cause_read_only(),
        Cause::AccessDenied => m::cause_access_denied(),
        Cause::OutOfFiles => m::cause_out_of_files(),
        Cause::CannotWrite => m::cause_cannot_write(),
    })
}
