//! What is at a path, and whether a file can be written there.

use super::outcome::Halt;
use super::state::{Shell, is_own};

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    File,
    Folder,
    Nothing,
}

pub const NO_SUCH: &str = "No such file or directory";
pub const NO_FOLDER: &str = "Not a directory";
pub const IS_FOLDER: &str = "Is a directory";

/// Folders that every image has.
const FOLDERS: [&str; 52] = [
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/etc/cron.d",
    "/etc/cron.daily",
    "/etc/cron.hourly",
    "/etc/default",
    "/etc/logrotate.d",
    "/etc/pki",
    "/etc/profile.d",
    "/etc/rsyslog.d",
    "/etc/security",
    "/etc/skel",
    "/etc/ssh",
    "/etc/ssh/sshd_config.d",
    "/etc/ssl",
    "/etc/ssl/certs",
    "/etc/sudoers.d",
    "/etc/sysconfig",
    "/etc/sysctl.d",
    "/etc/systemd",
    "/etc/systemd/system",
    "/etc/yum.repos.d",
    "/home",
    "/home/ec2-user",
    "/home/ec2-user/.ssh",
    "/lib",
    "/media",
    "/mnt",
    "/opt",
    "/opt/aws",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/tmp",
];

/// Files and folders that packages bring.
const PACKAGED: [(&str, Found, &str); 16] = [
    ("nginx", Found::Folder, "/etc/nginx"),
    ("nginx", Found::Folder, "/etc/nginx/conf.d"),
    ("nginx", Found::Folder, "/etc/nginx/default.d"),
    ("nginx", Found::File, "/etc/nginx/mime.types"),
    ("nginx", Found::File, "/etc/nginx/nginx.conf"),
    ("nginx", Found::Folder, "/usr/share/nginx"),
    ("nginx", Found::Folder, "/usr/share/nginx/html"),
    ("nginx", Found::File, "/usr/share/nginx/html/404.html"),
    ("nginx", Found::File, "/usr/share/nginx/html/50x.html"),
    ("nginx", Found::File, "/usr/share/nginx/html/index.html"),
    ("nginx", Found::Folder, "/var/log/nginx"),
    ("httpd", Found::Folder, "/etc/httpd"),
    ("httpd", Found::Folder, "/etc/httpd/conf"),
    ("httpd", Found::Folder, "/etc/httpd/conf.d"),
    ("httpd", Found::Folder, "/var/www"),
    ("httpd", Found::Folder, "/var/www/html"),
];

impl Shell {
    /// What is at an absolute path.
    ///
    /// # Errors
    /// If that is not known: the image has files that are not here.
    pub fn exists(&self, path: &str) -> Result<Found, Halt> {
        self.meter.charge(20)?;
        if FOLDERS.contains(&path) {
            return Ok(Found::Folder);
        }
        if self.common.is_unknown(path) {
            return Err(Halt::Unknown);
        }
        if self.common.has_folder(path) {
            return Ok(Found::Folder);
        }
        if self.world.has(path) || self.common.is_emptied(path) || matches!(path, "/dev/null" | "/dev/console") {
            return Ok(Found::File);
        }
        if !self.below(&format!("{path}/"))?.is_empty() {
            return Ok(Found::Folder);
        }
        let packaged = PACKAGED.iter().find(|(package, _, at)| *at == path && self.world.has_package(package));
        if let Some((_, found, _)) = packaged {
            return Ok(*found);
        }
        let clouded = self.common.is_clouded(&format!("{path}/"));
        if is_own(path) && !clouded { Ok(Found::Nothing) } else { Err(Halt::Unknown) }
    }

    /// The package that has brought this file, or a file below this folder.
    pub fn packaged(&self, path: &str) -> Option<&'static str> {
        let folder = format!("{}/", path.trim_end_matches('/'));
        let its = |at: &str| at == path || at.starts_with(&folder);
        PACKAGED
            .iter()
            .find(|(package, _, at)| its(at) && self.world.has_package(package))
            .map(|(package, ..)| *package)
    }

    /// Whether a folder is known to be there.
    pub fn is_folder(&self, path: &str) -> bool {
        !self.common.is_unknown(path) && !self.world.has(path) && self.exists(path) == Ok(Found::Folder)
    }

    /// Why no file can be made at an absolute path, in the system's words; `None` if it can.
    ///
    /// # Errors
    /// If it is not known whether its folder is there.
    pub fn refuses(&self, path: &str) -> Result<Option<&'static str>, Halt> {
        if !self.world.fits(path) {
            return Ok(Some("File name too long"));
        }
        if self.is_folder(path) { Ok(Some(IS_FOLDER)) } else { self.folder_refuses(path) }
    }

    /// As [`Shell::refuses`], for anything that is made in the folder of this path.
    pub fn folder_refuses(&self, path: &str) -> Result<Option<&'static str>, Halt> {
        let mut folder = path;
        loop {
            folder = match folder.rsplit_once('/') {
                None | Some(("", _)) => return Ok(Some(NO_SUCH).filter(|_| path.matches('/').count() > 1)),
                Some((above, _)) => above,
            };
            match self.exists(folder)? {
                Found::File => return Ok(Some(NO_FOLDER)),
                Found::Folder if path.rsplit_once('/').is_some_and(|(above, _)| above == folder) => return Ok(None),
                Found::Folder => return Ok(Some(NO_SUCH)),
                Found::Nothing => {}
            }
        }
    }
}
