//! Six-digit codes from an application on a phone (TOTP, RFC 6238): SHA-1, 30 seconds, one step of tolerance to each side.
//!
//! These are the parameters that every authenticator application understands; HMAC-SHA-1 is not weakened by collisions of
//! SHA-1 (RFC 6238 §1.2, RFC 4226 appendix B.2). A code is accepted once (RFC 6238 §5.2): [`verify`] returns the time step, the
//! caller keeps it and hands it back as `last_step` the next time. A kept step beyond [`step_max`] was written by a clock that was wrong, and counts
//! as none: otherwise nobody who signed in then could sign in before that year. Whoever watched a code in that time could use it when its moment
//! really comes; until then its owner has used another.

use qrcode::{Color, EcLevel, QrCode};
use serde::{Deserialize, Serialize};
use siger_domain::time::Instant;
use std::fmt::{self, Write};
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::random::{self, Random};

/// Bytes of a secret: the length of an HMAC-SHA-1 key that RFC 4226 §4 (R6) recommends.
pub const SECRET_BYTES: usize = 20;
/// Seconds for which a code is shown (RFC 6238 §5.2 recommends 30).
pub const STEP_SECONDS: u64 = 30;
/// Steps accepted before and after the present one: phones drift, and people type slowly (RFC 6238 §5.2 recommends at most one).
pub const TOLERANCE_STEPS: u64 = 1;
/// Steps that a time server may set the clock back by: ten minutes, as the journal allows.
const CLOCK_STEPS: u64 = 20;
/// Digits of a code.
pub const DIGITS: usize = 6;
/// White modules around a QR code (ISO/IEC 18004 §6.3.8 asks for four).
const QUIET_MODULES: usize = 4;

/// The secret that office and phone share. Prints nothing, and is wiped when dropped; keep it sealed only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Secret([u8; SECRET_BYTES]);

impl Secret {
    /// A new secret.
    pub fn new(random: &mut dyn Random) -> Self {
        Self(random::bytes(random))
    }

    /// Base32 without padding, in groups of four, to be typed where no camera can read the QR code.
    pub fn to_typed(&self) -> String {
        let text = totp_rs::Secret::from(self.0).to_base32();
        let groups: Vec<&str> = text.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).expect("base32 is ASCII")).collect();
        groups.join(" ")
    }

    /// Base32 without padding (RFC 4648), to be sealed and kept.
    pub fn to_base32(&self) -> String {
        totp_rs::Secret::from(self.0).to_base32()
    }

    /// Reads what [`Secret::to_base32`] wrote; `None` for anything else.
    pub fn from_base32(text: &str) -> Option<Self> {
        let bytes = totp_rs::Secret::try_from_base32(text).ok()?;
        bytes.as_ref().try_into().ok().map(Self)
    }

    /// The `otpauth://` address that authenticator applications read (Google Authenticator key URI format). `office` and
    /// `account` are shown in the application's list.
    pub fn to_uri(&self, office: &str, account: &str) -> String {
        let (office, account) = (escape(office), escape(account));
        let secret = totp_rs::Secret::from(self.0).to_base32();
        format!("otpauth://totp/{office}:{account}?secret={secret}&issuer={office}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(totp secret)")
    }
}

/// Percent-encodes everything but unreserved characters (RFC 3986 §2.3), the colon too: it separates office from account.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a String does not fail");
        }
    }
    out
}

/// A QR code as the outline of its dark modules, one unit a module, quiet zone included:
/// `<svg viewBox="0 0 {side} {side}"><path d="{path}"/></svg>`; colours come from the style sheet.
#[derive(Clone, PartialEq, Eq)]
pub struct Qr {
    /// Width and height in modules.
    pub side: usize,
    /// The `d` attribute: one rectangle for each row of dark modules that touch.
    pub path: String,
}

impl fmt::Debug for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The picture holds the secret.
        write!(f, "(qr code of {} modules)", self.side)
    }
}

/// The text does not fit a QR code (about 2,300 bytes at this level of correction).
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("text of {bytes} bytes does not fit a QR code")]
pub struct TooLongForQr {
    bytes: usize,
}

/// Draws a text, such as [`Secret::to_uri`], as a QR code with error correction level M.
///
/// # Errors
/// When the text is too long.
pub fn qr(text: &str) -> Result<Qr, TooLongForQr> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLongForQr { bytes: text.len() })?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|&&color| color == Color::Dark).count();
            if run > 0 {
                write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET_MODULES, y + QUIET_MODULES).expect("writing to a String does not fail");
            }
            x += run.max(1);
        }
    }
    Ok(Qr { side: width + 2 * QUIET_MODULES, path })
}

/// Why a code is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not six digits. Costs no guess.
    #[error("code is not {DIGITS} digits")]
    Malformed,
    /// Not the code of now, of half a minute ago or of the next half minute.
    #[error("code is wrong, or the clock of the phone is more than {STEP_SECONDS} seconds off")]
    Wrong,
    /// The right code, but it or a later one was accepted before: wait for the next.
    #[error("code was used before; wait for the next one")]
    Reused,
}

/// The last step that can have been accepted by now: further ahead than a phone may be and than a time server moves the clock.
pub const fn step_max(at: Instant) -> u64 {
    at.unix_seconds() / STEP_SECONDS + TOLERANCE_STEPS + CLOCK_STEPS
}

/// Checks a typed code (spaces are allowed) and returns the time step it belongs to, which the caller keeps in the same transaction and
/// hands over as `last_step` the next time. All steps are computed whatever the answer.
///
/// Each call with six digits is a guess: ask [`super::guess`] first. After the server's clock was set back by minutes, codes are [`CodeError::Reused`]
/// until it has caught up; by more, see [`step_max`].
///
/// # Errors
/// [`CodeError`] says what to tell the officer.
pub fn verify(secret: &Secret, code: &str, at: Instant, last_step: Option<u64>) -> Result<u64, CodeError> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).take(DIGITS + 1).collect();
    if digits.len() != DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(CodeError::Malformed);
    }
    let totp = generator(secret);
    let now = at.unix_seconds() / STEP_SECONDS;
    let last_step = last_step.filter(|last| *last <= step_max(at));
    let (mut fresh, mut reused) = (None, false);
    for step in now.saturating_sub(TOLERANCE_STEPS)..=now + TOLERANCE_STEPS {
        // With a skew of zero `check` looks at this one step; totp-rs compares in constant time.
        if totp.check(&digits, step * STEP_SECONDS).is_some() {
            if last_step.is_some_and(|last| step <= last) {
                reused = true;
            } else {
                fresh = Some(step);
            }
        }
    }
    match fresh {
        Some(step) => Ok(step),
        None if reused => Err(CodeError::Reused),
        None => Err(CodeError::Wrong),
    }
}

/// The code of a moment: what a phone would show. For the sample office, which prints it, and for tests.
pub fn code(secret: &Secret, at: Instant) -> String {
    let now = at.unix_seconds();
    generator(secret).generate(now).to_string()
}

fn generator(secret: &Secret) -> Totp {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(secret.0).with_step_duration(STEP_SECONDS).with_skew(0);
    builder.build().expect("a secret of 160 bits and six digits are inside RFC 6238")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seeded;
    use proptest::prelude::*;

    /// The secret of RFC 6238 appendix B (SHA-1).
    fn rfc() -> Secret {
        Secret(*b"12345678901234567890")
    }

    fn at(seconds: u64) -> Instant {
        Instant::from_unix_micros(i64::try_from(seconds).unwrap() * 1_000_000)
    }

    /// RFC 6238 appendix B, the last six of its eight digits.
    const VECTORS: &[(u64, &str)] = &[
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    #[test]
    fn vectors_of_the_standard() {
        for &(seconds, expected) in VECTORS {
            assert_eq!(code(&rfc(), at(seconds)), expected, "{seconds}");
            assert_eq!(verify(&rfc(), expected, at(seconds), None), Ok(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn tolerance_and_reuse() {
        let now = 1_111_111_111; // the first second but one of step 37037037
        let step = now / 30;
        for (typed, seconds, last, expected) in [
            ("050471", now, None, Ok(step)),
            ("050 471", now, None, Ok(step)),
            (" 0 5 0 4 7 1 ", now, None, Ok(step)),
            ("050471", now + 30, None, Ok(step)),
            ("050471", now - 30, None, Ok(step)),
            ("050471", now + 60, None, Err(CodeError::Wrong)),
            ("050471", now - 60, None, Err(CodeError::Wrong)),
            ("050471", now, Some(step - 1), Ok(step)),
            ("050471", now, Some(step), Err(CodeError::Reused)),
            ("050471", now, Some(step + 5), Err(CodeError::Reused)),
            ("050471", now, Some(step + 21), Err(CodeError::Reused)),
            ("050471", now, Some(step + 22), Ok(step)), // the clock was wrong when that was kept
            ("050471", now, Some(u64::MAX), Ok(step)),
            ("050470", now, Some(step), Err(CodeError::Wrong)),
            ("05047", now, None, Err(CodeError::Malformed)),
            ("0504711", now, None, Err(CodeError::Malformed)),
            ("05047a", now, None, Err(CodeError::Malformed)),
            ("٠٥٠٤٧١", now, None, Err(CodeError::Malformed)),
            ("", now, None, Err(CodeError::Malformed)),
        ] {
            assert_eq!(verify(&rfc(), typed, at(seconds), last), expected, "{typed:?} at {seconds} after {last:?}");
        }
    }

    #[test]
    fn address() {
        let uri = rfc().to_uri("Kantor Imigrasi: Way Kanan", "sri@contoh.id");
        assert_eq!(
            uri,
            "otpauth://totp/Kantor%20Imigrasi%3A%20Way%20Kanan:sri%40contoh.id?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Kantor%20Imigrasi%3A%20Way%20Kanan&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(rfc().to_typed(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn picture_has_the_dark_modules_and_nothing_else() {
        let uri = rfc().to_uri("Kantor Imigrasi Way Kanan", "sri@contoh.id");
        let picture = qr(&uri).unwrap();
        let reference = QrCode::with_error_correction_level(&uri, EcLevel::M).unwrap();
        assert_eq!(picture.side, reference.width() + 8);
        // Fill the rectangles of the path again and compare every module.
        let mut dark = vec![false; picture.side * picture.side];
        for piece in picture.path.split_terminator('z') {
            let numbers: Vec<usize> =
                piece.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).map(|number| number.parse().unwrap()).collect();
            let [x, y, run, 1, back] = numbers[..] else { panic!("{piece}") };
            assert_eq!(run, back);
            for x in x..x + run {
                assert!(!std::mem::replace(&mut dark[y * picture.side + x], true), "drawn twice");
            }
        }
        for y in 0..picture.side {
            for x in 0..picture.side {
                let inside = (4..picture.side - 4).contains(&x) && (4..picture.side - 4).contains(&y);
                assert_eq!(dark[y * picture.side + x], inside && reference[(x - 4, y - 4)] == Color::Dark, "{x} {y}");
            }
        }
        assert_eq!(qr(&"x".repeat(5_000)), Err(TooLongForQr { bytes: 5_000 }));
    }

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", rfc()), "(totp secret)");
        assert!(!format!("{:?}", qr("secret").unwrap()).contains('M'));
    }

    proptest! {
        #[test]
        fn a_code_is_accepted_once_and_only_near_its_time(seed: u64, seconds in 100u64..10_000_000_000, late in -200i64..200) {
            let secret = Secret::new(&mut Seeded::new(seed));
            let typed = code(&secret, at(seconds));
            let step = verify(&secret, &typed, at(seconds), None).unwrap();
            prop_assert_eq!(verify(&secret, &typed, at(seconds), Some(step)), Err(CodeError::Reused));
            let when = seconds.saturating_add_signed(late);
            if (when / 30).abs_diff(seconds / 30) <= 1 {
                prop_assert!(verify(&secret, &typed, at(when), None).is_ok());
            }
        }

        #[test]
        fn any_input_is_answered(secret: [u8; 20], typed: String, seconds in 0u64..10_000_000_000, last: Option<u64>) {
            let _ = verify(&Secret(secret), &typed, at(seconds), last);
        }
    }
}
