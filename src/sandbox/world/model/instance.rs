//! An instance and its disk.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::catalogue::{IMAGES, Image};
use super::super::life::Life;
use super::tags::Tags;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    pub id: String,
    pub reservation: String,
    pub launch_index: usize,
    pub image: String,
    pub kind: String,
    pub vpc: String,
    pub subnet: String,
    pub zone_name: String,
    pub zone_id: String,
    pub address: Ipv4Addr,
    pub interface: String,
    pub groups: Vec<String>,
    pub user_data: String,
    pub token: Option<String>,
    /// Milliseconds since 1970.
    pub launched: i64,
    pub life: Life,
    /// The status checks, while it runs: `initializing`, then `ok`.
    pub checks: Life,
    /// The state reason's code and message, if somebody asked it to leave `running`.
    pub reason: Option<(String, String)>,
    /// When that was asked, in milliseconds since 1970.
    #[serde(default)]
    pub asked: Option<i64>,
    /// How often it was rebooted.
    #[serde(default)]
    pub reboots: u32,
    pub http_tokens: String,
    pub hop_limit: u32,
    /// `disableApiTermination`.
    #[serde(default)]
    pub protected: bool,
    /// The id of its root volume.
    pub volume: String,
    #[serde(default)]
    pub disk: Disk,
    /// `standard` or `unlimited`; for types that have credits.
    #[serde(default = "unlimited")]
    pub credits: String,
    pub tags: Tags,
}

impl Instance {
    pub fn image(&self) -> &'static Image {
        // The world only holds ids of this list. An unknown id of an older world falls back to the first image.
        IMAGES.iter().find(|image| image.id == self.image).unwrap_or(&IMAGES[0])
    }

    /// Whether it still has its volume, which is deleted when it is terminated.
    pub fn has_volume(&self) -> bool {
        self.life.state != "terminated"
    }

    /// Its transition reason: who made it leave `running`, and when. Empty if nobody did.
    pub fn transition(&self) -> String {
        let asked = self.asked.and_then(|millis| Timestamp::from_millisecond(millis).ok());
        asked.map_or_else(String::new, |at| format!("User initiated ({} GMT)", at.strftime("%Y-%m-%d %H:%M:%S")))
    }

    /// Its state reason, if it has one. A starting instance reports `pending` [cli reference: run-instances].
    pub fn state_reason(&self) -> Option<(&str, &str)> {
        let starts = || (self.life.state == "pending").then_some(("pending", "pending"));
        self.reason.as_ref().map(|(code, message)| (code.as_str(), message.as_str())).or_else(starts)
    }

    /// EC2's code of a state.
    pub fn code(state: &str) -> u32 {
        match state {
            "pending" => 0,
            "running" => 16,
            "shutting-down" => 32,
            "terminated" => 48,
            "stopping" => 64,
            _ => 80,
        }
    }
}

fn unlimited() -> String {
    "unlimited".to_owned()
}

/// An instance's root volume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disk {
    pub gib: u32,
    /// `gp2` or `gp3`.
    pub kind: String,
    pub encrypted: bool,
    pub tags: Tags,
}

impl Disk {
    /// The disk that an image gives an instance if the launch asks for nothing else.
    pub fn of(image: &Image) -> Self {
        Self { gib: image.gib(), ..Self::default() }
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self { gib: 8, kind: "gp3".to_owned(), encrypted: false, tags: Tags::new() }
    }
}
