//! What all machines of a data plane share.

use std::path::PathBuf;
use std::sync::Arc;

use crate::sandbox::plane::net::network::Network;

use super::memory::Memory;
use super::server::nginx_handle::WebServers;

/// The network that machines stand in, and what outlasts each of them.
pub struct MachineContext {
    /// The network.
    pub network: Arc<Network>,
    /// Where the data plane keeps its files.
    pub folder: PathBuf,
    /// The nginx that instances run, where one is installed.
    pub nginx: Option<PathBuf>,
    /// The program that keeps a real nginx: this one, to be run anew.
    pub keeper: Option<PathBuf>,
    /// The real web servers that run or are ending.
    pub web_servers: WebServers,
    /// What must be known again after a restart.
    pub memory: Memory,
}
