//! What must hold for any lines whatever. The fuzz target of zones (`fuzz/`) runs this file too.

use siger_mrtd::check::{Check, digit};
use siger_mrtd::date::{Day, State};
use siger_mrtd::format::Field;
use siger_mrtd::{Format, Refusal, emit, parse};

/// Reads lines and looks at what must hold.
///
/// # Panics
/// When it does not.
pub fn hold(lines: &[&str]) {
    let zone = match parse(lines) {
        Ok(zone) => zone,
        Err(refusal @ Refusal::Length { lines: count, .. }) => {
            assert_eq!(count, lines.len());
            assert!(!refusal.to_string().is_empty());
            assert!(!Format::ALL.into_iter().any(|format| count == format.lines() && lines.iter().all(|line| line.chars().count() == format.width())));
            return;
        }
    };
    let format = zone.format();
    assert!(lines.len() == format.lines() && lines.iter().all(|line| line.chars().count() == format.width()));
    assert_eq!(zone.is_readable(), zone.lines().iter().eq(lines.iter().copied()), "a readable zone is kept as it is");

    // Everything can be asked for, whatever is wrong.
    let texts = [zone.primary().to_string(), zone.secondary().to_string(), zone.document_number().to_string(), zone.optional_1().to_string()];
    for text in texts.iter().chain([&zone.optional_2().to_string(), &zone.optional_1().raw().to_owned()]) {
        assert!(text.trim() == text && !text.starts_with('<') && !text.ends_with('<'), "{text:?}");
    }
    let today = Day::new(2026, 11, 24).unwrap();
    for date in [zone.birth_date(), zone.expiry_date()].into_iter().flatten() {
        assert!(date.state() != State::Malformed && (date.birth(today).is_some() || date.parts().0.is_none() || date.parts() == (Some(0), Some(2), Some(29))));
        assert_eq!(date.expiry(today).is_some(), date.parts().0.is_some());
    }
    assert!(zone.is_long_number() <= format.continues_numbers());
    assert_eq!(zone.checks().iter().count(), Check::ALL.len() - usize::from(format != Format::Td3) - usize::from(format.is_visa()));

    // Each wrong digit is a problem, each problem can be explained, and the verdict follows from both.
    let wrong = zone.checks().iter().filter(|(_, verdict)| !verdict.holds).count();
    let faults = zone.problems().iter().filter(|problem| problem.severity() == siger_mrtd::problem::Severity::Fault).count();
    assert!(faults >= wrong && zone.is_valid() == (faults == 0));
    for problem in zone.problems() {
        assert!(zone.explain(*problem).to_string().contains("found"));
        assert!(!problem.to_string().is_empty() && !problem.fault.word().is_empty());
    }

    // What is valid comes out as it went in; what is sound but for its digits comes out valid.
    let Ok(document) = zone.document() else {
        assert!(!zone.is_valid());
        return;
    };
    let written = emit(&document).expect("what was read can be written");
    let again = parse(&written.iter().collect::<Vec<_>>()).expect("what is written is a zone");
    assert!(again.is_valid(), "{:?}", again.problems());
    assert_eq!(again.document(), Ok(document));
    if zone.is_valid() {
        assert_eq!(written.to_string(), lines.join("\n"));
        assert_eq!(digit(zone.text(Field::BirthDate)), zone.text(Field::BirthDateCheck).chars().next());
    }
}
