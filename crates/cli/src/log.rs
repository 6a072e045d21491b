//! Logs: to standard error, one line each, as text or JSON, without personal data.

use tracing_subscriber::EnvFilter;

use crate::settings::{Log, LogFormat, Wrong};

/// Reads a level or filters by area.
///
/// # Errors
/// When it is neither.
pub fn filter(level: &str) -> Result<EnvFilter, Wrong> {
    EnvFilter::builder()
        .parse(level)
        .map_err(|_| Wrong::value("log.level", "error, warn, info, debug, trace, or filters by area such as info,siger_storage=debug"))
}

/// Starts writing logs; a second call changes nothing.
///
/// # Errors
/// When the level cannot be read.
pub fn start(log: &Log) -> Result<(), Wrong> {
    let lines = tracing_subscriber::fmt().with_env_filter(filter(&log.level)?).with_writer(std::io::stderr);
    // Already started: by an earlier command of the same process.
    let _ = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    // What a panic says can quote a value, and a value can be somebody's name: only the place is written.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "unknown".to_owned(), |at| format!("{}:{}", at.file(), at.line()));
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        tracing::error!(panic.place = place, thread = thread, "an unexpected fault; what was being done is undone");
    }));
    Ok(())
}
