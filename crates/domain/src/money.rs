//! Money: whole rupiah.
//!
//! Tariffs of state revenue other than tax are whole rupiah, so there is nothing smaller and nothing to round. Every sum is
//! checked: an amount that does not fit is no amount.

use std::fmt;

use serde::{Deserialize, Serialize};

/// More than this is no amount of an office but a mistake; it also keeps every amount exact in the numbers of JSON
/// (2^53, RFC 8259 section 6).
const RUPIAH_MAX: u64 = 1_000_000_000_000_000;

/// The number is no amount of rupiah.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an amount of rupiah (expected 0 to {RUPIAH_MAX})")]
pub struct NotRupiah;

/// An amount of Indonesian rupiah, 0 to 10^15.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Rupiah(u64);

impl Rupiah {
    /// Nothing to pay.
    pub const ZERO: Self = Self(0);

    /// This many rupiah.
    ///
    /// # Errors
    /// When it is more than any amount an office can meet.
    pub const fn new(rupiah: u64) -> Result<Self, NotRupiah> {
        if rupiah > RUPIAH_MAX { Err(NotRupiah) } else { Ok(Self(rupiah)) }
    }

    /// The number of rupiah.
    pub const fn rupiah(self) -> u64 {
        self.0
    }

    /// Both together; `None` when the sum is no amount.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::new(self.0.checked_add(other.0)?).ok()
    }

    /// This often; `None` when the product is no amount.
    pub fn checked_mul(self, times: u64) -> Option<Self> {
        Self::new(self.0.checked_mul(times)?).ok()
    }
}

impl TryFrom<u64> for Rupiah {
    type Error = NotRupiah;
    fn try_from(rupiah: u64) -> Result<Self, NotRupiah> {
        Self::new(rupiah)
    }
}

impl From<Rupiah> for u64 {
    fn from(amount: Rupiah) -> Self {
        amount.0
    }
}

impl fmt::Display for Rupiah {
    /// `Rp 1.000.000`, as Indonesian offices write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        f.write_str("Rp ")?;
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_str(".")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_and_bounded() {
        for (rupiah, written) in [(0, "Rp 0"), (300, "Rp 300"), (1_000, "Rp 1.000"), (59_000_000, "Rp 59.000.000"), (RUPIAH_MAX, "Rp 1.000.000.000.000.000")] {
            assert_eq!(Rupiah::new(rupiah).expect("an amount").to_string(), written);
        }
        assert_eq!(Rupiah::new(RUPIAH_MAX + 1), Err(NotRupiah));
    }

    #[test]
    fn what_does_not_fit_is_no_amount() {
        let most = Rupiah::new(RUPIAH_MAX).expect("an amount");
        let one = Rupiah::new(1).expect("an amount");
        assert_eq!(most.checked_add(one), None);
        assert_eq!(most.checked_mul(u64::MAX), None);
        assert_eq!(one.checked_mul(59).and_then(|days| days.checked_add(one)).map(Rupiah::rupiah), Some(60));
        assert_eq!(most.checked_mul(0), Some(Rupiah::ZERO));
    }

    #[test]
    fn json_is_a_number() {
        let amount: Rupiah = serde_json::from_str("1000000").expect("an amount");
        assert_eq!(serde_json::to_string(&amount).expect("JSON"), "1000000");
        assert!(serde_json::from_str::<Rupiah>("-1").is_err());
    }
}
