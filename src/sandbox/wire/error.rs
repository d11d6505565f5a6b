//! An error as a client sees it: code, message, HTTP status.

use std::io;
use std::path::Path;

/// An error in AWS's words. Codes carry no `Client.` prefix: the wire does not have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    pub status: u16,
    /// The code a client matches on, such as `InvalidVpcID.NotFound`.
    pub code: String,
    /// The sentence a person reads.
    pub message: String,
}

impl ApiError {
    /// A client error (HTTP 400).
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status: 400, code: code.into(), message: message.into() }
    }

    /// The same error with another HTTP status.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// EC2's error for an id that does not exist: `The vpc ID 'vpc-0' does not exist`.
    pub fn no_such(code: &str, what: &str, id: &str) -> Self {
        Self::new(code, format!("The {what} '{id}' does not exist"))
    }

    /// A required parameter is absent.
    pub fn missing(name: &str) -> Self {
        Self::new("MissingParameter", format!("The request must contain the parameter {name}"))
    }

    /// A value is out of range, malformed, or not one of the allowed words.
    pub fn value(name: &str, value: &str, why: &str) -> Self {
        Self::new("InvalidParameterValue", format!("Value ({value}) for parameter {name} is invalid. {why}"))
    }

    /// Something that AWS has and the sandbox does not. The call fails instead of ignoring it.
    pub fn not_modelled(code: &str, what: &str) -> Self {
        Self::new(code, format!("pllab's sandbox does not model {what}"))
    }

    /// Trouble of the machine that runs the sandbox, for which AWS has no code. The code begins with `PllabSandbox.`,
    /// so that nobody takes it for AWS's, and names the trouble. The call had no effect.
    pub fn own_trouble(path: &Path, error: &io::Error) -> Self {
        let what = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "StorageFull",
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::StaleNetworkFileHandle => {
                "FolderGone"
            }
            io::ErrorKind::ReadOnlyFilesystem => "ReadOnly",
            io::ErrorKind::PermissionDenied => "AccessDenied",
            _ if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) => "OutOfFiles",
            _ => "CannotWrite",
        };
        let text = format!("pllab's sandbox cannot use {}: {error}", path.display());
        Self::new(format!("PllabSandbox.{what}"), text).with_status(500)
    }

    /// Something else still needs the resource that is to be deleted.
    pub fn dependency(what: &str, id: &str) -> Self {
        Self::new("DependencyViolation", format!("The {what} '{id}' has dependencies and cannot be deleted."))
    }

    /// The same client token with other parameters. EC2 uses this code and text in every operation that takes a
    /// token.
    pub fn token_mismatch() -> Self {
        Self::new(
            "IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_of_ones_own_says_which_it_is() {
        for (kind, code) in [
            (io::ErrorKind::StorageFull, "PllabSandbox.StorageFull"),
            (io::ErrorKind::QuotaExceeded, "PllabSandbox.StorageFull"),
            (io::ErrorKind::NotFound, "PllabSandbox.FolderGone"),
            (io::ErrorKind::ReadOnlyFilesystem, "PllabSandbox.ReadOnly"),
            (io::ErrorKind::PermissionDenied, "PllabSandbox.AccessDenied"),
            (io::ErrorKind::TimedOut, "PllabSandbox.CannotWrite"),
        ] {
            let error = ApiError::own_trouble(Path::new("/x/world.log"), &kind.into());
            assert_eq!((error.code.as_str(), error.status), (code, 500));
            assert!(error.message.contains("/x/world.log"), "{}", error.message);
        }
        let files = io::Error::from_raw_os_error(libc::EMFILE);
        assert_eq!(ApiError::own_trouble(Path::new("x"), &files).code, "PllabSandbox.OutOfFiles");
    }
}
