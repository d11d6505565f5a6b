//! What a kind of resource is. The list of kinds stands with their models, at the top of `resource.rs`.

/// What making a resource leaves in the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// A thing of its own, until it is deleted.
    Thing,
    /// A changed setting of another thing: there is nothing to delete.
    Change,
    /// Nothing: it is only looked at.
    Nothing,
}

/// Defines [`super::Kind`] and [`super::Resource`] from the list of kinds. A line of the list says: the kind's name here, its name
/// in lab files and journals, what it leaves, and the message that names it in a receipt.
macro_rules! define_kinds {
    (
        lab { $($(#[$doc:meta])* $kind:ident $name:literal $leaves:ident $word:ident;)+ }
        elsewhere { $($(#[$other_doc:meta])* $other:ident $other_name:literal $other_word:ident;)+ }
        never { $($(#[$never_doc:meta])* $never:ident $never_name:literal $never_word:ident;)+ }
    ) => {
        /// A kind of resource. Serde reads and writes the names that journals have.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum Kind {
            $($(#[$doc])* $kind,)+
            $($(#[$other_doc])* $other,)+
            $($(#[$never_doc])* $never,)+
            /// What a newer version made, or what is not one kind, by the name that it has there.
            Unknown(String),
        }

        impl Kind {
            /// Every kind that this version knows.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+ $(Self::$other,)+ $(Self::$never,)+];

            /// Its name in lab files and journals.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$kind => $name,)+
                    $(Self::$other => $other_name,)+
                    $(Self::$never => $never_name,)+
                    Self::Unknown(name) => name,
                }
            }

            /// What making it leaves in the account. What is not known is taken to be there.
            #[must_use]
            pub fn leaves(&self) -> Leaves {
                match self {
                    $(Self::$kind => Leaves::$leaves,)+
                    $(Self::$other)|+ | $(Self::$never)|+ | Self::Unknown(_) => Leaves::Thing,
                }
            }

            /// What the console calls it; what is not known, as it is.
            #[must_use]
            pub fn word(&self) -> Text {
                match self {
                    $(Self::$kind => m::$word(),)+
                    $(Self::$other => m::$other_word(),)+
                    $(Self::$never => m::$never_word(),)+
                    Self::Unknown(name) => Text::literal(name),
                }
            }
        }

        impl From<String> for Kind {
            fn from(name: String) -> Self {
                match name.as_str() {
                    $($name => Self::$kind,)+
                    $($other_name => Self::$other,)+
                    $($never_name => Self::$never,)+
                    _ => Self::Unknown(name),
                }
            }
        }

        impl From<Kind> for String {
            fn from(kind: Kind) -> Self {
                match kind {
                    Kind::Unknown(name) => name,
                    known => known.name().to_owned(),
                }
            }
        }

        impl std::fmt::Display for Kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        /// Something that a step makes. The key is the resource kind, as in `src/actions/kind/`.
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Resource {
            $($(#[$doc])* $kind($kind),)+
        }

        impl Resource {
            /// Its name in the lab.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$kind(it) => &it.name,)+
                }
            }

            /// Its kind.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)+
                }
            }

            /// The names it refers to, and the kind that each must be; `None` where any will do.
            #[must_use]
            pub fn refers(&self) -> Vec<Reference<'_>> {
                match self {
                    $(Self::$kind(it) => it.refers(),)+
                }
            }
        }
    };
}
pub(super) use define_kinds;
