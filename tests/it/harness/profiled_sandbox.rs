//! A sandbox in another process, with AWS configuration files that name its accounts.

use std::fmt::Write as _;

use super::{Folder, Program, Running, Signer, TlsProxy};

/// The sandbox, and the folder in which the program finds its profiles: `provider` and `consumer`, in Tokyo.
pub struct ProfiledSandbox {
    /// Home, with the configuration files.
    pub folder: Folder,
    /// The sandbox's endpoint URL.
    pub url: String,
    /// Name, access key id, secret and number of each account.
    accounts: Vec<[String; 4]>,
    _sandbox: Running,
}

impl ProfiledSandbox {
    /// Starts `pllab sandbox` with these words.
    pub fn open(words: &str) -> Self {
        let folder = Folder::new();
        let mut sandbox = folder.pllab("sandbox --output json").words(words).start();
        let ready = sandbox.ready();
        let accounts = ready["accounts"].as_array().expect("accounts").iter().map(|account| {
            ["name", "access_key_id", "secret_access_key", "account_id"]
                .map(|key| account[key].as_str().expect(key).to_owned())
        });
        let accounts = accounts.collect();
        let url = ready["endpoint_url"].as_str().expect("a URL").to_owned();
        let apart = Self { folder, url, accounts, _sandbox: sandbox };
        apart.sign_in("");
        apart
    }

    /// Writes the configuration files; `more` is added to each profile.
    pub fn sign_in(&self, more: &str) {
        let mut text = String::new();
        for [name, id, secret, _] in &self.accounts {
            let keys = format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}");
            let _ = write!(text, "[{name}]\n{keys}\nregion = ap-northeast-1\n{more}\n");
        }
        self.folder.write(".aws/credentials", &text);
    }

    /// The program with another state folder than the sandbox's, so that it does not find the sandbox by itself.
    pub fn pllab(&self, words: &str) -> Program {
        self.folder.pllab(words).env("PLLAB_STATE_DIR", self.folder.path().join("elsewhere"))
    }

    /// Opens a TLS proxy before it.
    pub fn front(&self) -> TlsProxy {
        TlsProxy::open(&self.url, self.accounts.iter().map(|[_, id, secret, _]| (id.clone(), secret.clone())).collect())
    }

    /// Number, access key id and secret of each account.
    pub fn keys(&self) -> Vec<[String; 3]> {
        self.accounts.iter().map(|[_, id, secret, account]| [account, id, secret].map(String::clone)).collect()
    }

    /// Another client of the first account, for `service`.
    pub fn neighbour(&self, service: &'static str) -> Signer {
        let port = self.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let [_, id, secret, _] = self.accounts[0].clone();
        Signer { port, id, secret, service, at: jiff::Timestamp::now() }
    }

    /// The program with AWS's own names leading to `front`.
    pub fn pllab_on_aws(&self, front: &TlsProxy, words: &str) -> Program {
        self.pllab(words).env("HTTPS_PROXY", front.proxy()).env("AWS_CA_BUNDLE", TlsProxy::bundle())
    }

    /// The journal of the only run.
    #[track_caller]
    pub fn journal(&self) -> Vec<super::Line> {
        self.journal_in("elsewhere")
    }

    /// The journal of the only run of another state folder.
    #[track_caller]
    pub fn journal_in(&self, state: &str) -> Vec<super::Line> {
        let runs = std::fs::read_dir(self.folder.path().join(state).join("runs")).expect("there are runs");
        let mut runs: Vec<_> = runs.flatten().map(|entry| entry.path()).collect();
        assert_eq!(runs.len(), 1, "{runs:?}");
        super::written(&runs.remove(0).join("journal.jsonl"))
    }
}
