//! The specimens of ICAO Doc 9303, eighth edition (2021, with the amendments of 2022, 2024 and 2026), as facts: part 3
//! appendix A, part 4 §4.2.3 and appendix B, part 5 §4.2.3 and appendices, part 6, part 7. All are of Utopia, which is nowhere.

use siger_mrtd::check::Check;
use siger_mrtd::date::State;
use siger_mrtd::problem::{Fault, Severity};
use siger_mrtd::{Field, Format, parse};

/// A zone must be valid, and these are its format, identifiers and number.
fn valid(lines: &[&str], format: Format, primary: &str, secondary: &str, number: &str) {
    let zone = parse(lines).unwrap();
    assert!(zone.is_valid(), "{lines:?}: {:?}", zone.problems());
    assert_eq!(zone.format(), format, "{lines:?}");
    let read = (zone.primary().to_string(), zone.secondary().to_string(), zone.document_number().to_string());
    assert_eq!(read, (primary.to_owned(), secondary.to_owned(), number.to_owned()), "{lines:?}");
    crate::laws::hold(lines);
}

#[test]
fn the_specimen_of_each_format() {
    let eriksson = ("ERIKSSON", "ANNA MARIA");
    let passport = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    valid(&["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", passport], Format::Td3, eriksson.0, eriksson.1, "L898902C3");
    valid(&["PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", passport], Format::Td3, eriksson.0, eriksson.1, "L898902C3");
    let card = ["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"];
    valid(&card, Format::Td1, eriksson.0, eriksson.1, "D23145890");
    valid(&["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"], Format::Td2, eriksson.0, eriksson.1, "D23145890");
    let visa = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<";
    valid(&[visa, "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"], Format::MrvA, eriksson.0, eriksson.1, "L8988901C");
    valid(&[&visa[..36], "L8988901C4XXX4009078F9612109<<<<<<<<"], Format::MrvB, eriksson.0, eriksson.1, "L8988901C");
}

/// Part 5 §4.2.4 and part 6: the number is `D23145890734`, its digit 9.
#[test]
fn long_numbers() {
    let stevenson = ("STEVENSON", "PETER JOHN");
    let card = ["I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<"];
    valid(&card, Format::Td1, stevenson.0, stevenson.1, "D23145890734");
    valid(&["I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<", "D23145890<UTO3407127M95071227349<<<8"], Format::Td2, stevenson.0, stevenson.1, "D23145890734");
}

/// The lines of part 3 appendix A, of a State that is no more on the list of codes.
#[test]
fn composite_digits() {
    let names = "P<YTOCONTOH<<SITI<<<<<<<<<<<<<<<<<<<<<<<<<<<";
    let zone = parse(&[names, "HA672242<6YTO5802254M9601086<<<<<<<<<<<<<<08"]).unwrap();
    assert!(zone.is_valid());
    let unknown: Vec<Field> = zone.problems().iter().filter(|problem| problem.fault == Fault::StateUnknown).map(|problem| problem.field).collect();
    assert_eq!(unknown, [Field::IssuingState, Field::Nationality]);
    let card = parse(&["I<YTOD231458907<<<<<<<<<<<<<<<", "3407127M9507122YTO<<<<<<<<<<<2", "CONTOH<<SITI<<<<<<<<<<<<<<<<<<"]).unwrap();
    assert!(card.checks().get(Check::Composite).unwrap().holds);
    assert!(parse(&[&names[..36].replace("P<", "I<"), "HA672242<6YTO5802254M9601086<<<<<<<8"]).unwrap().is_valid());
}

/// Part 4 §4.2.3 and part 5 §4.2.3.
#[test]
fn names() {
    for (field, primary, secondary, full) in [
        ("HENG<<DEBORAH<MING<LO<<<<<<<<<<<<<<<<<<", "HENG", "DEBORAH MING LO", false),
        ("SMITH<JONES<<SUSIE<MARGARET<<<<<<<<<<<<", "SMITH JONES", "SUSIE MARGARET", false),
        ("OCONNOR<<ENYA<SIOBHAN<<<<<<<<<<<<<<<<<<", "OCONNOR", "ENYA SIOBHAN", false),
        ("VAN<DER<MUELLEN<<MARTIN<<<<<<<<<<<<<<<<", "VAN DER MUELLEN", "MARTIN", false),
        ("AL<BASRI<<HUDA<MUHAMMAD<JAWAD<<<<<<<<<<", "AL BASRI", "HUDA MUHAMMAD JAWAD", false),
        ("ARKFREITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<", "ARKFREITH", "", false),
        ("SATRIYA<SUDARPA<<<<<<<<<<<<<<<<<<<<<<<<", "SATRIYA SUDARPA", "", false),
        ("NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K", "NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG K", true),
        ("NILAVADHANANANDA<<ARNPOL<PETCH<CHARONGU", "NILAVADHANANANDA", "ARNPOL PETCH CHARONGU", true),
        ("BENNELONG<WOOLOOMOOLOO<WARRANDYTE<W<<DI", "BENNELONG WOOLOOMOOLOO WARRANDYTE W", "DI", true),
        ("BENNEL<WOOLOO<WARRAN<WARNAM<<DINGO<POTO", "BENNEL WOOLOO WARRAN WARNAM", "DINGO POTO", true),
        ("PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR", "PAPANDROPOULOUS", "JONATHON WARREN TREVOR", true),
    ] {
        let line = format!("PPUTO{field}");
        let lines = [line.as_str(), "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];
        valid(&lines, Format::Td3, primary, secondary, "L898902C3");
        let zone = parse(&lines).unwrap();
        assert_eq!(zone.name_fills_field(), full, "{field}");
        assert_eq!(zone.problems().iter().any(|problem| problem.fault == Fault::MaybeTruncated), full, "{field}");
        assert!(zone.problems().iter().all(|problem| problem.severity() == Severity::Notice && problem.fault != Fault::NameSeparators));
    }
}

/// Part 3 §4.8: what is not known of a date of birth is fillers.
#[test]
fn dates_that_are_not_known() {
    for (birth, state) in [("<<<<<<0", State::Unknown), ("85<<<<1", State::Partial), ("8507<<0", State::Partial), ("<<<<158", State::Partial)] {
        let line = format!("L8988901C4XXX{birth}F96121096ZE184226B<<<<<<");
        let zone = parse(&["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", &line]).unwrap();
        assert_eq!((zone.is_valid(), zone.birth_date_state()), (true, state), "{birth}");
    }
}
