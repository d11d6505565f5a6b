//! What all machines of a data plane share.

use std::path::PathBuf;
use std::sync::Arc;

use crate::sandbox::plane::net::network::Network;

use super::saved_state::SavedState;
use super::server::nginx_handle::WebServers;

pub struct MachineContext {
    pub network: Arc<Network>,
    /// The folder of the data plane's files.
    pub folder: PathBuf,
    /// The nginx that instances run, if one is installed.
    pub nginx: Option<PathBuf>,
    /// The program that keeps a real nginx: this program, started again.
    pub keeper: Option<PathBuf>,
    /// The real web servers that run or are ending.
    pub web_servers: WebServers,
    /// What must be known again after a restart.
    pub saved: SavedState,
}

impl MachineContext {
    /// The folder of an instance's real nginx.
    pub fn web_folder(&self, id: &str) -> PathBuf {
        self.folder.join("nginx").join(id)
    }
}
