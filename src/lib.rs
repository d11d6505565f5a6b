//! pllab walks a learner through building AWS `PrivateLink` end to end: explained, done, checked, proved, cleaned up.
//!
//! This library is the program: [`run`] is all of it, and nothing else is an interface. The rooms and what each may import are
//! in `tests/it/rooms.rs`; each room's `mod.rs` says what it owns.

mod actions;
mod checks;
mod cli;
mod cloud;
mod engine;
mod host;
mod i18n;
mod lab;
mod policy;
mod preflight;
mod proving;
mod report;
mod sandbox;
mod session;
mod trace;
mod ui;

pub use cli::{Code, run, run_process};
pub use host::Host;

/// What the tests, benches and fuzz targets of this repository reach inside for. It changes with them, without notice.
#[doc(hidden)]
pub mod inside {
    pub mod actions {
        pub use crate::actions::{Naming, delete, facts_of, label, make};
    }
    pub mod cloud {
        pub use crate::cloud::{Api, Call, Clients, ConnectOptions, Fault, FaultClass, connect, identity, text_at};
    }
    pub mod engine {
        pub use crate::engine::{State, event, parse_journal};
    }
    pub mod host {
        pub use crate::host::{Clock, Host, Random, harmless, shell_word};
    }
    pub mod i18n {
        pub use crate::i18n::{Arg, Lang, Text, Zone, fuzz_fluent, harmless};
    }
    pub mod lab {
        pub use crate::lab::{
            Check, Drill, DrillSource, Kind, LabError, Leaves, LoadError, Loaded, NetworkAcl, Resource, Side, Source,
            Vocabulary, in_order, load,
        };
    }
    pub mod report {
        pub use crate::report::{Drawing, Told, fold, report_html, report_markdown};
    }
    pub mod sandbox {
        pub use crate::sandbox::{
            Account, Options, Pace, Quotas, Sandbox, StartError, Throttle, delays, differences, fuzz_request,
            fuzz_rest, keeper, plane,
        };
    }
    pub mod trace {
        pub use crate::trace::RungId;
    }
    pub mod ui {
        pub use crate::ui::{GlyphSet, PrintStyle, markdown};
    }
}
