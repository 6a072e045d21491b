//! Troubles that last are said once: a line twice a second would fill the disk and hide the others.

/// What a look meets again twice a second for as long as it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The keyring is older than what the data has seen, or was given another root secret.
    Keyring,
    /// The keyring's revision cannot be written down.
    Revision,
    /// The database went back while it was open.
    WentBack,
    /// The witness file cannot be written.
    Witness,
    /// The write-ahead log cannot be emptied.
    Log,
}

/// The troubles that were said and are not over: each is said once, and again when it comes back.
#[derive(Default)]
pub(super) struct Said(Vec<Trouble>);

impl Said {
    /// Whether it is to be said now.
    pub(super) fn is_new(&mut self, trouble: Trouble) -> bool {
        let new = !self.0.contains(&trouble);
        if new {
            self.0.push(trouble);
        }
        new
    }

    pub(super) fn over(&mut self, trouble: Trouble) {
        self.0.retain(|said| *said != trouble);
    }
}
