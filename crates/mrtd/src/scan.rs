//! What a scanner types into a field, or a person pastes or types: made into the lines that [`crate::parse`] takes as they are.
//!
//! A scanner that works as a keyboard sends lines with Enter between them, or all in one; what was pasted has spaces around
//! it; typed letters may be small. None of that is on the document, so it is put right here, and nothing else is: no letter
//! is read as a digit, no filler is added.

/// Longer texts are cut off: no zone comes near it, whatever was pasted.
const TEXT_CHARS_MAX: usize = 1024;

/// The lines of a zone in a text: without blank lines and the spaces around a line, small letters A to Z made large, and one line of 90, 72 or 88
/// characters cut into those of the format that has as many.
///
/// # Examples
/// ```
/// let typed = "p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<<\r\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\r\n";
/// assert!(siger_mrtd::parse(&siger_mrtd::scan::lines(typed))?.is_valid());
/// # Ok::<(), siger_mrtd::Refusal>(())
/// ```
pub fn lines(text: &str) -> Vec<String> {
    let end = text.char_indices().nth(TEXT_CHARS_MAX).map_or(text.len(), |(end, _)| end);
    let lines: Vec<String> = text[..end].split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).map(str::to_ascii_uppercase).collect();
    let [whole] = lines.as_slice() else { return lines };
    let characters: Vec<char> = whole.chars().collect();
    let width = match characters.len() {
        90 => 30,
        72 => 36,
        88 => 44,
        _ => return lines,
    };
    characters.chunks(width).map(|line| line.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_as_they_are_typed_and_pasted() {
        for (text, expected) in [
            ("", &[][..]),
            (" \r\n\t\n", &[]),
            ("A<\nB<", &["A<", "B<"]),
            ("  a<<\r\n\r\n b<\r", &["A<<", "B<"]),
            // Spaces inside are on no document and stay, to be named.
            ("A B", &["A B"]),
            ("é<ß", &["é<ß"]),
        ] {
            assert_eq!(lines(text), expected, "{text:?}");
        }
    }

    #[test]
    fn one_line_is_cut_by_its_length() {
        for (length, expected) in [(90, &[30, 30, 30][..]), (72, &[36, 36]), (88, &[44, 44]), (89, &[89]), (44, &[44]), (5000, &[TEXT_CHARS_MAX])] {
            for character in ["<", "É"] {
                let lengths: Vec<usize> = lines(&character.repeat(length)).iter().map(|line| line.chars().count()).collect();
                assert_eq!(lengths, expected, "{length}");
            }
        }
    }
}
