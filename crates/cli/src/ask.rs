//! Asking the person at the terminal.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Result, bail};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// Longest line that is read.
const LINE_BYTES_MAX: u64 = 1024;

/// Whether to go on; without a terminal only `--yes` does.
///
/// # Errors
/// When nobody can be asked.
pub fn sure(yes: bool, question: &str) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        bail!("{question} Say so with --yes");
    }
    eprint!("{question} Type 'yes' to go on: ");
    io::stderr().flush()?;
    if line()?.trim() == "yes" { Ok(()) } else { bail!("nothing was done") }
}

/// Something secret: typed without being shown, or the first line of standard input.
///
/// # Errors
/// When nothing comes.
pub fn secret(what: &str) -> Result<Zeroizing<String>> {
    let stdin = io::stdin();
    let terminal = stdin.is_terminal().then(|| tcgetattr(&stdin)).transpose()?;
    if let Some(shown) = &terminal {
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Flush, &hidden)?;
        eprint!("{what}: ");
        io::stderr().flush()?;
    }
    let read = line();
    if let Some(shown) = &terminal {
        tcsetattr(&stdin, OptionalActions::Flush, shown)?;
        eprintln!();
    }
    let typed = Zeroizing::new(read?.trim_end_matches(['\r', '\n']).to_owned());
    if typed.is_empty() {
        bail!("{what}: nothing was given");
    }
    Ok(typed)
}

/// Something secret that is new: at a terminal typed twice.
///
/// # Errors
/// When the two differ or nothing comes.
pub fn new_secret(what: &str) -> Result<Zeroizing<String>> {
    let first = secret(what)?;
    if io::stdin().is_terminal() && *secret("The same again")? != *first {
        bail!("the two are not the same; nothing was made");
    }
    Ok(first)
}

fn line() -> Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::with_capacity(LINE_BYTES_MAX as usize));
    // The handle's buffer is shared, so that a second question gets the second line.
    let mut stdin = io::stdin().lock();
    loop {
        let buffer = stdin.fill_buf()?;
        let end = buffer.iter().position(|&byte| byte == b'\n');
        let (taken, complete) = (end.map_or(buffer.len(), |end| end + 1), end.is_some() || buffer.is_empty());
        line.push_str(std::str::from_utf8(&buffer[..taken])?);
        stdin.consume(taken);
        if line.len() as u64 > LINE_BYTES_MAX {
            bail!("the line is longer than {LINE_BYTES_MAX} bytes");
        }
        if complete {
            return Ok(line);
        }
    }
}
