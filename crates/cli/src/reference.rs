//! `siger settings`: the reference of all settings, as the page in docs/ref.

use anyhow::Result;
use clap::Args;

use crate::settings::reference;

/// Print the reference of all settings.
#[derive(Args)]
pub struct Reference {
    /// Only a file with every setting, to begin from
    #[arg(long)]
    example: bool,
}

impl Reference {
    pub fn run(self) -> Result<()> {
        print!("{}", if self.example { reference::example() } else { reference::page() });
        Ok(())
    }
}
