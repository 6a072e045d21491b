//! Dates, times and numbers as people of the language write them.

use super::Locale;
use maud::{PreEscaped, html};
use siger_domain::time::{CivilDate, Instant, PartialDate};
use std::fmt::Write as _;

/// The time zone that an office shows moments in.
#[derive(Clone, Debug)]
pub struct Zone(jiff::tz::TimeZone);

impl Zone {
    /// The zone with this IANA name (`Asia/Jakarta`), or `None` when there is no such zone.
    pub fn named(name: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(name).ok().map(Self)
    }

    /// Coordinated universal time.
    pub const UTC: Self = Self(jiff::tz::TimeZone::UTC);

    /// The calendar date of a moment.
    pub fn date(&self, moment: Instant) -> CivilDate {
        moment.date_in(&self.0)
    }

    /// Seconds that the zone is ahead of UTC at a moment.
    pub fn offset_seconds(&self, moment: Instant) -> i32 {
        moment.in_zone(&self.0).offset().seconds()
    }

    /// The zone's short name at a moment (`WIB`).
    pub fn mark(&self, moment: Instant) -> String {
        moment.in_zone(&self.0).strftime("%Z").to_string()
    }
}

impl From<jiff::tz::TimeZone> for Zone {
    fn from(zone: jiff::tz::TimeZone) -> Self {
        Self(zone)
    }
}

const MONTHS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];
const WEEKDAYS: [&str; 7] = ["1", "2", "3", "4", "5", "6", "7"];

/// Digits in groups of three.
pub(super) fn grouped(number: i64, separator: char) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('\u{2212}');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

impl Locale {
    const fn group_separator(self) -> char {
        match self {
            Self::Id => '.',
            Self::En => ',',
        }
    }

    /// What stands between hours and minutes: `09.42` in Indonesian, `09:42` in English.
    pub const fn clock_separator(self) -> char {
        match self {
            Self::Id => '.',
            Self::En => ':',
        }
    }

    fn month(self, month: i8) -> &'static str {
        MONTHS.get(usize::try_from(month - 1).unwrap_or(0)).map_or("", |member| self.word("month", member))
    }

    fn month_short(self, month: i8) -> &'static str {
        MONTHS.get(usize::try_from(month - 1).unwrap_or(0)).map_or("", |member| self.word("month-short", member))
    }

    /// The names of the months, January first.
    pub fn months(self) -> [&'static str; 12] {
        MONTHS.map(|member| self.word("month", member))
    }

    /// A whole number with its groups: `1.234`, `1,234`.
    pub fn number(self, number: i64) -> String {
        grouped(number, self.group_separator())
    }

    /// An amount of bytes in the largest unit that keeps it readable: `12 KB`, `1,4 MB`.
    pub fn bytes(self, bytes: u64) -> String {
        let decimal = match self {
            Self::Id => ',',
            Self::En => '.',
        };
        let mut tenths = bytes.saturating_mul(10);
        let mut unit = "B";
        for next in ["KB", "MB", "GB", "TB"] {
            if tenths < 10_000 {
                break;
            }
            tenths /= 1_000;
            unit = next;
        }
        if tenths >= 100 || tenths.is_multiple_of(10) {
            format!("{}\u{a0}{unit}", tenths / 10)
        } else {
            format!("{}{decimal}{}\u{a0}{unit}", tenths / 10, tenths % 10)
        }
    }

    /// A date in full: `24 November 2026`.
    pub fn date(self, date: CivilDate) -> String {
        let (year, month, day) = date.parts();
        format!("{day} {} {year}", self.month(month))
    }

    /// A date where space is short: `24 Nov 2026`.
    pub fn date_short(self, date: CivilDate) -> String {
        let (year, month, day) = date.parts();
        format!("{day} {} {year}", self.month_short(month))
    }

    /// A date with its weekday: `Selasa, 24 November 2026`.
    pub fn date_long(self, date: CivilDate) -> String {
        // 2000-01-03 was a Monday.
        let since_monday = CivilDate::new(2000, 1, 3).map_or(0, |monday| date.days_since(monday)).rem_euclid(7);
        let weekday = WEEKDAYS.get(since_monday as usize).map_or("", |member| self.word("weekday", member));
        format!("{weekday}, {}", self.date(date))
    }

    /// A date of birth with what is known of it: `3 Maret 1985`, `Maret 1985`, `1985`.
    pub fn partial_date(self, date: PartialDate) -> String {
        match date {
            PartialDate::Year(year) => year.to_string(),
            PartialDate::Month(year, month) => format!("{} {year}", self.month(month)),
            PartialDate::Day(date) => self.date(date),
        }
    }

    /// The hour of a moment in the office's zone: `09.42 WIB`.
    pub fn time(self, moment: Instant, zone: &Zone) -> String {
        let at = moment.in_zone(&zone.0);
        format!("{:02}{}{:02} {}", at.hour(), self.clock_separator(), at.minute(), at.strftime("%Z"))
    }

    /// A moment in the office's zone: `24 Nov 2026, 09.42 WIB`.
    pub fn moment(self, moment: Instant, zone: &Zone) -> String {
        format!("{}, {}", self.date_short(zone.date(moment)), self.time(moment, zone))
    }

    /// A moment to the second, for proofs and logs: `24 Nov 2026, 09.42.07 WIB`.
    pub fn moment_exact(self, moment: Instant, zone: &Zone) -> String {
        let at = moment.in_zone(&zone.0);
        let (mark, mut text) = (self.clock_separator(), self.date_short(zone.date(moment)));
        let _ = write!(text, ", {:02}{mark}{:02}{mark}{:02} {}", at.hour(), at.minute(), at.second(), at.strftime("%Z"));
        text
    }

    /// How far a day is from today: `hari ini`, `besok`, `3 hari lagi`, `2 hari lalu`.
    pub fn relative_day(self, date: CivilDate, today: CivilDate) -> String {
        match date.days_since(today) {
            0 => self.text("day-today").to_owned(),
            1 => self.text("day-tomorrow").to_owned(),
            -1 => self.text("day-yesterday").to_owned(),
            days if days > 0 => self.format("day-ahead", &[("days", days.into())]),
            days => self.format("day-ago", &[("days", days.unsigned_abs().into())]),
        }
    }

    /// A length of time in its largest whole unit: `4 menit`, `2 jam`, `3 hari`.
    pub fn duration(self, seconds: i64) -> String {
        let seconds = seconds.max(0);
        match seconds {
            0..60 => self.format("duration-seconds", &[("count", seconds.into())]),
            60..3_600 => self.format("duration-minutes", &[("count", (seconds / 60).into())]),
            3_600..86_400 => self.format("duration-hours", &[("count", (seconds / 3_600).into())]),
            _ => self.format("duration-days", &[("count", (seconds / 86_400).into())]),
        }
    }

    /// How long ago a moment was (or how soon it will be), seen from `now`: `baru saja`, `4 menit lalu`, `2 jam lagi`.
    pub fn ago(self, moment: Instant, now: Instant) -> String {
        /// Below this both clocks and reading time make a figure meaningless.
        const JUST_NOW_SECONDS: i64 = 45;
        let seconds = now.seconds_since(moment);
        let length = self.duration(seconds.abs());
        if seconds.abs() < JUST_NOW_SECONDS {
            self.text("moment-now").to_owned()
        } else if seconds < 0 {
            self.format("moment-ahead", &[("length", length.into())])
        } else {
            self.format("moment-ago", &[("length", length.into())])
        }
    }
}

/// Writes the moments of one list. They lie close together, so the date and what the zone says are worked out once for many.
#[derive(Debug)]
pub struct Moments<'a> {
    locale: Locale,
    zone: &'a Zone,
    /// Quarter of an hour, counted from the epoch, for which the rest holds: zones change at the start of one.
    quarter: i64,
    offset_seconds: i64,
    mark: String,
    /// Days since the epoch in the zone, and how that day is written.
    day: i64,
    date: String,
    text: String,
}

const MICROS: i64 = 1_000_000;
const QUARTER_SECONDS: i64 = 900;
const DAY_SECONDS: i64 = 86_400;

impl<'a> Moments<'a> {
    /// For a list in this language and zone.
    pub fn new(locale: Locale, zone: &'a Zone) -> Self {
        let (mark, date, text) = (String::new(), String::new(), String::with_capacity(40));
        Self { locale, zone, quarter: i64::MIN, offset_seconds: 0, mark, day: i64::MIN, date, text }
    }

    /// As [`Locale::moment_exact`], as markup.
    pub fn exact(&mut self, moment: Instant) -> PreEscaped<&str> {
        let seconds = moment.unix_micros().div_euclid(MICROS);
        let quarter = seconds.div_euclid(QUARTER_SECONDS);
        if quarter != self.quarter {
            (self.quarter, self.offset_seconds, self.mark) = (quarter, i64::from(self.zone.offset_seconds(moment)), escaped(&self.zone.mark(moment)));
        }
        let local = seconds + self.offset_seconds;
        let day = local.div_euclid(DAY_SECONDS);
        if day != self.day {
            (self.day, self.date) = (day, escaped(&self.locale.date_short(self.zone.date(moment))));
        }
        let (second, mark) = (local.rem_euclid(DAY_SECONDS), self.locale.clock_separator());
        self.text.clear();
        let _ = write!(self.text, "{}, {:02}{mark}{:02}{mark}{:02} {}", self.date, second / 3_600, second / 60 % 60, second % 60, self.mark);
        PreEscaped(&self.text)
    }
}

fn escaped(text: &str) -> String {
    html! { (text) }.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    #[test]
    fn dates_in_both_languages() {
        let day = date("2026-11-24");
        assert_eq!(Locale::Id.date(day), "24 November 2026");
        assert_eq!(Locale::Id.date(date("1985-03-03")), "3 Maret 1985");
        assert_eq!(Locale::En.date(date("1985-03-03")), "3 March 1985");
        assert_eq!(Locale::Id.date_short(date("2026-12-26")), "26 Des 2026");
        assert_eq!(Locale::En.date_short(date("2026-12-26")), "26 Dec 2026");
        assert_eq!(Locale::Id.date_long(day), "Selasa, 24 November 2026");
        assert_eq!(Locale::En.date_long(date("1999-12-31")), "Friday, 31 December 1999");
        assert_eq!(Locale::Id.partial_date(PartialDate::Month(1985, 5)), "Mei 1985");
        assert_eq!(Locale::Id.partial_date(PartialDate::Year(1985)), "1985");
    }

    #[test]
    fn moments_in_the_zone_of_the_office() {
        // 2026-11-24T02:42:07Z
        let moment = Instant::from_unix_micros(1_795_488_127_000_000);
        for (zone, id, en) in
            [("Asia/Jakarta", "24 Nov 2026, 09.42 WIB", "24 Nov 2026, 09:42 WIB"), ("Asia/Makassar", "24 Nov 2026, 10.42 WITA", "24 Nov 2026, 10:42 WITA")]
        {
            let zone = Zone::named(zone).unwrap();
            assert_eq!(Locale::Id.moment(moment, &zone), id);
            assert_eq!(Locale::En.moment(moment, &zone), en);
        }
        assert_eq!(Locale::Id.moment_exact(moment, &Zone::named("Asia/Jayapura").unwrap()), "24 Nov 2026, 11.42.07 WIT");
        assert!(Zone::named("Asia/Nowhere").is_none());
    }

    #[test]
    fn moments_of_a_list_are_written_as_each_alone() {
        // Before and after midnight, the epoch, and the days on which London changes its clocks.
        for zone in ["Asia/Jakarta", "Europe/London", "Asia/Kathmandu"].map(|name| Zone::named(name).unwrap()) {
            for locale in Locale::ALL {
                let mut moments = Moments::new(locale, &zone);
                for seconds in [1_795_488_127, 1_795_488_128, 1_795_481_999, 1_795_482_000, 0, -1, 1_774_745_999, 1_774_746_000, 1_792_889_999, 1_792_890_000] {
                    let moment = Instant::from_unix_micros(seconds * 1_000_000 + 7);
                    assert_eq!(moments.exact(moment).0, locale.moment_exact(moment, &zone), "{seconds}");
                }
            }
        }
    }

    #[test]
    fn numbers_and_bytes() {
        for (number, id, en) in [(0, "0", "0"), (999, "999", "999"), (1_234, "1.234", "1,234"), (-1_000_000, "\u{2212}1.000.000", "\u{2212}1,000,000")] {
            assert_eq!((Locale::Id.number(number).as_str(), Locale::En.number(number).as_str()), (id, en));
        }
        for (bytes, id) in [(0, "0\u{a0}B"), (999, "999\u{a0}B"), (1_400_000, "1,4\u{a0}MB"), (12_345, "12\u{a0}KB"), (u64::MAX, "1844674\u{a0}TB")] {
            assert_eq!(Locale::Id.bytes(bytes), id);
        }
    }

    #[test]
    fn days_and_moments_from_today() {
        let today = date("2026-11-24");
        for (day, id, en) in [
            ("2026-11-24", "hari ini", "today"),
            ("2026-11-25", "besok", "tomorrow"),
            ("2026-11-23", "kemarin", "yesterday"),
            ("2026-12-26", "32 hari lagi", "in 32 days"),
            ("2026-11-22", "2 hari lalu", "2 days ago"),
        ] {
            assert_eq!((Locale::Id.relative_day(date(day), today).as_str(), Locale::En.relative_day(date(day), today).as_str()), (id, en));
        }
        let now = Instant::from_unix_micros(1_795_488_127_000_000);
        for (seconds, id, en) in
            [(0, "baru saja", "just now"), (-240, "4 menit lalu", "4 minutes ago"), (-7_200, "2 jam lalu", "2 hours ago"), (90, "1 menit lagi", "in 1 minute")]
        {
            assert_eq!((Locale::Id.ago(now.plus_seconds(seconds), now).as_str(), Locale::En.ago(now.plus_seconds(seconds), now).as_str()), (id, en));
        }
    }
}
