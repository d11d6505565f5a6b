//! Times in the form that people use.

use std::time::Duration;

use crate::i18n::{Text, m};

/// `0:42`, `12:05`, `1:02:03`.
pub fn clock(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// The time so far, in words.
pub fn elapsed(elapsed: Duration) -> Text {
    let seconds = elapsed.as_secs();
    if seconds < 60 {
        m::elapsed_seconds(seconds)
    } else {
        m::ElapsedMinutes { m: seconds / 60, s: seconds % 60 }.text()
    }
}

/// The usual time, `from` and `to` in seconds; shown in minutes from two minutes on.
pub fn usual((from, to): (u32, u32)) -> Text {
    if to < 120 {
        return if from >= to { m::usual_second(to.max(1)) } else { m::UsualSeconds { from, to }.text() };
    }
    let (from, to) = ((from / 60).max(1), to.div_ceil(60));
    if from >= to { m::usual_minute(to) } else { m::UsualMinutes { from, to }.text() }
}

/// The time limit in seconds; shown in minutes from two minutes on.
pub fn most(seconds: u64) -> Text {
    if seconds < 120 { m::most_seconds(seconds) } else { m::most_minutes(seconds / 60) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{clock, most, usual};
    use crate::i18n::Lang;

    #[test]
    fn clocks_count_as_clocks_do() {
        assert_eq!(clock(Duration::from_secs(42)), "0:42");
        assert_eq!(clock(Duration::from_secs(3723)), "1:02:03");
    }

    #[test]
    fn usual_times_have_units() {
        assert_eq!(usual((120, 240)).render(Lang::Ja), "AWS では通常 2〜4 分");
        assert_eq!(usual((120, 240)).render(Lang::En), "on AWS usually 2-4 min");
        assert_eq!(usual((0, 1)).render(Lang::En), "on AWS usually 0-1 s");
        assert_eq!(usual((5, 5)).render(Lang::Ja), "AWS では通常約 5 秒");
        assert_eq!(most(900).render(Lang::Ja), "最長 15 分で打ち切り");
        assert_eq!(most(900).render(Lang::En), "gives up after 15 min");
        assert_eq!(most(3).render(Lang::En), "gives up after 3 s");
    }
}
