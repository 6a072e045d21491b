//! Table B: Cyrillic letters.
//!
//! The table as published, with the exceptions that it makes for languages, also where it differs from what that country prints
//! (Serbian Г as `H`). Three of its rows name one letter and show another, and some letters have none; what is done:
//!
//! - row 0402 shows Ћ: Ђ is `D`, and Ћ is `C`, which the table has at 04BA for a letter of the same look;
//! - row 0492 has the Macedonian exception `GJ`, which is that of Ѓ: Ѓ is `GJ` in Macedonian and else `G`;
//! - Ѐ, Ѝ are as Е, И; Ь has no row and is left out.

use super::Cyrillic::{self, Belarusian, Bulgarian, Macedonian, Serbian, Ukrainian};

/// What a capital letter becomes; `begins`: it is the first of its part of the name.
pub(super) fn form(letter: char, language: Cyrillic, begins: bool) -> Option<&'static str> {
    Some(match (letter, language) {
        ('Ё', Belarusian) => "IO",
        ('Ё' | 'Е' | 'Ѐ' | 'Э', _) => "E",
        ('Ђ' | 'Д', _) => "D",
        ('Є', Ukrainian) if begins => "YE",
        ('Є', _) => "IE",
        ('Ѕ', _) => "DZ",
        ('Ї', Ukrainian) if begins => "YI",
        ('І' | 'Ї', _) => "I",
        ('Ј', _) => "J",
        ('Љ', _) => "LJ",
        ('Њ', _) => "NJ",
        ('Ќ', Macedonian) => "KJ",
        ('Ќ' | 'К', _) => "K",
        ('Ў' | 'У' | 'Ѫ', _) => "U",
        ('Џ', Macedonian) => "DJ",
        ('Џ', _) => "DZ",
        ('А', _) => "A",
        ('Б', _) => "B",
        ('В', _) => "V",
        ('Г', Belarusian | Serbian | Ukrainian) => "H",
        ('Ѓ', Macedonian) => "GJ",
        ('Г' | 'Ѓ' | 'Ґ' | 'Ғ', _) => "G",
        ('Ж', Serbian) => "Z",
        ('Ж', _) => "ZH",
        ('З', _) => "Z",
        ('И', Ukrainian) => "Y",
        ('Й', Ukrainian) if begins => "Y",
        ('И' | 'Й' | 'Ѝ', _) => "I",
        ('Л', _) => "L",
        ('М', _) => "M",
        ('Н', _) => "N",
        ('О', _) => "O",
        ('П', _) => "P",
        ('Р', _) => "R",
        ('С', _) => "S",
        ('Т', _) => "T",
        ('Ф', _) => "F",
        ('Х', Serbian | Macedonian) => "H",
        ('Х', _) => "KH",
        ('Ц', Serbian | Macedonian) => "C",
        ('Ц', _) => "TS",
        ('Ч', Serbian) => "C",
        ('Ч', _) => "CH",
        ('Ш', Serbian) => "S",
        ('Ш', _) => "SH",
        ('Щ', Bulgarian) => "SHT",
        ('Щ', _) => "SHCH",
        ('Ъ', _) => "IE",
        ('Ы' | 'Ѵ', _) => "Y",
        ('Ь', _) => "",
        ('Ю', Ukrainian) if begins => "YU",
        ('Ю', _) => "IU",
        ('Я', Ukrainian) if begins => "YA",
        ('Я', _) => "IA",
        ('Ћ' | 'Һ', _) => "C",
        _ => return None,
    })
}
