//! The profiles that the AWS configuration files define, to name one that is missing. The SDK only says that its
//! provider found nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::host::{environment, home_dir};

/// The files, as the AWS CLI and the SDKs find them: the configuration, and the credentials.
#[must_use]
pub fn files() -> [PathBuf; 2] {
    let home = home_dir();
    let file = |variable: &str, usual: &str| environment(variable).map_or_else(|| home.join(usual), PathBuf::from);
    [file("AWS_CONFIG_FILE", ".aws/config"), file("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")]
}

/// The names of the profiles in them. A file that cannot be read defines none.
#[must_use]
pub fn profiles() -> BTreeSet<String> {
    let [config, credentials] = files().map(|file| {
        // A device could be read without end.
        if file.is_file() { fs::read_to_string(file).unwrap_or_default() } else { String::new() }
    });
    names(&config, true).chain(names(&credentials, false)).collect()
}

/// In the configuration file a section is called `[profile NAME]`, but for `[default]`; in the credentials file `[NAME]`.
fn names(text: &str, prefixed: bool) -> impl Iterator<Item = String> {
    text.lines().filter_map(move |line| {
        let section = line.trim().strip_prefix('[')?.split_once(']')?.0.trim();
        let name = match section.strip_prefix("profile").filter(|rest| rest.starts_with([' ', '\t'])) {
            Some(name) => name.trim(),
            None if prefixed && section != "default" => return None,
            None => section,
        };
        let name = name.trim_matches(['"', '\'']);
        (!name.is_empty()).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn sections_are_profiles() {
        let config =
            "[default]\nregion = x\n[profile  work ]\n[profile 'a b']\n[sso-session s]\n[services v]\n[broken\n";
        assert_eq!(names(config, true).collect::<Vec<_>>(), ["default", "work", "a b"]);
        assert_eq!(names("[default]\n[other]\n", false).collect::<Vec<_>>(), ["default", "other"]);
    }
}
