//! A part of a list.

/// What can be shown of a part of a list, and how far it went. Rows may be left out of it, so whether there is more, and from where it goes
/// on, is known by what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<T> {
    /// What can be shown.
    pub rows: Vec<T>,
    /// How many rows were read.
    pub read: usize,
    /// The entry of the last row that was read: the next part is before it.
    pub last: Option<u64>,
}

impl<T> Part<T> {
    /// Nothing, and nothing more.
    pub const fn nothing() -> Self {
        Self { rows: Vec::new(), read: 0, last: None }
    }

    /// Where the next part begins, when this one is as long as was asked for: there may be one.
    pub fn full(&self, limit: u32) -> Option<u64> {
        self.last.filter(|_| self.read >= limit as usize)
    }
}
