#![doc = include_str!("../README.md")]

pub mod archive;
pub mod blob;
pub mod check;
pub mod engine;
pub mod error;
pub mod journal;
pub mod keyring;
mod migrate;
pub mod store;
pub mod table;
pub mod tlog;

pub use engine::{Param, Row, Tx};
pub use error::{Error, Result};
pub use journal::{Entry, Head, Stamp, Write};
pub use store::{Open, Store, Url};

/// Reads lower-case hexadecimal of exactly `N` bytes.
pub fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let bytes = text.as_bytes();
    if bytes.len() != 2 * N {
        return None;
    }
    let mut out = [0; N];
    for (to, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
        *to = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(out)
}

/// Writes lower-case hexadecimal.
pub fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
        write!(out, "{byte:02x}").expect("writing to a string does not fail");
        out
    })
}
