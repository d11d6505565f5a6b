//! Files and folders: `mkdir`, `rm`, `cp`, `mv`, `touch`, `tee`, and those that only change how they are used.

use super::outcome::{Halt, Outcome};
use super::places::{Found, IS_FOLDER, NO_FOLDER, NO_SUCH};
use super::sinks::Out;
use super::state::{Shell, is_own, shortened};

/// Owners that every image has, and those that the sandbox's packages bring.
const OWNERS: [&str; 10] =
    ["root", "ec2-user", "nobody", "nginx", "apache", "adm", "wheel", "bin", "daemon", "systemd-journal"];

/// Does something with a path. Returns why it cannot.
type Each<'a> = dyn FnMut(&mut Shell, &str) -> Result<Option<String>, Halt> + 'a;

impl Shell {
    pub fn files(&mut self, name: &str, words: &[&str]) -> Result<Outcome, Halt> {
        let (flags, plain): (Vec<&str>, Vec<&str>) = words.iter().partition(|it| it.starts_with('-') && it.len() > 1);
        let only = |allowed: &str| {
            flags.iter().all(|flag| !flag.starts_with("--") && flag.chars().skip(1).all(|c| allowed.contains(c)))
        };
        let has = |flag: char| flags.iter().any(|it| !it.starts_with("--") && it.contains(flag));
        match (name, plain.as_slice()) {
            ("mkdir", [_, ..]) if only("pm") => {
                let paths = if has('m') { plain.get(1..).unwrap_or_default() } else { &plain };
                self.each_file(paths, &mut |shell, path| shell.make_folder(path, has('p')))
            }
            ("touch", [_, ..]) if flags.is_empty() => self.each_file(&plain, &mut Self::touch),
            ("rm" | "rmdir", []) if flags.is_empty() => {
                self.error(&format!("{name}: missing operand\nTry '{name} --help' for more information.\n"))?;
                Ok(Outcome::BADLY)
            }
            ("rm", _) if only("rRf") || (only("rRfv") && !has('r') && !has('R')) => {
                let (folders, force) = (has('r') || has('R'), has('f'));
                // What a package has brought is not here, and its server would go on as if it were there.
                for path in &plain {
                    let path = self.absolute(path)?;
                    if let Some(service) = self.packaged(&path).filter(|_| folders || !self.is_folder(&path)) {
                        self.common.forget_service(service);
                        return Err(Halt::Unknown);
                    }
                }
                let tells = has('v');
                self.each_file(&plain, &mut |shell, path| {
                    let refused = shell.remove(path, folders, force)?;
                    if tells && refused.is_none() {
                        shell.print(format!("removed '{}'\n", shortened(path)).as_bytes())?;
                    }
                    Ok(refused)
                })
            }
            ("rmdir", [_, ..]) if flags.is_empty() => self.each_file(&plain, &mut Self::remove_folder),
            ("cp", [from, to]) if only("fnp") => self.copy(name, from, to, has('n')),
            ("mv", [from, to]) if only("fn") => self.copy(name, from, to, has('n')),
            ("tee", files) if flags.iter().all(|flag| matches!(*flag, "-a" | "--append")) => {
                let text = self.input.all();
                let mut outcome = self.print(&text)?;
                for file in files {
                    let path = self.absolute(file)?;
                    let out = Out::file(path.clone(), !flags.is_empty());
                    let refused = if matches!(out, Out::File(_)) { self.refuses(&path)? } else { None };
                    let mut failure = refused.map(|words| ((*file).to_owned(), words));
                    if failure.is_none() {
                        out.put(&self.around(), &text, &mut failure)?;
                    }
                    if let Some((path, words)) = failure {
                        self.error(&format!("tee: {}: {words}\n", shortened(&path)))?;
                        outcome = Outcome::BADLY;
                    }
                }
                Ok(outcome)
            }
            _ => Err(Halt::Unknown),
        }
    }

    /// `chmod` and `chown`: file modes are not modelled, and nothing here depends on them.
    pub fn modes(&mut self, name: &str, words: &[&str]) -> Result<Outcome, Halt> {
        let is_mode = |word: &str| {
            word.starts_with(['+', '=', 'u', 'g', 'o', 'a']) || word.starts_with(|c: char| c.is_ascii_digit())
        };
        let is_owner = |word: &str| {
            word.split([':', '.']).all(|name| name.is_empty() || OWNERS.contains(&name) || name.parse::<u32>().is_ok())
        };
        let plain: Vec<&str> = words.iter().copied().filter(|it| !it.starts_with('-')).collect();
        let ([mode, paths @ ..], true) = (plain.as_slice(), words.iter().all(|it| !it.starts_with("--"))) else {
            return Err(Halt::Unknown);
        };
        if paths.is_empty() || !(if name == "chmod" { is_mode(mode) } else { is_owner(mode) }) {
            return Err(Halt::Unknown);
        }
        let mut outcome = Outcome::WELL;
        for path in paths {
            let absolute = self.absolute(path)?;
            if self.exists(&absolute)? == Found::Nothing {
                self.error(&format!("{name}: cannot access '{}': {NO_SUCH}\n", shortened(path)))?;
                outcome = Outcome::BADLY;
            }
        }
        Ok(outcome)
    }

    /// Does something with each path, and says why it cannot.
    fn each_file(&mut self, paths: &[&str], each: &mut Each<'_>) -> Result<Outcome, Halt> {
        let mut outcome = Outcome::WELL;
        for path in paths {
            if let Some(words) = each(self, path)? {
                self.error(&format!("{words}\n"))?;
                outcome = Outcome::BADLY;
            }
        }
        Ok(outcome)
    }

    fn make_folder(&mut self, given: &str, parents: bool) -> Result<Option<String>, Halt> {
        let path = self.absolute(given)?;
        let refused = |words: &str| Ok(Some(format!("mkdir: cannot create directory ‘{}’: {words}", shortened(given))));
        if !self.world.fits(&path) {
            return refused("File name too long");
        }
        let mut folder = String::new();
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        for (at, part) in parts.iter().enumerate() {
            let last = at + 1 == parts.len();
            folder = format!("{folder}/{part}");
            self.meter.charge(folder.len())?;
            let found = match self.exists(&folder) {
                Ok(found) => found,
                // If it is not a folder already, it becomes one.
                Err(Halt::Unknown) if parents => Found::Nothing,
                Err(halt) => return Err(halt),
            };
            match found {
                Found::Folder if last && !parents => return refused("File exists"),
                Found::File if last => return refused("File exists"),
                Found::File => return refused(NO_FOLDER),
                Found::Nothing if !last && !parents => return refused(NO_SUCH),
                Found::Folder => {}
                Found::Nothing => self.common.make_folder(&folder),
            }
        }
        Ok(None)
    }

    fn touch(&mut self, given: &str) -> Result<Option<String>, Halt> {
        let path = self.absolute(given)?;
        if self.common.is_unknown(&path) || self.world.has(&path) || self.is_folder(&path) {
            return Ok(None);
        }
        let refused = match self.folder_refuses(&path)? {
            Some(words) => Some(words),
            None => self.world.write(&path, b"", false).err(),
        };
        Ok(refused.map(|words| format!("touch: cannot touch '{}': {words}", shortened(given))))
    }

    fn remove_folder(&mut self, given: &str) -> Result<Option<String>, Halt> {
        let path = self.absolute(given)?;
        let refused = match self.exists(&path)? {
            Found::Nothing => NO_SUCH,
            Found::File => NO_FOLDER,
            Found::Folder => {
                let inside = format!("{path}/");
                if self.below(&inside)?.is_empty() && !self.common.has_folder_below(&inside) {
                    if !is_own(&path) {
                        return Err(Halt::Unknown);
                    }
                    self.common.remove_folders(&path);
                    return Ok(None);
                }
                "Directory not empty"
            }
        };
        Ok(Some(format!("rmdir: failed to remove '{}': {refused}", shortened(given))))
    }

    fn remove(&mut self, given: &str, folders: bool, force: bool) -> Result<Option<String>, Halt> {
        let path = self.absolute(given)?;
        let refused = |words: &str| Ok(Some(format!("rm: cannot remove '{}': {words}", shortened(given))));
        if !folders && self.is_folder(&path) {
            return refused(IS_FOLDER);
        }
        let mut removed = self.world.remove(&path);
        if folders {
            self.common.know_tree(&path);
            for file in self.below(&format!("{}/", path.trim_end_matches('/')))? {
                self.meter.charge(file.len() + 20)?;
                removed |= self.world.remove(&file);
            }
            removed |= self.common.remove_folders(&path);
        } else {
            self.common.know_file(&path);
        }
        if removed || force {
            return Ok(None);
        }
        if is_own(&path) { refused(NO_SUCH) } else { Err(Halt::Unknown) }
    }

    fn copy(&mut self, name: &str, from: &str, to: &str, keeps: bool) -> Result<Outcome, Halt> {
        let (source, mut target) = (self.absolute(from)?, self.absolute(to)?);
        if self.is_folder(&source) {
            if name == "mv" {
                return Err(Halt::Unknown);
            }
            self.error(&format!("cp: -r not specified; omitting directory '{}'\n", shortened(from)))?;
            return Ok(Outcome::BADLY);
        }
        let Some(content) = self.file(&source)? else {
            self.error(&format!("{name}: cannot stat '{}': {NO_SUCH}\n", shortened(from)))?;
            return Ok(Outcome::BADLY);
        };
        let mut shown = to.to_owned();
        if to.ends_with('/') || self.is_folder(&target) {
            let file = source.rsplit('/').next().unwrap_or(&source);
            target = format!("{}/{file}", target.trim_end_matches('/'));
            shown = format!("{}/{file}", to.trim_end_matches('/'));
        }
        if source == target {
            self.error(&format!("{name}: '{}' and '{}' are the same file\n", shortened(from), shortened(&shown)))?;
            return Ok(Outcome::BADLY);
        }
        if keeps && self.exists(&target)? != Found::Nothing {
            return Ok(Outcome::WELL);
        }
        let out = Out::file(target.clone(), false);
        if matches!(out, Out::File(_))
            && let Some(words) = self.refuses(&target)?
        {
            let what = if name == "mv" {
                format!("mv: cannot move '{}' to '{}'", shortened(from), shortened(&shown))
            } else {
                format!("cp: cannot create regular file '{}'", shortened(&shown))
            };
            self.error(&format!("{what}: {words}\n"))?;
            return Ok(Outcome::BADLY);
        }
        let outcome = self.put(&out, &content)?;
        if name == "mv" && outcome == Outcome::WELL {
            self.world.remove(&source);
        }
        Ok(outcome)
    }
}
