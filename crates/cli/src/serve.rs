//! `siger serve`: open an office and answer requests until told to end.

use anyhow::Result;
use clap::Args;

use crate::flags::{How, Where};
use crate::serving::serve;

/// Serve an office.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    how: How,
    /// Go on although the machine's clock reads long before the newest entry
    #[arg(long)]
    accept_clock: bool,
}

impl Serve {
    pub fn run(self) -> Result<()> {
        let mut place = self.place.place(&self.how)?;
        place.accept_clock = self.accept_clock;
        serve(&place)
    }
}
