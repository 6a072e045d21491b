//! Machine-readable zones of invented passports.

use siger_mrtd::check::digit;

/// The zone of a Malaysian passport of a woman who was born on 3 February 1985, valid until 1 May 2032.
///
/// # Panics
/// As [`zone_of`].
pub fn zone(primary: &str, secondary: &str, number: &str) -> Vec<String> {
    zone_of(primary, secondary, number, "850203", "320501")
}

/// The zone of a Malaysian passport (ICAO Doc 9303 part 4, TD3) with its check digits; dates as `YYMMDD`.
///
/// # Panics
/// When a text holds something else than A to Z, digits and fillers.
pub fn zone_of(primary: &str, secondary: &str, number: &str, born: &str, expires: &str) -> Vec<String> {
    let with_digit = |text: String| {
        let check = digit(&text).expect("letters, digits and fillers");
        format!("{text}{check}")
    };
    let (number, born, expires) = (with_digit(format!("{number:<<9}")), with_digit(born.to_owned()), with_digit(expires.to_owned()));
    let personal = format!("{:<<14}0", "");
    let composite = digit(&format!("{number}{born}{expires}{personal}")).expect("letters, digits and fillers");
    let names = format!("P<MYS{primary}<<{secondary}").replace(' ', "<");
    vec![format!("{names:<<44}"), format!("{number}MYS{born}F{expires}{personal}{composite}")]
}
