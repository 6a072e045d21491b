//! Small pieces that the text formats share: decimals and base64, accepted in exactly one spelling.

use super::{Hash, MAX_SIZE};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Base64 of RFC 4648, section 4, with padding.
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of a base64 text; `None` unless it is exactly what [`encode`] would write.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// The hash in a base64 text; `None` unless it is exactly what [`encode`] would write.
pub fn decode_hash(text: &str) -> Option<Hash> {
    decode(text)?.try_into().ok()
}

/// A decimal number of ASCII digits without leading zeroes, at most [`MAX_SIZE`].
pub fn decimal(text: &str) -> Option<u64> {
    let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|&number| canonical && number <= MAX_SIZE)
}

/// Whether the text may stand in a signed note: no ASCII control characters except newline.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte >= 0x20 || byte == b'\n')
}
