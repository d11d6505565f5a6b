//! A sandbox that shares no folder with its callers: they only know its address and the keys of its first account.

use super::{Folder, Program, Running};

/// The sandbox, in a process of its own.
pub struct StandaloneSandbox {
    /// The endpoint URL.
    pub url: String,
    /// The first account's access key id.
    pub key: String,
    pub secret: String,
    _sandbox: Running,
    _folder: Folder,
}

impl StandaloneSandbox {
    /// Starts `pllab sandbox` at the instant pace with these words.
    pub fn open(words: &str) -> Self {
        let folder = Folder::new();
        let mut sandbox = folder.pllab("sandbox --output json --pace instant").words(words).start();
        let ready = sandbox.ready();
        let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
        let account = &ready["accounts"][0];
        Self {
            url: text(&ready["endpoint_url"]),
            key: text(&account["access_key_id"]),
            secret: text(&account["secret_access_key"]),
            _sandbox: sandbox,
            _folder: folder,
        }
    }

    /// Adds the keys to the program's environment.
    pub fn signed(&self, program: Program) -> Program {
        program.env("AWS_ACCESS_KEY_ID", &self.key).env("AWS_SECRET_ACCESS_KEY", &self.secret)
    }
}
