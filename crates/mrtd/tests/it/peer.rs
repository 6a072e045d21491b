//! Another reading of the same standard, the crate `mrz`, where it is right: check digits, and the fields of valid zones whose name has two
//! identifiers. It splits a name without `<<` at the first filler, calls impossible dates valid, and does not put together long numbers that
//! fill the optional data; there it is no measure.

use siger_mrtd::check::{Check, digit};
use siger_mrtd::{Field, Format, parse};

fn peer(lines: &[&str]) -> mrz::MrzData {
    match (parse(lines).unwrap().format(), lines) {
        (Format::Td1, [a, b, c]) => mrz::parse_td1(a, b, c),
        (Format::Td2, [a, b]) => mrz::parse_td2(a, b),
        (Format::Td3, [a, b]) => mrz::parse_td3(a, b),
        (Format::MrvA, [a, b]) => mrz::parse_mrv_a(a, b),
        (Format::MrvB, [a, b]) => mrz::parse_mrv_b(a, b),
        _ => unreachable!("a format has its lines"),
    }
    .unwrap()
}

#[test]
fn fields_and_verdicts_of_valid_zones() {
    let visa = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<";
    for lines in [
        &["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"][..],
        &["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"],
        &["I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<"],
        &["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"],
        &[visa, "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"],
        &[&visa[..36], "L8988901C4XXX4009078F9612109<<<<<<<<"],
    ] {
        let (ours, theirs) = (parse(lines).unwrap(), peer(lines));
        assert!(ours.is_valid() && theirs.valid(), "{lines:?}");
        assert_eq!(ours.primary().to_string(), theirs.surname);
        assert_eq!(ours.secondary().to_string(), theirs.given_names);
        assert_eq!(ours.document_number().as_str(), theirs.full_document_number());
        assert_eq!(ours.nationality().as_str(), theirs.nationality);
    }
}

proptest::proptest! {
    #[test]
    fn check_digits(text in "[0-9A-Z<]{0,45}") {
        proptest::prop_assert_eq!(digit(&text).and_then(|digit| digit.to_digit(10)), mrz::check_digit(&text).ok());
    }

    /// Verdicts on passports of which anything may be wrong.
    #[test]
    fn verdicts_of_passports(number in "[A-Z0-9][A-Z0-9<]{8}", birth in "[0-9]{6}", expiry in "[0-9]{6}", personal in "[A-Z0-9]{14}", digits in "[0-9]{5}") {
        let lower = format!("{number}{}IDN{birth}{}F{expiry}{}{personal}{}{}", &digits[..1], &digits[1..2], &digits[2..3], &digits[3..4], &digits[4..]);
        let lines = ["P<IDNCONTOH<<SITI<<<<<<<<<<<<<<<<<<<<<<<<<<<", lower.as_str()];
        let (ours, theirs) = (parse(&lines).unwrap(), peer(&lines));
        let verdict = |check| ours.checks().get(check).map(|verdict| verdict.holds);
        proptest::prop_assert_eq!(verdict(Check::DocumentNumber), theirs.checks.document_number);
        proptest::prop_assert_eq!(verdict(Check::BirthDate), theirs.checks.date_of_birth);
        proptest::prop_assert_eq!(verdict(Check::ExpiryDate), theirs.checks.date_of_expiry);
        proptest::prop_assert_eq!(verdict(Check::Composite), theirs.checks.composite);
        proptest::prop_assert_eq!(ours.text(Field::BirthDate), birth);
    }
}
