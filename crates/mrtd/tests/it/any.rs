//! Any lines, changed zones, and any document of the five formats.

use proptest::prelude::*;
use siger_mrtd::cells::Cells;
use siger_mrtd::code::DocumentCode;
use siger_mrtd::date::ZoneDate;
use siger_mrtd::document::{EmptyNumberCheck, Number, Optional};
use siger_mrtd::name::Name;
use siger_mrtd::sex::Sex;
use siger_mrtd::state::{self, StateCode};
use siger_mrtd::{Document, Field, Format, emit, parse};

use crate::laws;

fn formats() -> impl Strategy<Value = Format> {
    prop::sample::select(Format::ALL.to_vec())
}

fn date(whole: bool) -> impl Strategy<Value = ZoneDate> {
    let parts = (prop::option::weighted(0.9, 0u8..100), prop::option::weighted(0.9, 1u8..13), prop::option::weighted(0.9, 1u8..32));
    parts.prop_filter_map("a day that exists", move |(year, month, day)| {
        let known = year.is_some() && month.is_some() && day.is_some();
        let none = year.is_none() && month.is_none() && day.is_none();
        ZoneDate::new(year, month, day).ok().filter(|_| !whole || known || none)
    })
}

fn name(width: usize) -> impl Strategy<Value = Name> {
    let identifiers = ("([A-Z]{1,12}<){0,4}", "(<[A-Z]{1,12}){0,4}");
    identifiers.prop_filter_map("a letter", move |(primary, secondary)| {
        let mut field = primary + &secondary;
        field.truncate(width);
        Name::from_field(&field).ok()
    })
}

fn code(format: Format) -> &'static str {
    match format {
        Format::Td1 => "(I|C|ID|IR|AC|C1)",
        Format::Td2 => "(I|C|ID|IR|A)",
        Format::Td3 => "P[A-Z]?",
        Format::MrvA | Format::MrvB => "V[A-Z0-9]?",
    }
}

/// Up to so many characters of a kind.
fn text(least: usize, kind: &str, most: usize) -> BoxedStrategy<String> {
    prop::string::string_regex(&format!("{kind}{{{least},{most}}}")).unwrap().boxed()
}

/// A document that its format can hold.
fn documents() -> impl Strategy<Value = Document> {
    formats().prop_flat_map(|format| {
        let width = move |field| format.span(field).map_or(0, |span| span.len());
        let long = if format.continues_numbers() { width(Field::Optional1) - 1 } else { 0 };
        let number = prop_oneof![3 => text(0, "[A-Z0-9<]", 9), 1 => text(9, "[A-Z0-9]", 9 + long)];
        let codes: Vec<&str> = state::all().map(|entry| entry.code).chain(["QQQ"]).collect();
        (
            (code(format), prop::sample::select(codes.clone()), prop::sample::select(codes), name(width(Field::Name)), number),
            (date(false), date(true), prop::sample::select(vec![Sex::Female, Sex::Male, Sex::Unspecified, Sex::WrittenX]), any::<bool>()),
            (text(0, "[A-Z0-9<]", width(Field::Optional1)), text(0, "[A-Z0-9<]", width(Field::Optional2))),
        )
            .prop_map(move |((code, issuing_state, nationality, name, number), (birth_date, expiry_date, sex, filler), (optional_1, optional_2))| {
                let number = Number::new(number.trim_start_matches('<')).unwrap();
                // What a long number leaves.
                let taken = if number.as_str().len() > 9 { number.as_str().len() - 9 + 2 } else { 0 };
                let optional_1 = Optional::new(&optional_1[..optional_1.len().min(width(Field::Optional1).saturating_sub(taken))]).unwrap();
                Document {
                    format,
                    code: DocumentCode::new(&code).unwrap(),
                    issuing_state: StateCode::new(issuing_state).unwrap(),
                    name,
                    number,
                    nationality: StateCode::new(nationality).unwrap(),
                    birth_date,
                    sex,
                    expiry_date,
                    optional_1,
                    optional_2: Optional::new(&optional_2).unwrap(),
                    empty_number_check: match filler && format == Format::Td3 && optional_1.as_str().is_empty() {
                        true => EmptyNumberCheck::Filler,
                        false => EmptyNumberCheck::Zero,
                    },
                }
            })
    })
}

fn lines_of(document: &Document) -> Vec<String> {
    emit(document).unwrap().iter().map(str::to_owned).collect()
}

fn hold(lines: &[String]) {
    laws::hold(&lines.iter().map(String::as_str).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(768))]

    /// What is written is valid, and reads as what was written.
    #[test]
    fn a_document_comes_back(document in documents()) {
        let lines = lines_of(&document);
        let zone = parse(&lines).unwrap();
        prop_assert!(zone.is_valid(), "{:?}", zone.problems());
        prop_assert_eq!(zone.document(), Ok(document));
        prop_assert_eq!(zone.is_long_number(), document.number.as_str().len() > 9);
        hold(&lines);
    }

    /// A zone with some characters changed, also to ones that cannot stand in it.
    #[test]
    fn a_changed_zone(document in documents(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[A-Z0-9<<<a É]"), 1..6)) {
        let mut lines = lines_of(&document);
        for (line, place, to) in changes {
            let line = line.index(lines.len());
            let mut characters: Vec<char> = lines[line].chars().collect();
            let place = place.index(characters.len());
            characters[place] = to.chars().next().unwrap();
            lines[line] = characters.into_iter().collect();
        }
        hold(&lines);
    }

    /// A changed digit of a number or date is a wrong check digit, whatever the document.
    #[test]
    fn a_changed_digit_is_found(document in documents(), field in prop::sample::select(vec![Field::DocumentNumber, Field::BirthDate, Field::ExpiryDate]), place in any::<prop::sample::Index>(), add in 1u8..10) {
        let mut lines = lines_of(&document);
        let span = document.format.span(field).unwrap();
        let place = span.from - 1 + place.index(span.len());
        let line = &mut lines[span.line - 1];
        let found = line.as_bytes()[place];
        prop_assume!(found.is_ascii_digit());
        line.replace_range(place..=place, &char::from(b'0' + (found - b'0' + add) % 10).to_string());
        let zone = parse(&lines).unwrap();
        prop_assert!(!zone.checks().hold() && !zone.is_valid());
        hold(&lines);
    }

    /// Lines of the right lengths of any characters.
    #[test]
    fn any_zone(format in formats(), text in "[A-Z0-9<]{90}", first in "(P|I|V|A|C|<|.)") {
        let lines: Vec<String> = (0..format.lines()).map(|line| text[line * format.width() % 30..][..format.width()].to_owned()).collect();
        hold(&lines);
        let mut typed = lines;
        typed[0].replace_range(..1, &first);
        hold(&typed);
    }

    /// Any lines at all.
    #[test]
    fn any_lines(lines in prop::collection::vec("\\PC{0,100}", 0..5)) {
        hold(&lines);
    }

    /// Any text as it is typed; what is made of it stays as it is when made again.
    #[test]
    fn any_text_typed(text in "[A-Za-z0-9< \r\né]{0,200}", zone in documents()) {
        for text in [text.clone(), text + &lines_of(&zone).concat().to_lowercase(), lines_of(&zone).concat().to_lowercase()] {
            let lines = siger_mrtd::scan::lines(&text);
            prop_assert_eq!(siger_mrtd::scan::lines(&lines.join("\n")), lines.clone());
            hold(&lines);
        }
        prop_assert_eq!(siger_mrtd::scan::lines(&lines_of(&zone).concat()), lines_of(&zone));
    }

    /// Any text as the parts of a document: refused or held.
    #[test]
    fn any_text_as_parts(text in "\\PC{0,50}") {
        let _ = (Cells::<9>::new(&text), Number::new(&text), Optional::new(&text), Name::from_field(&text), StateCode::new(&text), DocumentCode::new(&text), ZoneDate::read(&text));
        for format in Format::ALL {
            if let Ok(name) = Name::write(format, &text, &text, siger_mrtd::transliterate::Choices::default()) {
                prop_assert!(name.as_str().len() <= format.span(Field::Name).unwrap().len());
                prop_assert_eq!(Name::from_field(name.as_str()), Ok(name));
            }
        }
    }
}

/// What property tests found, made small, and the ends of the fields.
#[test]
fn documents_at_the_ends_of_their_fields() {
    let sample = |format, number: &str, optional: &str| Document {
        format,
        code: DocumentCode::new("I").unwrap(),
        issuing_state: StateCode::new("IDN").unwrap(),
        name: Name::from_field("CONTOH").unwrap(),
        number: Number::new(number).unwrap(),
        nationality: StateCode::new("IDN").unwrap(),
        birth_date: ZoneDate::UNKNOWN,
        sex: Sex::Unspecified,
        expiry_date: ZoneDate::UNKNOWN,
        optional_1: Optional::new(optional).unwrap(),
        optional_2: Optional::EMPTY,
        empty_number_check: EmptyNumberCheck::Zero,
    };
    for (format, number, optional, fits) in [
        (Format::Td1, "", "", true),
        (Format::Td1, "123456789", "ABCDEFGHIJKLMNO", true),
        (Format::Td1, "1234567890", "ABCDEFGHIJKL", true),
        (Format::Td1, "1234567890", "ABCDEFGHIJKLM", false),
        // Number and digit fill the optional data, without a filler behind them, and with one.
        (Format::Td1, "12345678901234567890123", "", true),
        (Format::Td1, "1234567890123456789012", "", true),
        (Format::Td1, "123456789012345678901", "A", true),
        (Format::Td2, "123456789012345", "", true),
        (Format::Td2, "1234567890123456", "", false),
        (Format::Td2, "1234567890", "ABCD", true),
        (Format::Td2, "1234567890", "ABCDE", false),
        // A filler in the part of a number that goes on would end it.
        (Format::Td1, "1234567890 1", "", false),
        (Format::Td1, "12345678 01", "", true),
        // Optional data that begins with fillers.
        (Format::Td1, "1234567890", "<<A", true),
        (Format::Td2, "123", "<A", true),
    ] {
        let document = sample(format, number, optional);
        let written = emit(&document);
        assert_eq!(written.is_ok(), fits, "{format} {number} {optional}: {written:?}");
        if let Ok(lines) = written {
            let lines: Vec<&str> = lines.iter().collect();
            assert_eq!(parse(&lines).unwrap().document(), Ok(document), "{lines:?}");
            laws::hold(&lines);
        }
    }
    for (wrong, said) in [
        (Document { code: DocumentCode::new("P").unwrap(), ..sample(Format::Td1, "1", "") }, "TD1 has no such document code"),
        (Document { expiry_date: ZoneDate::read("32<<<<").unwrap(), ..sample(Format::Td1, "1", "") }, "the date of expiry is known in part only"),
        (Document { optional_2: Optional::new("A").unwrap(), ..sample(Format::Td2, "1", "") }, "second optional data: 1 characters, and TD2 has room for 0"),
        (Document { name: Name::from_field(&"A".repeat(39)).unwrap(), ..sample(Format::Td1, "1", "") }, "name: 39 characters, and TD1 has room for 30"),
    ] {
        assert_eq!(emit(&wrong).unwrap_err().to_string(), said);
    }
}
