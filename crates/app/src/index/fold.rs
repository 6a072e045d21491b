//! A name as it is compared: lower case, without diacritics, in words.

/// The words of a name, folded, in their order; none of them empty.
///
/// Letters keep their script: nothing is transliterated. Apostrophes join (*Nu'man* is `numan`), hyphens and points part.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars().flat_map(char::to_lowercase) {
        let word = words.last_mut().expect("begins with one and only grows");
        match c {
            '\u{300}'..='\u{36f}' | '\'' | '`' | '\u{2bb}'..='\u{2bf}' | '\u{2018}' | '\u{2019}' => {}
            c if c.is_whitespace() || c.is_ascii_punctuation() || matches!(c, '\u{2010}'..='\u{2015}' | '\u{b7}' | '\u{30fb}') => words.push(String::new()),
            c => match plain(c) {
                "" => word.push(c),
                letters => word.push_str(letters),
            },
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a typed name says enough to be looked for: a word of two letters, or one that is written with a single sign (王).
///
/// One letter begins so many names that an answer would say nothing, and looking through all of them keeps others waiting.
pub fn is_enough(typed: &str) -> bool {
    words(typed).iter().any(|word| word.chars().nth(1).is_some() || word.chars().any(|c| c >= '\u{2e80}'))
}

/// The letters that a Latin letter with a mark is compared as; empty: it stays as it is.
const fn plain(c: char) -> &'static str {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ạ'..='ặ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ'..='ệ' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' | 'ỉ' | 'ị' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ǒ' | 'ọ'..='ợ' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ǔ' | 'ụ'..='ự' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' | 'ỳ'..='ỹ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{is_enough, words};

    #[test]
    fn one_letter_is_not_enough() {
        for (typed, enough) in [
            ("a", false),
            (" A ", false),
            ("a b c", false),
            ("é", false),
            ("'", false),
            ("", false),
            ("li", true),
            ("a li", true),
            ("æ", true),
            ("王", true),
            ("สม", true),
        ] {
            assert_eq!(is_enough(typed), enough, "{typed}");
        }
    }

    #[test]
    fn names_are_folded() {
        for (name, folded) in [
            ("Sri  WAHYUNI", "sri wahyuni"),
            ("Nu'man Al-Farisi", "numan al farisi"),
            ("José Ñuñez", "jose nunez"),
            ("Jose\u{301}", "jose"),
            ("Nguyễn Thị Hằng", "nguyen thi hang"),
            ("Müller-Strauß", "muller strauss"),
            ("Łukasz Ørsted", "lukasz orsted"),
            ("Ⅷ สมชาย", "ⅷ สมชาย"),
            ("İbrahim", "ibrahim"),
            ("王 小明", "王 小明"),
            ("--", ""),
        ] {
            assert_eq!(words(name).join(" "), folded, "{name}");
        }
    }
}
