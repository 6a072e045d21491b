//! Sex, as a zone says it.

/// What the field of one character says (ICAO Doc 9303 part 4 §4.2.2.2 and its likes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sex {
    /// `F`
    Female,
    /// `M`
    Male,
    /// `<`: the issuer does not say.
    Unspecified,
    /// `X`, which belongs into the part that people read; many issuers print it into the zone too, so it is read as unspecified.
    WrittenX,
}

impl Sex {
    /// The letter that people read: `F`, `M` or `X`.
    pub const fn letter(self) -> char {
        match self {
            Self::Female => 'F',
            Self::Male => 'M',
            Self::Unspecified | Self::WrittenX => 'X',
        }
    }

    /// The character in the zone.
    pub const fn cell(self) -> char {
        match self {
            Self::Female => 'F',
            Self::Male => 'M',
            Self::Unspecified => '<',
            Self::WrittenX => 'X',
        }
    }

    /// What a character says; nothing when it is none of the four.
    pub const fn of(cell: char) -> Option<Self> {
        match cell {
            'F' => Some(Self::Female),
            'M' => Some(Self::Male),
            '<' => Some(Self::Unspecified),
            'X' => Some(Self::WrittenX),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_comes_back() {
        for cell in (' '..='~').chain(['É']) {
            assert_eq!(Sex::of(cell).map(Sex::cell), "FM<X".contains(cell).then_some(cell));
        }
    }
}
