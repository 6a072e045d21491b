//! What somebody is let in for, and for how long.

use serde::{Deserialize, Serialize};

use crate::time::CivilDate;

labelled! {
    /// Purpose of the visit (*maksud kunjungan*), as the visa catalogue groups its indices. Not the purpose of processing
    /// ([`crate::access::Purpose`]).
    VisitPurpose, "purpose of a visit" {
        /// Tourism (A1, B1, C1, D1).
        Tourism = "tourism", "wisata", "tourism";
        /// Visiting family or friends.
        Family = "family", "keluarga", "family";
        /// Business talks, purchases (A1, B1, C2, D2).
        Business = "business", "bisnis", "business";
        /// Before an investment, or as investor (C12, D12, E28).
        Investment = "investment", "investasi", "investment";
        /// Medical treatment.
        Medical = "medical", "pengobatan", "medical treatment";
        /// A task of a government (C4).
        Government = "government", "tugas pemerintahan", "government task";
        /// Arts and skills (C7).
        Arts = "arts", "seni", "arts";
        /// Study (E30).
        Study = "study", "belajar", "study";
        /// Internship (C22).
        Internship = "internship", "magang", "internship";
        /// Work, also prospective (C18, E23).
        Work = "work", "bekerja", "work";
        /// Second home, pensioners, remote work (E33).
        Residence = "residence", "tinggal", "residence";
        /// Religious.
        Religious = "religious", "keagamaan", "religious";
        /// On the way elsewhere.
        Transit = "transit", "transit", "transit";
        /// Crew of a vehicle.
        Crew = "crew", "awak alat angkut", "crew";
        /// A citizen who comes home, or a resident who comes back.
        Return = "return", "kembali", "return home";
    }
}

/// Longest stay that any permit known here gives: ten years.
pub const STAY_DAYS_MAX: i32 = 3_653;

/// The days of a stay cannot be.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum GrantError {
    /// The last day lies before the first.
    #[error("stay: the last day {until} lies before the first {from}")]
    Backwards {
        /// First day.
        from: CivilDate,
        /// Last day.
        until: CivilDate,
    },
    /// Longer than any permit.
    #[error("stay: {days} days, at most {max}", max = STAY_DAYS_MAX)]
    TooLong {
        /// Days, both ends counted.
        days: i32,
    },
}

/// First and last day of a stay; both count. Which day is the last is said by the rules of `law/` with their convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawPeriod", into = "RawPeriod")]
pub struct StayPeriod {
    from: CivilDate,
    until: CivilDate,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPeriod {
    from: CivilDate,
    until: CivilDate,
}

impl StayPeriod {
    /// The days from one to another.
    ///
    /// # Errors
    /// When backwards, or more than [`STAY_DAYS_MAX`].
    pub fn new(from: CivilDate, until: CivilDate) -> Result<Self, GrantError> {
        let days = until.days_since(from) + 1;
        if days < 1 {
            Err(GrantError::Backwards { from, until })
        } else if days > STAY_DAYS_MAX {
            Err(GrantError::TooLong { days })
        } else {
            Ok(Self { from, until })
        }
    }

    /// First day.
    pub const fn from(self) -> CivilDate {
        self.from
    }

    /// Last day.
    pub const fn until(self) -> CivilDate {
        self.until
    }

    /// Days, both ends counted.
    pub fn days(self) -> i32 {
        self.until.days_since(self.from) + 1
    }
}

impl TryFrom<RawPeriod> for StayPeriod {
    type Error = GrantError;
    fn try_from(raw: RawPeriod) -> Result<Self, GrantError> {
        Self::new(raw.from, raw.until)
    }
}

impl From<StayPeriod> for RawPeriod {
    fn from(period: StayPeriod) -> Self {
        Self { from: period.from, until: period.until }
    }
}

/// How long somebody may stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stay {
    /// These days.
    Limited(StayPeriod),
    /// Without end: a citizen; a permanent permit without limit.
    Unlimited,
}

/// What for and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What for.
    pub purpose: VisitPurpose,
    /// How long.
    pub stay: Stay,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods() {
        for (from, until, expected) in [
            ("2026-11-24", "2026-11-24", Ok(1)),
            ("2026-11-24", "2026-12-23", Ok(30)),
            ("2026-11-24", "2026-11-23", Err(true)),
            ("2026-11-24", "2036-11-23", Ok(3_653)),
            ("2026-11-24", "2036-11-24", Err(false)),
        ] {
            let (from, until): (CivilDate, CivilDate) = (from.parse().expect("a day"), until.parse().expect("a day"));
            let made = StayPeriod::new(from, until).map(StayPeriod::days).map_err(|error| matches!(error, GrantError::Backwards { .. }));
            assert_eq!(made, expected, "{from} to {until}");
        }
        assert!(serde_json::from_str::<StayPeriod>(r#"{"from":"2026-11-24","until":"2026-11-23"}"#).is_err());
    }
}
