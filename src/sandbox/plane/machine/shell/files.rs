//! Files and folders: `mkdir`, `rm`, `cp`, `mv`, `touch`, `tee`.

use super::outcome::{Halt, Outcome};
use super::state::{Shell, is_own};
use crate::sandbox::plane::lock::lock;

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    File,
    Folder,
    Nothing,
}

/// Folders that every image has.
const FOLDERS: [&str; 24] = [
    "/",
    "/tmp",
    "/srv",
    "/opt",
    "/root",
    "/home",
    "/var",
    "/var/tmp",
    "/var/log",
    "/var/lib",
    "/etc",
    "/usr",
    "/mnt",
    "/run",
    "/usr/bin",
    "/usr/share",
    "/usr/local",
    "/usr/local/bin",
    "/etc/systemd/system",
    "/etc/systemd",
    "/home/ec2-user",
    "/dev",
    "/media",
    "/bin",
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
        if lock(&self.common.folders).contains(path) {
            return Ok(Found::Folder);
        }
        if self.world.read(path).is_some() || path == "/dev/null" || path == "/dev/console" {
            return Ok(Found::File);
        }
        if !self.below(&format!("{path}/"))?.is_empty() {
            return Ok(Found::Folder);
        }
        match path {
            "/usr/share/nginx/html"
            | "/etc/nginx"
            | "/etc/nginx/conf.d"
            | "/etc/nginx/default.d"
            | "/usr/share/nginx"
                if self.world.has_package("nginx") =>
            {
                return Ok(Found::Folder);
            }
            "/usr/share/nginx/html/index.html" | "/etc/nginx/nginx.conf" if self.world.has_package("nginx") => {
                return Ok(Found::File);
            }
            "/var/www" | "/var/www/html" if self.world.has_package("httpd") => return Ok(Found::Folder),
            _ => {}
        }
        let clouded = self.common.is_clouded(&format!("{path}/"));
        if is_own(path) && !clouded { Ok(Found::Nothing) } else { Err(Halt::Unknown) }
    }

    pub fn files(&mut self, name: &str, words: &[&str]) -> Result<Outcome, Halt> {
        let (flags, plain): (Vec<&str>, Vec<&str>) = words.iter().partition(|it| it.starts_with('-') && it.len() > 1);
        let has = |flag: char| flags.iter().any(|it| !it.starts_with("--") && it.contains(flag));
        match (name, plain.as_slice()) {
            ("mkdir", [_, ..]) => {
                let paths = if has('m') { plain.get(1..).unwrap_or_default() } else { &plain };
                for path in paths {
                    let path = self.absolute(path)?;
                    if !self.world.fits(&path) {
                        let shown = super::state::shortened(&path);
                        self.error(&format!("mkdir: cannot create directory ‘{shown}’: File name too long\n"))?;
                        return Ok(Outcome::BADLY);
                    }
                    let mut folder = String::new();
                    for part in path.split('/').skip(1) {
                        folder = format!("{folder}/{part}");
                        self.meter.charge(folder.len())?;
                        self.common.make_folder(&folder);
                    }
                }
                Ok(Outcome::WELL)
            }
            ("touch", [_, ..]) if flags.is_empty() => {
                let mut outcome = Outcome::WELL;
                for path in plain {
                    let path = self.absolute(path)?;
                    if self.common.is_unknown(&path) {
                        continue;
                    }
                    if self.world.read(&path).is_none()
                        && let Err(words) = self.world.write(&path, b"", false)
                    {
                        let shown = super::state::shortened(&path);
                        self.error(&format!("touch: cannot touch '{shown}': {words}\n"))?;
                        outcome = Outcome::BADLY;
                    }
                }
                Ok(outcome)
            }
            ("rm", _) if flags.iter().all(|it| it.chars().skip(1).all(|c| "rRfv".contains(c))) => {
                self.remove(&plain, has('r') || has('R'), has('f'))
            }
            ("rmdir", [folder]) => {
                let path = self.absolute(folder)?;
                lock(&self.common.folders).remove(&path);
                Ok(Outcome::WELL)
            }
            ("cp" | "mv", [from, to]) if !has('r') && !has('R') && !has('a') => self.copy(name, from, to),
            ("tee", files) => {
                let append = has('a') || flags.contains(&"--append");
                let text = self.input.all();
                let mut outcome = self.print(&text)?;
                for file in files {
                    let path = self.absolute(file)?;
                    let out = super::sinks::Out::file(path, append);
                    let mut failure = None;
                    out.put(&self.around(), &text, &mut failure)?;
                    if let Some((path, words)) = failure {
                        self.error(&format!("tee: {}: {words}\n", super::state::shortened(&path)))?;
                        outcome = Outcome::BADLY;
                    }
                }
                Ok(outcome)
            }
            _ => Err(Halt::Unknown),
        }
    }

    fn remove(&mut self, paths: &[&str], folders: bool, force: bool) -> Result<Outcome, Halt> {
        let mut outcome = Outcome::WELL;
        for path in paths {
            let path = self.absolute(path)?;
            let mut removed = self.world.remove(&path);
            if folders {
                self.common.know_tree(&path);
            } else {
                self.common.know_file(&path);
            }
            if folders {
                let inside = format!("{}/", path.trim_end_matches('/'));
                for file in self.below(&inside)? {
                    self.meter.charge(file.len() + 20)?;
                    removed |= self.world.remove(&file);
                }
                let mut made = lock(&self.common.folders);
                let before = made.len();
                made.retain(|it| *it != path && !it.starts_with(&inside));
                removed |= made.len() < before;
            }
            if !removed && !force {
                if !is_own(&path) {
                    return Err(Halt::Unknown);
                }
                let shown = super::state::shortened(&path);
                self.error(&format!("rm: cannot remove '{shown}': No such file or directory\n"))?;
                outcome = Outcome::BADLY;
            }
        }
        Ok(outcome)
    }

    fn copy(&mut self, name: &str, from: &str, to: &str) -> Result<Outcome, Halt> {
        let (source, mut target) = (self.absolute(from)?, self.absolute(to)?);
        let Some(content) = self.file(&source)? else {
            let shown = super::state::shortened(from);
            self.error(&format!("{name}: cannot stat '{shown}': No such file or directory\n"))?;
            return Ok(Outcome::BADLY);
        };
        if to.ends_with('/') || self.exists(&target) == Ok(Found::Folder) {
            let file = source.rsplit('/').next().unwrap_or(&source);
            target = format!("{}/{file}", target.trim_end_matches('/'));
        }
        let out = super::sinks::Out::file(target.clone(), false);
        let outcome = self.put(&out, &content)?;
        if name == "mv" && outcome == Outcome::WELL && source != target {
            self.world.remove(&source);
        }
        Ok(outcome)
    }
}
