//! One-time links: to invite an officer, and for a lost passkey or a lost phone.
//!
//! The code is 128 random bits, shown once, on the page of the administrator who made it (and as a link; where a second person must agree it
//! opens nothing before), in seven groups of four letters of Crockford's base 32, which has no `I`, `L`, `O` and `U` and forgives people who
//! read them. The last 12 bits are a check sum, so that a slip of the pen is told apart from a code that has gone; they add nothing to the
//! secret. The office keeps only a hash that is bound to the purpose: a plain one suffices, because 128 random bits can't be tried out.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use siger_domain::request::Lost;
use std::{fmt, str::FromStr};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::random::{self, Random};

/// Seconds for which a link works: long enough for somebody who is invited in the evening, short enough for a paper that lies about.
pub const LIFETIME_SECONDS: i64 = 24 * 60 * 60;
/// Bytes of the code: 128 bits.
const CODE_BYTES: usize = 16;
/// Bits of the check sum; with the code 140 bits, which are 28 letters.
const CHECK_BITS: u32 = 12;
/// Letters of a code.
const LETTERS: usize = 28;
/// Letters in a group.
const GROUP: usize = 4;
/// Crockford's base 32: <https://www.crockford.com/base32.html>.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a link may be used for; a link for one purpose opens nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A new officer sets up the first way to sign in.
    Invitation,
    /// An officer without a passkey makes a new one; the old ones are revoked.
    LostPasskey,
    /// An officer without the phone sets up codes again; the old secret is revoked.
    LostPhone,
}

impl From<Lost> for Purpose {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Passkey => Self::LostPasskey,
            Lost::Phone => Self::LostPhone,
            Lost::Invitation => Self::Invitation,
        }
    }
}

impl Purpose {
    /// The tag that is hashed with the code: it must never change.
    const fn tag(self) -> &'static [u8] {
        match self {
            Self::Invitation => b"siger one-time link v1: invitation",
            Self::LostPasskey => b"siger one-time link v1: lost passkey",
            Self::LostPhone => b"siger one-time link v1: lost phone",
        }
    }
}

/// The secret of a link. Prints nothing; [`Code::to_letters`] shows it, once.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Code([u8; CODE_BYTES]);

impl Code {
    /// A new code.
    pub fn new(random: &mut dyn Random) -> Self {
        Self(random::bytes(random))
    }

    /// Seven groups of four letters, such as `4XK7-...`: on paper, and in the link.
    pub fn to_letters(&self) -> String {
        // 140 bits do not fit a u128: the check sum is written by itself.
        let (code, check) = (u128::from_be_bytes(self.0), self.check());
        let bits = |index: usize| -> usize {
            // Bit positions of the letter, counted from the left of 128 bits of code and 12 of check sum.
            (0..5).fold(0, |letter, bit| {
                let place = index * 5 + bit;
                let bit = if place < 128 { (code >> (127 - place)) & 1 == 1 } else { (check >> (139 - place)) & 1 == 1 };
                letter << 1 | usize::from(bit)
            })
        };
        let mut text = String::with_capacity(LETTERS + LETTERS / GROUP);
        for index in 0..LETTERS {
            if index > 0 && index % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[bits(index)]));
        }
        text
    }

    fn check(&self) -> u16 {
        let digest = Sha256::new().chain_update(b"siger one-time link v1: check sum").chain_update(self.0).finalize();
        u16::from_be_bytes([digest[0], digest[1]]) >> (16 - CHECK_BITS)
    }

    /// What the office keeps and looks a link up by.
    pub fn hash(&self, purpose: Purpose) -> CodeHash {
        CodeHash(Sha256::new().chain_update(purpose.tag()).chain_update([0]).chain_update(self.0).finalize().into())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(one-time code)")
    }
}

/// The text is not a code: something was mistyped or left out. Costs nothing to say, and reveals nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MistypedCode {
    /// Not 28 letters and digits.
    #[error("code has {found} letters and digits, expected {LETTERS}")]
    Length {
        /// How many there were.
        found: usize,
    },
    /// A character that no code has.
    #[error("code holds a character that no code has")]
    Character,
    /// The check sum does not fit.
    #[error("code is mistyped: its check letters do not fit")]
    CheckSum,
}

impl FromStr for Code {
    type Err = MistypedCode;
    /// Reads a code in small or capital letters, with or without spaces and hyphens; `O` is read as `0`, `I` and `L` as `1`.
    fn from_str(text: &str) -> Result<Self, MistypedCode> {
        let letters = || text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let found = letters().take(1_000).count();
        if found != LETTERS {
            return Err(MistypedCode::Length { found });
        }
        let (mut code, mut check) = (0u128, 0u16);
        for (index, letter) in letters().enumerate() {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                letter => letter,
            };
            let value = ALPHABET.iter().position(|&known| char::from(known) == letter).ok_or(MistypedCode::Character)?;
            for bit in 0..5 {
                let one = (value >> (4 - bit)) & 1;
                if index * 5 + bit < 128 {
                    code = code << 1 | one as u128;
                } else {
                    check = check << 1 | one as u16;
                }
            }
        }
        let code = Self(code.to_be_bytes());
        if code.check() == check { Ok(code) } else { Err(MistypedCode::CheckSum) }
    }
}

/// The hash of a code for one purpose.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodeHash([u8; 32]);

impl CodeHash {
    /// The 32 bytes, for a column.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "link:{}", URL_SAFE_NO_PAD.encode(&self.0[..6]))
    }
}

impl Serialize for CodeHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for CodeHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(serde::de::Error::custom)?;
        bytes.try_into().map(Self).map_err(|_| serde::de::Error::custom("a hash has 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seeded;
    use proptest::prelude::*;

    #[test]
    fn letters() {
        let text = Code([0; 16]).to_letters();
        assert!(text.starts_with("0000-0000-0000-0000-0000-0000-0"), "{text}");
        let text = Code([255; 16]).to_letters();
        assert!(text.starts_with("ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-Z"), "{text}");
        assert_eq!(text.len(), 34);
        let same = text.to_lowercase().replace('-', " ");
        assert_eq!(same.parse::<Code>(), Ok(Code([255; 16])));
        assert_eq!(Code([0; 16]).to_letters().replacen('0', "o", 5).parse::<Code>(), Ok(Code([0; 16])));
        for (text, expected) in [
            ("", MistypedCode::Length { found: 0 }),
            ("0000-0000-0000-0000-0000-0000-000", MistypedCode::Length { found: 27 }),
            ("U000-0000-0000-0000-0000-0000-0000", MistypedCode::Character),
            ("é000-0000-0000-0000-0000-0000-0000", MistypedCode::Character),
            ("1000-0000-0000-0000-0000-0000-0000", MistypedCode::CheckSum),
        ] {
            assert_eq!(text.parse::<Code>(), Err(expected), "{text}");
        }
        assert_eq!(format!("{:?}", Code([9; 16])), "(one-time code)");
    }

    #[test]
    fn kept_form_holds_no_code() {
        let code = Code::new(&mut Seeded::new(7));
        let hash = code.hash(Purpose::Invitation);
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(serde_json::from_str::<CodeHash>(&json).unwrap(), hash);
        let letters = code.to_letters();
        assert!(!json.contains(&letters) && !json.contains(&letters.replace('-', "")) && !json.contains(&URL_SAFE_NO_PAD.encode(code.0)));
    }

    #[test]
    fn purposes_hash_apart() {
        let code = Code([3; 16]);
        let hashes = [Purpose::Invitation, Purpose::LostPasskey, Purpose::LostPhone].map(|purpose| code.hash(purpose));
        assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
    }

    proptest! {
        #[test]
        fn reads_what_it_shows(bytes: [u8; 16]) {
            prop_assert_eq!(Code(bytes).to_letters().parse::<Code>(), Ok(Code(bytes)));
        }

        #[test]
        fn two_swapped_letters_are_found_or_harmless(bytes: [u8; 16], place in 0usize..27) {
            let mut letters: Vec<char> = Code(bytes).to_letters().chars().filter(|c| *c != '-').collect();
            letters.swap(place, place + 1);
            let swapped: String = letters.into_iter().collect();
            // One slip in 4,096 passes the check sum, and is then simply an unknown code: never the right one unless nothing changed.
            if let Ok(read) = swapped.parse::<Code>() {
                prop_assert!(read != Code(bytes) || swapped == Code(bytes).to_letters().replace('-', ""));
            }
        }

        #[test]
        fn any_text_is_answered(text: String) {
            let _ = text.parse::<Code>();
        }
    }
}
