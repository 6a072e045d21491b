//! What is wrong is named with field, finding and expectation, and logs see nothing of the holder.

use siger_mrtd::check::Check;
use siger_mrtd::problem::Fault;
use siger_mrtd::{Field, Refusal, parse};

const UPPER: &str = "P<IDNCONTOH<<SITI<<<<<<<<<<<<<<<<<<<<<<<<<<<";
const LOWER: &str = "X1234567<7IDN9008179M32081733201011708900062";

/// What is said of a passport whose lower line is changed at a column (from 1).
fn said(column: usize, text: &str) -> Vec<String> {
    let mut line = LOWER.to_owned();
    line.replace_range(column - 1..column - 1 + text.chars().count(), text);
    let zone = parse(&[UPPER, &line]).unwrap();
    zone.problems().iter().map(|problem| zone.explain(*problem).to_string()).collect()
}

#[test]
fn field_finding_and_expectation() {
    assert_eq!(said(1, "X"), Vec::<String>::new());
    assert_eq!(said(10, "8"), ["check digit of the document number: found 8, expected 7", "composite check digit: found 2, expected 9"]);
    assert_eq!(
        said(14, "901317"),
        [
            "check digit of the date of birth: found 9, expected 5",
            "composite check digit: found 2, expected 4",
            "date of birth: found 901317, expected a day that exists, as YYMMDD"
        ]
    );
    assert_eq!(said(21, "A"), ["sex: found A, expected F, M or '<'"]);
    assert!(said(22, "3O08")[2].starts_with("date of expiry: found 3O0817, expected YYMMDD in digits"), "{:?}", said(22, "3O08"));
    assert!(said(22, "<<<<<<").contains(&"date of expiry: found <<<<<<, no date of expiry".to_owned()));
    assert!(said(11, "QQQ").contains(&"nationality: found QQQ, expected a code of ISO 3166-1 or of Doc 9303 part 3 section 5".to_owned()));
}

/// A check digit of `<` is good for an empty personal number and for nothing else.
#[test]
fn a_filler_is_a_digit_for_an_empty_personal_number_only() {
    let verdict = |personal: &str| {
        let line = format!("{}{personal}0", &LOWER[..28]);
        parse(&[UPPER, &line]).unwrap().checks().get(Check::PersonalNumber).unwrap()
    };
    for (personal, holds) in
        [("<<<<<<<<<<<<<<<", true), ("<<<<<<<<<<<<<<0", true), ("<<<<<<<<<<<<<<1", false), ("32010117089000<", false), ("320101170890006", true)]
    {
        assert_eq!(verdict(personal).holds, holds, "{personal}");
    }
    let fillers = parse(&["<".repeat(30), "<".repeat(30), "<".repeat(30)]).unwrap();
    assert!(fillers.checks().iter().all(|(_, verdict)| !verdict.holds));
}

/// A character that is none of a zone's does not keep the other fields from being read.
#[test]
fn one_bad_character_leaves_the_rest() {
    let line = LOWER.replace("9008179", "9008l79");
    let zone = parse(&[UPPER, &line]).unwrap();
    assert!(!zone.is_readable() && !zone.is_valid());
    assert_eq!(zone.primary().to_string(), "CONTOH");
    assert_eq!(zone.document_number().to_string(), "X1234567");
    assert!(zone.checks().get(Check::DocumentNumber).unwrap().holds && !zone.checks().get(Check::BirthDate).unwrap().holds);
    let problem = zone.problems().iter().find(|problem| matches!(problem.fault, Fault::Character { .. })).copied().unwrap();
    assert_eq!((problem.field, problem.fault), (Field::BirthDate, Fault::Character { found: 'l', column: 18 }));
    assert_eq!(zone.explain(problem).to_string(), "date of birth: found l, expected capital letters A to Z, digits and '<' (character 18 of its line)");
    assert!(zone.document().is_err());
}

#[test]
fn lines_of_no_format_say_what_they_are() {
    for (lines, said) in [
        (vec![], "no line"),
        (vec![LOWER], "one line of 44 characters"),
        (vec![UPPER, &LOWER[..43]], "two lines of 44 and 43 characters"),
        (vec![UPPER, LOWER, ""], "three lines of 44, 44 and 0 characters"),
        (vec![UPPER; 4], "4 lines"),
    ] {
        let refusal = parse(&lines).unwrap_err();
        assert_eq!(refusal.to_string(), format!("{said}; expected two lines of 44 or 36, or three of 30"));
    }
    // Characters are counted, not bytes.
    assert!(parse(&[UPPER.replace('C', "Ç"), LOWER.to_owned()]).is_ok());
    assert_eq!(parse(&["É".repeat(22), LOWER.to_owned()]), Err(Refusal::Length { lines: 2, lengths: [22, 44, 0] }));
}

#[test]
fn debug_and_display_of_problems_say_nothing_of_the_holder() {
    let line = LOWER.replace("9008179", "9013179").replace("32081733", "3O081733");
    let zone = parse(&[UPPER, &line]).unwrap();
    let mut shown = format!("{zone:?} {:?} {:?} {:?}", zone.lines(), zone.birth_date(), zone.optional_1());
    shown += &zone.problems().iter().map(ToString::to_string).collect::<String>();
    assert!(shown.contains("no_such_day") && shown.contains("not_a_date"), "{shown}");
    for secret in ["CONTOH", "SITI", "X1234567", "9013", "3O08", "32010"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}
