//! Texts of checkpoints, before any signature is looked at.
#![no_main]

use libfuzzer_sys::fuzz_target;
use siger_storage::tlog::Checkpoint;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = str::from_utf8(data)
        && let Ok(checkpoint) = Checkpoint::from_text(text)
    {
        // Extension lines may follow.
        assert!(text.starts_with(&checkpoint.to_text()));
        assert_eq!(Checkpoint::from_text(&checkpoint.to_text()).as_ref(), Ok(&checkpoint));
    }
});
