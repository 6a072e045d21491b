//! Names in national letters, written with the 26 letters of a zone: punctuation after ICAO Doc 9303 part 3 §4.6, letters after
//! the tables of §6 (eighth edition with amendment 2, 20 March 2024).
//!
//! - Spaces, hyphens and commas become one filler; apostrophes and all other punctuation go without one.
//! - Small letters are written as their capitals. An accent that stands as a character of its own is read with its letter.
//! - A letter that no table has is refused ([`Unwritable`]): a name is not made up. The tables of the standard end before
//!   Vietnamese, Romanian and some other letters; a letter with marks of which only the marks are missing from the table is
//!   written without them (`latin`).
//!
//! There is more than one right way: the standard gives alternatives, and issuers have their own. This writes; it is not for
//! comparing names, and nothing reads it backwards.

mod arabic;
mod cyrillic;
mod latin;

/// Which of the alternatives of the standard's tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// For Ä, Å, Ñ, Ö and Ü.
    pub latin: Latin,
    /// For Cyrillic letters whose form depends on the language.
    pub cyrillic: Cyrillic,
}

/// What becomes of the five letters for which table A has alternatives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Latin {
    /// `AE`, `AA`, `N`, `OE`, `UE`.
    #[default]
    Expanded,
    /// `A`, `A`, `N`, `O`, `U`.
    Plain,
    /// `NXX` and `UXX` in place of `N` and `UE`, so that the letter can be told again; else as expanded.
    Marked,
}

/// The language of a name in Cyrillic, where table B has exceptions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cyrillic {
    /// None of the others: Russian.
    #[default]
    General,
    /// Belarusian.
    Belarusian,
    /// Bulgarian.
    Bulgarian,
    /// Macedonian.
    Macedonian,
    /// Serbian.
    Serbian,
    /// Ukrainian.
    Ukrainian,
}

/// A character that has no form in a zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the character {character:?} has no form in a zone: write the name as the document has it in Latin letters")]
pub struct Unwritable {
    /// The character.
    pub character: char,
}

/// Writes a name in capital letters, its parts separated by single fillers; empty when the text has no letter.
///
/// # Errors
/// When a character is in no table: digits, letters of other scripts.
///
/// # Examples
/// ```
/// use siger_mrtd::transliterate::{Choices, transliterate};
///
/// assert_eq!(transliterate("Térèsa Müller-O'Connor", Choices::default())?, "TERESA<MUELLER<OCONNOR");
/// assert_eq!(transliterate("عبد الرحيم", Choices::default())?, "EBD<ALRXHYM");
/// # Ok::<(), siger_mrtd::transliterate::Unwritable>(())
/// ```
pub fn transliterate(name: &str, choices: Choices) -> Result<String, Unwritable> {
    let letters: Vec<char> = capitals(name).collect();
    let mut written = String::with_capacity(name.len() + 8);
    // Where the form of the newest letter begins, which a shadda repeats.
    let mut newest = 0;
    let mut index = 0;
    while let Some(&first) = letters.get(index) {
        let (letter, used) = latin::composed(first, letters.get(index + 1).copied());
        index += used;
        let begins = written.is_empty() || written.ends_with('<');
        match letter {
            'A'..='Z' => {
                newest = written.len();
                written.push(letter);
            }
            _ if separates(letter) => {
                separate(&mut written);
                newest = written.len();
            }
            arabic::SHADDA => {
                let letter = newest..;
                newest = written.len();
                written.extend_from_within(letter);
            }
            _ if is_silent(letter) => {}
            _ => {
                let ends = !letters[index..].iter().copied().find(|next| !is_silent(*next) && *next != arabic::SHADDA).is_some_and(char::is_alphabetic);
                let form = latin::form(letter, choices.latin)
                    .or_else(|| cyrillic::form(letter, choices.cyrillic, begins))
                    .or_else(|| arabic::form(letter, ends))
                    .ok_or(Unwritable { character: letter })?;
                newest = written.len();
                written.push_str(form);
            }
        }
    }
    written.truncate(written.trim_end_matches('<').len());
    Ok(written)
}

/// What stands between two parts of a name: also the long dashes, and the Arabic comma.
fn separates(character: char) -> bool {
    character.is_whitespace() || matches!(character, '<' | '-' | ',' | '\u{2010}'..='\u{2015}' | '\u{60c}')
}

/// One filler, none at the beginning.
fn separate(written: &mut String) {
    if !written.is_empty() && !written.ends_with('<') {
        written.push('<');
    }
}

fn capitals(name: &str) -> impl Iterator<Item = char> {
    name.chars().flat_map(char::to_uppercase)
}

/// What leaves no trace in a zone: apostrophes and other punctuation (§4.6), accents that found no letter of the tables, marks
/// of direction and joining.
fn is_silent(character: char) -> bool {
    (character.is_ascii_punctuation() && !matches!(character, '<' | '-' | ','))
        || matches!(character,
            // Latin-1 punctuation, then letters that only modify: the Uzbek apostrophe among them.
            '\u{a1}'..='\u{a9}' | '\u{ab}'..='\u{b1}' | '\u{b4}'..='\u{b8}' | '\u{bb}' | '\u{bf}'
            | '\u{2b0}'..='\u{2ff}'
            | '\u{300}'..='\u{36f}'
            | '\u{200b}'..='\u{200f}' | '\u{2016}'..='\u{2027}' | '\u{202a}'..='\u{202e}' | '\u{2030}'..='\u{205e}' | '\u{2060}'..='\u{206f}'
            | '\u{61b}' | '\u{61c}' | '\u{61f}' | '\u{feff}')
        || arabic::is_not_encoded(character)
}

#[cfg(test)]
mod tests;
