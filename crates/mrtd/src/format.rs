//! The five formats and where each field stands in them: one table, after the data structure tables of ICAO Doc 9303 (part 4
//! §4.2.2 for TD3, part 5 §4.2.2 for TD1, part 6 §4.2.2 for TD2, part 7 §4.2.2 and §5.2.2 for visas).

use std::fmt;
use std::ops::Range;

/// The most cells a zone has: three lines of thirty.
pub const CELLS_MAX: usize = 90;

/// The size of a document, which fixes how its zone is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A card: three lines of 30.
    Td1,
    /// A larger card or a sheet: two lines of 36.
    Td2,
    /// A passport: two lines of 44.
    Td3,
    /// A visa of the size of a passport page: two lines of 44.
    MrvA,
    /// A smaller visa: two lines of 36.
    MrvB,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Td1, Self::Td2, Self::Td3, Self::MrvA, Self::MrvB];

    /// How it is called in tables and answers: `TD1`, `TD2`, `TD3`, `MRVA`, `MRVB`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Td1 => "TD1",
            Self::Td2 => "TD2",
            Self::Td3 => "TD3",
            Self::MrvA => "MRVA",
            Self::MrvB => "MRVB",
        }
    }

    /// How many lines its zone has.
    pub const fn lines(self) -> usize {
        match self {
            Self::Td1 => 3,
            _ => 2,
        }
    }

    /// How many characters a line has.
    pub const fn width(self) -> usize {
        match self {
            Self::Td1 => 30,
            Self::Td2 | Self::MrvB => 36,
            Self::Td3 | Self::MrvA => 44,
        }
    }

    /// Whether it is a visa.
    pub const fn is_visa(self) -> bool {
        matches!(self, Self::MrvA | Self::MrvB)
    }

    /// Whether a document number of more than nine characters goes on in the optional data (part 5 and part 6 §4.2.2, note j).
    pub const fn continues_numbers(self) -> bool {
        matches!(self, Self::Td1 | Self::Td2)
    }

    /// What the composite digit is computed over, in these cells.
    pub(crate) fn covered(self, cells: &[u8; CELLS_MAX]) -> [&[u8]; 4] {
        let mut covered: [&[u8]; 4] = [&[]; 4];
        covered.iter_mut().zip(self.composite()).for_each(|(place, span)| *place = &cells[span.cells(self)]);
        covered
    }

    /// The format of lines of these lengths; a visa is told from the document of the same size by its first letter.
    pub(crate) fn of(lengths: &[usize], first: Option<char>) -> Option<Self> {
        match (lengths, first) {
            ([30, 30, 30], _) => Some(Self::Td1),
            ([36, 36], Some('V')) => Some(Self::MrvB),
            ([36, 36], _) => Some(Self::Td2),
            ([44, 44], Some('V')) => Some(Self::MrvA),
            ([44, 44], _) => Some(Self::Td3),
            _ => None,
        }
    }

    /// Where a field stands, or nothing when this format has none.
    pub const fn span(self, field: Field) -> Option<Span> {
        use Field::*;
        let (line, from, to) = match (self, field) {
            (_, DocumentCode) => (1, 1, 2),
            (_, IssuingState) => (1, 3, 5),

            (Self::Td1, DocumentNumber) => (1, 6, 14),
            (Self::Td1, DocumentNumberCheck) => (1, 15, 15),
            (Self::Td1, Optional1) => (1, 16, 30),
            (Self::Td1, BirthDate) => (2, 1, 6),
            (Self::Td1, BirthDateCheck) => (2, 7, 7),
            (Self::Td1, Sex) => (2, 8, 8),
            (Self::Td1, ExpiryDate) => (2, 9, 14),
            (Self::Td1, ExpiryDateCheck) => (2, 15, 15),
            (Self::Td1, Nationality) => (2, 16, 18),
            (Self::Td1, Optional2) => (2, 19, 29),
            (Self::Td1, CompositeCheck) => (2, 30, 30),
            (Self::Td1, Name) => (3, 1, 30),

            (Self::Td2 | Self::MrvB, Name) => (1, 6, 36),
            (Self::Td3 | Self::MrvA, Name) => (1, 6, 44),
            (_, DocumentNumber) => (2, 1, 9),
            (_, DocumentNumberCheck) => (2, 10, 10),
            (_, Nationality) => (2, 11, 13),
            (_, BirthDate) => (2, 14, 19),
            (_, BirthDateCheck) => (2, 20, 20),
            (_, Sex) => (2, 21, 21),
            (_, ExpiryDate) => (2, 22, 27),
            (_, ExpiryDateCheck) => (2, 28, 28),
            (Self::Td2, Optional1) => (2, 29, 35),
            (Self::Td2, CompositeCheck) => (2, 36, 36),
            (Self::Td3, Optional1) => (2, 29, 42),
            (Self::Td3, PersonalNumberCheck) => (2, 43, 43),
            (Self::Td3, CompositeCheck) => (2, 44, 44),
            (Self::MrvA, Optional1) => (2, 29, 44),
            (Self::MrvB, Optional1) => (2, 29, 36),
            _ => return None,
        };
        Some(Span { line, from, to })
    }

    /// The cells that the composite check digit is computed over, in order; none for a visa, which has no such digit.
    pub(crate) const fn composite(self) -> &'static [Span] {
        match self {
            Self::Td1 => {
                &[Span { line: 1, from: 6, to: 30 }, Span { line: 2, from: 1, to: 7 }, Span { line: 2, from: 9, to: 15 }, Span { line: 2, from: 19, to: 29 }]
            }
            Self::Td2 => &[Span { line: 2, from: 1, to: 10 }, Span { line: 2, from: 14, to: 20 }, Span { line: 2, from: 22, to: 35 }],
            Self::Td3 => &[Span { line: 2, from: 1, to: 10 }, Span { line: 2, from: 14, to: 20 }, Span { line: 2, from: 22, to: 43 }],
            Self::MrvA | Self::MrvB => &[],
        }
    }

    /// The field that a cell belongs to; every cell of a zone belongs to one.
    pub(crate) fn field_at(self, index: usize) -> Field {
        let holds = |field: &Field| self.span(*field).is_some_and(|span| span.cells(self).contains(&index));
        Field::ALL.into_iter().find(holds).unwrap_or(Field::Name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A place in a zone: line and characters, counted from 1 and with both ends, as the standard's tables count them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The line.
    pub line: usize,
    /// The first character.
    pub from: usize,
    /// The last character.
    pub to: usize,
}

impl Span {
    /// How many characters it has.
    #[expect(clippy::len_without_is_empty, reason = "no field of any format is empty")]
    pub const fn len(self) -> usize {
        self.to - self.from + 1
    }

    /// The same place among all cells of the zone, counted from 0.
    pub(crate) const fn cells(self, format: Format) -> Range<usize> {
        let line = (self.line - 1) * format.width();
        line + self.from - 1..line + self.to
    }
}

/// What stands in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Kind of document: `P`, `ID`, `V` ...
    DocumentCode,
    /// State or organisation that issued it.
    IssuingState,
    /// Primary and secondary identifier.
    Name,
    /// Number of the document; its first nine characters where it is long.
    DocumentNumber,
    /// Check digit of the document number.
    DocumentNumberCheck,
    /// Nationality of the holder.
    Nationality,
    /// Date of birth.
    BirthDate,
    /// Check digit of the date of birth.
    BirthDateCheck,
    /// Sex.
    Sex,
    /// Date of expiry; of a visa, the last day on which it can be used.
    ExpiryDate,
    /// Check digit of the date of expiry.
    ExpiryDateCheck,
    /// Optional data of the issuer: on a passport the personal number, on cards also the rest of a long document number.
    Optional1,
    /// Check digit of the personal number; passports only.
    PersonalNumberCheck,
    /// More optional data; TD1 only.
    Optional2,
    /// Check digit over the others; not on visas.
    CompositeCheck,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::DocumentCode,
        Self::IssuingState,
        Self::Name,
        Self::DocumentNumber,
        Self::DocumentNumberCheck,
        Self::Nationality,
        Self::BirthDate,
        Self::BirthDateCheck,
        Self::Sex,
        Self::ExpiryDate,
        Self::ExpiryDateCheck,
        Self::Optional1,
        Self::PersonalNumberCheck,
        Self::Optional2,
        Self::CompositeCheck,
    ];

    /// One word, the same in answers and tests.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DocumentCode => "document_code",
            Self::IssuingState => "issuing_state",
            Self::Name => "name",
            Self::DocumentNumber => "document_number",
            Self::DocumentNumberCheck => "document_number_check",
            Self::Nationality => "nationality",
            Self::BirthDate => "birth_date",
            Self::BirthDateCheck => "birth_date_check",
            Self::Sex => "sex",
            Self::ExpiryDate => "expiry_date",
            Self::ExpiryDateCheck => "expiry_date_check",
            Self::Optional1 => "optional_1",
            Self::PersonalNumberCheck => "personal_number_check",
            Self::Optional2 => "optional_2",
            Self::CompositeCheck => "composite_check",
        }
    }
}

impl fmt::Display for Field {
    /// In words: `date of birth`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DocumentCode => "document code",
            Self::IssuingState => "issuing State",
            Self::Name => "name",
            Self::DocumentNumber => "document number",
            Self::DocumentNumberCheck => "check digit of the document number",
            Self::Nationality => "nationality",
            Self::BirthDate => "date of birth",
            Self::BirthDateCheck => "check digit of the date of birth",
            Self::Sex => "sex",
            Self::ExpiryDate => "date of expiry",
            Self::ExpiryDateCheck => "check digit of the date of expiry",
            Self::Optional1 => "optional data",
            Self::PersonalNumberCheck => "check digit of the personal number",
            Self::Optional2 => "second optional data",
            Self::CompositeCheck => "composite check digit",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each cell of each format is in exactly one field, so that nothing printed is read twice or overlooked.
    #[test]
    fn the_fields_of_a_format_tile_its_zone() {
        for format in Format::ALL {
            let mut owners = vec![0; format.lines() * format.width()];
            for span in Field::ALL.into_iter().filter_map(|field| format.span(field)) {
                owners[span.cells(format)].iter_mut().for_each(|owner| *owner += 1);
            }
            assert!(owners.iter().all(|owners| *owners == 1), "{format}: {owners:?}");
        }
    }

    #[test]
    fn widths_of_fields() {
        for (format, name, optional) in [(Format::Td1, 30, 15), (Format::Td2, 31, 7), (Format::Td3, 39, 14), (Format::MrvA, 39, 16), (Format::MrvB, 31, 8)] {
            let width = |field| format.span(field).map(Span::len);
            assert_eq!((width(Field::Name), width(Field::Optional1)), (Some(name), Some(optional)), "{format}");
            for (field, expected) in [(Field::DocumentCode, 2), (Field::IssuingState, 3), (Field::DocumentNumber, 9), (Field::BirthDate, 6), (Field::Sex, 1)] {
                assert_eq!(width(field), Some(expected), "{format} {field}");
            }
            assert_eq!(width(Field::Optional2), (format == Format::Td1).then_some(11));
            assert_eq!(width(Field::CompositeCheck), (!format.is_visa()).then_some(1));
        }
    }

    /// The composite digit covers what other digits cover, with those digits, and the optional data (part 3 §4.9).
    #[test]
    fn the_composite_digit_covers_numbers_dates_and_optional_data() {
        use Field::*;
        for format in Format::ALL.into_iter().filter(|format| !format.is_visa()) {
            let covered: Vec<usize> = format.composite().iter().flat_map(|span| span.cells(format)).collect();
            for field in Field::ALL {
                let Some(span) = format.span(field) else { continue };
                let wanted = !matches!(field, DocumentCode | IssuingState | Name | Nationality | Sex | CompositeCheck);
                assert!(span.cells(format).all(|cell| covered.contains(&cell) == wanted), "{format}: {field}");
            }
        }
    }
}
