//! A wrapper for values about a person: they never show in `Debug`, logs or errors, and taking one out is a visible call.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value about a person. Kept for the purpose and as long as `law/retention.toml` says for its kind.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Takes the value out to show it to somebody who may see it, or to seal it.
    pub const fn reveal(&self) -> &T {
        &self.0
    }

    /// Takes the value out, ending the wrapper.
    pub fn into_revealed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(personal)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", Personal::new("SRI")), "(personal)");
    }
}
