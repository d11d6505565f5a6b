//! The learner's name in tags. It tells the resources of learners in a shared account apart.

use super::exit::{Code, Failed};
use crate::host::{Host, machine_name};
use crate::i18n::m;

/// The longest name. A tag's value may have 256 characters, but names are shown in tables.
const LIMIT: usize = 64;

/// `--learner`, else `PLLAB_LEARNER`, else user and machine.
///
/// # Errors
/// If the given name has characters other than ASCII letters, digits and `. _ @ -`. It goes into tags, IAM conditions and
/// command lines, where nothing else is safe everywhere.
pub fn name(flag: Option<&str>, host: &Host) -> Result<String, Failed> {
    if let (None, Some(name)) = (flag, host.unreadable(&["PLLAB_LEARNER"])) {
        return Err(Failed::no_text(name));
    }
    let given = flag.map(str::to_owned).or_else(|| host.var("PLLAB_LEARNER"));
    if let Some(name) = given {
        if name.is_empty() || name.len() > LIMIT || !name.chars().all(is_safe) {
            let details = vec![m::cli_bad_learner_detail(LIMIT)];
            return Err(Failed::new(Code::Usage, m::cli_bad_learner(name), details, &["pllab start --learner NAME"]));
        }
        return Ok(name);
    }
    let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| host.var(name));
    Ok(derived(user.as_deref(), machine_name(host).as_deref()))
}

/// A name made from user and machine names. It is always the same on the same machine.
fn derived(user: Option<&str>, machine: Option<&str>) -> String {
    let parts = [user, machine].into_iter().flatten().map(slug).filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let mut name = parts.join("@");
    name.truncate(LIMIT);
    if name.is_empty() { "learner".to_owned() } else { name }
}

fn slug(text: &str) -> String {
    // The machine's own name without its domain.
    let text = text.split('.').next().unwrap_or_default();
    let slug: String = text.chars().map(|letter| if is_safe(letter) && letter != '@' { letter } else { '-' }).collect();
    slug.trim_matches('-').to_owned()
}

fn is_safe(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '@' | '-')
}

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn a_name_is_made_of_user_and_machine() {
        for (user, machine, name) in [
            (Some("aiko"), Some("laptop.example.com"), "aiko@laptop"),
            (Some("Aiko Sato"), Some("愛子のMac"), "Aiko-Sato@Mac"),
            (Some("愛子"), None, "learner"),
            (None, Some("lab-17"), "lab-17"),
            (None, None, "learner"),
        ] {
            assert_eq!(derived(user, machine), name, "{user:?} {machine:?}");
        }
        assert_eq!(derived(Some(&"u".repeat(300)), Some("m")).len(), 64);
    }
}
