//! Table C: Arabic letters, with the two of appendix B.5.4. `X` marks a letter for which the 26 have no equal; vowels are not
//! written.

/// Doubles the letter before it (note 3).
pub(super) const SHADDA: char = '\u{651}';

/// Not written: vowels, the line that stretches a word, letters that are obsolete.
pub(super) const fn is_not_encoded(character: char) -> bool {
    matches!(
        character,
        '\u{640}' | '\u{64b}'..='\u{650}' | '\u{652}'..='\u{65f}' | '\u{670}' | '\u{69c}' | '\u{6a2}' | '\u{6a7}' | '\u{6a8}'
    )
}

/// What a letter becomes; `ends`: it is the last of its part of the name.
pub(super) const fn form(letter: char, ends: bool) -> Option<&'static str> {
    Some(match letter {
        '\u{621}' => "XE",
        '\u{622}' => "XAA",
        '\u{623}' => "XAE",
        '\u{624}' => "U",
        '\u{625}' => "I",
        '\u{626}' => "XI",
        '\u{627}' => "A",
        '\u{628}' => "B",
        // Teh marbuta (note 2).
        '\u{629}' if ends => "XAH",
        '\u{629}' => "XTA",
        '\u{62a}' => "T",
        '\u{62b}' => "XTH",
        '\u{62c}' => "J",
        '\u{62d}' => "XH",
        '\u{62e}' => "XKH",
        '\u{62f}' => "D",
        '\u{630}' => "XDH",
        '\u{631}' => "R",
        '\u{632}' => "Z",
        '\u{633}' => "S",
        '\u{634}' => "XSH",
        '\u{635}' => "XSS",
        '\u{636}' => "XDZ",
        '\u{637}' => "XTT",
        '\u{638}' => "XZZ",
        '\u{639}' => "E",
        '\u{63a}' => "G",
        '\u{641}' => "F",
        '\u{642}' => "Q",
        '\u{643}' => "K",
        '\u{644}' => "L",
        '\u{645}' => "M",
        '\u{646}' => "N",
        '\u{647}' => "H",
        '\u{648}' => "W",
        '\u{649}' => "XAY",
        '\u{64a}' => "Y",
        '\u{671}' => "XXA",
        '\u{679}' => "XXT",
        '\u{67c}' => "XRT",
        '\u{67e}' => "P",
        '\u{681}' => "XKE",
        '\u{685}' => "XXH",
        '\u{686}' => "XC",
        '\u{688}' => "XXD",
        '\u{689}' => "XDR",
        '\u{691}' => "XXR",
        '\u{693}' => "XRR",
        '\u{696}' => "XRX",
        '\u{698}' => "XJ",
        '\u{69a}' => "XXS",
        '\u{6a4}' => "V",
        '\u{6a5}' => "XF",
        '\u{6a9}' => "XKK",
        '\u{6ab}' => "XXK",
        '\u{6ad}' => "XNG",
        '\u{6af}' => "XGG",
        '\u{6ba}' => "XNN",
        '\u{6bc}' => "XXN",
        '\u{6be}' => "XDO",
        '\u{6c0}' => "XYH",
        '\u{6c1}' => "XXG",
        '\u{6c2}' => "XGE",
        '\u{6c3}' => "XTG",
        '\u{6cc}' => "XYA",
        '\u{6cd}' => "XXY",
        '\u{6d0}' => "Y",
        '\u{6d2}' => "XYB",
        '\u{6d3}' => "XBE",
        _ => return None,
    })
}
