//! Randomness as an argument: use cases that need secret bytes are handed a [`Random`], so that a test can repeat them.

use sha2::{Digest, Sha256};

/// A source of secret bytes. Two kinds exist: the operating system's, and a seeded one for tests and the sample office.
pub trait Random: Send {
    /// Fills the whole slice.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// `N` bytes from a source.
pub fn bytes<const N: usize>(random: &mut dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// The operating system's source.
#[derive(Clone, Copy, Debug, Default)]
pub struct Os;

impl Random for Os {
    /// # Panics
    /// When the operating system has no randomness to give: nothing secret may be made then.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the operating system")]
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes; without them no secret may be made");
    }
}

/// Bytes drawn beforehand, for one draw where the source is not at hand: on a blocking thread, inside a transaction.
pub(crate) struct Drawn(pub(crate) [u8; 32]);

impl Random for Drawn {
    fn fill(&mut self, bytes: &mut [u8]) {
        assert!(bytes.len() <= self.0.len(), "a salt or a token is at most 32 bytes");
        bytes.copy_from_slice(&self.0[..bytes.len()]);
    }
}

/// Repeatable bytes: SHA-256 over seed and counter. Never for a real office.
#[derive(Clone, Debug)]
pub struct Seeded {
    seed: u64,
    block: u64,
}

impl Seeded {
    /// The same seed gives the same bytes.
    pub const fn new(seed: u64) -> Self {
        Self { seed, block: 0 }
    }
}

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::new().chain_update(self.seed.to_le_bytes()).chain_update(self.block.to_le_bytes()).finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
            self.block += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_repeats_and_moves_on() {
        let (mut one, mut same, mut other) = (Seeded::new(1), Seeded::new(1), Seeded::new(2));
        let first: [u8; 40] = bytes(&mut one);
        assert_eq!(first, bytes::<40>(&mut same));
        assert_ne!(first, bytes::<40>(&mut other));
        assert_ne!(first, bytes::<40>(&mut one));
    }

    #[test]
    fn the_operating_system_gives_different_bytes() {
        assert_ne!(bytes::<32>(&mut Os), bytes::<32>(&mut Os));
    }
}
