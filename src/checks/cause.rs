//! Explains faults whose cause is known.

use crate::cloud::{Cause, Fault};
use crate::i18n::{Text, m};

/// `None` if nothing is known beyond the fault's class.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::check_outcome::CheckOutcome;
    use crate::cloud::FaultClass;
    use crate::i18n::Lang;

    /// A known cause is reported whatever class the fault has.
    #[test]
    fn the_cause_that_is_known_is_the_cause_that_is_said() {
        for (code, en, ja) in [
            ("RepeatedToken", "list has no end", "一覧に終わりがない"),
            ("EndlessPages", "list has no end", "一覧に終わりがない"),
            ("EndlessReply", "longer than any real one", "応答が長すぎる"),
            ("EndlessWait", "did not end", "終わらない"),
            ("Redirected", "another place", "転送"),
            ("ClockOff", "clock is wrong", "時計がずれています"),
            ("PllabSandbox.StorageFull", "is full", "空きがありません"),
            ("PllabSandbox.FolderGone", "moved or deleted", "移動または削除"),
            ("PllabSandbox.ReadOnly", "can only be read", "読み取り専用"),
            ("PllabSandbox.AccessDenied", "may not use its folder", "権限がありません"),
            ("PllabSandbox.OutOfFiles", "too many files", "ファイルと接続が多すぎます"),
            ("PllabSandbox.CannotWrite", "its message says why", "理由はメッセージのとおり"),
        ] {
            for class in [FaultClass::of(code, 500), FaultClass::Busy, FaultClass::SignIn, FaultClass::NoAnswer] {
                let fault = Fault { code: code.into(), message: "words".into(), request_id: None, class };
                let why = CheckOutcome::from(&fault).why.expect("a reason");
                for (lang, words) in [(Lang::En, en), (Lang::Ja, ja)] {
                    assert!(why.render(lang).contains(words), "{code}: {}", why.render(lang));
                }
            }
        }
        let unknown = Fault { code: "X".into(), message: String::new(), request_id: None, class: FaultClass::Busy };
        assert_eq!(cause(&unknown), None);
    }
}
