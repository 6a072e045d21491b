//! Text of a zone: capital letters, digits and the filler `<`, and nothing else (ICAO Doc 9303 part 3 §4.3), held in place.

use std::fmt;

/// The filler: unused, unknown or a space, as the field has it.
pub const FILLER: u8 = b'<';

/// Fillers only, for the largest zone.
pub(crate) const CELLS_NONE: [u8; crate::format::CELLS_MAX] = [FILLER; crate::format::CELLS_MAX];

/// Whether a character may stand in a zone.
pub const fn is_cell(character: char) -> bool {
    matches!(character, 'A'..='Z' | '0'..='9' | '<')
}

/// Up to `N` characters of a zone without the fillers that follow the last. Fillers before and between are kept: the same zone comes out again.
///
/// What stands in a zone is about somebody, so `Debug` does not show it; [`Cells::as_str`] does.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cells<const N: usize> {
    /// Filled up with fillers, so that equal texts are equal.
    cells: [u8; N],
    len: u8,
}

/// Why a text cannot stand in a zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CellsError {
    /// There is no room.
    #[error("{found} characters, and there is room for {most}")]
    TooLong {
        /// How many it has.
        found: usize,
        /// How many there is room for.
        most: usize,
    },
    /// The alphabet of zones does not have it.
    #[error("{found:?} is not a capital letter, a digit or '<'")]
    Character {
        /// The first that is not allowed.
        found: char,
    },
}

impl<const N: usize> Cells<N> {
    /// No text.
    pub const EMPTY: Self = Self { cells: [FILLER; N], len: 0 };

    /// The text of a field; fillers at its end are not part of it.
    ///
    /// # Errors
    /// When it has characters that a zone cannot hold, or more than `N`.
    pub fn new(text: &str) -> Result<Self, CellsError> {
        if let Some(found) = text.chars().find(|character| !is_cell(*character)) {
            return Err(CellsError::Character { found });
        }
        let text = text.trim_end_matches('<');
        if text.len() > N {
            return Err(CellsError::TooLong { found: text.len(), most: N });
        }
        Ok(Self::of(text.as_bytes()))
    }

    /// Of bytes that were looked at already; what does not fit is left out.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut all = Self::EMPTY;
        all.push(bytes);
        all
    }

    /// Adds more, then forgets the fillers at the end.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let room = self.cells[usize::from(self.len)..].iter_mut();
        room.zip(bytes).for_each(|(cell, byte)| *cell = *byte);
        self.len = self.cells.iter().rposition(|cell| *cell != FILLER).map_or(0, |last| last + 1) as u8;
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        as_text(&self.cells[..usize::from(self.len)])
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many characters it has.
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }
}

impl<const N: usize> fmt::Debug for Cells<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} characters)", self.len)
    }
}

/// Cells as text. They are ASCII, which is the only thing that could go wrong.
pub(crate) fn as_text(cells: &[u8]) -> &str {
    std::str::from_utf8(cells).unwrap_or_default()
}

/// The text without the fillers around it, each filler inside shown as a space: how a number or a code reads.
#[derive(Clone, Copy)]
pub struct Spaced<'z>(pub(crate) &'z str);

impl<'z> Spaced<'z> {
    /// The same with the fillers.
    pub fn raw(self) -> &'z str {
        self.0.trim_matches('<')
    }
}

impl fmt::Display for Spaced<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.raw().split('<').enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(part)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Spaced<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} characters)", self.raw().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_alphabet_of_zones() {
        for (text, expected) in [
            ("", Ok("")),
            ("AB<", Ok("AB")),
            ("<A<B<<", Ok("<A<B")),
            ("ABCD", Ok("ABCD")),
            ("ABCD<<", Ok("ABCD")),
            ("ABCDE", Err(CellsError::TooLong { found: 5, most: 4 })),
            ("ab", Err(CellsError::Character { found: 'a' })),
            ("A B", Err(CellsError::Character { found: ' ' })),
            ("É", Err(CellsError::Character { found: 'É' })),
        ] {
            assert_eq!(Cells::<4>::new(text).as_ref().map(Cells::as_str), expected.as_ref().copied(), "{text}");
        }
    }

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?} {:?}", Cells::<9>::of(b"X1234567"), Spaced("X1<234567<")), "(8 characters) (9 characters)");
    }

    #[test]
    fn fillers_inside_are_spaces() {
        assert_eq!(Spaced("<123456<AA<").to_string(), "123456 AA");
        assert_eq!(Spaced("<<<").to_string(), "");
    }
}
