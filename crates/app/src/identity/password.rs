//! Passwords: what one must be, how it is kept, and a verification that takes as long for a name that nobody has.
//!
//! Kept as argon2id in PHC form. Parameters: 19 MiB, 2 passes, 1 lane, one of the equivalent settings of the OWASP
//! Password Storage Cheat Sheet (RFC 9106 names more memory where it can be had; the counter's machine also runs the
//! database). One verification took 20 ms on a free core (the fastest of 60) and 0.11 s in the median on two cores with eight
//! times their work; it belongs on a blocking thread, never on the storage thread, and [`AT_ONCE_MAX`] bounds how many run together.
//!
//! Policy after NIST SP 800-63B-4 §3.1.1: length counts, composition rules and forced changes do not; what everybody tries
//! first is refused. The bytes are hashed as typed, without Unicode normalisation.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{CustomizedPasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use serde::{Deserialize, Serialize};
use std::{fmt, hint::black_box};

use crate::random::{self, Random};
use zeroize::Zeroizing;

/// Memory of one hash in KiB (OWASP: `m=19456, t=2, p=1`).
pub const MEMORY_KIB: u32 = 19_456;
/// Passes over the memory.
pub const PASSES: u32 = 2;
/// Lanes; more than one only helps where idle cores exist at every sign-in.
pub const LANES: u32 = 1;
/// Bytes of random salt (RFC 9106 §3.1 recommends 16).
const SALT_BYTES: usize = 16;
/// Fewest characters: below this, length alone no longer protects against guessing a stolen hash.
pub const CHARACTERS_MIN: usize = 12;
/// Most characters: a sentence fits, a megabyte sent to keep us busy does not.
pub const CHARACTERS_MAX: usize = 256;
/// Fewest characters that must remain once words that everybody tries and words about the officer are taken away.
const OWN_PART_MIN: usize = 8;
/// A name shorter than this is not looked for: *Ani* is in too many honest sentences.
const FRAGMENT_MIN: usize = 4;
/// Characters that neither repeat nor continue a row (`abc`, `321`): fewer means a pattern, not a secret.
const TURNS_MIN: usize = 6;
/// Verifications that may run together: 4 x 19 MiB stays inside the memory budget of an idle office (100 MB), and two
/// cores do about a hundred sign-ins a second, more than an office has officers.
pub const AT_ONCE_MAX: usize = 4;
/// A kept hash that asks for more memory than this was not written by us and would be a way to exhaust the machine.
const STORED_MEMORY_KIB_MAX: u32 = 262_144;
/// As above, for passes.
const STORED_PASSES_MAX: u32 = 16;

/// A password as somebody typed it. Prints nothing, and is wiped when dropped.
pub struct Typed(Zeroizing<String>);

impl Typed {
    /// Takes the text of the field.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    fn too_long(&self) -> bool {
        // Bytes first, so that a megabyte is not even counted.
        self.0.len() > CHARACTERS_MAX * 4 || self.0.chars().count() > CHARACTERS_MAX
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(password)")
    }
}

/// An argon2id hash in PHC form: what is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hashed(String);

impl Hashed {
    /// Takes a kept PHC string; [`verify`] tells when it cannot be read.
    pub fn from_phc(phc: &str) -> Self {
        Self(phc.to_owned())
    }

    /// The PHC string, to be sealed and kept.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hashed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(password hash)")
    }
}

/// Why a new password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Too few characters.
    #[error("password has {found} characters, at least {CHARACTERS_MIN} are needed")]
    TooShort {
        /// How many there were.
        found: usize,
    },
    /// Too many characters.
    #[error("password has more than {CHARACTERS_MAX} characters")]
    TooLong,
    /// Only digits: telephone numbers, identity numbers and dates are tried first.
    #[error("password is only digits; telephone and identity numbers are guessed first")]
    OnlyDigits,
    /// Repeated characters or rows such as `abcdef`.
    #[error("password repeats itself or follows a row of the alphabet")]
    Pattern,
    /// Little is left beside the officer's own name or e-mail address.
    #[error("password is mostly the officer's own name or e-mail address")]
    AboutYou,
    /// Little is left beside words that everybody tries.
    #[error("password is mostly words that are tried first")]
    Common,
}

impl Weakness {
    /// The word of the reason; the texts have one for each.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong => "too_long",
            Self::OnlyDigits => "only_digits",
            Self::Pattern => "pattern",
            Self::AboutYou => "about_you",
            Self::Common => "common",
        }
    }
}

/// The password could not be hashed or a kept hash could not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum HashError {
    /// The kept text is not an argon2id hash with bounded cost.
    #[error("kept password hash is not argon2id with a bounded cost")]
    Unreadable,
    /// The machine could not do the work (memory).
    #[error("password could not be hashed: {0}")]
    Failed(argon2::password_hash::Error),
}

/// What verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not the password, or nobody has that name; the two are not told apart on purpose.
    Wrong,
    /// The password. `upgrade` asks the caller to hash it again, because the cost has risen since.
    Right {
        /// The kept hash is weaker than today's parameters.
        upgrade: bool,
    },
}

/// Words and rows of keys that are tried first, in small letters with look-alikes undone (see [`plain`]). Chosen from the heads of the
/// published lists of leaked passwords and from what an Indonesian immigration office would reach for.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "passphrase",
    "katasandi",
    "sandi",
    "rahasia",
    "kunci",
    "masuk",
    "login",
    "admin",
    "administrator",
    "root",
    "user",
    "pengguna",
    "welcome",
    "selamat",
    "datang",
    "default",
    "changeme",
    "change",
    "ganti",
    "letmein",
    "secret",
    "master",
    "test",
    "testing",
    "coba",
    "demo",
    "sample",
    "contoh",
    "qwerty",
    "qwertyuiop",
    "asdfgh",
    "asdfghjkl",
    "zxcvbn",
    "zxcvbnm",
    "1qaz2wsx",
    "qazwsx",
    "q1w2e3r4",
    "123456789",
    "12345678",
    "123456",
    "12345",
    "1234",
    "0987654321",
    "987654321",
    "654321",
    "abcdef",
    "abcd",
    "abc123",
    "iloveyou",
    "sayang",
    "cinta",
    "bismillah",
    "alhamdulillah",
    "assalamualaikum",
    "allah",
    "muhammad",
    "doraemon",
    "naruto",
    "persib",
    "persija",
    "garuda",
    "merdeka",
    "pancasila",
    "indonesia",
    "jakarta",
    "bandung",
    "surabaya",
    "lampung",
    "waykanan",
    "way kanan",
    "blambangan",
    "kotabumi",
    "umpu",
    "siger",
    "krakatau",
    "imigrasi",
    "immigration",
    "kantor",
    "office",
    "petugas",
    "officer",
    "kemenkumham",
    "kemenimipas",
    "paspor",
    "passport",
    "visa",
    "superman",
    "batman",
    "dragon",
    "monkey",
    "football",
    "baseball",
    "sunshine",
    "princess",
    "shadow",
    "michael",
    "computer",
    "komputer",
    "internet",
    "google",
    "facebook",
    "samsung",
    "android",
    "windows",
    "januari",
    "februari",
    "maret",
    "april",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "desember",
    "senin",
    "selasa",
    "rabu",
    "kamis",
    "jumat",
    "sabtu",
    "minggu",
];

/// Small letters, with the usual disguises undone: `P@ssw0rd` reads `password`.
fn plain(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '@' => 'a',
            '$' => 's',
            '!' => 'i',
            c => c,
        })
        .collect()
}

/// As [`plain`], with digits that stand for letters undone too; kept apart because it would hide `123456`.
fn undone(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            c => c,
        })
        .collect()
}

/// How many letters and digits of `text` belong to none of the fragments, which are taken away the longest first, as often as they occur.
/// Signs are not counted: `!!!` at the end is what people append.
fn own_part(text: &str, fragments: &[String]) -> usize {
    let taken = |text: &str| {
        let mut left = text.to_owned();
        let mut sorted: Vec<&String> = fragments.iter().collect();
        sorted.sort_by_key(|fragment| std::cmp::Reverse(fragment.len()));
        for fragment in sorted {
            left = left.replace(fragment.as_str(), "\u{0}");
        }
        left.chars().filter(|c| c.is_alphanumeric()).count()
    };
    taken(text).min(taken(&undone(text)))
}

/// Decides whether a new password is good enough. `about` holds what everybody knows of the officer: name, e-mail, sign-in
/// name; it is split into words here.
///
/// # Errors
/// The first [`Weakness`] found.
pub fn check(password: &Typed, about: &[&str]) -> Result<(), Weakness> {
    if password.too_long() {
        return Err(Weakness::TooLong);
    }
    let text = plain(&password.0);
    let found = text.chars().count();
    if found < CHARACTERS_MIN {
        return Err(Weakness::TooShort { found });
    }
    if text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+' | '/' | '.')) {
        return Err(Weakness::OnlyDigits);
    }
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    if codes.windows(2).filter(|pair| (pair[1] - pair[0]).abs() > 1).count() < TURNS_MIN {
        return Err(Weakness::Pattern);
    }
    // A short word typed again and again: as long as the password, no more secret than the word.
    let chars: Vec<char> = text.chars().collect();
    if (1..=chars.len() / 2).any(|period| period < OWN_PART_MIN && chars.iter().zip(&chars[period..]).all(|(a, b)| a == b)) {
        return Err(Weakness::Pattern);
    }
    let mut fragments: Vec<String> =
        about.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).map(plain).filter(|word| word.chars().count() >= FRAGMENT_MIN).collect();
    if own_part(&text, &fragments) < OWN_PART_MIN {
        return Err(Weakness::AboutYou);
    }
    fragments.extend(COMMON.iter().map(|&word| word.to_owned()));
    if own_part(&text, &fragments) < OWN_PART_MIN {
        return Err(Weakness::Common);
    }
    Ok(())
}

fn today() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are constants inside argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a password that [`check`] accepted. Slow on purpose: run it on a blocking thread.
///
/// # Errors
/// When argon2 cannot have its memory.
pub fn hash(password: &Typed, random: &mut dyn Random) -> Result<Hashed, HashError> {
    let salt: [u8; SALT_BYTES] = random::bytes(random);
    let argon2 = today();
    let params = argon2.params().clone();
    let hash: PasswordHash = argon2.hash_password_customized(password.0.as_bytes(), &salt, None, None, params).map_err(HashError::Failed)?;
    Ok(Hashed(hash.to_string()))
}

/// Compares a typed password with the kept hash. With `None` (nobody has that name, or the person has no password) the same work is
/// done and the answer is [`Verdict::Wrong`]. Slow on purpose: run it on a blocking thread.
///
/// # Errors
/// When the kept hash cannot be read or argon2 cannot have its memory.
pub fn verify(password: &Typed, kept: Option<&Hashed>) -> Result<Verdict, HashError> {
    // An over-long input is never right, but must not be told by its time either.
    let typed = if password.too_long() { "" } else { password.0.as_str() };
    let Some(kept) = kept else {
        let mut out = [0u8; 32];
        today().hash_password_into(typed.as_bytes(), &[0; SALT_BYTES], &mut out).map_err(|_| HashError::Failed(argon2::password_hash::Error::Internal))?;
        black_box(out);
        return Ok(Verdict::Wrong);
    };
    let parsed = PasswordHash::new(&kept.0).map_err(|_| HashError::Unreadable)?;
    let params = Params::try_from(&parsed).map_err(|_| HashError::Unreadable)?;
    let argon2id = Algorithm::try_from(parsed.algorithm.as_str()).is_ok_and(|algorithm| algorithm == Algorithm::Argon2id);
    if !argon2id || params.m_cost() > STORED_MEMORY_KIB_MAX || params.t_cost() > STORED_PASSES_MAX || params.p_cost() > 16 {
        return Err(HashError::Unreadable);
    }
    match today().verify_password(typed.as_bytes(), &parsed) {
        Ok(()) if password.too_long() => Ok(Verdict::Wrong),
        Ok(()) => Ok(Verdict::Right { upgrade: params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES }),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(error) => Err(HashError::Failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seeded;
    use proptest::prelude::*;

    fn typed(text: &str) -> Typed {
        Typed::new(text.to_owned())
    }

    #[test]
    fn policy() {
        let about = ["Sri Rahayu Wulandari", "sri.rahayu@contoh.go.id"];
        for (password, expected) in [
            ("kopi robusta tumpah di meja", Ok(())),
            ("correct horse battery", Ok(())),
            ("Tg7#kd9Lmq2x", Ok(())),
            ("kuda-bakar-lentera", Ok(())),
            ("密碼是我家門前的那棵老榕樹", Ok(())),
            ("", Err(Weakness::TooShort { found: 0 })),
            ("Tg7#kd9Lmq2", Err(Weakness::TooShort { found: 11 })),
            ("081234567890", Err(Weakness::OnlyDigits)),
            ("1808-1708-1945-0001", Err(Weakness::OnlyDigits)),
            ("aaaaaaaaaaaa", Err(Weakness::Pattern)),
            ("abcdefghijklm", Err(Weakness::Pattern)),
            ("kucingkucingkucing", Err(Weakness::Pattern)),
            ("Wulandari2026!", Err(Weakness::AboutYou)),
            ("sri.rahayu@contoh", Err(Weakness::AboutYou)),
            ("Rahayu-Wulandari-1", Err(Weakness::AboutYou)),
            ("password1234", Err(Weakness::Common)),
            ("P@ssw0rd12345", Err(Weakness::Common)),
            ("P4ssw0rdIndonesia", Err(Weakness::Common)),
            ("Imigrasi2026!!", Err(Weakness::Common)),
            ("ImigrasiWayKanan2026", Err(Weakness::Common)),
            ("qwertyuiop12", Err(Weakness::Common)),
            ("Bismillah123456", Err(Weakness::Common)),
        ] {
            assert_eq!(check(&typed(password), &about), expected, "{password}");
        }
        assert_eq!(check(&typed(&"kopi tubruk ".repeat(22)), &about), Err(Weakness::TooLong));
        assert_eq!(check(&typed(&"x".repeat(10_000_000)), &about), Err(Weakness::TooLong));
        // Short names are not looked for, or nobody called Ani could use a sentence.
        assert_eq!(check(&typed("berani menari di pantai"), &["Ani"]), Ok(()));
    }

    #[test]
    fn hashes_verify() {
        let mut random = Seeded::new(1);
        let right = typed("kopi robusta tumpah");
        let kept = hash(&right, &mut random).unwrap();
        assert!(kept.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.as_phc());
        assert_ne!(kept, hash(&right, &mut random).unwrap(), "each hash has its own salt");
        assert_eq!(verify(&right, Some(&kept)), Ok(Verdict::Right { upgrade: false }));
        for wrong in ["kopi robusta tumpa", "Kopi robusta tumpah", "", "kopi robusta tumpah "] {
            assert_eq!(verify(&typed(wrong), Some(&kept)), Ok(Verdict::Wrong), "{wrong}");
        }
        assert_eq!(verify(&right, None), Ok(Verdict::Wrong));
        assert_eq!(verify(&typed(&"x".repeat(100_000)), Some(&kept)), Ok(Verdict::Wrong));
    }

    #[test]
    fn an_over_long_password_is_never_the_empty_one() {
        let kept = hash(&typed(""), &mut Seeded::new(2)).unwrap();
        assert_eq!(verify(&typed(&"x".repeat(2_000)), Some(&kept)), Ok(Verdict::Wrong));
    }

    #[test]
    fn old_and_foreign_hashes() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let params = weak.params().clone();
        let old: PasswordHash = weak.hash_password_customized(b"kopi robusta", &[3; 16], None, None, params).unwrap();
        assert_eq!(verify(&typed("kopi robusta"), Some(&Hashed(old.to_string()))), Ok(Verdict::Right { upgrade: true }));
        assert_eq!(verify(&typed("kopi"), Some(&Hashed(old.to_string()))), Ok(Verdict::Wrong));
        for foreign in [
            "",
            "kopi robusta",
            "$argon2i$v=19$m=64,t=1,p=1$AwMDAwMDAwMDAwMDAwMDAw$qqSCqQPLbO7RKU+qFwvGng",
            "$argon2id$v=19$m=4000000,t=2,p=1$AwMDAwMDAwMDAwMDAwMDAw$qqSCqQPLbO7RKU+qFwvGng",
            "$argon2id$v=19$m=64,t=9999,p=1$AwMDAwMDAwMDAwMDAwMDAw$qqSCqQPLbO7RKU+qFwvGng",
        ] {
            assert_eq!(verify(&typed("kopi robusta"), Some(&Hashed(foreign.to_owned()))), Err(HashError::Unreadable), "{foreign}");
        }
    }

    #[test]
    fn debug_says_nothing() {
        let text = format!("{:?} {:?}", typed("kopi robusta"), Hashed("$argon2id$x".into()));
        assert_eq!(text, "(password) (password hash)");
    }

    proptest! {
        #[test]
        fn padding_a_common_word_with_little_does_not_help(word in proptest::sample::select(COMMON), head in "[A-Z0-9!#]{0,3}", tail in "[0-9!#]{0,4}") {
            let password = format!("{head}{word}{tail}");
            prop_assert!(check(&typed(&password), &[]).is_err(), "{}", password);
        }

        #[test]
        fn random_text_is_accepted(password in "[a-z]{3}[0-9][b-y]{2}[A-Z]{3}[2-9]{2}[a-z]{8}") {
            // Rarely such a text does hold a listed word; those it may refuse, nothing else.
            if COMMON.iter().all(|word| !plain(&password).contains(word) && !undone(&plain(&password)).contains(word)) {
                prop_assert_ne!(check(&typed(&password), &[]), Err(Weakness::Common));
                prop_assert_ne!(check(&typed(&password), &[]), Err(Weakness::AboutYou));
            }
        }
    }

    /// Figures for the documents: `cargo test -p siger-app --release password::tests::cost -- --ignored --nocapture`.
    #[test]
    #[ignore = "prints a measurement"]
    #[expect(clippy::disallowed_methods, reason = "measures, and decides nothing by it")]
    fn cost() {
        let kept = hash(&typed("kopi robusta tumpah"), &mut Seeded::new(1)).unwrap();
        for (name, kept) in [("known name", Some(&kept)), ("unknown name", None)] {
            let mut times: Vec<_> = (0..60)
                .map(|_| {
                    let start = std::time::Instant::now();
                    verify(&typed("kopi robusta tumpa"), kept).unwrap();
                    start.elapsed()
                })
                .collect();
            times.sort();
            println!("{name}: median {:?}, fastest {:?}, slowest {:?}", times[30], times[0], times[59]);
        }
    }
}
