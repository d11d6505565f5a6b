//! An instance and its disk.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::catalogue::{IMAGES, Image};
use super::super::life::Life;
use super::tags::Tags;

/// An instance.
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
    /// The status checks: `initializing` and then `ok`, while it runs.
    pub checks: Life,
    /// Why it left `running`, when somebody asked for that.
    pub reason: Option<(String, String)>,
    /// When that was, in milliseconds since 1970.
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
    /// The image it was started from.
    pub fn image(&self) -> &'static Image {
        // The world only holds ids of this list; an older one falls back to the first rather than failing.
        IMAGES.iter().find(|image| image.id == self.image).unwrap_or(&IMAGES[0])
    }

    /// Whether it has its volume still, which goes when it is terminated.
    pub fn has_volume(&self) -> bool {
        self.life.state != "terminated"
    }

    /// Who made it leave `running`, and when; empty while nobody did.
    pub fn transition(&self) -> String {
        let asked = self.asked.and_then(|millis| Timestamp::from_millisecond(millis).ok());
        asked.map_or_else(String::new, |at| format!("User initiated ({} GMT)", at.strftime("%Y-%m-%d %H:%M:%S")))
    }

    /// Why it is in its state, where that is not as it should be. One that starts is `pending` because it is
    /// [cli reference: run-instances].
    pub fn state_reason(&self) -> Option<(&str, &str)> {
        let starts = || (self.life.state == "pending").then_some(("pending", "pending"));
        self.reason.as_ref().map(|(code, message)| (code.as_str(), message.as_str())).or_else(starts)
    }

    /// EC2's number for a state.
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
    /// Its size in GiB.
    pub gib: u32,
    /// `gp2` or `gp3`.
    pub kind: String,
    pub encrypted: bool,
    pub tags: Tags,
}

impl Disk {
    /// What an image makes of it, unless a launch asks for something else.
    pub fn of(image: &Image) -> Self {
        Self { gib: image.gib(), ..Self::default() }
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self { gib: 8, kind: "gp3".to_owned(), encrypted: false, tags: Tags::new() }
    }
}
