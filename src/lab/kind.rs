//! The macro that defines the resource kinds. The list of kinds is at the top of `resource.rs`, beside their models.

/// What making a resource leaves in the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// A thing of its own, until it is deleted.
    Thing,
    /// A changed setting of another thing, so there is nothing to delete.
    Change,
    /// Nothing: making it only reads.
    Nothing,
}

/// Defines [`super::Kind`] and [`super::Resource`] from the list of kinds. A line of the list has the kind's Rust
/// name, its name in lab files and journals, what it leaves, and the message that names it in a receipt.
macro_rules! define_kinds {
    (
        lab { $($(#[$doc:meta])* $kind:ident $name:literal $leaves:ident $word:ident;)+ }
        elsewhere { $($(#[$other_doc:meta])* $other:ident $other_name:literal $other_word:ident;)+ }
        never { $($(#[$never_doc:meta])* $never:ident $never_name:literal $never_word:ident;)+ }
    ) => {
        /// Serde reads and writes the names that journals use.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum Kind {
            $($(#[$doc])* $kind,)+
            $($(#[$other_doc])* $other,)+
            $($(#[$never_doc])* $never,)+
            /// A kind that only a newer version knows, or that is not a single kind, by its name in the journal.
            Unknown(String),
        }

        impl Kind {
            /// Every kind that this version knows.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+ $(Self::$other,)+ $(Self::$never,)+];

            /// The name in lab files and journals.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$kind => $name,)+
                    $(Self::$other => $other_name,)+
                    $(Self::$never => $never_name,)+
                    Self::Unknown(name) => name,
                }
            }

            /// What making it leaves in the account. An unknown kind counts as a thing that exists.
            #[must_use]
            pub fn leaves(&self) -> Leaves {
                match self {
                    $(Self::$kind => Leaves::$leaves,)+
                    $(Self::$other)|+ | $(Self::$never)|+ | Self::Unknown(_) => Leaves::Thing,
                }
            }

            /// The console's word for it; for an unknown kind, its name.
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
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$kind(it) => &it.name,)+
                }
            }

            #[must_use]
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)+
                }
            }

            /// The names of the resources it refers to, and the kind that each must be; `None` if any kind will do.
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
