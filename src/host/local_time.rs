//! Times in the reader's own zone. Journals and JSON keep UTC.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A zone in which times are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

static SYSTEM: LazyLock<Zone> = LazyLock::new(|| Zone(TimeZone::try_system().unwrap_or(TimeZone::UTC)));

impl Zone {
    /// The zone of this machine (`TZ`, else the system's setting); UTC if there is none.
    #[must_use]
    pub fn system() -> Self {
        SYSTEM.clone()
    }

    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Date and time, to the second.
    #[must_use]
    pub fn time(&self, at: Timestamp) -> String {
        self.format(at, "%Y-%m-%d %H:%M:%S")
    }

    /// Date and time for a table whose document shows the year.
    #[must_use]
    pub fn clock(&self, at: Timestamp) -> String {
        self.format(at, "%m-%d %H:%M:%S")
    }

    /// Date and time, to the minute, with the zone's short name.
    #[must_use]
    pub fn minute(&self, at: Timestamp) -> String {
        self.format(at, "%Y-%m-%d %H:%M %Z")
    }

    /// The zone's name at a time, such as `JST, UTC+09:00`.
    #[must_use]
    pub fn name(&self, at: Timestamp) -> String {
        let name = self.format(at, "%Z");
        if name == "UTC" { name } else { format!("{name}, UTC{}", self.format(at, "%:z")) }
    }

    fn format(&self, at: Timestamp, form: &str) -> String {
        at.to_zoned_datetime(self.0.clone()).strftime(form).to_string()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::{Offset, TimeZone};

    use super::Zone;

    #[test]
    fn times_are_those_of_the_zone_and_name_it() {
        let at = Timestamp::UNIX_EPOCH;
        assert_eq!(Zone::utc().minute(at), "1970-01-01 00:00 UTC");
        assert_eq!(Zone::utc().name(at), "UTC");
        let tokyo = Zone(TimeZone::posix("JST-9").expect("a zone"));
        assert_eq!((tokyo.time(at), tokyo.name(at)), ("1970-01-01 09:00:00".to_owned(), "JST, UTC+09:00".to_owned()));
        assert_eq!(tokyo.minute(at), "1970-01-01 09:00 JST");
        let west = Zone(TimeZone::fixed(Offset::constant(-3)));
        assert_eq!(west.clock(at), "12-31 21:00:00");
    }
}
