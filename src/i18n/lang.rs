//! Which language the learner reads.

use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    Ja,
    #[default]
    En,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::Ja, Self::En];

    /// The language tag: `ja` or `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// The language's name in that language.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Ja => "日本語",
            Self::En => "English",
        }
    }

    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Ja => Self::En,
            Self::En => Self::Ja,
        }
    }

    /// The first of these that names a language: the flag, `PLLAB_LANG`, the reader's earlier choice, `LC_ALL`,
    /// `LC_MESSAGES`, `LANG`, the system's own setting; else English. `C`, `POSIX` and an empty value name none. A
    /// language that pllab does not have counts as English, the usual second language.
    #[must_use]
    pub fn choose(
        flag: Option<Self>,
        env: impl Fn(&str) -> Option<String>,
        before: impl FnOnce() -> Option<Self>,
    ) -> Self {
        let named = |name: &str| env(name).and_then(|value| from_locale(&value));
        flag.or_else(|| named("PLLAB_LANG"))
            .or_else(before)
            .or_else(|| ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(named))
            .or_else(|| sys_locale::get_locale().and_then(|value| from_locale(&value)))
            .unwrap_or_default()
    }
}

/// `None` if the locale names no language.
fn from_locale(value: &str) -> Option<Lang> {
    let language = value.split(['.', '_', '-', '@']).next().unwrap_or_default();
    match language.to_ascii_lowercase().as_str() {
        "" | "c" | "posix" => None,
        "ja" => Some(Lang::Ja),
        _ => Some(Lang::En),
    }
}

impl FromStr for Lang {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "ja" => Ok(Self::Ja),
            "en" => Ok(Self::En),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    fn choose(pairs: &[(&str, &str)]) -> Lang {
        chosen_before(None, pairs)
    }

    fn chosen_before(before: Option<Lang>, pairs: &[(&str, &str)]) -> Lang {
        let value = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Lang::choose(None, |name| value(name).or(Some(String::new())), || before)
    }

    #[test]
    fn the_environment_is_asked_in_order() {
        assert_eq!(choose(&[("PLLAB_LANG", "ja"), ("LC_ALL", "en_US.UTF-8")]), Lang::Ja);
        assert_eq!(choose(&[("LC_ALL", "en_US.UTF-8"), ("LANG", "ja_JP.UTF-8")]), Lang::En);
        assert_eq!(choose(&[("LC_ALL", "C.UTF-8"), ("LANG", "ja_JP.UTF-8")]), Lang::Ja);
        assert_eq!(choose(&[("LANG", "fr_FR.UTF-8")]), Lang::En);
    }

    #[test]
    fn the_flag_wins() {
        assert_eq!(Lang::choose(Some(Lang::En), |_| Some("ja".into()), || Some(Lang::Ja)), Lang::En);
    }

    #[test]
    fn what_was_chosen_before_counts_for_more_than_the_system() {
        assert_eq!(chosen_before(Some(Lang::Ja), &[("LC_ALL", "en_US.UTF-8")]), Lang::Ja);
        assert_eq!(chosen_before(Some(Lang::Ja), &[("PLLAB_LANG", "en")]), Lang::En);
    }
}
