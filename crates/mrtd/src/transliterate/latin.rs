//! Table A: Latin letters.

use super::Latin;

/// What a capital letter with marks becomes, or nothing when it is no letter of the tables.
pub(super) fn form(letter: char, latin: Latin) -> Option<&'static str> {
    Some(match (letter, latin) {
        ('Ä', Latin::Plain) | ('Å', Latin::Plain) => "A",
        ('Ä', _) => "AE",
        ('Å', _) => "AA",
        ('Ñ', Latin::Marked) => "NXX",
        ('Ñ', _) => "N",
        ('Ö', Latin::Plain) => "O",
        ('Ö', _) => "OE",
        ('Ü', Latin::Plain) => "U",
        ('Ü', Latin::Marked) => "UXX",
        ('Ü', Latin::Expanded) => "UE",
        _ => TABLE.iter().chain(BEYOND).find(|(_, letters)| letters.contains(letter))?.0,
    })
}

/// A letter and a mark that stands after it as a character of its own, where the two together have a row of their own in one
/// of the tables; any other mark is left out where it comes. How many characters it took.
pub(super) fn composed(letter: char, next: Option<char>) -> (char, usize) {
    let pair = next.and_then(|mark| PAIRS.iter().find(|(base, found, _)| *base == letter && *found == mark));
    pair.map_or((letter, 1), |(_, _, composed)| (*composed, 2))
}

const PAIRS: &[(char, char, char)] = &[
    ('A', '\u{308}', 'Ä'),
    ('A', '\u{30a}', 'Å'),
    ('N', '\u{303}', 'Ñ'),
    ('O', '\u{308}', 'Ö'),
    ('U', '\u{308}', 'Ü'),
    ('Е', '\u{308}', 'Ё'),
    ('Г', '\u{301}', 'Ѓ'),
    ('І', '\u{308}', 'Ї'),
    ('К', '\u{301}', 'Ќ'),
    ('У', '\u{306}', 'Ў'),
    ('И', '\u{306}', 'Й'),
    ('ا', '\u{653}', 'آ'),
    ('ا', '\u{654}', 'أ'),
    ('و', '\u{654}', 'ؤ'),
    ('ا', '\u{655}', 'إ'),
    ('ي', '\u{654}', 'ئ'),
    ('ہ', '\u{654}', 'ۂ'),
    ('ە', '\u{654}', 'ۀ'),
    ('ے', '\u{654}', 'ۓ'),
];

/// The rows of the standard's table, but for the five letters that have alternatives.
const TABLE: &[(&str, &str)] = &[
    ("A", "ÀÁÂÃĀĂĄ"),
    ("AE", "Æ"),
    ("C", "ÇĆĈĊČ"),
    ("D", "ÐĎĐ"),
    ("E", "ÈÉÊËĒĔĖĘĚ"),
    ("G", "ĜĞĠĢ"),
    ("H", "ĤĦ"),
    ("I", "ÌÍÎÏĨĪĬĮİı"),
    ("IJ", "Ĳ"),
    ("J", "Ĵ"),
    ("K", "Ķ"),
    ("L", "ĹĻĽĿŁ"),
    ("N", "ŃŅŇŊ"),
    ("O", "ÒÓÔÕŌŎŐ"),
    ("OE", "ØŒ"),
    ("R", "ŔŖŘ"),
    ("S", "ŚŜŞŠ"),
    ("SS", "ẞ"),
    ("T", "ŢŤŦ"),
    ("TH", "Þ"),
    ("U", "ÙÚÛŨŪŬŮŰŲ"),
    ("W", "Ŵ"),
    ("Y", "ÝŶŸ"),
    ("Z", "ŹŻŽ"),
];

/// Beyond the table: capital letters of Unicode's Latin blocks that are a letter of the table, or one of A to Z, with more marks
/// (Vietnamese, Romanian with comma below, Pinyin, Welsh, transcriptions), and three double letters and the Azerbaijani schwa.
const BEYOND: &[(&str, &str)] = &[
    ("A", "ǍǞǠǺȀȂȦḀẠẢẤẦẨẪẬẮẰẲẴẶƏ"),
    ("AE", "ǢǼ"),
    ("B", "ḂḄḆ"),
    ("C", "Ḉ"),
    ("D", "ḊḌḎḐḒ"),
    ("DZ", "Ǆ"),
    ("E", "ȄȆȨḔḖḘḚḜẸẺẼẾỀỂỄỆ"),
    ("F", "Ḟ"),
    ("G", "ǦǴḠ"),
    ("H", "ȞḢḤḦḨḪ"),
    ("I", "ǏȈȊḬḮỈỊ"),
    ("K", "ǨḰḲḴ"),
    ("L", "ḶḸḺḼ"),
    ("LJ", "Ǉ"),
    ("M", "ḾṀṂ"),
    ("N", "ǸṄṆṈṊ"),
    ("NJ", "Ǌ"),
    ("O", "ƠǑǪǬȌȎȪȬȮȰṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢ"),
    ("OE", "Ǿ"),
    ("P", "ṔṖ"),
    ("R", "ȐȒṘṚṜṞ"),
    ("S", "ȘṠṢṤṦṨ"),
    ("T", "ȚṪṬṮṰ"),
    ("U", "ƯǓǕǗǙǛȔȖṲṴṶṸṺỤỦỨỪỬỮỰ"),
    ("V", "ṼṾ"),
    ("W", "ẀẂẄẆẈ"),
    ("X", "ẊẌ"),
    ("Y", "ȲẎỲỴỶỸ"),
    ("Z", "ẐẒẔ"),
];
